using Android.Content;
using Android.Graphics;
using Android.Views;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>
/// Draws the PIN pad by itself: no text field, no keyboard, no buttons that the system or a service could name. A place that is touched becomes
/// a fraction of the pad and is dropped; which key it was, the portable component alone knows. Nothing changes under a finger: only the row of
/// marks above the pad, which looks the same for every key.
/// </summary>
internal sealed class PinPadView : View
{
    private const float PadTop = 0.34f;

    private readonly PinEntry _entry;
    private readonly GuidedPinPad? _guided;
    private readonly GuideVoice? _voice;
    private readonly Action _leave;
    private readonly Paint _text = new(PaintFlags.AntiAlias) { Color = Color.Black, TextAlign = Paint.Align.Center };
    private readonly Paint _edge = new(PaintFlags.AntiAlias) { Color = Color.Black, StrokeWidth = 3 };
    private int _count;
    private string? _hint;
    private bool _isForgotten;

    public PinPadView(Context context, PinEntry entry, GuideVoice? voice, Action leave)
        : base(context)
    {
        _entry = entry;
        _voice = voice;
        _leave = leave;
        _guided = entry.IsGuided ? new GuidedPinPad(entry.Pad, TimeProvider.System, System.Security.Cryptography.RandomNumberGenerator.Create()) : null;
        _edge.SetStyle(Paint.Style.Stroke);
        SetBackgroundColor(Color.White);
        FilterTouchesWhenObscured = true;
        SaveEnabled = false;
        KeepScreenOn = true;
        SoundEffectsEnabled = false;
        HapticFeedbackEnabled = false;
        ImportantForAutofill = ImportantForAutofill.NoExcludeDescendants;
        ImportantForContentCapture = (int)ViewImportantForContentCapture.NoExcludeDescendants;
        ImportantForAccessibility = ImportantForAccessibility.NoHideDescendants;
        if (OperatingSystem.IsAndroidVersionAtLeast(34))
        {
            SetAccessibilityDataSensitive(AccessibilityDataSensitive.Yes);
        }

        if (OperatingSystem.IsAndroidVersionAtLeast(35))
        {
            ContentSensitivity = ViewContentSensitivity.Sensitive;
        }
    }

    /// <summary>The entry is over: nothing is drawn and no touch is heard any more.</summary>
    public void Forget()
    {
        _isForgotten = true;
        _count = 0;
        _hint = null;
        Invalidate();
    }

    /// <summary>The system drops covered touches after this; the entry ends before.</summary>
    public override bool OnFilterTouchEventForSecurity(MotionEvent? e)
    {
        if (e is not null && Decide(e) is TouchDecision.End)
        {
            _entry.Watch.Obscured();
            _leave();
            return false;
        }

        return base.OnFilterTouchEventForSecurity(e);
    }

    public override bool OnTouchEvent(MotionEvent? e)
    {
        if (e is null || _isForgotten || Decide(e) is not TouchDecision.Take)
        {
            return true;
        }

        if (_guided is { } guided)
        {
            Guide(guided, e);
        }
        else if (e.ActionMasked is MotionEventActions.Down)
        {
            (double x, double y) = Fraction(e, 0);
            Tell(_entry.Pad.Touch(x, y));
        }

        return true;
    }

    protected override void OnDraw(Canvas canvas)
    {
        base.OnDraw(canvas);
        if (_isForgotten || _guided is not null)
        {
            // In the guided mode the screen stays blank: who watches sees a finger and no pad.
            canvas.DrawColor(_guided is not null ? Color.Black : Color.White);
            return;
        }

        float height = Height, width = Width;
        Write(canvas, _entry.Texts.Title, width / 2, height * 0.08f, height * 0.028f);
        Write(canvas, $"{PinScreenTexts.Amount(_entry.Prompt)}  {_entry.Prompt.Merchant}", width / 2, height * 0.14f, height * 0.026f);
        Write(canvas, PinScreenTexts.Marks(_count), width / 2, height * 0.22f, height * 0.05f);
        Write(canvas, _hint ?? string.Empty, width / 2, height * 0.29f, height * 0.022f);
        for (int row = 0; row < PinLayout.Rows; row++)
        {
            int columns = row == PinLayout.DigitRows ? 1 : PinLayout.Columns;
            for (int column = 0; column < columns; column++)
            {
                DrawKey(canvas, row, column, columns);
            }
        }
    }

    private void DrawKey(Canvas canvas, int row, int column, int columns)
    {
        float top = Height * PadTop, rowHeight = (Height - top) / PinLayout.Rows, columnWidth = Width / (float)columns;
        float x = columnWidth * column, y = top + (rowHeight * row);
        canvas.DrawRect(x + 4, y + 4, x + columnWidth - 4, y + rowHeight - 4, _edge);
        PinKey key = _entry.Pad.Layout.At(row, column);
        string label = key switch
        {
            PinKey.Clear => _entry.Texts.Clear,
            PinKey.Enter => _entry.Texts.Enter,
            PinKey.Cancel => _entry.Texts.Cancel,
            _ => ((int)key).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        Write(canvas, label, x + (columnWidth / 2), y + (rowHeight * 0.62f), rowHeight * (key <= PinKey.Nine ? 0.45f : 0.25f));
    }

    private void Write(Canvas canvas, string text, float x, float y, float size)
    {
        _text.TextSize = size;
        canvas.DrawText(text, x, y, _text);
    }

    private void Guide(GuidedPinPad guided, MotionEvent e)
    {
        (double x, double y) = Fraction(e, 0);
        switch (e.ActionMasked)
        {
            case MotionEventActions.Down:
                guided.FingerDown(x, y);
                break;
            case MotionEventActions.Move:
                Sound(guided.FingerMove(x, y));
                break;
            case MotionEventActions.PointerDown:
                (GuideCue cue, _) = guided.SecondFingerTap();
                Sound(cue);
                EndIfOver();
                break;
            case MotionEventActions.Up or MotionEventActions.Cancel:
                guided.FingerUp();
                break;
        }
    }

    private void Tell(PinFeedback feedback)
    {
        if (feedback.Cue is PinCue.Digit)
        {
            Pulses.FeelKey(Context!);
        }

        _count = feedback.Count;
        _hint = _entry.Texts.Hint(feedback.Cue);
        Invalidate();
        EndIfOver();
    }

    private void Sound(GuideCue cue)
    {
        if (cue is not GuideCue.None)
        {
            _voice?.Play(cue);
            Pulses.FeelKey(Context!);
        }
    }

    private void EndIfOver()
    {
        if (_entry.Pad.Ended.IsCompleted)
        {
            _leave();
        }
    }

    private (double X, double Y) Fraction(MotionEvent e, int pointer)
    {
        double top = _guided is null ? Height * PadTop : 0;
        return (e.GetX(pointer) / (double)Width, (e.GetY(pointer) - top) / (Height - top));
    }

    private TouchDecision Decide(MotionEvent e) => PinTouchRules.Decide(
        new PinTouch(
            (e.Flags & MotionEventFlags.WindowIsObscured) != 0,
            (e.Flags & MotionEventFlags.WindowIsPartiallyObscured) != 0,
            e.GetToolType(0) is MotionEventToolType.Finger && InputDevice.GetDevice(e.DeviceId) is { IsVirtual: false, IsExternal: false },
            e.PointerCount),
        _entry.IsGuided);
}
