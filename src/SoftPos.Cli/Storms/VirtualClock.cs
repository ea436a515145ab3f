namespace SoftPos.Cli.Storms;

/// <summary>A time that its owner moves. Nothing waits on it.</summary>
/// <param name="start">Where it begins.</param>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public void MoveTo(DateTimeOffset time) => Volatile.Write(ref _ticks, time.UtcTicks);
}
