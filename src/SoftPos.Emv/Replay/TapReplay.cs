using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Replay;

/// <summary>Where a run is another than its recording.</summary>
/// <param name="Step">Index of the step in the file.</param>
/// <param name="What">What differs, in words.</param>
/// <param name="Recorded">As recorded; null for nothing.</param>
/// <param name="Run">As the run has it; null for nothing.</param>
public sealed record TapDeparture(int Step, string What, string? Recorded, string? Run);

/// <summary>What a replay came to.</summary>
/// <param name="Trace">The run, annotated.</param>
/// <param name="Departure">The first difference; null when there is none.</param>
/// <param name="IsBitForBit">Everything that the reader did was done again and is the same.</param>
/// <param name="Limit">Why not everything could be held against the recording; null when all was.</param>
public sealed record TapReplayResult(IReadOnlyList<TapTraceLine> Trace, TapDeparture? Departure, bool IsBitForBit, string? Limit);

/// <summary>Runs a recording through the reader and its kernels again and holds every effect against what was recorded.</summary>
public sealed class TapReplay
{
    private readonly TapRecording _recording;
    private readonly TapTrace _trace;
    private readonly ContactlessReader _reader = new();
    private readonly Queue<byte[]> _draws = new();
    private readonly Queue<byte[]> _secrets = new();
    private int _at;
    private TapDeparture? _departure;
    private string? _limit;
    private bool _hasHidden;

    private TapReplay(TapRecording recording)
    {
        _recording = recording;
        _trace = new TapTrace(recording);
        _reader.Notes = _trace.Note;
        _reader.MagStripeBrake.Failures = recording.MagStripeFailures;
        foreach (TapTornRecord torn in recording.Torn)
        {
            _reader.TornLog.Add(torn.Kernel, torn.Objects.Copy(), torn.At, Configuration.Kernel2Options.MostTornRecords);
        }
    }

    private IReadOnlyList<TapStep> Steps => _recording.Steps;

    private bool IsFollowed => _departure is null && _limit is null;

    /// <summary>Runs a recording.</summary>
    public static TapReplayResult Run(TapRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new TapReplay(recording).Run();
    }

    private TapReplayResult Run()
    {
        _trace.Begin();
        Take(afterCard: false, () => _recording.HasPreProcessing
            ? _reader.Start(_recording.Request, _recording.Configuration, Draw, DrawSecret)
            : _reader.StartWithoutPreProcessing(_recording.Request, _recording.Configuration, Draw, DrawSecret));
        while (_at < Steps.Count)
        {
            int index = _at++;
            if (Steps[index] is not TapStep.Happened happened)
            {
                Unexpected(index);
                continue;
            }

            _trace.Happened(index, happened);
            if (IsFollowed)
            {
                _hasHidden |= IsHidden(happened.Event);
                Take(happened.Event is ReaderEvent.Proceed, () => _reader.Step(happened.Event));
            }
        }

        return new TapReplayResult(_trace.Lines, _departure, _departure is null && _limit is null && !_recording.IsMasked, _limit ?? MaskedLimit);
    }

    private string? MaskedLimit => _recording.IsMasked ? "account data are masked: what depends on them is shown as it was recorded" : null;

    /// <summary>A recorded effect or number that nothing in the run accounts for.</summary>
    private void Unexpected(int index)
    {
        if (IsFollowed)
        {
            Depart(index, Steps[index] is TapStep.Drawn or TapStep.DrawnSecret ? "a number was drawn that the run does not draw" : "an effect that the run does not have", Show(Steps[index]), null);
        }

        _trace.Recorded(index, Steps[index]);
    }

