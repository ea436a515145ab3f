namespace SoftPos.Contract;

/// <summary>Life of an alarm. A resolved one that comes back is raised again under its old number.</summary>
public enum AlarmState
{
    /// <summary>Nobody has taken it up.</summary>
    Raised,

    /// <summary>Somebody looks after it.</summary>
    Acknowledged,

    /// <summary>Over.</summary>
    Resolved,
}

/// <summary>One thing that an alarm rests on.</summary>
public sealed record AlarmEvidence
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it is: the rule of a finding, or the kind of an event.</summary>
    public required string What { get; init; }

    /// <summary>What was seen, for operators; no secret.</summary>
    public string? Value { get; init; }

    /// <summary>In words.</summary>
    public string? Detail { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public string? Reason { get; init; }

    /// <summary>Until when it may be put right before it is refused.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Entry of the journal that proves it; null where a state, not an event, is meant.</summary>
    public long? Entry { get; init; }
}

/// <summary>An alarm: one for each originator and kind.</summary>
public sealed record AlarmRecord
{
    /// <summary>Number; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>Who or what it is about, such as <c>terminal:…</c>, <c>key:bdk.data.1</c>, <c>model:…</c>, <c>monitor</c>.</summary>
    public required string Originator { get; init; }

    /// <summary>What is the matter, such as <c>silence</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>State.</summary>
    public required AlarmState State { get; init; }

    /// <summary>How grave.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Code in the reason catalogue, which names owner and fix.</summary>
    public required string Reason { get; init; }

    /// <summary>In one sentence, for operators.</summary>
    public required string Summary { get; init; }

    /// <summary>When it was first raised.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When it was last seen to hold.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>How often it was seen.</summary>
    public long Occurrences { get; set; } = 1;

    /// <summary>How often it came back after it had been resolved.</summary>
    public int Reopened { get; set; }

    /// <summary>
    /// What it is about still holds. An operator may resolve an alarm before that: it stays resolved until it was gone and comes back.
    /// </summary>
    public bool Standing { get; set; } = true;

    /// <summary>By what it is told whether the same thing is seen again, such as the rules of its findings.</summary>
    public string Cause { get; set; } = string.Empty;

    /// <summary>Who looks after it; null for nobody.</summary>
    public string? Assignee { get; set; }

    /// <summary>Who changed it last: a person, or <c>monitor</c>.</summary>
    public required string By { get; init; }

    /// <summary>Why, in the words of that person; null for what the monitor did.</summary>
    public string? Note { get; set; }

    /// <summary>The newest evidence, newest first.</summary>
    public IReadOnlyList<AlarmEvidence> Evidence { get; set; } = [];

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => State is not AlarmState.Resolved;

    /// <summary>The terminal that it is about, or null.</summary>
    public Guid? TerminalId => Originator.StartsWith(OfTerminal, StringComparison.Ordinal)
        && Guid.TryParse(Originator[OfTerminal.Length..], out Guid id) ? id : null;

    /// <summary>Start of an originator that is a terminal.</summary>
    public const string OfTerminal = "terminal:";
}
