using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>State of a link.</summary>
public enum LinkState
{
    /// <summary>Not started, or stopped.</summary>
    Stopped,

    /// <summary>Connecting.</summary>
    Connecting,

    /// <summary>Connected; waiting for the answer to the sign-on.</summary>
    SigningOn,

    /// <summary>Takes messages.</summary>
    Up,

    /// <summary>Waiting before the next attempt.</summary>
    Waiting,
}

/// <summary>A change of a link's state.</summary>
/// <param name="State">The new state.</param>
/// <param name="At">When.</param>
/// <param name="Reason">In words for operators; empty for a planned change.</param>
public sealed record LinkChange(LinkState State, DateTimeOffset At, string Reason);

/// <summary>Why a received message belongs to no waiting request.</summary>
public enum UnmatchedKind
{
    /// <summary>The answer to a request whose time was over.</summary>
    Late,

    /// <summary>A second answer to a request that was answered.</summary>
    Duplicate,

    /// <summary>An answer or request that nothing here asked for (wrong STAN, another terminal, a message of the host's own).</summary>
    Unsolicited,

    /// <summary>Bytes that the dialect cannot read.</summary>
    Malformed,
}

/// <summary>A message from the acquirer that no request waits for. Late ones must be journaled: they may approve what was reversed.</summary>
/// <param name="Kind">Why it is here.</param>
/// <param name="Key">Match key; empty for malformed bytes.</param>
/// <param name="Bytes">The message as received, without frame.</param>
/// <param name="At">When.</param>
/// <param name="Fault">The fault of malformed bytes.</param>
public sealed record UnmatchedMessage(UnmatchedKind Kind, MatchKey Key, ReadOnlyMemory<byte> Bytes, DateTimeOffset At, Iso8583Fault? Fault)
{
    /// <summary>Kind and key; never the bytes.</summary>
    public override string ToString() => $"{Kind} {Key}";
}

/// <summary>What a link has counted since it was made.</summary>
public sealed record LinkCounters(
    long Sent, long Answered, long TimedOut, long NotSent, long Late, long Duplicate, long Unsolicited, long Malformed, long Connections, long UnmatchedLost);
