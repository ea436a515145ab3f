using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.EntryPoint;

/// <summary>Entry point pre-processing indicators of one combination (Book A, table 5-3).</summary>
public sealed record PreProcessingIndicators
{
    /// <summary>Status check requested.</summary>
    public bool StatusCheckRequested { get; init; }

    /// <summary>Contactless application not allowed.</summary>
    public bool ContactlessNotAllowed { get; init; }

    /// <summary>Zero amount.</summary>
    public bool ZeroAmount { get; init; }

    /// <summary>Reader CVM required limit exceeded.</summary>
    public bool CvmLimitExceeded { get; init; }

    /// <summary>Reader contactless floor limit exceeded.</summary>
    public bool FloorLimitExceeded { get; init; }

    /// <summary>Copy of the terminal transaction qualifiers for this transaction, or null.</summary>
    public byte[]? Ttq { get; init; }
}

/// <summary>Limits as pre-processing compares them; null is absent.</summary>
internal readonly record struct LimitSet(bool? StatusCheck, bool? ZeroAmountAllowed, long? Transaction, long? Floor, long? TerminalFloor, long? Cvm)
{
    public static LimitSet Of(Combination combination) => new(
        combination.StatusCheck,
        combination.ZeroAmountAllowed,
        combination.TransactionLimit,
        combination.FloorLimit,
        combination.TerminalFloorLimit,
        combination.CvmLimit);
}

/// <summary>Pre-processing of one combination (Book B, 3.1.1).</summary>
public static class PreProcessing
{
    internal const byte OnlineCryptogramRequired = 0x80;
    internal const byte CvmRequired = 0x40;
    private const byte OfflineOnlyReader = 0x08;

    /// <summary>Compares the amount with the limits of the combination and sets the qualifiers for this transaction.</summary>
    /// <param name="combination">The combination.</param>
    /// <param name="amountMinor">Amount in minor units.</param>
    /// <param name="currencyExponent">Digits after the decimal point.</param>
    public static PreProcessingIndicators Run(Combination combination, long amountMinor, int currencyExponent) =>
        Run(LimitSet.Of(combination), combination.Ttq, amountMinor, currencyExponent);

    internal static PreProcessingIndicators Run(LimitSet limits, byte[]? configuredTtq, long amountMinor, int currencyExponent)
    {
        // 3.1.1.2: bits 8 and 7 of byte 2 are made anew for each transaction.
        byte[]? ttq = configuredTtq?.ToArray();
        if (ttq is not null)
        {
            ttq[1] &= 0x3F;
        }

        long unit = 1;
        for (int i = 0; i < currencyExponent; i++)
        {
            unit *= 10;
        }

        bool statusCheck = limits.StatusCheck is true && amountMinor == unit;                                          // 3.1.1.3
        bool notAllowed = amountMinor == 0 && limits.ZeroAmountAllowed is false;                                       // 3.1.1.4
        bool zero = amountMinor == 0 && limits.ZeroAmountAllowed is not false;
        notAllowed |= limits.Transaction is { } transaction && amountMinor >= transaction;                             // 3.1.1.5
        bool floor = limits.Floor is { } readerFloor
            ? amountMinor > readerFloor                                                                                // 3.1.1.6
            : limits.TerminalFloor is { } terminalFloor && amountMinor > terminalFloor;                                // 3.1.1.7
        bool cvm = limits.Cvm is { } cvmLimit && amountMinor >= cvmLimit;                                              // 3.1.1.8
        if (ttq is not null)
        {
            bool offlineOnly = (ttq[0] & OfflineOnlyReader) != 0;
            if (floor || statusCheck || (zero && !offlineOnly))                                                        // 3.1.1.9–11
            {
                ttq[1] |= OnlineCryptogramRequired;
            }

            notAllowed |= zero && offlineOnly;
            if (cvm)
            {
                ttq[1] |= CvmRequired;                                                                                 // 3.1.1.12
            }
        }

        return new PreProcessingIndicators
        {
            StatusCheckRequested = statusCheck,
            ContactlessNotAllowed = notAllowed,
            ZeroAmount = zero,
            CvmLimitExceeded = cvm,
            FloorLimitExceeded = floor,
            Ttq = ttq,
        };
    }

    /// <summary>Indicators of a reader activated at start B without restart (Book B, 3.2.1.1): none, the qualifiers as configured.</summary>
    public static PreProcessingIndicators None(Combination combination) => new() { Ttq = combination.Ttq?.ToArray() };
}
