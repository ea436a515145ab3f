namespace SoftPos.Emv.Configuration;

/// <summary>Options of kernel 6 (Discover D-PAS). What public material leaves open is a switch here.</summary>
public sealed record Kernel6Options
{
    /// <summary>An online cryptogram may come with a signature, when TTQ 1 b1 asks for it; otherwise it ends the transaction.</summary>
    public bool OdaForOnline { get; init; }

    /// <summary>"No CVM" as a fallback needs the capability in 9F33 byte 2 bit 4 too.</summary>
    public bool NoCvmNeedsCapability { get; init; } = true;

    /// <summary>Decline where a verification is required and the card falls back to none; otherwise its word stands.</summary>
    public bool DeclineNoCvmAboveLimit { get; init; } = true;

    /// <summary>An amount equal to the floor limit exceeds it.</summary>
    public bool FloorLimitInclusive { get; init; }

    /// <summary>A refusal beside the word "loyalty transaction approved" is an approval.</summary>
    public bool LoyaltyApproval { get; init; }

    /// <summary>Refuse a PAN that is surely of another brand.</summary>
    public bool CheckBrand { get; init; } = true;
}
