using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>What the fleet's list is narrowed to.</summary>
/// <param name="Text">Found in model, merchant, identity, reason; empty for all.</param>
/// <param name="Verdict">Only this verdict, or null.</param>
/// <param name="Order">Order of the rows.</param>
internal sealed record FleetFilter(string Text, Verdict? Verdict, FleetOrder Order);

/// <summary>Order of the fleet's list.</summary>
internal enum FleetOrder
{
    /// <summary>Refused first, then those longest silent.</summary>
    Trouble,

    /// <summary>Newest evidence first.</summary>
    Newest,

    /// <summary>Emptiest battery first.</summary>
    Battery,

    /// <summary>Hottest battery first.</summary>
    Temperature,
}

/// <summary>A page of the fleet.</summary>
internal sealed record FleetPart(IReadOnlyList<FleetRow> Rows, int Total);

/// <summary>
/// All terminals as rows in memory, so that filters and counts over the whole fleet need no scan of the store. Moved by the journal's entries
/// and, because an unchanged heartbeat leaves none, read again as a whole now and then.
/// </summary>
internal sealed class FleetView(Database database, TimeProvider clock)
{
    /// <summary>About 300 bytes each; a fleet beyond it needs queries in the store, and the page says that it shows a part.</summary>
    public const int MaxRows = 250_000;

    /// <summary>Terminals read again in one batch; the rest waits for the next.</summary>
    private const int MaxReads = 500;

    /// <summary>Between whole readings.</summary>
    private static readonly TimeSpan RescanAfter = TimeSpan.FromSeconds(30);

    /// <summary>A whole reading takes no more than this part of the time.</summary>
    private const int RescanShare = 25;

    private readonly Dictionary<Guid, FleetRow> _rows = [];
    private readonly HashSet<Guid> _dirty = [];
    private readonly Lock _gate = new();
    private FleetRow[]? _snapshot;
    private DateTimeOffset _rescanDue = DateTimeOffset.MinValue;

    /// <summary>The first reading has ended.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The fleet is larger than the view.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Number of terminals by verdict.</summary>
    public IReadOnlyDictionary<Verdict, int> CountByVerdict() =>
        Snapshot().GroupBy(static row => row.Verdict).ToDictionary(static group => group.Key, static group => group.Count());

    /// <summary>Number of terminals by merchant.</summary>
    public IReadOnlyDictionary<string, int> CountByMerchant() =>
        Snapshot().GroupBy(static row => row.MerchantId).ToDictionary(static group => group.Key, static group => group.Count());

    /// <summary>Number of terminals.</summary>
    public int Count => Snapshot().Length;

    /// <summary>Reasons of refusal and limit with their number, most frequent first.</summary>
    public IReadOnlyList<(string Reason, int Count)> TopReasons(int most) =>
    [
        .. Snapshot().Where(static row => row.Reason is not null && row.Verdict != Verdict.Trusted)
            .GroupBy(static row => row.Reason!)
            .Select(static group => (group.Key, group.Count()))
            .OrderByDescending(static pair => pair.Item2)
            .Take(most),
    ];

    /// <summary>Terminals in use without evidence since that time.</summary>
    public int SilentSince(DateTimeOffset since) =>
        Snapshot().Count(row => row.State == TerminalState.Active && (row.LastEvidenceAt is null || row.LastEvidenceAt < since));

    /// <summary>A page of the terminals that match.</summary>
    public FleetPart Query(FleetFilter filter, int skip, int take)
    {
        FleetRow[] found = [.. Snapshot().Where(row => (filter.Verdict is null || row.Verdict == filter.Verdict)
            && (filter.Text.Length == 0 || row.Matches(filter.Text)))];
        IOrderedEnumerable<FleetRow> ordered = filter.Order switch
        {
            FleetOrder.Newest => found.OrderByDescending(static row => row.LastEvidenceAt),
            FleetOrder.Battery => found.OrderBy(static row => row.BatteryPercent ?? double.MaxValue),
            FleetOrder.Temperature => found.OrderByDescending(static row => row.BatteryCelsius ?? double.MinValue),
            _ => found.OrderBy(static row => TroubleRank(row)).ThenBy(static row => row.LastEvidenceAt),
        };
        return new FleetPart([.. ordered.ThenBy(static row => row.TerminalId).Skip(skip).Take(take)], found.Length);
    }

    private static int TroubleRank(FleetRow row) => (row.State, row.Verdict) switch
    {
        (TerminalState.Retired, _) => 5,
        (_, Verdict.Denied) => 0,
        (TerminalState.Suspended or TerminalState.Refused, _) => 0,
        (_, Verdict.Unknown) => 1,
        (_, Verdict.Limited) => 2,
        _ => 3,
    };

    /// <summary>Takes in a batch of entries.</summary>
    public async ValueTask ApplyAsync(IReadOnlyList<JournalEntry> entries, bool gap, CancellationToken cancellation)
    {
        if (gap || clock.GetUtcNow() >= _rescanDue)
        {
            await RescanAsync(cancellation);
            return;
        }

        foreach (JournalEntry entry in entries)
        {
            if (Kinds.AreaOf(entry.Kind) != Kinds.PaymentArea && Guid.TryParse(entry.Subject, out Guid terminalId))
            {
                _dirty.Add(terminalId);
            }
        }

        foreach (Guid terminalId in _dirty.Take(MaxReads).ToArray())
        {
            if (await database.Terminals.FindAsync(terminalId, cancellation) is { } terminal)
            {
                Put([FleetRow.Of(terminal)]);
            }

            _dirty.Remove(terminalId);
        }
    }

    private async ValueTask RescanAsync(CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        Guid? after = null;
        int read = 0;
        List<TerminalRecord> page;
        do
        {
            page = await database.Terminals.PageAsync(null, after, TerminalStore.MaxPage, cancellation);
            Put([.. page.Select(FleetRow.Of)]);
            read += page.Count;
            after = page.Count == 0 ? after : page[^1].TerminalId;
            await Task.Yield();
        }
        while (page.Count == TerminalStore.MaxPage && read < MaxRows);

        IsPartial = page.Count == TerminalStore.MaxPage;
        IsLoaded = true;
        _dirty.Clear();
        TimeSpan pause = clock.GetElapsedTime(started) * RescanShare;
        _rescanDue = clock.GetUtcNow() + (pause > RescanAfter ? pause : RescanAfter);
    }

    private void Put(FleetRow[] rows)
    {
        lock (_gate)
        {
            foreach (FleetRow row in rows)
            {
                if (_rows.ContainsKey(row.TerminalId) || _rows.Count < MaxRows)
                {
                    _rows[row.TerminalId] = row;
                    _snapshot = null;
                }
            }
        }
    }

    private FleetRow[] Snapshot()
    {
        lock (_gate)
        {
            return _snapshot ??= [.. _rows.Values];
        }
    }
}
