using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Alarms.</summary>
public sealed class AlarmStore
{
    /// <summary>Most alarms in one page.</summary>
    public const int MaxPage = 500;

    private readonly Database _database;

    internal AlarmStore(Database database) => _database = database;

    /// <summary>The alarm of that number, or null.</summary>
    public ValueTask<AlarmRecord?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM alarm WHERE number = $1", Read, number), cancellation);

    /// <summary>The alarm of an originator and kind, or null.</summary>
    public ValueTask<AlarmRecord?> FindAsync(string originator, string kind, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.First("SELECT record FROM alarm WHERE originator = $1 AND kind = $2", Read, originator, kind), cancellation);

    /// <summary>A page of alarms, highest number first.</summary>
    /// <param name="open">Only open ones, or only resolved ones; null for all.</param>
    /// <param name="before">Only numbers below it.</param>
    /// <param name="count">How many, up to <see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<AlarmRecord>> PageAsync(bool? open, long before, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM alarm WHERE number < $1 AND ($2 IS NULL OR (state < 2) = $2) ORDER BY number DESC LIMIT $3",
            Read,
            before,
            open is { } wanted ? wanted ? 1 : 0 : null,
            Math.Min(count, MaxPage)),
        cancellation)!;

    /// <summary>Alarms of an originator.</summary>
    public ValueTask<List<AlarmRecord>> OfAsync(string originator, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows("SELECT record FROM alarm WHERE originator = $1 ORDER BY number DESC LIMIT $2", Read, originator, MaxPage),
        cancellation)!;

    /// <summary>Number of alarms by state.</summary>
    public async ValueTask<IReadOnlyDictionary<AlarmState, int>> CountAsync(CancellationToken cancellation = default) =>
        (await _database.ReadAsync(
        static session =>
            session.Rows("SELECT state, count(*) FROM alarm GROUP BY state", static r => ((AlarmState)r.GetInt32(0), r.GetInt32(1))),
        cancellation).ConfigureAwait(false)).ToDictionary(static row => row.Item1, static row => row.Item2);

    /// <summary>Removes alarms that were resolved before a time; the journal keeps their life.</summary>
    public Task ForgetAsync(DateTimeOffset before, CancellationToken cancellation = default) => _database.CommitAsync(
        new Change().Write((session, _) => session.Execute("DELETE FROM alarm WHERE state = 2 AND changed < $1", before.ToColumn())),
        cancellation);

    private static AlarmRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.AlarmRecord)!;
}

/// <summary>Changes of alarms.</summary>
public static class AlarmWrites
{
    /// <summary>Writes an alarm, if it is still as it was read; null for one that was not there.</summary>
    public static Change Move(this Change change, AlarmRecord? from, AlarmRecord to)
    {
        byte[]? before = from is null ? null : JsonSerializer.SerializeToUtf8Bytes(from, ContractJson.Default.AlarmRecord);
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(to, ContractJson.Default.AlarmRecord);
        return change
            .Require((session, _) =>
            {
                byte[]? now = session.First(
                    "SELECT record FROM alarm WHERE originator = $1 AND kind = $2", static r => r.Blob(0), to.Originator, to.Kind);
                return (now is null && before is null) || (now is not null && before is not null && now.AsSpan().SequenceEqual(before))
                    ? ChangeRefusal.None
                    : ChangeRefusal.AlarmMoved;
            })
            .Write((session, _) => session.Execute(
                "INSERT INTO alarm(number, originator, kind, state, changed, record) VALUES($1, $2, $3, $4, $5, $6) "
                    + "ON CONFLICT(number) DO UPDATE SET state = $4, changed = $5, record = $6",
                to.Number,
                to.Originator,
                to.Kind,
                (int)to.State,
                to.ChangedAt.ToColumn(),
                record));
    }
}

/// <summary>Something owed to a receiver of alarms.</summary>
/// <param name="Sequence">Order of arrival.</param>
/// <param name="Sink">Name of the receiver.</param>
/// <param name="EventId">Identity of the event: the same over all attempts.</param>
/// <param name="Body">The event, JSON.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Attempts">Attempts so far.</param>
public sealed record AlarmDelivery(long Sequence, string Sink, string EventId, byte[] Body, DateTimeOffset CreatedAt, int Attempts);

/// <summary>What is owed to the receivers of alarms. A delivery stays until its receiver took it.</summary>
public sealed class AlarmDeliveryStore
{
    private readonly Database _database;

    internal AlarmDeliveryStore(Database database) => _database = database;

    /// <summary>
    /// Deliveries of a receiver in the order in which they happened, none while the first is not due: those behind it wait for it.
    /// </summary>
    public ValueTask<List<AlarmDelivery>> DueAsync(string sink, DateTimeOffset now, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT seq, sink, event_id, body, created, attempts FROM alarm_delivery WHERE sink = $1 AND due IS NOT NULL AND $2 >= "
                    + "(SELECT due FROM alarm_delivery WHERE sink = $1 AND due IS NOT NULL ORDER BY seq LIMIT 1) ORDER BY seq LIMIT $3",
                static r => new AlarmDelivery(r.GetInt64(0), r.GetString(1), r.GetString(2), r.Blob(3), r.Time(4), r.GetInt32(5)),
                sink,
                now.ToColumn(),
                count),
            cancellation);

    /// <summary>When something is due to a receiver next; null when nothing is owed to it.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(string sink, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT due FROM alarm_delivery WHERE sink = $1 AND due IS NOT NULL ORDER BY seq LIMIT 1", static r =>
            r.TimeOrNull(0), sink), cancellation);

    /// <summary>How much is owed to each receiver, since when, and the last failure there.</summary>
    public ValueTask<List<(string Sink, int Owed, DateTimeOffset Oldest,
        string? LastError)>> OwedAsync(CancellationToken cancellation = default) =>
        _database.ReadAsync(
            static session => session.Rows(
                "SELECT sink, count(*), min(created), max(error) FROM alarm_delivery WHERE due IS NOT NULL GROUP BY sink ORDER BY sink",
                static r => (r.GetString(0), r.GetInt32(1), r.Time(2), r.TextOrNull(3))),
            cancellation);
}

/// <summary>Changes of deliveries.</summary>
public static class AlarmDeliveryWrites
{
    /// <summary>Owes an event to a receiver; one that is owed or done stays as it is.</summary>
    public static Change Owe(this Change change, string sink, string eventId, byte[] body, DateTimeOffset at) =>
        change.Write((session, _) => session.Execute(
        "INSERT INTO alarm_delivery(sink, event_id, body, created, attempts, due) VALUES($1, $2, $3, $4, 0, $4) ON CONFLICT(sink, event_id) DO NOTHING",
        sink,
        eventId,
        body,
        at.ToColumn()));

    /// <summary>Writes how an attempt ended.</summary>
    /// <param name="change">The change.</param>
    /// <param name="delivery">The delivery as it was read.</param>
    /// <param name="next">When it is tried again; null when it was taken.</param>
    /// <param name="error">Why it failed.</param>
    public static Change Settle(this Change change, AlarmDelivery delivery, DateTimeOffset? next, string? error) =>
        change.Write((session, _) => session.Execute(
        "UPDATE alarm_delivery SET attempts = $2, due = $3, error = $4 WHERE seq = $1", delivery.Sequence, delivery.Attempts + 1,
        next.ToColumn(), error));

    /// <summary>Forgets what was taken before a time.</summary>
    public static Change ForgetAlarmDeliveries(this Change change, DateTimeOffset before) => change.Write((session, _) => session.Execute(
        "DELETE FROM alarm_delivery WHERE due IS NULL AND created < $1", before.ToColumn()));
}
