using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>A receiver of alarms.</summary>
public interface IAlarmSink
{
    /// <summary>Name, such as <c>webhook:https://…</c>; what is owed to it is kept under this name.</summary>
    string Name { get; }

    /// <summary>Gives it an event.</summary>
    /// <returns>Null when it took it, else why not.</returns>
    Task<string?> SendAsync(AlarmEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation);
}

/// <summary>
/// Sends what is owed to each receiver, in order, again and again until it is taken: what was not taken when the process ended is sent by
/// the next. A receiver that fails keeps the others from nothing. Beside it goes a sign of life at a set interval, while the monitor works:
/// whoever gets none must take the monitor itself for down.
/// </summary>
public sealed class AlarmSender : IDisposable
{
    /// <summary>Events of one receiver that are read at once.</summary>
    private const int Page = 20;

    /// <summary>Longest text that is kept of a failure.</summary>
    private const int MaxError = 200;

    /// <summary>Behind by more entries, or for longer, the monitor gives no sign of life.</summary>
    private const long MostBehind = 5000;

    private static readonly TimeSpan OldestLook = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
    ];

    private readonly Database _database;
    private readonly IReadOnlyList<IAlarmSink> _sinks;
    private readonly AlarmEngine _engine;
    private readonly SilenceWatch _watch;
    private readonly AlarmOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<SemaphoreSlim> _pulses;
    private long _signs;

    /// <summary>Makes a sender.</summary>
    public AlarmSender(
        Database database, IReadOnlyList<IAlarmSink> sinks, AlarmEngine engine, SilenceWatch watch, AlarmOptions options,
        TimeProvider clock)
    {
        (_database, _sinks, _engine, _watch, _options, _clock) = (database, sinks, engine, watch, options, clock);
        _pulses = [.. sinks.Select(static _ => new SemaphoreSlim(0, 1))];
    }

    /// <summary>Why the monitor gives no sign of life; null when it works.</summary>
    public string? Ailment()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _watch.LookedAt is not { } looked || now - looked > OldestLook ? "the watch over deadlines does not look"
            : _engine.LookedAt is not { } followed || now - followed > OldestLook ? "alarms are not being looked for"
            : _engine.Behind > MostBehind ? string.Create(CultureInfo.InvariantCulture, $"{_engine.Behind} entries of the journal wait to be looked at")
            : null;
    }

    /// <summary>Something may be owed.</summary>
    public void Wake()
    {
        foreach (SemaphoreSlim pulse in _pulses)
        {
            try
            {
                pulse.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is awake.
            }
        }
    }

    /// <summary>Sends until cancelled.</summary>
    public Task RunAsync(Action<Exception> failed, CancellationToken cancellation) => Task.WhenAll(
    [
        .. _sinks.Select((sink, index) => ServeAsync(sink, _pulses[index], failed, cancellation)),
        LiveAsync(cancellation),
    ]);

    /// <summary>Sends what is due to a receiver; false when it failed.</summary>
    public async Task<bool> ServeOnceAsync(IAlarmSink sink, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sink);
        List<AlarmDelivery> due;
        do
        {
            due = await _database.AlarmDeliveries.DueAsync(sink.Name, _clock.GetUtcNow(), Page, cancellation);
            foreach (AlarmDelivery delivery in due)
            {
                string? error = await AttemptAsync(sink, EventOf(delivery), delivery.Body, cancellation);
                DateTimeOffset? next = error is null ? null : _clock.GetUtcNow() + Pauses[Math.Min(delivery.Attempts, Pauses.Length - 1)];
                Change change = new Change().Settle(delivery, next, error is { Length: > MaxError } ? error[..MaxError] : error);
                (await _database.CommitAsync(change, CancellationToken.None)).Require();
                if (error is not null)
                {
                    // Those behind it wait: a receiver gets the steps of an alarm in their order.
                    return false;
                }
            }
        }
        while (due.Count == Page);
        return true;
    }

    /// <summary>Gives every receiver a sign of life, unless the monitor ails. Not repeated: an old one is worth nothing.</summary>
    public async Task<bool> SignAsync(CancellationToken cancellation)
    {
        if (Ailment() is not null)
        {
            return false;
        }

        DateTimeOffset now = _clock.GetUtcNow();
        IReadOnlyDictionary<AlarmState, int> alarms = await _database.Alarms.CountAsync(cancellation);
        AlarmEvent sign = new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"alive_{now.ToUnixTimeMilliseconds()}"),
            Type = AlarmEvent.Alive,
            Time = now,
            Life = new JsonObject
            {
                ["number"] = ++_signs, ["nextWithinSeconds"] = _options.SignOfLife?.TotalSeconds, ["journal"] = _database.Journal.Head.Size,
                ["behind"] = _engine.Behind, ["watch"] = _watch.State.ToString(), ["raised"] = alarms.GetValueOrDefault(AlarmState.Raised),
                ["acknowledged"] = alarms.GetValueOrDefault(AlarmState.Acknowledged),
            },
        };
        byte[] body = sign.ToJson();
        await Task.WhenAll(_sinks.Select(sink => AttemptAsync(sink, sign, body, cancellation)));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _pulses.ForEach(static pulse => pulse.Dispose());

    private async Task<string?> AttemptAsync(IAlarmSink sink, AlarmEvent happened, byte[] body, CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = new(Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await sink.SendAsync(happened, body, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {Timeout.TotalSeconds} s");
        }
    }

    private async Task ServeAsync(IAlarmSink sink, SemaphoreSlim pulse, Action<Exception> failed, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                TimeSpan sleep = LongestSleep;
                try
                {
                    await ServeOnceAsync(sink, cancellation);
                    TimeSpan next = await _database.AlarmDeliveries.NextDueAsync(sink.Name, cancellation) - _clock.GetUtcNow()
                        ?? LongestSleep;
                    sleep = next < LongestSleep ? next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(100) : LongestSleep;
                }
#pragma warning disable CA1031 // A fault of ours must not end the watch; it is told, and the sign of life stops by itself.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    failed(fault);
                    sleep = Pauses[0];
                }

                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(pulse.WaitAsync(either.Token), Task.Delay(sleep, _clock, either.Token));
                cancellation.ThrowIfCancellationRequested();
                await either.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed; what is owed is sent by the next.
        }
    }

    private async Task LiveAsync(CancellationToken cancellation)
    {
        if (_options.SignOfLife is not { } interval || _sinks.Count == 0)
        {
            return;
        }

        try
        {
            using PeriodicTimer timer = new(interval, _clock);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    await SignAsync(cancellation);
                }
                catch (StorageException)
                {
                    // No sign of life: that is the sign.
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    private static AlarmEvent EventOf(AlarmDelivery delivery)
    {
        JsonObject body = JsonNode.Parse(delivery.Body)!.AsObject();
        return new AlarmEvent
        {
            Id = delivery.EventId,
            Type = body["type"]!.GetValue<string>(),
            Time = body["timestamp"]!.GetValue<DateTimeOffset>(),
            Alarm = body["data"].Deserialize(ContractJson.Default.AlarmRecord),
        };
    }
}