    private void Take(bool afterCard, Func<IReadOnlyList<ReaderEffect>> step)
    {
        int first = _at;
        for (; _at < Steps.Count && Steps[_at] is TapStep.Drawn or TapStep.DrawnSecret; _at++)
        {
            _trace.Recorded(_at, Steps[_at]);
            if (Steps[_at] is TapStep.DrawnSecret secret)
            {
                _secrets.Enqueue(secret.Bytes);
                _hasHidden |= _recording.IsMasked;
            }
            else
            {
                _draws.Enqueue(((TapStep.Drawn)Steps[_at]).Bytes);
            }
        }

        if (_recording.IsMasked && afterCard)
        {
            // From here the signatures are checked, over data that are not there: the recorded decision stands.
            _limit ??= MaskedLimit;
        }

        _trace.IsRunning = IsFollowed;
        IReadOnlyList<ReaderEffect> effects = step();
        if (_draws.Count + _secrets.Count > 0 && IsFollowed)
        {
            Depart(first, "a number was drawn that the run does not draw", _draws.TryPeek(out byte[]? left) ? Convert.ToHexString(left) : "(secret)", null);
        }

        _draws.Clear();
        _secrets.Clear();
        foreach (ReaderEffect effect in effects)
        {
            if (IsFollowed)
            {
                Compare(TapEffect.Of(effect, withAccount: !_recording.IsMasked));
            }

            (effect as ReaderEffect.Finish)?.Outcome.Account?.Dispose();
        }

        while (_at < Steps.Count && Steps[_at] is TapStep.Wanted && !IsFollowed)
        {
            _trace.Recorded(_at, Steps[_at]);
            _at++;
        }
    }

    private void Compare(TapEffect run)
    {
        if (_at >= Steps.Count || Steps[_at] is not TapStep.Wanted wanted)
        {
            Depart(_at, "the run has an effect that was not recorded", null, Show(run));
            return;
        }

        if (wanted.Effect.Difference(run) is { } difference)
        {
            Depart(_at, $"{wanted.Effect.Kind}: {difference.Name}", Hide(difference.Name, difference.Here), Hide(difference.Name, difference.There));
            return;
        }

        _trace.Wanted(_at, wanted);
        _at++;
    }

    private void Depart(int step, string what, string? recorded, string? run)
    {
        if (_recording.IsMasked && _hasHidden)
        {
            _limit = "what is masked whole (a response, or the key that kernel 8 made for this tap) cannot be followed: from there on the trace shows what was recorded";
            return;
        }

        _departure = new TapDeparture(step, what, recorded, run);
        _trace.Departed(_departure);
    }

    private byte[] Draw()
    {
        if (_draws.TryDequeue(out byte[]? number))
        {
            return number;
        }

        if (IsFollowed)
        {
            Depart(_at, "the run draws a number that was not recorded", null, null);
        }

        return new byte[4];
    }

    /// <summary>A copy: the kernel overwrites what it was given.</summary>
    private byte[] DrawSecret(int length)
    {
        if (_secrets.TryDequeue(out byte[]? secret) && secret.Length == length)
        {
            return [.. secret];
        }

        if (IsFollowed)
        {
            Depart(_at, "the run draws a secret that was not recorded", null, null);
        }

        return new byte[length];
    }

    private static bool IsHidden(ReaderEvent happened) =>
        happened is ReaderEvent.CardResponse { Bytes.Length: > 2 } response && !response.Bytes.Span[..^2].ContainsAnyExcept(TapMask.Hidden);

    private static string Show(TapStep step) => step switch
    {
        TapStep.Wanted wanted => Show(wanted.Effect),
        TapStep.Drawn drawn => Convert.ToHexString(drawn.Bytes),
        TapStep.DrawnSecret => "(secret)",
        _ => string.Empty,
    };

    private static string Show(TapEffect effect) =>
        effect["apdu"] is { } apdu ? $"command {apdu[..Math.Min(8, apdu.Length)]}" : effect.Kind;

    /// <summary>Values that may hold account data are told by their first difference elsewhere, not shown.</summary>
    private static string? Hide(string name, string? value) => name switch
    {
        _ when value is null => null,
        "account" => "(account data)",
        "apdu" => ShowCommand(value),
        _ => value,
    };

    private static string ShowCommand(string apdu) =>
        CommandApdu.TryParse(Convert.FromHexString(apdu), out CommandApdu? command) && command.Ins is 0xD0 ? $"{apdu[..8]} (data of a torn transaction)" : apdu;
}
