namespace SoftPos.Payments.Acquirer;

/// <summary>The pause before a new connection: doubled with each attempt up to the longest, the upper half of it spread at random.</summary>
internal static class ReconnectPause
{
    /// <summary>Doublings beyond this would overflow before the longest pause cuts them.</summary>
    private const int MaxDoublings = 30;

    /// <param name="attempt">1 for the first attempt after a connection was lost.</param>
    /// <param name="options">First and longest pause, and the source of jitter.</param>
    public static TimeSpan Of(int attempt, AcquirerLinkOptions options)
    {
        double doubled = options.ReconnectFirst.TotalMilliseconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, MaxDoublings));
        double whole = Math.Min(doubled, options.ReconnectLongest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (0.5 + 0.5 * options.Jitter()));
    }
}
