namespace SoftPos.Contract;

/// <summary>What the back end may ask of a terminal.</summary>
public enum RemoteCommandKind
{
    /// <summary>Take the merchant's data of the content (JSON of <see cref="MerchantRecord"/>).</summary>
    Configuration,

    /// <summary>Tell the merchant that the app must be updated; the content says to which version.</summary>
    UpdateRequired,

    /// <summary>Enrol again with new keys; the content is the activation code.</summary>
    ReplaceKeys,

    /// <summary>Show the content to the merchant.</summary>
    Message,

    /// <summary>Send a redacted bundle of what the SDK knows of itself.</summary>
    Diagnostics,

    /// <summary>Open the SDK's state anew.</summary>
    Restart,

    /// <summary>Destroy keys and state.</summary>
    Wipe,

    /// <summary>Send evidence now.</summary>
    Reattest,
}

/// <summary>One command, as the terminal gets it.</summary>
public sealed record RemoteCommand
{
    /// <summary>Longest content in characters: a message, a merchant's data, a code.</summary>
    public const int MaxContent = 2048;

    /// <summary>Identity.</summary>
    public required Guid CommandId { get; init; }

    /// <summary>What to do.</summary>
    public required RemoteCommandKind Kind { get; init; }

    /// <summary>What the kind needs besides.</summary>
    public string? Content { get; init; }

    /// <summary>From when on it is not to be done any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Answer to a poll for commands.</summary>
public sealed record CommandAnswer
{
    /// <summary>Commands that wait, oldest first.</summary>
    public IReadOnlyList<RemoteCommand> Commands { get; set; } = [];
}
