using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Replay;

/// <summary>
/// A contactless reader that keeps what goes in and comes out. Account data are masked as soon as the outcome is there and never leave
/// unmasked, unless the recorder was made for full recordings and the configuration is one of the lab.
/// </summary>
public sealed class TapRecorder(ContactlessReader reader, TimeProvider clock, bool full = false)
{
    private readonly List<TapStep> _steps = [];
    private TapMask? _mask;
    private long _start;
    private DateTimeOffset _recordedAt;
    private ReaderConfiguration? _configuration;
    private TransactionRequest? _request;
    private bool _hasPreProcessing;
    private int _magStripeFailures;
    private IReadOnlyList<TapTornRecord> _torn = [];

    /// <summary>See <see cref="ContactlessReader.IsDone"/>.</summary>
    public bool IsDone => reader.IsDone;

    /// <summary>See <see cref="ContactlessReader.WaitsForHost"/>.</summary>
    public bool WaitsForHost => reader.WaitsForHost;

    private long Elapsed => (long)clock.GetElapsedTime(_start).TotalMicroseconds;

    /// <summary>See <see cref="ContactlessReader.Start"/>.</summary>
    public IReadOnlyList<ReaderEffect> Start(
        TransactionRequest request,
        ReaderConfiguration configuration,
        Func<byte[]> nextUnpredictableNumber,
        bool preProcessing = true,
        Func<int, byte[]>? nextSecret = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        (_configuration, _request, _hasPreProcessing) = (configuration, request, preProcessing);
        _recordedAt = clock.GetUtcNow();
        _start = clock.GetTimestamp();
        _mask = full && configuration.Environment is ReaderEnvironment.Lab ? null : new TapMask();
        _magStripeFailures = reader.MagStripeBrake.Failures;
        _torn = [.. reader.TornLog.Records.Select(record => new TapTornRecord(record.Kernel, record.At, _mask?.Mask(record.Record) ?? record.Record.Copy()))];
        Func<byte[]> number = () => Draw(nextUnpredictableNumber);
        Func<int, byte[]> secret = length => Draw(nextSecret ?? RandomNumberGenerator.GetBytes, length);
        return Keep(preProcessing
            ? reader.Start(request, configuration, number, secret)
            : reader.StartWithoutPreProcessing(request, configuration, number, secret));
    }

    /// <summary>See <see cref="ContactlessReader.Step"/>.</summary>
    public IReadOnlyList<ReaderEffect> Step(ReaderEvent happened)
    {
        // The caller may zero its buffer before the recording is taken.
        _steps.Add(new TapStep.Happened(Elapsed, happened is ReaderEvent.CardResponse response ? response with { Bytes = response.Bytes.ToArray() } : happened));
        return Keep(reader.Step(happened));
    }

    /// <summary>What was recorded so far; null before the start.</summary>
    public TapRecording? Take()
    {
        if (_configuration is null)
        {
            return null;
        }

        _mask?.Apply(_steps);
        return new TapRecording
        {
            IsMasked = _mask is not null,
            RecordedAt = _recordedAt,
            Configuration = _mask is null ? _configuration : _configuration with { ExceptionFile = _mask.Mask(_configuration.ExceptionFile) },
            Request = _request!,
            HasPreProcessing = _hasPreProcessing,
            Torn = _torn,
            MagStripeFailures = _magStripeFailures,
            Steps = [.. _steps],
        };
    }

    private byte[] Draw(Func<byte[]> next)
    {
        byte[] number = next();
        _steps.Add(new TapStep.Drawn(Elapsed, [.. number]));
        return number;
    }

    private byte[] Draw(Func<int, byte[]> next, int length)
    {
        byte[] secret = next(length);
        _steps.Add(new TapStep.DrawnSecret(Elapsed, _mask is null ? [.. secret] : new byte[secret.Length]));
        return secret;
    }

    private IReadOnlyList<ReaderEffect> Keep(IReadOnlyList<ReaderEffect> effects)
    {
        // A number that came enciphered is in no response, but a card may ask for it back in the clear.
        _mask?.Know(reader.AccountNumber);
        foreach (ReaderEffect effect in effects)
        {
            _steps.Add(new TapStep.Wanted(Elapsed, TapEffect.Of(effect, withAccount: _mask is null)));
            if (effect is ReaderEffect.Finish)
            {
                _mask?.Apply(_steps);
            }
        }

        return effects;
    }
}
