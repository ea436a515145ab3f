using System.Security.Cryptography;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>What the PIN screen shows: never a digit, never a place.</summary>
/// <param name="Count">How many digits there are.</param>
/// <param name="Cue">What the cardholder gets to see, hear and feel.</param>
internal readonly record struct PinFeedback(int Count, PinCue Cue);

/// <summary>
/// The PIN component. Touches come in; what goes out is feedback that is the same for every key, and in the end a block that says nothing
/// without its key. Which digit a touch meant is known here and nowhere else. One caller at a time: the screen's thread.
/// </summary>
internal sealed class PinPad : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _randomness;
    private readonly SplitPinBlock _block;
    private readonly Func<string?> _obstacle;
    private readonly PinBuffer _buffer = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<PinEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PinState _state;

    /// <summary>Opens an entry.</summary>
    /// <param name="layout">Where the keys are.</param>
    /// <param name="times">Bounds.</param>
    /// <param name="block">Takes the PIN.</param>
    /// <param name="obstacle">Probe that sees something which may see the PIN now; null when there is nothing. Asked before every key.</param>
    /// <param name="clock">Clock.</param>
    /// <param name="randomness">Source of the block's fill.</param>
    public PinPad(
        PinLayout layout, PinTimes times, SplitPinBlock block, Func<string?> obstacle, TimeProvider clock, RandomNumberGenerator randomness)
    {
        Layout = layout;
        _block = block;
        _obstacle = obstacle;
        _clock = clock;
        _randomness = randomness;
        _state = PinState.Open(times, clock.GetUtcNow());
    }

    /// <summary>Where the keys are, for the view that draws them.</summary>
    public PinLayout Layout { get; }

    /// <summary>How the entry ended, when it has.</summary>
    public Task<PinEnd> Ended => _ended.Task;

    /// <summary>Probe that ended the entry, or null.</summary>
    public string? BlockedBy { get; private set; }

    /// <summary>Whether not one digit is left in the memory of this component.</summary>
    internal bool IsBlank => _buffer.IsBlank;

    /// <summary>A finger touched the pad; a touch beside every key does nothing.</summary>
    /// <param name="x">Fraction of the width from the left.</param>
    /// <param name="y">Fraction of the height from the top.</param>
    public PinFeedback Touch(double x, double y) =>
        Layout.At(x, y) is { } key ? Press(key) : new PinFeedback(_state.Count, PinCue.None);

    /// <summary>The screen is no longer the only thing before the cardholder: paused, turned, in a window, out of focus, called.</summary>
    public PinFeedback Interrupt() => Step(PinEvent.Interrupted, default);

    /// <summary>Time passes; the screen calls it about every second.</summary>
    public PinFeedback Tick() => Step(PinEvent.Tick, default);

    /// <inheritdoc/>
    public void Dispose()
    {
        Interrupt();
        _buffer.Dispose();
    }

    internal PinFeedback Press(PinKey key) => Step(
        key switch
        {
            PinKey.Clear => PinEvent.Clear,
            PinKey.Enter => PinEvent.Enter,
            PinKey.Cancel => PinEvent.Cancel,
            _ => PinEvent.Digit,
        },
        key);

    private PinFeedback Step(PinEvent what, PinKey key)
    {
        lock (_lock)
        {
            if (_state.End == PinEnd.None && what is not (PinEvent.Cancel or PinEvent.Interrupted) && _obstacle() is { } probe)
            {
                BlockedBy = probe;
                what = PinEvent.Blocked;
            }

            PinStep step = PinMachine.Step(_state, what, _clock.GetUtcNow());
            _state = step.State;
            Do(step.Effect, key);
            if (_state.End != PinEnd.None)
            {
                _ended.TrySetResult(_state.End);
            }

            return new PinFeedback(_state.Count, step.Cue);
        }
    }

    private void Do(PinEffect effect, PinKey key)
    {
        switch (effect)
        {
            case PinEffect.Append:
                _buffer.Append(key);
                break;
            case PinEffect.Seal:
                _block.TakePin(_buffer.Digits, _randomness);
                _buffer.Erase();
                break;
            case PinEffect.Erase or PinEffect.Wipe:
                _buffer.Erase();
                break;
        }
    }
}
