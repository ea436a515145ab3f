namespace SoftPos.Backend.Integrators;

/// <summary>When a delivery is tried again, and when an endpoint is given up. The pauses are those of the Standard Webhooks convention.</summary>
internal sealed record WebhookSchedule
{
    /// <summary>Pause after the first attempt, the second, and so on; after the last the delivery has failed.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
        TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>By how many hundredths a pause may be longer, so that many deliveries do not come back together.</summary>
    public int JitterPercent { get; init; } = 20;

    /// <summary>After so long without one success an endpoint is disabled.</summary>
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>Longest wait that a receiver may ask for.</summary>
    public TimeSpan LongestAsked { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Time for one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause after a number of attempts; null when there is no other.</summary>
    /// <param name="attempts">Attempts made, from 1.</param>
    /// <param name="asked">What the receiver asked for.</param>
    /// <param name="chance">0 to 1, from outside.</param>
    public TimeSpan? PauseAfter(int attempts, TimeSpan? asked, double chance)
    {
        if (attempts > Pauses.Count)
        {
            return null;
        }

        TimeSpan pause = Pauses[attempts - 1] * (1 + (JitterPercent / 100.0 * chance));
        TimeSpan wait = asked is { } given ? given < LongestAsked ? given : LongestAsked : TimeSpan.Zero;
        return wait > pause ? wait : pause;
    }
}
