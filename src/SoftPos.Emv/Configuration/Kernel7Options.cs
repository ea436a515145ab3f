namespace SoftPos.Emv.Configuration;

/// <summary>Options of kernel 7 (UnionPay). What public material leaves open is a switch here.</summary>
public sealed record Kernel7Options
{
    /// <summary>Accept fDDA without 9F69, which leaves amount and currency unsigned.</summary>
    public bool AcceptFddaVersion0 { get; init; }

    /// <summary>Verify fDDA also for online cryptograms, when TTQ 1 b1 asks for it.</summary>
    public bool OdaForOnline { get; init; }

    /// <summary>Decline when that verification fails; otherwise go online with the failure reported.</summary>
    public bool DeclineOnOnlineOdaFailure { get; init; } = true;

    /// <summary>A status of GET PROCESSING OPTIONS without a rule leads to the next application; otherwise to the end.</summary>
    public bool OtherStatusSelectsNext { get; init; }

    /// <summary>Where one is required, ask for online PIN beside a verification on the device: the rule of some countries.</summary>
    public bool PinEvenWithDevice { get; init; }

    /// <summary>A card without 9F6C is asked for online PIN where a verification is required; otherwise it is declined.</summary>
    public bool PinForMissingQualifiers { get; init; } = true;

    /// <summary>Deliver issuer data to the card when card and TTQ 3 b8 support it.</summary>
    public bool IssuerUpdate { get; init; }

    /// <summary>Check the usage control for cash.</summary>
    public bool CheckCashUsage { get; init; } = true;

    /// <summary>Check the usage control for cash back.</summary>
    public bool CheckCashbackUsage { get; init; } = true;

    /// <summary>Refuse a PAN that is surely of another brand.</summary>
    public bool CheckBrand { get; init; } = true;
}
