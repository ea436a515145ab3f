namespace SoftPos.Terminal;

/// <summary>What the SDK itself counts of the terminal's health between two pieces of evidence that the back end took.</summary>
internal sealed class HealthCounters
{
    private readonly Lock _gate = new();
    private HealthCounts _counts = new(Starts: 1, Taps: 0, FailedTaps: 0);

    /// <summary>The counts now.</summary>
    public HealthCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts;
            }
        }
    }

    /// <summary>A card came into the field.</summary>
    public void Tap() => Change(static counts => counts with { Taps = counts.Taps + 1 });

    /// <summary>The exchange with it broke off.</summary>
    public void Fail() => Change(static counts => counts with { FailedTaps = counts.FailedTaps + 1 });

    /// <summary>The back end took these; what came since stays.</summary>
    public void Settle(HealthCounts told) => Change(counts => new HealthCounts(
        counts.Starts - told.Starts, counts.Taps - told.Taps, counts.FailedTaps - told.FailedTaps));

    private void Change(Func<HealthCounts, HealthCounts> change)
    {
        lock (_gate)
        {
            _counts = change(_counts);
        }
    }
}

/// <summary>Counts since the last evidence that was taken.</summary>
/// <param name="Starts">Starts of the app.</param>
/// <param name="Taps">Cards that came into the field.</param>
/// <param name="FailedTaps">Exchanges that broke off.</param>
internal readonly record struct HealthCounts(int Starts, int Taps, int FailedTaps);
