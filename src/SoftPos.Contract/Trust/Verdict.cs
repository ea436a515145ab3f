namespace SoftPos.Contract;

/// <summary>The outcome of an appraisal.</summary>
public enum Verdict
{
    /// <summary>Nothing could be concluded, for instance for want of evidence. Treated as a refusal.</summary>
    Unknown,

    /// <summary>Refused.</summary>
    Denied,

    /// <summary>Admitted with limits: no PIN, low amounts.</summary>
    Limited,

    /// <summary>Admitted.</summary>
    Trusted,
}

/// <summary>How grave a finding is.</summary>
public enum Severity
{
    /// <summary>To be known.</summary>
    Info,

    /// <summary>To be put right by its deadline.</summary>
    Warning,

    /// <summary>To be put right now.</summary>
    Serious,

    /// <summary>An attack, or as good as one.</summary>
    Critical,
}

/// <summary>What a finding leads to, mildest first.</summary>
public enum FindingResponse
{
    /// <summary>Written down only (a report-only rule).</summary>
    Report,

    /// <summary>The merchant is told.</summary>
    Notice,

    /// <summary>No PIN, low amounts.</summary>
    Limit,

    /// <summary>No payment until it is put right.</summary>
    Deny,

    /// <summary>No payment until a person lifts it.</summary>
    Suspend,

    /// <summary>Suspended, and the terminal's keys are destroyed.</summary>
    Wipe,
}
