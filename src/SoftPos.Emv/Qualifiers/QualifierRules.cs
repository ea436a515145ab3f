using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Qualifiers;

/// <summary>What a card without qualifiers 9F6C is asked for where a verification is required.</summary>
internal enum MissingQualifiers
{
    /// <summary>Signature, or online PIN where there is none (C-3, 5.7.1.1).</summary>
    SignatureThenPin,

    /// <summary>Online PIN.</summary>
    Pin,

    /// <summary>Nothing: the transaction is declined.</summary>
    Decline,
}

/// <summary>
/// In what the two kernels differ that are driven by terminal and card transaction qualifiers: kernel 3 (Visa) and kernel 7 (UnionPay).
/// Card and reader talk the same way in both.
/// </summary>
internal sealed record QualifierRules
{
    /// <summary>Clause numbers of Book C-3 go with the notes; otherwise the name of the step.</summary>
    public bool IsBook3 { get; init; }

    /// <summary>GET PROCESSING OPTIONS may be answered in format 1 too.</summary>
    public bool TakesFormat1 { get; init; }

    /// <summary>A status of GET PROCESSING OPTIONS that has no rule leads to the next application; otherwise to the end.</summary>
    public bool OtherStatusSelectsNext { get; init; }

    /// <summary>Verify fDDA also for online cryptograms, when TTQ 1 b1 asks for it.</summary>
    public bool OdaForOnline { get; init; }

    /// <summary>Decline when that verification fails; otherwise go online with the failure reported.</summary>
    public bool DeclineOnOnlineOdaFailure { get; init; }

    /// <summary>Accept fDDA without 9F69.</summary>
    public bool AcceptFddaVersion0 { get; init; }

    /// <summary>Check the usage control for cash.</summary>
    public bool CheckCashUsage { get; init; }

    /// <summary>Check the usage control for cash back.</summary>
    public bool CheckCashbackUsage { get; init; }

    /// <summary>Deliver issuer data to the card when both sides support it.</summary>
    public bool IssuerUpdate { get; init; }

    /// <summary>Decline an offline approval where the reader had asked for an online cryptogram, instead of going online with it.</summary>
    public bool DeclineOfflineWhereOnlineRequired { get; init; } = true;

    /// <summary>The exception file counts for online cryptograms too.</summary>
    public bool ExceptionFileForOnline { get; init; }

    /// <summary>Refuse a number of another brand.</summary>
    public bool CheckBrand { get; init; }

    /// <summary>Show the available offline spending amount 9F5D.</summary>
    public bool ShowSpendingAmount { get; init; }

    /// <summary>9F6E is a form factor indicator into which the reader writes its technology.</summary>
    public bool HasFormFactor { get; init; }

    /// <summary>Verification of a card without qualifiers.</summary>
    public MissingQualifiers MissingQualifiers { get; init; }

    /// <summary>A verification on the device that the reader does not support leads to the next method; otherwise it is refused.</summary>
    public bool PassesUnsupportedDeviceClaim { get; init; }

    /// <summary>Where a verification is required, online PIN is asked for beside the one on the device.</summary>
    public bool PinBesideDevice { get; init; }

    /// <summary>Dynamic reader limits by 9F5A.</summary>
    public IReadOnlyList<DynamicLimitSet> DynamicLimits { get; init; } = [];

    /// <summary>Objects that the reader reads past: they are never stored.</summary>
    public IReadOnlySet<uint> Discarded { get; init; } = new HashSet<uint>();

    /// <summary>Objects of the data record in their order.</summary>
    public required IReadOnlyList<uint> Record { get; init; }

    /// <summary>The clause of Book C-3, or the name of the step.</summary>
    public string Clause(string ofBook3, string step) => IsBook3 ? ofBook3 : step;
}
