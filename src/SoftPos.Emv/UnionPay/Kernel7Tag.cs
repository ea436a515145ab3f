namespace SoftPos.Emv.UnionPay;

/// <summary>Tags that kernel 7 uses with its own meaning (Book C-7, annexes A and C).</summary>
internal static class Kernel7Tag
{
    /// <summary>Number of an identity document: personal data.</summary>
    public const uint IdentityNumber = 0x9F61;

    /// <summary>Type of an identity document: personal data.</summary>
    public const uint IdentityType = 0x9F62;

    /// <summary>Product identification information, 16 bytes.</summary>
    public const uint ProductIdentification = 0x9F63;

    /// <summary>Electronic cash issuer authorisation code.</summary>
    public const uint CashAuthorisationCode = 0x9F74;

    /// <summary>The terminal supports electronic cash.</summary>
    public const uint SupportsElectronicCash = 0x9F7A;
}
