using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Qualifiers;

namespace SoftPos.Emv.Visa;

/// <summary>Kernel 3 (Visa, Book C-3).</summary>
internal static class Kernel3
{
    /// <summary>Data record (C-3, B.1.1).</summary>
    private static readonly uint[] Record =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.Aip, EmvTag.TerminalCountry,
        EmvTag.AmountOther, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType, EmvTag.IfdSerial, EmvTag.DfName,
        EmvTag.TerminalVersion, EmvTag.SequenceCounter, EmvTag.PanSequenceNumber, EmvTag.FormFactor, EmvTag.CustomerExclusiveData,
        EmvTag.Par, EmvTag.TokenRequestor, EmvTag.LastFourDigits, EmvTag.PosEntryMode, EmvTag.Ttq, EmvTag.Ctq, EmvTag.TransactionTime,
        EmvTag.ApplicationLabel, EmvTag.PreferredName,
    ];

    public static QualifierKernel Create(KernelActivation activation)
    {
        Kernel3Options options = activation.Combination.Kernel3;
        return new QualifierKernel(activation, new QualifierRules
        {
            IsBook3 = true,
            TakesFormat1 = true,
            OdaForOnline = options.OdaForOnline,
            DeclineOnOnlineOdaFailure = options.DeclineOnOnlineOdaFailure,
            AcceptFddaVersion0 = options.AcceptFddaVersion0,
            CheckCashUsage = options.CheckCashUsage,
            CheckCashbackUsage = options.CheckCashbackUsage,
            IssuerUpdate = options.IssuerUpdate,
            DeclineOfflineWhereOnlineRequired = options.DeclineOfflineWhereOnlineRequired,
            CheckBrand = options.CheckBrand,
            ShowSpendingAmount = options.ShowSpendingAmount,
            HasFormFactor = true,
            MissingQualifiers = MissingQualifiers.SignatureThenPin,
            DynamicLimits = options.DynamicLimits,
            Record = Record,
        });
    }
}
