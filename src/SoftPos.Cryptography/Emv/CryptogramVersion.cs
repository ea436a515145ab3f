namespace SoftPos.Cryptography;

/// <summary>Payment scheme whose cryptogram rules a card follows.</summary>
public enum CardScheme
{
    Visa,
    Mastercard,
    AmericanExpress,
    UnionPay,
    Discover,
    Jcb,

    /// <summary>EMV Common Core Definitions.</summary>
    CommonCore,
}

/// <summary>Which key computes the application cryptogram.</summary>
public enum CryptogramKey
{
    /// <summary>The card's master key itself.</summary>
    CardKey,

    /// <summary>EMV common session key of the transaction counter.</summary>
    Common,

    /// <summary>Mastercard session key of the transaction counter and the unpredictable number.</summary>
    Mastercard,

    /// <summary>UnionPay (PBOC) session key of the transaction counter.</summary>
    UnionPay,
}

/// <summary>Which data the application cryptogram covers.</summary>
public enum CryptogramContent
{
    /// <summary>The eleven minimum elements (amounts … ATC) and the card verification results.</summary>
    CardVerificationResults,

    /// <summary>The eleven elements, the card verification results and the counters that follow in the issuer application data.</summary>
    Counters,

    /// <summary>The eleven elements and the whole issuer application data.</summary>
    IssuerApplicationData,

    /// <summary>Amount, unpredictable number, ATC and byte 5 of the issuer application data (Visa CVN 17, UnionPay CVN 17).</summary>
    Short,
}

/// <summary>How the issuer's answer is authenticated; EMV Book 2, 8.2.</summary>
public enum ArpcMethod
{
    /// <summary>Eight bytes: the cryptogram mixed with the response code, enciphered.</summary>
    One = 1,

    /// <summary>Four bytes: MAC over cryptogram and card status update.</summary>
    Two = 2,
}

/// <summary>Session key of issuer scripts.</summary>
public enum ScriptKey
{
    /// <summary>Counter mixed into the halves of the key.</summary>
    Visa,

    /// <summary>Common session key with the application cryptogram as diversifier.</summary>
    CommonOfCryptogram,
}

/// <summary>One cryptogram version: the rules by which card and issuer compute, sheet "Issuer side", 5.2.</summary>
public sealed record CryptogramVersion
{
    private CryptogramVersion(string name, CardScheme scheme, byte number)
    {
        Name = name;
        Scheme = scheme;
        Number = number;
    }

    /// <summary>Visa CVN 10.</summary>
    public static CryptogramVersion Visa10 { get; } = new("visa-10", CardScheme.Visa, 0x0A)
    {
        Padding = MacPadding.Method1,
        Script = ScriptKey.Visa,
    };

    /// <summary>Visa CVN 17 (qVSDC).</summary>
    public static CryptogramVersion Visa17 { get; } = new("visa-17", CardScheme.Visa, 0x11)
    {
        Content = CryptogramContent.Short,
        Padding = MacPadding.Method1,
        Script = ScriptKey.Visa,
    };

    /// <summary>Visa CVN 18.</summary>
    public static CryptogramVersion Visa18 { get; } = new("visa-18", CardScheme.Visa, 0x12)
    {
        CardKeyOption = EmvMasterKeyOption.B,
        Key = CryptogramKey.Common,
        Content = CryptogramContent.IssuerApplicationData,
        Arpc = ArpcMethod.Two,
        ArpcUnderSessionKey = true,
        Script = ScriptKey.Visa,
    };

    /// <summary>Visa CVN '22'.</summary>
    public static CryptogramVersion Visa22 { get; } = new("visa-22", CardScheme.Visa, 0x22)
    {
        CardKeyOption = EmvMasterKeyOption.B,
        Key = CryptogramKey.Common,
        Content = CryptogramContent.IssuerApplicationData,
        Arpc = ArpcMethod.Two,
        ArpcUnderSessionKey = true,
    };

    /// <summary>Mastercard CVN 16 (10 hex).</summary>
    public static CryptogramVersion Mastercard16 { get; } = new("mastercard-16", CardScheme.Mastercard, 0x10) { Key = CryptogramKey.Mastercard };

    /// <summary>Mastercard CVN 17 (11 hex): with counters.</summary>
    public static CryptogramVersion Mastercard17 { get; } = new("mastercard-17", CardScheme.Mastercard, 0x11)
    {
        Key = CryptogramKey.Mastercard,
        Content = CryptogramContent.Counters,
    };

    /// <summary>Mastercard CVN 20 (14 hex).</summary>
    public static CryptogramVersion Mastercard20 { get; } = new("mastercard-20", CardScheme.Mastercard, 0x14)
    {
        Key = CryptogramKey.Common,
        ArpcUnderSessionKey = true,
    };

    /// <summary>Mastercard CVN 21 (15 hex): with counters.</summary>
    public static CryptogramVersion Mastercard21 { get; } = new("mastercard-21", CardScheme.Mastercard, 0x15)
    {
        Key = CryptogramKey.Common,
        Content = CryptogramContent.Counters,
        ArpcUnderSessionKey = true,
    };

    /// <summary>American Express (AEIPS) CVN 01: the card key itself, as public host interfaces describe it.</summary>
    public static CryptogramVersion AmericanExpress1 { get; } = new("amex-1", CardScheme.AmericanExpress, 0x01) { Padding = MacPadding.Method1 };

