using System.Collections.Frozen;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Mastercard;

/// <summary>Who may give a data object to kernel 2, and in which length (Book C-2, annex A).</summary>
internal static class Kernel2Dictionary
{
    /// <summary>Objects that a card may give: least and most bytes. An empty value is one more length where the least is 0.</summary>
    private static readonly FrozenDictionary<uint, (int Least, int Most)> FromCard = new Dictionary<uint, (int Least, int Most)>
    {
        [EmvTag.ApplicationLabel] = (1, 16),
        [EmvTag.Track1] = (0, 76),
        [EmvTag.Track2EquivalentData] = (0, 19),
        [EmvTag.Pan] = (0, 10),
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
        [EmvTag.CvmList] = (0, 250),
        [EmvTag.CaKeyIndex] = (1, 1),
        [EmvTag.IssuerCertificate] = (0, 248),
        [EmvTag.IssuerKeyRemainder] = (0, 248),
        [EmvTag.Afl] = (0, 248),
        [EmvTag.ApplicationUsageControl] = (2, 2),
        [EmvTag.CardVersion] = (2, 2),
        [EmvTag.IacDefault] = (5, 5),
        [EmvTag.IacDenial] = (5, 5),
        [EmvTag.IacOnline] = (5, 5),
        [EmvTag.IssuerApplicationData] = (0, 32),
        [EmvTag.IssuerCodeTable] = (1, 1),
        [EmvTag.PreferredName] = (1, 16),
        [0x9F1F] = (0, 54),
        [0x9F20] = (0, 16),
        [EmvTag.Par] = (29, 29),
        [EmvTag.Cryptogram] = (8, 8),
        [EmvTag.CryptogramInformation] = (1, 1),
        [EmvTag.IssuerKeyExponent] = (1, 3),
        [EmvTag.Atc] = (2, 2),
        [EmvTag.Pdol] = (0, 240),
        [EmvTag.ApplicationCurrency] = (2, 2),
        [EmvTag.IccCertificate] = (0, 248),
        [EmvTag.IccKeyExponent] = (1, 3),
        [EmvTag.IccKeyRemainder] = (0, 248),
        [EmvTag.SdaTagList] = (0, 250),
        [EmvTag.SignedDynamicData] = (0, 248),
        [EmvTag.IccDynamicNumber] = (2, 8),
        [0x9F4D] = (2, 2),
        [EmvTag.OfflineBalance] = (6, 6),
        [EmvTag.Drdol] = (0, 250),
        [0x9F54] = (0, 160),
        [0x9F5B] = (0, 250),
        [Kernel2Tag.Capabilities] = (3, 3),
        [0x9F5E] = (8, 11),
        [0x9F5F] = (1, 1),
        [0x9F60] = (2, 2),
        [0x9F61] = (2, 2),
        [0x9F62] = (6, 6),
        [0x9F63] = (6, 6),
        [0x9F64] = (1, 1),
        [0x9F65] = (2, 2),
        [0x9F66] = (2, 2),
        [0x9F67] = (1, 1),
        [0x9F69] = (0, 250),
        [0x9F6B] = (0, 19),
        [Kernel2Tag.ThirdPartyData] = (5, 32),
        [0x9F6F] = (1, 1),
        [0x9F70] = (0, 192),
        [0x9F71] = (0, 192),
        [0x9F72] = (0, 192),
        [0x9F73] = (0, 192),
        [0x9F74] = (0, 192),
        [0x9F75] = (0, 192),
        [0x9F76] = (0, 192),
        [0x9F77] = (0, 192),
        [0x9F78] = (0, 192),
        [0x9F79] = (0, 192),
        [0x9F7D] = (8, 16),
        [0x9F7F] = (4, 4),
        [EmvTag.CardholderInteraction] = (3, 3),
        [0xDF8101] = (8, 16),
        [0xDF8102] = (8, 16),
        [Kernel2Tag.DeviceEntropy] = (4, 4),
        [Kernel2Tag.LeastRelayTime] = (2, 2),
        [Kernel2Tag.MostRelayTime] = (2, 2),
        [Kernel2Tag.DeviceTransmissionTime] = (2, 2),
    }.ToFrozenDictionary();

