using Android.Content;
using Android.Content.Res;
using Android.Hardware.Display;
using Android.OS;
using Android.Runtime;
using Android.Views;
using Java.Util.Concurrent;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The PIN screen. Secured before anything is drawn; every event of its life that is not a touch on the pad ends the entry, and an entry that
/// ended never comes back. It keeps no state, and what it is told it forgets with the entry.
/// </summary>
[Register("org.opensoftpos.terminal.PinActivity")]
public sealed class PinActivity : Activity
{
    private const long TickMs = 500;

    private PinEntry? _entry;
    private PinPadView? _view;
    private Handler? _ticks;
    private GuideVoice? _voice;
    private DisplayWatch? _displays;
    private CaptureWatch? _captures;
    private RecordingWatch? _recordings;

    /// <inheritdoc/>
    protected override void OnCreate(Bundle? savedInstanceState)
    {
        // A saved state is not looked at: a screen that comes back finds no entry and goes.
        base.OnCreate(null);
        SecureWindow.Apply(this);
        _entry = AndroidPinScreen.Entry;
        if (_entry is not { } entry || savedInstanceState is not null || IsInMultiWindowMode || IsInPictureInPictureMode)
        {
            Leave();
            return;
        }

        _voice = entry.IsGuided ? new GuideVoice(this) : null;
        _view = new PinPadView(this, entry, _voice, Leave);
        SetContentView(_view);
        Watch(entry);
        _voice?.Introduce(entry.Texts.Intro(entry.Prompt), entry.Texts.Language);
        _ticks = new Handler(MainLooper!);
        Tick();
    }

    /// <inheritdoc/>
    protected override void OnPause()
    {
        Leave();
        base.OnPause();
    }

    /// <inheritdoc/>
    protected override void OnStop()
    {
        Leave();
        base.OnStop();
    }

    /// <inheritdoc/>
    protected override void OnDestroy()
    {
        Leave();
        Unwatch();
        _voice?.Dispose();
        base.OnDestroy();
    }

    /// <inheritdoc/>
    public override void OnWindowFocusChanged(bool hasFocus)
    {
        base.OnWindowFocusChanged(hasFocus);
        if (!hasFocus)
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override void OnTopResumedActivityChanged(bool isTopResumedActivity)
    {
        base.OnTopResumedActivityChanged(isTopResumedActivity);
        if (!isTopResumedActivity)
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override void OnConfigurationChanged(Configuration newConfig)
    {
        base.OnConfigurationChanged(newConfig);
        Leave();
    }

    /// <inheritdoc/>
    public override void OnMultiWindowModeChanged(bool isInMultiWindowMode, Configuration? newConfig)
    {
        base.OnMultiWindowModeChanged(isInMultiWindowMode, newConfig);
        Leave();
    }

    /// <inheritdoc/>
    public override void OnPictureInPictureModeChanged(bool isInPictureInPictureMode, Configuration? newConfig)
    {
        base.OnPictureInPictureModeChanged(isInPictureInPictureMode, newConfig);
        Leave();
    }

    /// <inheritdoc/>
    public override void OnTrimMemory(TrimMemory level)
    {
        base.OnTrimMemory(level);
        Leave();
    }

    /// <inheritdoc/>
    protected override void OnUserLeaveHint()
    {
        Leave();
        base.OnUserLeaveHint();
    }

    /// <inheritdoc/>
    protected override void OnNewIntent(Intent? intent)
    {
        // A second start is not ours: the entry was handed over in memory.
        base.OnNewIntent(null);
        Leave();
    }

    /// <inheritdoc/>
    protected override void OnSaveInstanceState(Bundle outState) => outState.Clear();

    /// <inheritdoc/>
    public override bool DispatchKeyEvent(KeyEvent? e)
    {
        // Back cancels. Keys of a keyboard, a scanner or a switch are no PIN.
        if (e is { KeyCode: Keycode.Back, Action: KeyEventActions.Up })
        {
            Leave();
        }

        return e?.KeyCode is not (Keycode.VolumeUp or Keycode.VolumeDown) || base.DispatchKeyEvent(e);
    }

    private void Leave()
    {
        if (_entry is { } entry)
        {
            _entry = null;
            entry.Pad.Interrupt();
            _view?.Forget();
        }

        if (!IsFinishing)
        {
            FinishAndRemoveTask();
        }
    }

    private void Tick()
    {
        if (_entry is not { } entry)
        {
            return;
        }

        entry.Pad.Tick();
        if (entry.Pad.Ended.IsCompleted)
        {
            Leave();
            return;
        }

        _ticks?.PostDelayed(Tick, TickMs);
    }

    private void Watch(PinEntry entry)
    {
        if (GetSystemService(DisplayService) is DisplayManager manager)
        {
            _displays = new DisplayWatch(Leave);
            manager.RegisterDisplayListener(_displays, new Handler(MainLooper!));
        }

        if (MainExecutor is { } executor)
        {
            WatchCaptures(entry, executor);
        }
    }

    private void WatchCaptures(PinEntry entry, IExecutor executor)
    {
        if (OperatingSystem.IsAndroidVersionAtLeast(34))
        {
            _captures = new CaptureWatch(Leave);
            RegisterScreenCaptureCallback(executor, _captures);
        }

        if (OperatingSystem.IsAndroidVersionAtLeast(35) && WindowManager is { } windows)
        {
            _recordings = new RecordingWatch(entry.Watch, Leave);
            _recordings.Take(windows.AddScreenRecordingCallback(executor, _recordings));
        }
    }

    private void Unwatch()
    {
        if (_displays is not null)
        {
            (GetSystemService(DisplayService) as DisplayManager)?.UnregisterDisplayListener(_displays);
        }

        if (OperatingSystem.IsAndroidVersionAtLeast(34) && _captures is not null)
        {
            UnregisterScreenCaptureCallback(_captures);
        }

        if (OperatingSystem.IsAndroidVersionAtLeast(35) && _recordings is not null)
        {
            WindowManager?.RemoveScreenRecordingCallback(_recordings);
        }
    }

    private sealed class DisplayWatch(Action leave) : Java.Lang.Object, DisplayManager.IDisplayListener
    {
        public void OnDisplayAdded(int displayId) => leave();

        public void OnDisplayChanged(int displayId)
        {
        }

        public void OnDisplayRemoved(int displayId)
        {
        }
    }

    private sealed class CaptureWatch(Action leave) : Java.Lang.Object, IScreenCaptureCallback
    {
        public void OnScreenCaptured() => leave();
    }

    /// <summary>Is told whether a recording sees this window: now, and at every change.</summary>
    private sealed class RecordingWatch(ScreenWatch watch, Action leave) : Java.Lang.Object, Java.Util.Functions.IConsumer
    {
        private const int Visible = 1;

        public void Accept(Java.Lang.Object? t) => Take((t as Java.Lang.Integer)?.IntValue() ?? Visible);

        public void Take(int state)
        {
            watch.Recording(state == Visible);
            if (state == Visible)
            {
                leave();
            }
        }
    }
}
