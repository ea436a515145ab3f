using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Qualifiers;

namespace SoftPos.Emv.UnionPay;

/// <summary>
/// Kernel 7 (UnionPay, Book C-7), EMV mode: driven by qualifiers as kernel 3 is. Full debit and credit over contactless, mag-stripe mode
/// and electronic cash are domestic and not offered.
/// </summary>
internal static class Kernel7
{
    private static readonly uint[] Record =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.Aip, EmvTag.TerminalCountry,
        EmvTag.AmountOther, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType, EmvTag.IfdSerial, EmvTag.DfName,
        EmvTag.TerminalVersion, EmvTag.SequenceCounter, EmvTag.PanSequenceNumber, Kernel7Tag.ProductIdentification,
        Kernel7Tag.CashAuthorisationCode, EmvTag.Par, EmvTag.TokenRequestor, EmvTag.PosEntryMode, EmvTag.Ttq, EmvTag.Ctq,
        EmvTag.TransactionTime, EmvTag.ApplicationLabel, EmvTag.PreferredName,
    ];

    /// <summary>Number and type of an identity document: read past, never stored.</summary>
    private static readonly HashSet<uint> Personal = [Kernel7Tag.IdentityNumber, Kernel7Tag.IdentityType];

    public static QualifierKernel Create(KernelActivation activation)
    {
        Kernel7Options options = activation.Combination.Kernel7;

        // The terminal offers no electronic cash.
        activation.Terminal[Kernel7Tag.SupportsElectronicCash] = [0x00];
        return new QualifierKernel(activation, new QualifierRules
        {
            OtherStatusSelectsNext = options.OtherStatusSelectsNext,
            OdaForOnline = options.OdaForOnline,
            DeclineOnOnlineOdaFailure = options.DeclineOnOnlineOdaFailure,
            AcceptFddaVersion0 = options.AcceptFddaVersion0,
            CheckCashUsage = options.CheckCashUsage,
            CheckCashbackUsage = options.CheckCashbackUsage,
            IssuerUpdate = options.IssuerUpdate,
            ExceptionFileForOnline = true,
            CheckBrand = options.CheckBrand,
            MissingQualifiers = options.PinForMissingQualifiers ? MissingQualifiers.Pin : MissingQualifiers.Decline,
            PassesUnsupportedDeviceClaim = true,
            PinBesideDevice = options.PinEvenWithDevice,
            Discarded = Personal,
            Record = Record,
        });
    }
}
