namespace SoftPos.Terminal;

/// <summary>Why a PIN entry ended without a PIN.</summary>
internal enum PinEnd
{
    None,

    /// <summary>The cardholder cancelled.</summary>
    Cancelled,

    /// <summary>The whole entry or a pause took too long.</summary>
    TimedOut,

    /// <summary>The screen was left, turned, covered or lost the focus.</summary>
    Interrupted,

    /// <summary>Something that may see the PIN became active.</summary>
    Blocked,

    /// <summary>The PIN was taken.</summary>
    Sealed,
}

/// <summary>What happens to a PIN entry. No event holds a digit or a place.</summary>
internal enum PinEvent
{
    Digit,
    Clear,
    Enter,
    Cancel,

    /// <summary>Time passes.</summary>
    Tick,

    /// <summary>The screen is no longer the only thing before the cardholder.</summary>
    Interrupted,

    /// <summary>Something that may see the PIN became active.</summary>
    Blocked,
}

/// <summary>What the component does to its buffer.</summary>
internal enum PinEffect
{
    None,

    /// <summary>Append the digit of the key.</summary>
    Append,

    /// <summary>Overwrite the digits and go on.</summary>
    Erase,

    /// <summary>Encipher, then overwrite the digits.</summary>
    Seal,

    /// <summary>Overwrite the digits and end.</summary>
    Wipe,
}

/// <summary>What the cardholder gets to see, hear and feel: the same for every digit.</summary>
internal enum PinCue
{
    None,

    /// <summary>A digit was taken, or could not be taken because there are enough: both look alike.</summary>
    Digit,

    /// <summary>All digits were removed.</summary>
    Cleared,

    /// <summary>A PIN has at least four digits.</summary>
    TooShort,

    /// <summary>The entry is over.</summary>
    Ended,
}

/// <summary>Bounds of one entry.</summary>
/// <param name="Total">Longest entry.</param>
/// <param name="Pause">Longest pause between two touches.</param>
internal readonly record struct PinTimes(TimeSpan Total, TimeSpan Pause)
{
    /// <summary>Sighted entry (requirements PIN-05).</summary>
    public static PinTimes Standard { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20));

    /// <summary>Guided entry: time must not be a barrier (EN 301 549).</summary>
    public static PinTimes Guided { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(60));
}

/// <summary>Where an entry stands. Knows how many digits there are and none of them.</summary>
internal readonly record struct PinState(PinTimes Times, DateTimeOffset OpenedAt, DateTimeOffset LastAt, int Count, PinEnd End)
{
    public static PinState Open(PinTimes times, DateTimeOffset now) => new(times, now, now, 0, PinEnd.None);
}

/// <summary>What follows an event.</summary>
internal readonly record struct PinStep(PinState State, PinEffect Effect, PinCue Cue);

/// <summary>
/// The rules of PIN entry as a pure step function: lengths, time-outs, and that nothing but enter with enough digits ever leads to a block.
/// An entry that ended stays ended.
/// </summary>
internal static class PinMachine
{
    /// <summary>ISO 9564-1, 8.1.</summary>
    public const int Shortest = 4, Longest = 12;

    public static PinStep Step(PinState state, PinEvent what, DateTimeOffset now)
    {
        if (state.End != PinEnd.None)
        {
            return new PinStep(state, PinEffect.None, PinCue.None);
        }

        // Time comes first: a touch after it is up counts for nothing. A clock that was set back ends the entry too.
        bool isLate = now - state.OpenedAt >= state.Times.Total || now - state.LastAt >= state.Times.Pause || now < state.LastAt;
        if (isLate)
        {
            return Over(state, PinEnd.TimedOut);
        }

        return what switch
        {
            PinEvent.Cancel => Over(state, PinEnd.Cancelled),
            PinEvent.Interrupted => Over(state, PinEnd.Interrupted),
            PinEvent.Blocked => Over(state, PinEnd.Blocked),
            PinEvent.Clear => new PinStep(state with { Count = 0, LastAt = now }, PinEffect.Erase, PinCue.Cleared),
            PinEvent.Digit when state.Count < Longest => new PinStep(state with { Count = state.Count + 1, LastAt = now }, PinEffect.Append, PinCue.Digit),
            PinEvent.Digit => new PinStep(state with { LastAt = now }, PinEffect.None, PinCue.Digit),
            PinEvent.Enter when state.Count >= Shortest => new PinStep(state with { End = PinEnd.Sealed }, PinEffect.Seal, PinCue.Ended),
            PinEvent.Enter => new PinStep(state with { LastAt = now }, PinEffect.None, PinCue.TooShort),
            _ => new PinStep(state, PinEffect.None, PinCue.None),
        };
    }

    private static PinStep Over(PinState state, PinEnd end) => new(state with { Count = 0, End = end }, PinEffect.Wipe, PinCue.Ended);
}
