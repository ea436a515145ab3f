using System.Buffers.Binary;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Follows the journal and raises alarms: an entry that is durable is looked at, also after a restart, because the place in the journal
/// becomes durable with the alarms. What no entry tells of is looked at in rounds.
/// </summary>
public sealed class AlarmEngine : IDisposable
{
    private const string CursorSetting = "alarms.cursor";
    private const int Page = 500;

    /// <summary>Entries that may be read again after a crash when none of them changed an alarm.</summary>
    private const int MaxUnwritten = 2000;

    /// <summary>Entries that the counts over a sliding time are filled from after a restart.</summary>
    private const int MaxLookBack = 5000;

    private readonly Database _database;
    private readonly AlarmOptions _options;
    private readonly AlarmBook _book;
    private readonly AlarmRound _round;
    private readonly TimeProvider _clock;
    private readonly AlarmWindows _windows;
    private readonly FleetPulse _fleet;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _next = -1;
    private long _written;

    /// <summary>Makes an engine.</summary>
    /// <param name="database">Store.</param>
    /// <param name="monitoring">Policy, ring and list in force.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="book">Where alarms are kept.</param>
    /// <param name="clock">Time.</param>
    public AlarmEngine(Database database, MonitoringOptions monitoring, AlarmOptions options, AlarmBook book, TimeProvider clock)
    {
        _database = database;
        _options = options;
        _book = book;
        _clock = clock;
        _windows = new AlarmWindows(options);
        _fleet = new FleetPulse(database);
        _round = new AlarmRound(database, monitoring, options, book, _fleet, clock);
    }

    /// <summary>Entries of the journal that it has not looked at.</summary>
    public long Behind => _next < 0 ? _database.Journal.Head.Size : _database.Journal.Head.Size - _next;

    /// <summary>When it last looked at everything.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    /// <summary>Follows the journal until cancelled.</summary>
    public Task RunAsync(Action<Exception> failed, CancellationToken cancellation) =>
        Task.WhenAll(FollowAsync(failed, cancellation), LookAgainAndAgainAsync(failed, cancellation));

    /// <summary>Takes what is new in the journal; gives how many entries there were.</summary>
    public async Task<int> FollowOnceAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await OpenAsync(cancellation);
            int all = 0;
            int taken;
            do
            {
                taken = await TakePageAsync(cancellation);
                all += taken;
            }
            while (taken > 0);
            LookedAt = _clock.GetUtcNow();
            return all;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Looks at what no entry tells of.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await FollowOnceAsync(cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            string[] counted = [.. _book.StandingOf(AlarmKinds.Velocity)], enrolled = [.. _book.StandingOf(AlarmKinds.EnrolmentBurst)];
            List<AlarmSignal> signals =
            [
                .. _windows.Calmed(counted, AlarmKinds.Velocity, _clock.GetUtcNow()),
                .. _windows.Calmed(enrolled, AlarmKinds.EnrolmentBurst, _clock.GetUtcNow()),
            ];
            signals.AddRange(await _round.LookAsync(cancellation));
            await _book.ApplyAsync(signals, null, force: false, cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task FollowAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        try
        {
            using JournalSubscription pulse = _database.Journal.Subscribe(1);
            await using IAsyncEnumerator<JournalEntry> entries = pulse.ReadAllAsync(cancellation).GetAsyncEnumerator(cancellation);
            do
            {
                try
                {
                    await FollowOnceAsync(cancellation);
                }
#pragma warning disable CA1031 // A fault of ours must not end the watch; it is told, and the sign of life stops by itself.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    failed(fault);
                    await Task.Delay(TimeSpan.FromSeconds(1), _clock, cancellation);
                }
            }
            while (await entries.MoveNextAsync());
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    private async Task LookAgainAndAgainAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        try
        {
            using PeriodicTimer timer = new(_options.Round, _clock);
            do
            {
                try
                {
                    await LookAsync(cancellation);
                }
#pragma warning disable CA1031 // A fault of ours must not end the watch; it is told, and the sign of life stops by itself.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    failed(fault);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        if (_next >= 0)
        {
            return;
        }

        long cursor;
        if (await _database.Settings.FindAsync(CursorSetting, cancellation) is { } bytes)
        {
            cursor = BinaryPrimitives.ReadInt64BigEndian(bytes);
        }
        else
        {
            // From its first start on nothing is missed; what was before is nobody's alarm.
            cursor = _database.Journal.Head.Size;
            (await _database.CommitAsync(new Change().PutSetting(CursorSetting, PlaceOf(cursor)), cancellation)).Require();
        }

        long from = Math.Max(0, cursor - MaxLookBack);
        while (from < cursor)
        {
            List<JournalEntry> entries = await _database.Journal.RangeAsync(from, (int)Math.Min(Page, cursor - from), cancellation);
            foreach (JournalEntry entry in entries.Where(entry => _clock.GetUtcNow() - entry.Time < _options.Window))
            {
                // Filled without raising: what they said has been said.
                _ = _windows.Of(entry).ToArray();
            }

            from = entries.Count == 0 ? cursor : entries[^1].Index + 1;
        }

        await _fleet.LoadAsync(cancellation);
        (_next, _written) = (cursor, cursor);
    }

    private static byte[] PlaceOf(long cursor)
    {
        byte[] place = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(place, cursor);
        return place;
    }

    private async Task<int> TakePageAsync(CancellationToken cancellation)
    {
        List<JournalEntry> entries = await _database.Journal.RangeAsync(_next, Page, cancellation);
        if (entries.Count == 0)
        {
            return 0;
        }

        List<AlarmSignal> signals = [];
        bool refusals = false;
        foreach (JournalEntry entry in entries)
        {
            AlarmSignal[] own = [.. AlarmRules.Of(entry)];
            signals.AddRange(own);
            signals.AddRange(_windows.Of(entry));
            refusals |= own.Any(static signal => !signal.IsOver);
            if (!entry.Kind.StartsWith("payment.", StringComparison.Ordinal) && Guid.TryParse(entry.Subject, out Guid terminalId))
            {
                await _fleet.TouchAsync(terminalId, cancellation);
            }
        }

        if (refusals)
        {
            signals.AddRange(await _round.WhatChangedAsync(cancellation));
        }

        long next = entries[^1].Index + 1;
        if (await _book.ApplyAsync(signals, change =>
            change.PutSetting(CursorSetting, PlaceOf(next)), next - _written > MaxUnwritten, cancellation))
        {
            _written = next;
        }

        _next = next;
        return entries.Count;
    }
}
