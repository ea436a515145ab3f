using Android.Content;
using Android.Hardware.Display;
using Android.Views;

namespace SoftPos.Terminal.Android;

/// <summary>What is known of displays, recordings and covered touches; the PIN and tap screens feed it.</summary>
internal sealed class ScreenWatch(Context context)
{
    private int _recordings;
    private int _obscured;

    /// <summary>A recording that this app is visible in began or ended (Android 15).</summary>
    public void Recording(bool isVisible) => Volatile.Write(ref _recordings, isVisible ? 1 : 0);

    /// <summary>A touch came through another window.</summary>
    public void Obscured() => Interlocked.Increment(ref _obscured);

    /// <summary>What is there now. Covered touches are those since the last look.</summary>
    public ScreenSight? Look() => context.GetSystemService(Context.DisplayService) is DisplayManager manager
        ? new ScreenSight(
            (manager.GetDisplays() ?? []).Count(static display => display.DisplayId != Display.DefaultDisplay && display.State is not DisplayState.Off),
            Volatile.Read(ref _recordings) > 0,
            Interlocked.Exchange(ref _obscured, 0))
        : null;
}
