namespace SoftPos.Contract;

/// <summary>How far a command has come.</summary>
public enum CommandState
{
    /// <summary>Waits for the terminal.</summary>
    Queued,

    /// <summary>The terminal was given it, perhaps more than once.</summary>
    Delivered,

    /// <summary>The terminal did it.</summary>
    Done,

    /// <summary>The terminal could not.</summary>
    Failed,

    /// <summary>Its time ran out.</summary>
    Expired,
}

/// <summary>A command as the back end keeps it.</summary>
public sealed record CommandRecord
{
    /// <summary>What the terminal gets.</summary>
    public required RemoteCommand Command { get; init; }

    /// <summary>Terminal that it is for.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>State.</summary>
    public required CommandState State { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Number of the order that it belongs to; null when a person sent it to this terminal.</summary>
    public long? Order { get; init; }

    /// <summary>Last state's time.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What the terminal said of it.</summary>
    public string? Detail { get; init; }
}
