namespace SoftPos.Monitoring.Revocation;

/// <summary>Where the status list comes from and how often it is asked for.</summary>
public sealed record StatusListOptions
{
    /// <summary>Address of the list.</summary>
    public Uri Address { get; init; } = new("https://android.googleapis.com/attestation/status");

    /// <summary>Time for one question and its whole answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after a good answer; the server's max-age shortens it, and never lengthens it: a revocation should not wait a day.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Shortest pause, whatever the server says.</summary>
    public TimeSpan ShortestPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause after a failure; each further one doubles it up to <see cref="Period"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Age from which a list that is not confirmed is an alarm of ours.</summary>
    public TimeSpan AlarmAge { get; init; } = TimeSpan.FromHours(48);
}
