namespace SoftPos.Emv.Discover;

/// <summary>Tags that kernel 6 uses with its own meaning (Book C-6).</summary>
internal static class Kernel6Tag
{
    /// <summary>Card processing requirements, 2 bytes.</summary>
    public const uint CardRequirements = 0x9F71;

    /// <summary>Offline balance, 6 bytes.</summary>
    public const uint OfflineBalance = 0xD1;

    /// <summary>Form factor of a device.</summary>
    public const uint FormFactor = 0x9F6E;
}
