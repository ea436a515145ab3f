namespace SoftPos.Contract;

/// <summary>What a challenge is for.</summary>
public enum ChallengePurpose
{
    /// <summary>Enrolment; the terminal has no identity yet.</summary>
    Enrolment,

    /// <summary>Regular evidence while the app is open.</summary>
    Heartbeat,

    /// <summary>Before a tap.</summary>
    Tap,

    /// <summary>Before PIN entry.</summary>
    Pin,

    /// <summary>Before new initial keys.</summary>
    Keys,
}

/// <summary>Question for a challenge.</summary>
public sealed record ChallengeRequest
{
    /// <summary>What it is for.</summary>
    public required ChallengePurpose Purpose { get; init; }

    /// <summary>Identity of the terminal; null for enrolment.</summary>
    public Guid? TerminalId { get; init; }
}

/// <summary>A single-use question of the back end.</summary>
public sealed record Challenge
{
    /// <summary>Length of a nonce in bytes.</summary>
    public const int NonceLength = 32;

    /// <summary>32 unpredictable bytes, used once.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>16 bytes that order the measurements.</summary>
    public required byte[] Seed { get; init; }

    /// <summary>Time of the back end.</summary>
    public required DateTimeOffset ServerTime { get; init; }

    /// <summary>End of the nonce's life.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
