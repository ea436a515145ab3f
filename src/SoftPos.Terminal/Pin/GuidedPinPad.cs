using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>What a guided entry lets hear or feel; nothing else comes out of it.</summary>
internal enum GuideCue
{
    None,

    /// <summary>A border was crossed, or was not: some are decoys.</summary>
    Border,

    /// <summary>Something was taken; the same for every key.</summary>
    Taken,

    /// <summary>All digits were removed.</summary>
    Cleared,

    /// <summary>A PIN has at least four digits.</summary>
    TooShort,

    /// <summary>The entry is over.</summary>
    Ended,
}

/// <summary>
/// Entry for people who do not see the screen, over the same component: one finger slides over the ordered pad, a tick tells a border, a
/// second finger takes the key below the first (specs: pin-on-glass 8, option A). No digit is spoken. A listener who counts ticks learns
/// little: the finger lands anywhere in silence, ticks are all alike, some are missing and some mean nothing.
/// </summary>
internal sealed class GuidedPinPad(PinPad pad, TimeProvider clock, RandomNumberGenerator randomness)
{
    /// <summary>Ticks that come faster than this are left out: a quick slide cannot be counted.</summary>
    private static readonly TimeSpan TickPause = TimeSpan.FromMilliseconds(200);

    /// <summary>One move in four within a key gives a tick that means nothing.</summary>
    private const int DecoyOneIn = 4;

    private (int Row, int Column)? _cell;
    private PinKey? _key;
    private DateTimeOffset _lastTick;

    /// <summary>The first finger lands: in silence, wherever it is.</summary>
    public void FingerDown(double x, double y) => Locate(x, y);

    /// <summary>The first finger moves.</summary>
    public GuideCue FingerMove(double x, double y)
    {
        (int Row, int Column)? before = _cell;
        Locate(x, y);
        bool ticks = before != _cell || PinLayout.Below(DecoyOneIn, randomness) == 0;
        DateTimeOffset now = clock.GetUtcNow();
        if (!ticks || now - _lastTick < TickPause)
        {
            return GuideCue.None;
        }

        _lastTick = now;
        return GuideCue.Border;
    }

    /// <summary>The second finger taps: the key below the first is taken.</summary>
    public (GuideCue Cue, int Count) SecondFingerTap()
    {
        PinFeedback feedback = _key is { } key ? pad.Press(key) : pad.Tick();
        GuideCue cue = feedback.Cue switch
        {
            PinCue.Digit => GuideCue.Taken,
            PinCue.Cleared => GuideCue.Cleared,
            PinCue.TooShort => GuideCue.TooShort,
            PinCue.Ended => GuideCue.Ended,
            _ => GuideCue.None,
        };
        return (cue, feedback.Count);
    }

    /// <summary>The first finger leaves: nothing is taken by that.</summary>
    public void FingerUp()
    {
        _cell = null;
        _key = null;
    }

    private void Locate(double x, double y)
    {
        _cell = PinLayout.CellAt(x, y);
        _key = pad.Layout.At(x, y);
    }
}
