using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Policy;

/// <summary>When a rule is asked.</summary>
[Flags]
public enum PolicyStage
{
    /// <summary>Never.</summary>
    None = 0,

    /// <summary>When a terminal is enrolled, on its hardware attestation.</summary>
    Enrolment = 1,

    /// <summary>On every evidence of the SDK.</summary>
    Evidence = 2,

    /// <summary>On a Play Integrity verdict.</summary>
    Play = 4,

    /// <summary>On Apple App Attest.</summary>
    Apple = 8,

    /// <summary>On terminals that have something in common, counted.</summary>
    Fleet = 16,

    /// <summary>On a model, a system and a patch level alone: may such a phone be used, and until when.</summary>
    Baseline = 32,
}

/// <summary>One compiled rule: what must hold, and what follows when it does not.</summary>
public sealed class PolicyRule
{
    /// <summary>Identity, such as <c>boot.locked</c>.</summary>
    public required string Id { get; init; }

    /// <summary>When it is asked.</summary>
    public required PolicyStage Stages { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>How grave a finding of it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What a finding of it leads to.</summary>
    public required FindingResponse Response { get; init; }

    /// <summary>Text for the operator.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>Written down only.</summary>
    public bool IsReportOnly { get; init; }

    /// <summary>A finding of it proves nothing either way: the verdict is unknown rather than denied.</summary>
    public bool IsInconclusive { get; init; }

    /// <summary>Rings in which it is asked; empty means all.</summary>
    public IReadOnlyList<string> Rings { get; init; } = [];

    /// <summary>From when it is asked; null means always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>
    /// From when the response holds for every terminal; until then the milder one does, with this date on it. Null for at once.
    /// </summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>How long after a terminal's first finding of it the milder response stays; null for none.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Response during the grace, and before it is due.</summary>
    public FindingResponse DuringGrace { get; init; } = FindingResponse.Notice;

    /// <summary>How long the requirement must fail without a break before there is a finding; null for at once.</summary>
    public TimeSpan? Lasting { get; init; }

    /// <summary>Claim that says in how many days the grace ends, the same for all terminals; null for none.</summary>
    public string? GraceUntil => GraceClaim?.Name;

    internal Claim? GraceClaim { get; init; }

    internal Condition? If { get; init; }

    internal Condition Require { get; init; } = null!;

    /// <summary>The rule in words.</summary>
    public string Describe() => If is null ? Require.Describe() : $"if {If.Describe()} then {Require.Describe()}";

    internal bool AppliesTo(PolicyStage stage, string ring, DateTimeOffset time) =>
        (Stages & stage) != 0 && (Rings.Count == 0 || Rings.Contains(ring)) && (EffectiveFrom is null || EffectiveFrom <= time);
}
