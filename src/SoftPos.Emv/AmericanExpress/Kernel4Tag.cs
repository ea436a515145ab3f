namespace SoftPos.Emv.AmericanExpress;

/// <summary>Tags that kernel 4 uses with its own meaning (Book C-4, annex A).</summary>
internal static class Kernel4Tag
{
    /// <summary>Contactless reader capabilities, 1 byte.</summary>
    public const uint ReaderCapabilities = 0x9F6D;

    /// <summary>Enhanced contactless reader capabilities, 4 bytes.</summary>
    public const uint EnhancedCapabilities = 0x9F6E;

    /// <summary>Card interface and payment capabilities.</summary>
    public const uint CardCapabilities = 0x9F70;

    /// <summary>Mobile CVM results, of the shape of 9F34.</summary>
    public const uint MobileCvmResults = 0x9F71;

    /// <summary>Membership product identifier.</summary>
    public const uint MembershipProduct = 0x9F5A;

    /// <summary>Product membership number: personal data.</summary>
    public const uint MembershipNumber = 0x9F5B;
}
