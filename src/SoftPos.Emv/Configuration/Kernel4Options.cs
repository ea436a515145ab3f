using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// Options of kernel 4 (American Express). What public material leaves open is a switch here, with the choice that costs the merchant least
/// as its default.
/// </summary>
public sealed record Kernel4Options
{
    /// <summary>Most sets of dynamic limits.</summary>
    public const int MaxDynamicLimits = 16;

    /// <summary>
    /// 9F6E, four bytes: partial online and mobile (byte 1), mobile CVM and online PIN (byte 2), kernel version (byte 4). The bit "CVM
    /// required" of byte 3 is set by the kernel for each transaction.
    /// </summary>
    public byte[] ReaderCapabilities { get; init; } = [0x18, 0xC0, 0x00, 0x03];

    /// <summary>Terminal action code, default; five bytes.</summary>
    public byte[] TacDefault { get; init; } = [0xDC, 0x50, 0xFC, 0x98, 0x00];

    /// <summary>Terminal action code, denial.</summary>
    public byte[] TacDenial { get; init; } = new byte[5];

    /// <summary>Terminal action code, online.</summary>
    public byte[] TacOnline { get; init; } = [0xDE, 0x00, 0xFC, 0x98, 0x00];

    /// <summary>Decline an online cryptogram whose signature failed; otherwise go online where the card gave it in the clear too.</summary>
    public bool DeclineOnCdaFailure { get; init; } = true;

    /// <summary>An amount equal to the floor limit exceeds it.</summary>
    public bool FloorLimitInclusive { get; init; } = true;

    /// <summary>
    /// Below the CVM limit, ask for a verification where the card's list has no rule "no CVM" and the reader is not exempt (9F6E byte 4
    /// bit 8).
    /// </summary>
    public bool NoCvmCheck { get; init; }

    /// <summary>9F34 where no verification is required: 1F0002 by default, or 3F0000.</summary>
    public byte[] NoCvmResults { get; init; } = [0x1F, 0x00, 0x02];

    /// <summary>6986 to GET PROCESSING OPTIONS means: act on the phone and tap again.</summary>
    public bool SeePhoneOnStatus6986 { get; init; } = true;

    /// <summary>How often a transaction is sent back to the phone.</summary>
    public int MostPhoneRestarts { get; init; } = 2;

    /// <summary>A card without a mode in common leads to the next application; otherwise to the end.</summary>
    public bool ModeMismatchSelectsNext { get; init; } = true;

    /// <summary>Hand the membership data 9F5A and 9F5B over beside the record; otherwise they are never stored.</summary>
    public bool DeliverMembership { get; init; }

    /// <summary>PAN must be of the brand of the AID.</summary>
    public bool CheckBrand { get; init; } = true;

    /// <summary>Object of the FCI that chooses the dynamic limits, as its tag; null for none.</summary>
    public uint? DynamicLimitTag { get; init; }

    /// <summary>Sets of dynamic limits by a prefix of that object.</summary>
    public IReadOnlyList<DynamicLimitSet> DynamicLimits { get; init; } = [];

    internal ActionCodes TerminalCodes => new(TacDenial, TacOnline, TacDefault);
}
