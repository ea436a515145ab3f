using SoftPos.Emv.Replay;

namespace SoftPos.Terminal;

/// <summary>
/// The last taps of a terminal, kept in memory for a support case: what was sent to the card and what it answered, without account number,
/// track data and name. Nothing is written to disk and nothing leaves the phone by itself.
/// </summary>
public sealed class TapDiagnostics
{
    /// <summary>Most taps that may be kept; each takes some tens of kilobytes.</summary>
    public const int MaxTaps = 64;

    private readonly Lock _gate = new();
    private readonly Queue<TapRecording> _taps = new();
    private readonly int _keep;

    /// <summary>Keeps so many taps.</summary>
    /// <param name="keep">0 to <see cref="MaxTaps"/>; 0 keeps none.</param>
    public TapDiagnostics(int keep = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, MaxTaps);
        _keep = keep;
    }

    /// <summary>The taps as files for <c>softpos replay</c>, oldest first; each is JSON in UTF-8.</summary>
    public IReadOnlyList<byte[]> Export()
    {
        TapRecording[] taps;
        lock (_gate)
        {
            taps = [.. _taps];
        }

        return [.. taps.Where(tap => tap.IsMasked).Select(TapRecordingWriter.Write)];
    }

    /// <summary>
    /// Recordings with account data, of the lab only: the recorder masks whatever was read under another configuration. Not for integrators.
    /// </summary>
    internal bool IsFull { get; init; }

    /// <summary>Is told each tap as it ends.</summary>
    internal Action<TapRecording>? Recorded { get; init; }

    /// <summary>What evidence says of taps.</summary>
    internal HealthCounters Counters { get; } = new();

    internal void Add(TapRecording tap)
    {
        Recorded?.Invoke(tap);
        lock (_gate)
        {
            while (_taps.Count >= _keep && _taps.TryDequeue(out _))
            {
            }

            if (_keep > 0)
            {
                _taps.Enqueue(tap);
            }
        }
    }
}
