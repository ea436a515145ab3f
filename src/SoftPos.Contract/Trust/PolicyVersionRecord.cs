namespace SoftPos.Contract;

/// <summary>How far a policy version has come.</summary>
public enum PolicyVersionState
{
    /// <summary>One person wants it.</summary>
    Proposed,

    /// <summary>A second person agreed.</summary>
    Approved,

    /// <summary>It appraises.</summary>
    Active,

    /// <summary>Another one took its place; it may be activated again.</summary>
    Superseded,

    /// <summary>It appraises the terminals of some rings, while the version before appraises the rest.</summary>
    RollingOut,
}

/// <summary>A version of the appraisal policy of this installation, and who stands for it.</summary>
public sealed record PolicyVersionRecord
{
    /// <summary>Number; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>State.</summary>
    public required PolicyVersionState State { get; init; }

    /// <summary>Name and version as the document says them.</summary>
    public required string Title { get; init; }

    /// <summary>SHA-256 over document and the installation's values, lower-case hex; every verdict under it names this.</summary>
    public required string Hash { get; init; }

    /// <summary>Who proposed it.</summary>
    public required string Proposer { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>Who approved it: never the proposer.</summary>
    public string? Approver { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When it last began to appraise.</summary>
    public DateTimeOffset? ActivatedAt { get; init; }

    /// <summary>ES256 of the monitoring key over number, hash, proposer and approver; made at the approval.</summary>
    public byte[]? Signature { get; init; }
}
