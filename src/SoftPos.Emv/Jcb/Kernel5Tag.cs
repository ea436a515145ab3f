namespace SoftPos.Emv.Jcb;

/// <summary>Tags that kernel 5 uses with its own meaning (Book C-5, annex A), and those of its torn record.</summary>
internal static class Kernel5Tag
{
    /// <summary>Cardholder verification status, 1 byte: the card's word.</summary>
    public const uint VerificationStatus = 0x9F50;

    /// <summary>Terminal compatibility indicator, 1 byte: modes of this reader. A PDOL without it is that of a legacy card.</summary>
    public const uint Compatibility = 0x9F52;

    /// <summary>Terminal interchange profile, 3 bytes.</summary>
    public const uint InterchangeProfile = 0x9F53;

    /// <summary>Issuer country code, looked at before 5F28.</summary>
    public const uint IssuerCountry = 0x9F57;

    /// <summary>Issuer update parameter, 1 byte.</summary>
    public const uint IssuerUpdate = 0x9F60;

    /// <summary>Torn record: values sent with GET PROCESSING OPTIONS.</summary>
    public const uint PdolValues = 0xDF8111;

    /// <summary>Torn record: values sent with GENERATE AC.</summary>
    public const uint CdolValues = 0xDF8107;

    /// <summary>Torn record: reference control parameter of GENERATE AC.</summary>
    public const uint ReferenceControl = 0xDF8114;

    /// <summary>Torn record: 01 for a legacy card, else 00.</summary>
    public const uint Mode = 0xDF8113;
}
