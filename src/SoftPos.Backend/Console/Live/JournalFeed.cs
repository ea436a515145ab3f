using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>
/// One subscription to the journal for all open pages. Entries are handed on in batches a few times a second, so that a busy fleet costs every
/// page the same few renderings, and the views are up to date before any page hears of a batch.
/// </summary>
internal sealed class JournalFeed(Database database, TimeProvider clock, FleetView fleet, SalesView sales, ILogger<JournalFeed> log) : BackgroundService
{
    /// <summary>Well under the second in which an update must be seen; few enough renderings for many pages.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(300);

    /// <summary>Ticks between pulses: three seconds.</summary>
    private const int PulseTicks = 10;

    /// <summary>Entries that may wait: several seconds of 500 a second. Beyond it the oldest go and everything is read again.</summary>
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private Action<FeedBatch>[] _listeners = [];
    private List<JournalEntry> _waiting = [];
    private long _next = -1;
    private bool _gap;
    private bool _closed;

    /// <summary>State now.</summary>
    public FeedState State { get; private set; } = FeedState.Starting;

    /// <summary>When the views last were known to be current.</summary>
    public DateTimeOffset? CurrentAt { get; private set; }

    /// <summary>Hears of batches until disposed. The listener must return at once.</summary>
    public IDisposable Listen(Action<FeedBatch> listener)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        return new Listening(this, listener);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FeedAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node is being closed, or did not start.
        }
    }

    private async Task FeedAsync(CancellationToken stoppingToken)
    {
        using JournalSubscription subscription = database.Journal.Subscribe(Capacity);
        Task collecting = CollectAsync(subscription, stoppingToken);
        _gap = true;
        using PeriodicTimer timer = new(Tick, clock);
        for (long tick = 0; State != FeedState.Ended; tick++)
        {
            await DeliverAsync(pulse: tick % PulseTicks == 0, stoppingToken);
            if (State != FeedState.Ended && !await timer.WaitForNextTickAsync(stoppingToken))
            {
                break;
            }
        }

        await collecting;
    }

    private async Task CollectAsync(JournalSubscription subscription, CancellationToken cancellation)
    {
        await foreach (JournalEntry entry in subscription.ReadAllAsync(cancellation))
        {
            lock (_gate)
            {
                _gap |= (_next >= 0 && entry.Index != _next) || _waiting.Count >= Capacity;
                _next = entry.Index + 1;
                if (_waiting.Count < Capacity)
                {
                    _waiting.Add(entry);
                }
            }
        }

        lock (_gate)
        {
            _closed = true;
        }
    }

    private async Task DeliverAsync(bool pulse, CancellationToken cancellation)
    {
        List<JournalEntry> entries;
        bool gap, closed;
        lock (_gate)
        {
            (entries, _waiting) = (_waiting, []);
            (gap, _gap) = (_gap, false);
            closed = _closed;
        }

        FeedState before = State;
        try
        {
            await fleet.ApplyAsync(entries, gap, cancellation);
            await sales.ApplyAsync(entries, gap, cancellation);
            State = closed ? FeedState.Ended : FeedState.Live;
            CurrentAt = clock.GetUtcNow();
        }
        catch (Exception fault) when (fault is StorageException or ObjectDisposedException)
        {
            if (before != FeedState.Stale)
            {
                log.LogWarning(fault, "the console's views could not be read; pages say so until they can");
            }

            State = closed ? FeedState.Ended : FeedState.Stale;
            lock (_gate)
            {
                _gap = true;
            }
        }

        if (entries.Count > 0 || gap || pulse || State != before)
        {
            Tell(new FeedBatch(State, entries, gap, pulse));
        }
    }

    private void Tell(FeedBatch batch)
    {
        foreach (Action<FeedBatch> listener in Volatile.Read(ref _listeners))
        {
            try
            {
                listener(batch);
            }
            catch (ObjectDisposedException)
            {
                // The page was closed between the two lines; it takes itself off the list.
            }
        }
    }

    private sealed class Listening(JournalFeed feed, Action<FeedBatch> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._gate)
            {
                feed._listeners = [.. feed._listeners.Where(other => other != listener)];
            }
        }
    }
}
