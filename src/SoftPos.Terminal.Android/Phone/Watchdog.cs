using Android.Content;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The SDK's own guards: a timer that must run every second, whose silence shows that the process is held or its timer was bent; and a setting
/// that this software never writes and that people who look for a switch do.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const string Settings = "softpos-state", Tripwire = "root_ok";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Context _context;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _last;

    public Watchdog(Context context, TimeProvider clock)
    {
        _context = context;
        _clock = clock;
        _last = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => Volatile.Write(ref _last, clock.GetTimestamp()), null, Beat, Beat);
    }

    public GuardSight Look() => new(
        _context.GetSharedPreferences(Settings, FileCreationMode.Private)?.Contains(Tripwire) is true, _clock.GetElapsedTime(Volatile.Read(ref _last)));

    public void Dispose() => _timer.Dispose();
}
