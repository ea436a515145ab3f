using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// One combination of AID and kernel for some kinds of transaction, with its limits (Book A, table 5-2; Book B, 3.1.1). A null item is
/// absent, which is not the same as zero or false.
/// </summary>
public sealed record Combination
{
    /// <summary>AID, 5–16 bytes; matched as a prefix of the name on the card.</summary>
    public required byte[] Aid { get; init; }

    /// <summary>Kernel identifier: one byte for an international kernel, three for a domestic one.</summary>
    public required byte[] KernelId { get; init; }

    /// <summary>Kinds of transaction that the combination serves.</summary>
    public required IReadOnlyList<TransactionKind> Kinds { get; init; }

    /// <summary>Status check support flag.</summary>
    public bool? StatusCheck { get; init; }

    /// <summary>Zero amount allowed flag; absent means allowed.</summary>
    public bool? ZeroAmountAllowed { get; init; }

    /// <summary>Reader contactless transaction limit: this amount and more is not allowed.</summary>
    public long? TransactionLimit { get; init; }

    /// <summary>Reader contactless floor limit: more than this goes online.</summary>
    public long? FloorLimit { get; init; }

    /// <summary>Terminal floor limit 9F1B, used where the reader floor limit is absent.</summary>
    public long? TerminalFloorLimit { get; init; }

    /// <summary>Reader CVM required limit: this amount and more needs a cardholder verification.</summary>
    public long? CvmLimit { get; init; }

    /// <summary>Terminal transaction qualifiers 9F66, 4 bytes.</summary>
    public byte[]? Ttq { get; init; }

    /// <summary>Extended selection support flag.</summary>
    public bool? ExtendedSelection { get; init; }

    /// <summary>Options of kernel 3.</summary>
    public Kernel3Options Kernel3 { get; init; } = new();

    /// <summary>Options of kernel 2.</summary>
    public Kernel2Options Kernel2 { get; init; } = new();

    /// <summary>Options of kernel 4.</summary>
    public Kernel4Options Kernel4 { get; init; } = new();

    /// <summary>Options of kernel 5.</summary>
    public Kernel5Options Kernel5 { get; init; } = new();

    /// <summary>Options of kernel 6.</summary>
    public Kernel6Options Kernel6 { get; init; } = new();

    /// <summary>Options of kernel 7.</summary>
    public Kernel7Options Kernel7 { get; init; } = new();

    /// <summary>Options of kernel 8.</summary>
    public Kernel8Options Kernel8 { get; init; } = new();

    /// <summary>Terminal data objects of this combination; they win over those of the terminal.</summary>
    public TlvMap Objects { get; init; } = [];

    /// <summary>Kernel number of an international kernel; 0 for a domestic one.</summary>
    public int Kernel => KernelId.Length == 1 ? KernelId[0] & 0x3F : 0;

    /// <summary>AID and kernel.</summary>
    public override string ToString() => $"{Convert.ToHexString(Aid)} kernel {Convert.ToHexString(KernelId)}";
}