    /// <summary>American Express CVN 02, of mobile cards: rules of CVN 01, from public material only.</summary>
    public static CryptogramVersion AmericanExpress2 { get; } = new("amex-2", CardScheme.AmericanExpress, 0x02)
    {
        Padding = MacPadding.Method1,
    };

    /// <summary>UnionPay (PBOC 3.0) CVN 01.</summary>
    public static CryptogramVersion UnionPay1 { get; } = new("unionpay-1", CardScheme.UnionPay, 0x01)
    {
        Key = CryptogramKey.UnionPay,
        ArpcUnderSessionKey = true,
    };

    /// <summary>UnionPay CVN 17 (11 hex): the short form; from public material only.</summary>
    public static CryptogramVersion UnionPay17 { get; } = new("unionpay-17", CardScheme.UnionPay, 0x11)
    {
        Key = CryptogramKey.UnionPay,
        Content = CryptogramContent.Short,
        ArpcUnderSessionKey = true,
    };

    /// <summary>Discover D-PAS, contact (05); from public material only.</summary>
    public static CryptogramVersion Discover5 { get; } = new("discover-5", CardScheme.Discover, 0x05)
    {
        Key = CryptogramKey.Common,
        ArpcUnderSessionKey = true,
    };

    /// <summary>Discover D-PAS, contactless (15 hex); from public material only.</summary>
    public static CryptogramVersion Discover15 { get; } = new("discover-15", CardScheme.Discover, 0x15)
    {
        Key = CryptogramKey.Common,
        ArpcUnderSessionKey = true,
    };

    /// <summary>JCB CVN 01: the card key itself; from public material only.</summary>
    public static CryptogramVersion Jcb1 { get; } = new("jcb-1", CardScheme.Jcb, 0x01) { Padding = MacPadding.Method1 };

    /// <summary>JCB CVN 02: common session key; from public material only.</summary>
    public static CryptogramVersion Jcb2 { get; } = new("jcb-2", CardScheme.Jcb, 0x02)
    {
        Key = CryptogramKey.Common,
        ArpcUnderSessionKey = true,
    };

    /// <summary>JCB CVN 04: common session key, the whole issuer application data; from public material only.</summary>
    public static CryptogramVersion Jcb4 { get; } = new("jcb-4", CardScheme.Jcb, 0x04)
    {
        Key = CryptogramKey.Common,
        Content = CryptogramContent.IssuerApplicationData,
        Arpc = ArpcMethod.Two,
        ArpcUnderSessionKey = true,
    };

    /// <summary>EMV CCD, common core identifier A5 (TDES).</summary>
    public static CryptogramVersion CommonCore5 { get; } = new("ccd-5", CardScheme.CommonCore, 0xA5)
    {
        CardKeyOption = EmvMasterKeyOption.B,
        Key = CryptogramKey.Common,
        Content = CryptogramContent.IssuerApplicationData,
        Arpc = ArpcMethod.Two,
        ArpcUnderSessionKey = true,
    };

    /// <summary>Every known version.</summary>
    public static IReadOnlyList<CryptogramVersion> All { get; } =
    [
        Visa10, Visa17, Visa18, Visa22, Mastercard16, Mastercard17, Mastercard20, Mastercard21, AmericanExpress1, AmericanExpress2, UnionPay1,
        UnionPay17, Discover5, Discover15, Jcb1, Jcb2, Jcb4, CommonCore5,
    ];

    /// <summary>Scheme and number, such as <c>visa-18</c>.</summary>
    public string Name { get; }

    public CardScheme Scheme { get; }

    /// <summary>Value of the cryptogram version byte (for CCD the common core identifier).</summary>
    public byte Number { get; }

    /// <summary>Usual derivation of the card key; issuers may differ by BIN, so callers can override it with <c>with</c>.</summary>
    public EmvMasterKeyOption CardKeyOption { get; init; } = EmvMasterKeyOption.A;

    public CryptogramKey Key { get; init; } = CryptogramKey.CardKey;

    public CryptogramContent Content { get; init; } = CryptogramContent.CardVerificationResults;

    public MacPadding Padding { get; init; } = MacPadding.Method2;

    public ArpcMethod Arpc { get; init; } = ArpcMethod.One;

    /// <summary>True: ARPC under the session key of the cryptogram; false: under the card key.</summary>
    public bool ArpcUnderSessionKey { get; init; }

    public ScriptKey Script { get; init; } = ScriptKey.CommonOfCryptogram;

    /// <summary>Reads the version from issuer application data (9F10), whose shape depends on the scheme.</summary>
    /// <returns>False for a version that is not known, or data too short to hold one.</returns>
    public static bool TryIdentify(CardScheme scheme, ReadOnlySpan<byte> issuerApplicationData, out CryptogramVersion version)
    {
        version = Visa10;
        int offset = scheme switch
        {
            CardScheme.Mastercard or CardScheme.Discover or CardScheme.CommonCore => 1,
            CardScheme.Visa when issuerApplicationData is [0x1F, ..] => 1,
            _ => 2,
        };
        if (issuerApplicationData.Length <= offset)
        {
            return false;
        }

        foreach (CryptogramVersion known in All)
        {
            if (known.Scheme == scheme && known.Number == issuerApplicationData[offset])
            {
                version = known;
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds a version by its name.</summary>
    public static bool TryFind(string name, out CryptogramVersion version)
    {
        version = All.FirstOrDefault(known => known.Name == name) ?? Visa10;
        return version.Name == name;
    }

    public override string ToString() => Name;
}