    /// <summary>Objects that the kernel knows and that only terminal or kernel may write.</summary>
    private static readonly FrozenSet<uint> NotFromCard = new uint[]
    {
        EmvTag.CurrencyCode, EmvTag.CurrencyExponent, 0x5F57, EmvTag.Tvr, EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.AcquirerId,
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.TerminalVersion, EmvTag.MerchantCategory, EmvTag.MerchantId, EmvTag.TerminalCountry,
        EmvTag.TerminalId, EmvTag.RiskManagementData, EmvTag.IfdSerial, EmvTag.TransactionTime, EmvTag.TerminalCapabilities,
        EmvTag.CvmResults, EmvTag.TerminalType, EmvTag.UnpredictableNumber, EmvTag.AdditionalCapabilities, EmvTag.MerchantName,
        EmvTag.CategoryCode, 0x9F5C, 0x9F6A, 0x9F6D, EmvTag.CustomerExclusiveData, EmvTag.MobileSupport,
        Kernel2Tag.TerminalEntropy, Kernel2Tag.MeasuredRelayTime, Kernel2Tag.RelayCounter,
    }.ToFrozenSet();

    /// <summary>
    /// Objects that belong into an FCI. Every other one there is the issuer's own, whatever its tag means elsewhere: cards in the field carry
    /// DF61 in BF0C, which is no digest of data storage.
    /// </summary>
    private static readonly FrozenSet<uint> OfFci = new uint[]
    {
        EmvTag.ApplicationLabel, EmvTag.LanguagePreference, EmvTag.DfName, EmvTag.Priority, EmvTag.IssuerCodeTable, EmvTag.PreferredName,
        EmvTag.Pdol, 0x9F4D, Kernel2Tag.Capabilities, 0x9F5E, Kernel2Tag.ThirdPartyData,
    }.ToFrozenSet();

    /// <summary>The dictionary.</summary>
    public static ObjectDictionary Objects { get; } = new(FromCard, tag => NotFromCard.Contains(tag) || tag is >= 0xDF8104 and <= 0xDF8137, OfFci);
}

/// <summary>Tags that kernel 2 alone uses, or uses with its own meaning.</summary>
internal static class Kernel2Tag
{
    /// <summary>Application capabilities information.</summary>
    public const uint Capabilities = 0x9F5D;

    /// <summary>Third party data.</summary>
    public const uint ThirdPartyData = 0x9F6E;

    /// <summary>Unpredictable number, numeric, of mag-stripe mode.</summary>
    public const uint NumericNumber = 0x9F6A;

    /// <summary>Mag-stripe application version of the reader.</summary>
    public const uint MagStripeVersion = 0x9F6D;

    /// <summary>Data object list of COMPUTE CRYPTOGRAPHIC CHECKSUM.</summary>
    public const uint Udol = 0x9F69;

    /// <summary>Track 2 data of mag-stripe mode.</summary>
    public const uint Track2 = 0x9F6B;

    /// <summary>CVC3 of the tracks.</summary>
    public const uint Track1Code = 0x9F60, Track2Code = 0x9F61;

    /// <summary>PCVC3: places of the CVC3.</summary>
    public const uint Track1CodePlaces = 0x9F62, Track2CodePlaces = 0x9F65;

    /// <summary>PUNATC: places of counter and number.</summary>
    public const uint Track1Places = 0x9F63, Track2Places = 0x9F66;

    /// <summary>NATC: digits of the counter among them.</summary>
    public const uint Track1CounterDigits = 0x9F64, Track2CounterDigits = 0x9F67;

    public const uint BalanceBefore = 0xDF8104;
    public const uint BalanceAfter = 0xDF8105;
    public const uint CdolValues = 0xDF8107;
    public const uint PdolValues = 0xDF8111;
    public const uint DrdolValues = 0xDF8113;
    public const uint ReferenceControl = 0xDF8114;
    public const uint ErrorIndication = 0xDF8115;
    public const uint TerminalEntropy = 0xDF8301;
    public const uint DeviceEntropy = 0xDF8302;
    public const uint LeastRelayTime = 0xDF8303;
    public const uint MostRelayTime = 0xDF8304;
    public const uint DeviceTransmissionTime = 0xDF8305;
    public const uint MeasuredRelayTime = 0xDF8306;
    public const uint RelayCounter = 0xDF8307;

    /// <summary>What the relay resistance protocol leaves.</summary>
    public static RelayTags Relay { get; } = new(
        TerminalEntropy, DeviceEntropy, LeastRelayTime, MostRelayTime, DeviceTransmissionTime, MeasuredRelayTime, RelayCounter);
}
