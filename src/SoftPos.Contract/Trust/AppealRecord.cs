namespace SoftPos.Contract;

/// <summary>How far an appeal has come.</summary>
public enum AppealState
{
    /// <summary>Nobody has answered it.</summary>
    Open,

    /// <summary>A person answered it.</summary>
    Closed,
}

/// <summary>A merchant's wish that a person look at a refusal, with what the back end knew when it came.</summary>
public sealed record AppealRecord
{
    /// <summary>Number, rising.</summary>
    public required long Number { get; init; }

    /// <summary>Identity that the terminal gave it.</summary>
    public required Guid AppealId { get; init; }

    /// <summary>Terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Its merchant.</summary>
    public required string MerchantId { get; init; }

    /// <summary>What the merchant says.</summary>
    public required string Text { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Verdict of the terminal's last appraisal then.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Reasons of its last appraisal then; codes of the catalogue.</summary>
    public IReadOnlyList<string> Reasons { get; set; } = [];

    /// <summary>State.</summary>
    public AppealState State { get; init; }

    /// <summary>Who answered it.</summary>
    public string? By { get; init; }

    /// <summary>What came of it.</summary>
    public string? Note { get; init; }

    /// <summary>When it was answered.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
