using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// How long series are kept: fine ones shortly, coarse ones long. Bounds the disk to the rows of these times for each terminal.
/// </summary>
public sealed record HealthRetention
{
    /// <summary>As it came.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Five minutes.</summary>
    public TimeSpan FiveMinutes { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Hours.</summary>
    public TimeSpan Hours { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long a grain is kept.</summary>
    public TimeSpan Of(HealthGrain grain) => grain switch
    {
        HealthGrain.Raw => Raw,
        HealthGrain.FiveMinutes => FiveMinutes,
        _ => Hours,
    };

    /// <summary>Removes what is over its time.</summary>
    public async Task<int> PruneAsync(Database database, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        int removed = 0;
        foreach (HealthGrain grain in Enum.GetValues<HealthGrain>())
        {
            removed += await database.Health.PruneAsync(grain, now - Of(grain), cancellation);
        }

        return removed;
    }
}
