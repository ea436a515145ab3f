using System.Collections.Frozen;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Emvco;

/// <summary>Who may give a data object to kernel 8, and in which length (Book C-8, annex A).</summary>
internal static class Kernel8Dictionary
{
    private const int LongestEnvelope = 243;

    private static readonly FrozenDictionary<uint, (int Least, int Most)> FromCard = new Dictionary<uint, (int Least, int Most)>
    {
        [0x42] = (3, 3),
        [EmvTag.ApplicationLabel] = (1, 16),
        [EmvTag.Track2EquivalentData] = (0, 19),
        [EmvTag.Pan] = (1, 10),
        [EmvTag.CardholderName] = (0, 26),
        [EmvTag.ExpirationDate] = (3, 3),
        [EmvTag.EffectiveDate] = (3, 3),
        [EmvTag.IssuerCountryCode] = (2, 2),
        [EmvTag.LanguagePreference] = (2, 8),
        [0x5F30] = (2, 2),
        [EmvTag.PanSequenceNumber] = (1, 1),
        [EmvTag.Aip] = (2, 2),
        [EmvTag.DfName] = (5, 16),
        [EmvTag.Priority] = (1, 1),
        [EmvTag.Cdol1] = (0, 250),
        [EmvTag.CaKeyIndex] = (1, 1),
        [EmvTag.IssuerCertificate] = (0, 248),
        [EmvTag.IssuerKeyRemainder] = (0, 248),
        [EmvTag.Afl] = (4, 248),
        [EmvTag.ApplicationUsageControl] = (2, 2),
        [EmvTag.CardVersion] = (2, 2),
        [0x9F0C] = (0, 32),
        [EmvTag.IssuerApplicationData] = (0, 32),
        [EmvTag.IssuerCodeTable] = (1, 1),
        [EmvTag.PreferredName] = (1, 16),
        [EmvTag.TokenRequestor] = (6, 6),
        [0x9F1F] = (0, 54),
        [0x9F20] = (0, 16),
        [EmvTag.Par] = (29, 29),
        [EmvTag.Cryptogram] = (8, 8),
        [EmvTag.CryptogramInformation] = (1, 1),
        [Kernel8Tag.CardQualifier] = (7, 7),
        [EmvTag.IssuerKeyExponent] = (1, 3),
        [EmvTag.Atc] = (2, 2),
        [EmvTag.Pdol] = (0, 240),
        [EmvTag.ApplicationCurrency] = (2, 2),
        [0x9F44] = (1, 1),
        [EmvTag.IccCertificate] = (0, 248),
        [EmvTag.IccKeyExponent] = (1, 3),
        [EmvTag.IccKeyRemainder] = (0, 248),
        [EmvTag.SdaTagList] = (0, 250),
        [0x9F4D] = (2, 2),
        [Kernel8Tag.VerificationDecision] = (1, 1),
        [Kernel8Tag.CardKeyData] = (0, 132),
        [Kernel8Tag.CardTvr] = (5, 5),
        [Kernel8Tag.EdaMac] = (8, 8),
        [Kernel8Tag.AuthenticatedData] = (0, 128),
        [Kernel8Tag.IadMacOffset] = (1, 1),
        [Kernel8Tag.RestartIndicator] = (2, 5),
        [Kernel8Tag.ExtendedSdaTags] = (0, 250),
        [Kernel8Tag.CardEccKey] = (32, 66),
        [Kernel8Tag.CardCapabilities] = (2, 2),
        [0x9F8111] = (0, LongestEnvelope),
        [0x9F8112] = (0, LongestEnvelope),
        [0x9F8113] = (0, LongestEnvelope),
        [0x9F8114] = (0, LongestEnvelope),
        [0x9F8115] = (0, LongestEnvelope),
        [0x9F8116] = (0, LongestEnvelope),
        [0x9F8117] = (0, LongestEnvelope),
        [0x9F8118] = (0, LongestEnvelope),
        [0x9F8119] = (0, LongestEnvelope),
        [0x9F811A] = (0, LongestEnvelope),
    }.ToFrozenDictionary();

    private static readonly FrozenSet<uint> NotFromCard = new uint[]
    {
        Kernel8Tag.KernelKeyData, Kernel8Tag.KernelQualifier, Kernel8Tag.IadMac, Kernel8Tag.RelayExcess, EmvTag.CurrencyCode,
        EmvTag.CurrencyExponent, 0x5F57, EmvTag.Tvr, EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.AcquirerId, EmvTag.Amount,
        EmvTag.AmountOther, EmvTag.TerminalVersion, EmvTag.MerchantCategory, EmvTag.MerchantId, EmvTag.TerminalCountry, EmvTag.TerminalId,
        EmvTag.RiskManagementData, EmvTag.IfdSerial, EmvTag.TransactionTime, EmvTag.TerminalCapabilities, EmvTag.CvmResults,
        EmvTag.TerminalType, EmvTag.UnpredictableNumber, EmvTag.AdditionalCapabilities, EmvTag.MerchantName, EmvTag.TerminalAid,
    }.ToFrozenSet();

    private static readonly FrozenSet<uint> OfFci = new uint[]
    {
        EmvTag.ApplicationLabel, EmvTag.LanguagePreference, EmvTag.DfName, EmvTag.Priority, EmvTag.IssuerCodeTable, EmvTag.PreferredName,
        EmvTag.Pdol, 0x9F0C, 0x9F4D, Kernel8Tag.CardQualifier,
    }.ToFrozenSet();

    /// <summary>The dictionary.</summary>
    public static ObjectDictionary Objects { get; } = new(FromCard, tag => NotFromCard.Contains(tag) || tag is >= 0x9F8201 and <= 0x9F82FF, OfFci);

    /// <summary>The dictionary of a reader that skips what a card must not give, or gives in a wrong length, instead of refusing the response.</summary>
    public static ObjectDictionary Lenient { get; } = new(
        FromCard, _ => false, OfFci);
}
