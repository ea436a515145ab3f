using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>A part of the fleet that gets a policy version before the rest.</summary>
/// <param name="Name">Name, such as <c>canary</c>.</param>
/// <param name="Percent">Part of all terminals that is in it or in a ring before it, above 0 and at most 100.</param>
/// <param name="Hold">How long the version stays in it before it goes on.</param>
public sealed record RolloutRing(string Name, double Percent, TimeSpan Hold)
{
    /// <summary>Steps of the scale on which terminals are spread: a ring is as fine as a hundredth of a percent.</summary>
    public const int Scale = 10_000;

    /// <summary>
    /// Where a terminal stands on the scale, 0 to 9999: always the same for the same identity, and spread evenly, because it is the start
    /// of SHA-256 over the identity.
    /// </summary>
    public static int PlaceOf(Guid terminalId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(terminalId.ToByteArray(bigEndian: true), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Scale);
    }
}

/// <summary>How far a roll-out has come.</summary>
public enum RolloutState
{
    /// <summary>It goes through the rings.</summary>
    Running,

    /// <summary>Every terminal is back under the version before, until a person resumes it.</summary>
    Halted,

    /// <summary>The version is the one in force.</summary>
    Completed,

    /// <summary>It was halted, and another one was started instead.</summary>
    Abandoned,
}

/// <summary>A policy version on its way through the rings of the fleet.</summary>
/// <remarks>Setters, not initializers: the JSON generator would overwrite the defaults of the latter.</remarks>
public sealed record PolicyRollout
{
    /// <summary>Number; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>State.</summary>
    public required RolloutState State { get; init; }

    /// <summary>Number of the policy version that two persons approved.</summary>
    public required long Version { get; init; }

    /// <summary>Its hash, lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Hash of the version before, to which a halt goes back.</summary>
    public required string BeforeHash { get; init; }

    /// <summary>Rings in their order; the last is the whole fleet.</summary>
    public required IReadOnlyList<RolloutRing> Rings { get; init; }

    /// <summary>Index of the ring that it has reached.</summary>
    public int Ring { get; set; }

    /// <summary>When it reached that ring, or was resumed in it.</summary>
    public required DateTimeOffset RingSince { get; init; }

    /// <summary>Part of the good terminals, in percent, whose refusal beyond it halts.</summary>
    public required double MaxRefusedPercent { get; init; }

    /// <summary>Good terminals that must be refused before anything is halted: a few say nothing.</summary>
    public required int LeastRefused { get; init; }

    /// <summary>Good terminals that a ring must have shown before the version goes on: a ring that nobody tested proves nothing.</summary>
    public required int LeastSeen { get; init; }

    /// <summary>Good terminals, trusted under the version before, that were appraised under the new one.</summary>
    public int Seen { get; set; }

    /// <summary>Those of them that the new one refused.</summary>
    public int Refused { get; set; }

    /// <summary>
    /// Counts from this run of it on: 1, and one more with each time that it is resumed. What a former run counted does not halt it again.
    /// </summary>
    public int Run { get; set; } = 1;

    /// <summary>Who started it.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who halted it; <c>monitor</c> when nobody did.</summary>
    public string? HaltedBy { get; set; }

    /// <summary>Why.</summary>
    public string? HaltReason { get; set; }
}

/// <summary>A terminal that an operator put into a ring.</summary>
/// <param name="TerminalId">The terminal.</param>
/// <param name="Ring">Name of the ring.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
public sealed record RingPin(Guid TerminalId, string Ring, string By, DateTimeOffset At);
