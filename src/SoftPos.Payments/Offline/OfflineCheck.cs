using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>A forwarded record as it was read: what it says, and under which permission.</summary>
/// <param name="Record">The record.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Request">The payment within.</param>
/// <param name="Permission">The permission within; null when it is none of this back end.</param>
internal sealed record ForwardedSale(OfflineRecord Record, byte[] Hash, PaymentRequest Request, OfflinePermission? Permission);

/// <summary>
/// Holds a forwarded sale against its permission, its chain and its terminal: every limit of the phone once more, on what was signed and
/// by the back end's clock. Pure. Nothing is refused here: what is wrong becomes a flag, and a flagged sale waits for a person.
/// </summary>
internal static class OfflineCheck
{
    /// <summary>The kernels' word for "online PIN".</summary>
    private const string OnlinePin = "OnlinePin";

    private const uint CryptogramInformation = 0x9F27;

    /// <summary>Bits 8 and 7 of 9F27: 80 is an online cryptogram, ARQC (EMV Book 3, 6.5.5).</summary>
    private const byte CryptogramKind = 0xC0, OnlineCryptogram = 0x80;

    /// <summary>Everything that is wrong with a sale; empty when it may go to the bank.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="used">Count and sum of what was forwarded under its permission before.</param>
    /// <param name="chain">The terminal's chain before it.</param>
    /// <param name="terminal">The terminal as it stands now.</param>
    /// <param name="merchant">Its merchant.</param>
    /// <param name="options">Clock skew and limits.</param>
    /// <param name="now">Time of the back end.</param>
    public static List<OfflineFlag> Of(
        ForwardedSale sale, (long Count, long SumMinor) used, OfflineChain chain, TerminalRecord terminal, MerchantRecord? merchant,
            PaymentOptions options,
        DateTimeOffset now)
    {
        List<OfflineFlag> flags = [];
        void Flag(bool wrong, OfflineFlag flag)
        {
            if (wrong)
            {
                flags.Add(flag);
            }
        }

        Flag(terminal.State != TerminalState.Active || terminal.Verdict is Verdict.Denied or Verdict.Unknown, OfflineFlag.TerminalDenied);
        bool follows = sale.Record.Sequence == chain.Acknowledged + 1 && sale.Record.Previous.AsSpan().SequenceEqual(chain.Head);
        Flag(sale.Record.Sequence <= chain.Acknowledged, OfflineFlag.Forked);
        Flag(sale.Record.Sequence > chain.Acknowledged && (!follows || chain.Closed is not null), OfflineFlag.ChainBroken);
        Flag(!IsPlainSale(sale.Request), OfflineFlag.NotAllowedOffline);
        Flag(!IsOnlineCryptogram(sale.Request), OfflineFlag.CardDataMismatch);
        Flag(merchant is not null && sale.Request.SurchargeMinor > Surcharge.Highest(merchant, Goods(sale.Request), options),
            OfflineFlag.SurchargeNotAllowed);
        if (sale.Permission is not { } permission || !IsFor(permission, sale.Request, terminal, merchant))
        {
            flags.Add(OfflineFlag.PermissionInvalid);
            return flags;
        }

        OfflineTerms terms = permission.Terms;
        DateTimeOffset taken = sale.Record.TakenAt;
        TimeSpan recordAge = TimeSpan.FromMinutes(terms.MaxRecordAgeMinutes);
        Flag(taken < permission.AttestedAt - options.ClockSkew || taken > permission.ExpiresAt + options.ClockSkew,
            OfflineFlag.PermissionExpired);

        // The second bound does not rest on the phone's clock: whatever the phone says, the tap was before the permission's end.
        Flag(now - taken > recordAge || now > permission.ExpiresAt + recordAge, OfflineFlag.TooOld);
        Flag(sale.Request.AmountMinor > terms.MaxAmountMinor
            || sale.Request.AmountMinor > (merchant?.Limits?.MaxAmountMinor ?? long.MaxValue), OfflineFlag.OverAmount);
        Flag(used.Count + 1 > terms.MaxCount, OfflineFlag.OverCount);
        Flag(used.SumMinor + sale.Request.AmountMinor > terms.MaxTotalMinor, OfflineFlag.OverTotal);
        Flag(!terms.Kernels.Contains(sale.Request.KernelId), OfflineFlag.KernelNotAllowed);
        return flags;
    }

    private static bool IsFor(OfflinePermission permission, PaymentRequest request, TerminalRecord terminal, MerchantRecord? merchant) =>
        permission.Verdict == Verdict.Trusted
        && permission.TerminalId == terminal.TerminalId
        && permission.DeviceKeyHash.AsSpan().SequenceEqual(SHA256.HashData(terminal.DeviceKey))
        && permission.MerchantId == terminal.MerchantId
        && merchant is not null
        && permission.Currency == request.Currency;

    private static long Goods(PaymentRequest request) => request.AmountMinor - request.TipMinor - request.SurchargeMinor;

    private static bool IsPlainSale(PaymentRequest request) =>
        request is { Operation: PaymentOperation.Sale, OtherAmountMinor: 0, OriginalPaymentId: null, AcceptsPartialApproval: false,
            TransactionType: 0 }
        && request is { PinBlock: null, PinKsn: null, AmountMinor: > 0 } && request.CardholderVerification != OnlinePin
            && Goods(request) > 0;

    private static bool IsOnlineCryptogram(PaymentRequest request) =>
        EmvData.Read(request, out _) is { HasCryptogram: true } emv && emv[CryptogramInformation] is [var information]
        && (information & CryptogramKind) == OnlineCryptogram;
}
