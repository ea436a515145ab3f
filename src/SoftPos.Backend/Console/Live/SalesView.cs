using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>Sales of one minute.</summary>
/// <param name="Minute">Start of the minute.</param>
/// <param name="Approved">Approved, also those reversed later.</param>
/// <param name="Other">Declined, abandoned, unknown or still open.</param>
public sealed record SalesMinute(DateTimeOffset Minute, int Approved, int Other);

/// <summary>The last hour in figures.</summary>
internal sealed record SalesSummary
{
    /// <summary>Payments by state.</summary>
    public required IReadOnlyDictionary<PaymentState, int> ByState { get; init; }

    /// <summary>Approved purchases by currency, in minor units.</summary>
    public required IReadOnlyList<(string Currency, long AmountMinor)> Takings { get; init; }

    /// <summary>One entry per minute, oldest first.</summary>
    public required IReadOnlyList<SalesMinute> Minutes { get; init; }

    /// <summary>Payments of any age without a definite answer.</summary>
    public required int UnknownNow { get; init; }

    /// <summary>More happened than the view holds; the figures are of the newest part.</summary>
    public required bool IsPartial { get; init; }
}

/// <summary>Payments of the last hour, in memory, for figures at a glance.</summary>
internal sealed class SalesView(Database database, TimeProvider clock)
{
    /// <summary>How far back the figures go, in minutes.</summary>
    public const int SpanMinutes = 60;

    /// <summary>About 150 bytes each.</summary>
    private const int MaxSales = 100_000;

    /// <summary>Unknown payments counted; beyond it the figure reads as "500 or more".</summary>
    public const int MaxUnknown = PaymentStore.MaxPage;

    private readonly Dictionary<Guid, Sale> _sales = [];
    private readonly Lock _gate = new();
    private int _unknownNow;
    private bool _partial;

    private sealed record Sale(DateTimeOffset At, PaymentState State, long AmountMinor, string Currency, PaymentOperation Operation)
    {
        public static Sale Of(PaymentRecord record) =>
            new(record.CreatedAt, record.State, record.StandingMinor, record.Currency, record.Operation);

        /// <summary>The cardholder is charged: a sale that stands, or a completed pre-authorisation.</summary>
        public bool IsTaking => State == PaymentState.Completed
            || (Operation == PaymentOperation.Sale && State is (PaymentState.Approved or PaymentState.Adjusting));
    }

    /// <summary>Payments of any age without a definite answer, up to <see cref="MaxUnknown"/>.</summary>
    public int UnknownNow => _unknownNow;

    /// <summary>Takes in a batch of entries.</summary>
    public async ValueTask ApplyAsync(IReadOnlyList<JournalEntry> entries, bool gap, CancellationToken cancellation)
    {
        if (gap)
        {
            await ReloadAsync(cancellation);
        }

        HashSet<Guid> touched = [];
        foreach (JournalEntry entry in entries)
        {
            if (Kinds.AreaOf(entry.Kind) == Kinds.PaymentArea && Guid.TryParse(entry.Subject, out Guid paymentId) && touched.Add(paymentId))
            {
                if (await database.Payments.FindAsync(paymentId, cancellation) is { } payment)
                {
                    Put(payment.Record);
                }
            }
        }

        if (gap || touched.Count > 0)
        {
            _unknownNow = (await database.Payments.OpenAsync(PaymentState.Unknown, 0, MaxUnknown, cancellation)).Count;
        }
    }

    /// <summary>The figures now.</summary>
    public SalesSummary Summarise()
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset first = now.AddSeconds(-now.Second).AddMinutes(1 - SpanMinutes);
        Sale[] sales;
        lock (_gate)
        {
            Forget(first);
            sales = [.. _sales.Values.Where(sale => sale.At >= first)];
        }

        int[] approved = new int[SpanMinutes];
        int[] other = new int[SpanMinutes];
        foreach (Sale sale in sales)
        {
            int minute = Math.Clamp((int)(sale.At - first).TotalMinutes, 0, SpanMinutes - 1);
            (sale.State == PaymentState.Approved ? approved : other)[minute]++;
        }

        return new SalesSummary
        {
            ByState = sales.GroupBy(static sale => sale.State).ToDictionary(static group => group.Key, static group => group.Count()),
            Takings =
            [
                .. sales.Where(static sale => sale.IsTaking)
                    .GroupBy(static sale => sale.Currency)
                    .Select(static group => (group.Key, group.Sum(static sale => sale.AmountMinor)))
                    .OrderByDescending(static pair => pair.Item2),
            ],
            Minutes = [.. Enumerable.Range(0, SpanMinutes).Select(i => new SalesMinute(first.AddMinutes(i), approved[i], other[i]))],
            UnknownNow = _unknownNow,
            IsPartial = _partial,
        };
    }

    private async ValueTask ReloadAsync(CancellationToken cancellation)
    {
        DateTimeOffset since = clock.GetUtcNow().AddMinutes(-SpanMinutes);
        long before = long.MaxValue;
        int read = 0;
        List<StoredPayment> page;
        do
        {
            page = await database.Payments.NewestAsync(null, null, PaymentStore.MaxPage, before, cancellation);
            page.ForEach(payment => Put(payment.Record));
            read += page.Count;
            before = page.Count == 0 ? before : page[^1].Sequence;
            await Task.Yield();
        }
        while (page.Count == PaymentStore.MaxPage && read < MaxSales && page[^1].Record.CreatedAt >= since);

        _partial = read >= MaxSales;
    }

    private void Put(PaymentRecord record)
    {
        lock (_gate)
        {
            if (_sales.Count >= MaxSales && !_sales.ContainsKey(record.PaymentId))
            {
                Forget(clock.GetUtcNow().AddMinutes(-SpanMinutes));
                _partial = _sales.Count >= MaxSales;
            }

            if (_sales.Count < MaxSales || _sales.ContainsKey(record.PaymentId))
            {
                _sales[record.PaymentId] = Sale.Of(record);
            }
        }
    }

    private void Forget(DateTimeOffset before)
    {
        foreach (Guid old in _sales.Where(pair => pair.Value.At < before).Select(static pair => pair.Key).ToArray())
        {
            _sales.Remove(old);
        }
    }
}
