namespace SoftPos.Payments.Acquirer;

/// <summary>Whether messages go out over a link that answers nothing.</summary>
public enum BreakerPosition
{
    /// <summary>They do.</summary>
    Closed,

    /// <summary>They do not, until its pause is over.</summary>
    Open,

    /// <summary>One is out to see whether the host answers again.</summary>
    HalfOpen,
}

/// <summary>When a circuit breaker opens and for how long.</summary>
public sealed record BreakerOptions
{
    /// <summary>Messages without an answer in a row after which it opens.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>First pause; doubled each time that the probe fails too.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// State of a circuit breaker as a pure value. Without it every sale would wait out the whole time of a host that has stopped answering, and each
/// would have to be reversed.
/// </summary>
/// <param name="Position">Position.</param>
/// <param name="Failures">Messages without an answer in a row.</param>
/// <param name="Openings">Times that it opened since the last answer.</param>
/// <param name="OpenUntil">When the next probe may go.</param>
public sealed record CircuitBreaker(BreakerPosition Position, int Failures, int Openings, DateTimeOffset OpenUntil)
{
    /// <summary>Closed.</summary>
    public static CircuitBreaker Closed { get; } = new(BreakerPosition.Closed, 0, 0, DateTimeOffset.MinValue);

    /// <summary>Asks to send; the next state says half open when this message is the probe.</summary>
    public bool TrySend(DateTimeOffset now, out CircuitBreaker next)
    {
        bool probe = Position == BreakerPosition.Open && now >= OpenUntil;
        next = probe ? this with { Position = BreakerPosition.HalfOpen } : this;
        return Position == BreakerPosition.Closed || probe;
    }

    /// <summary>What became of a message.</summary>
    public CircuitBreaker After(AnswerKind answer, DateTimeOffset now, BreakerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return answer switch
        {
            AnswerKind.Answered => Closed,
            AnswerKind.NoAnswer when Position == BreakerPosition.HalfOpen || Failures + 1 >= options.Failures => Opened(now, options),
            AnswerKind.NoAnswer => this with { Failures = Failures + 1 },

            // A probe that never left says nothing of the host: the next message is the probe.
            _ => Position == BreakerPosition.HalfOpen ? this with { Position = BreakerPosition.Open } : this,
        };
    }

    private CircuitBreaker Opened(DateTimeOffset now, BreakerOptions options)
    {
        // A late failure of what was sent before it opened does not make the pause longer.
        if (Position == BreakerPosition.Open)
        {
            return this;
        }

        TimeSpan pause = options.FirstPause * Math.Pow(2, Math.Min(Openings, 16));
        return new CircuitBreaker(
            BreakerPosition.Open, Failures + 1, Openings + 1, now + (pause < options.LongestPause ? pause : options.LongestPause));
    }
}
