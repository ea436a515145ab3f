using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>
/// Orders against parts of the fleet. Those that stand are held in memory and change before the caller of the commit hears of it, so that an
/// order takes effect at the next request.
/// </summary>
public sealed class ResponseOrderStore
{
    /// <summary>Orders that stand at once: each costs a look-up key, and a person must be able to read them all.</summary>
    public const int MaxStanding = 1000;

    /// <summary>Most orders in one page.</summary>
    public const int MaxPage = 500;

    private static readonly ResponseScope[] Scopes = Enum.GetValues<ResponseScope>();

    private readonly Database _database;
    private readonly Lock _gate = new();
    private FrozenDictionary<(ResponseScope Scope, string Value), ResponseOrder[]> _standing;

    internal ResponseOrderStore(Database database, Session session)
    {
        _database = database;
        _standing = Index(session.Rows("SELECT record FROM response_order WHERE lifted IS NULL ORDER BY number", Read));
    }

    /// <summary>Raised after a commit that made or lifted an order.</summary>
    public event Action<ResponseOrder>? Changed;

    /// <summary>Orders that are not lifted; some may have expired.</summary>
    public IReadOnlyList<ResponseOrder> Standing =>
        [.. _standing.Values.SelectMany(static orders => orders).OrderBy(static order => order.Number)];

    /// <summary>Orders that cover the terminal now, rehearsals among them.</summary>
    public IReadOnlyList<ResponseOrder> Of(TerminalRecord terminal)
    {
        FrozenDictionary<(ResponseScope, string), ResponseOrder[]> standing = Volatile.Read(ref _standing);
        if (standing.Count == 0)
        {
            return [];
        }

        DateTimeOffset now = _database.Clock.GetUtcNow();
        List<ResponseOrder> found = [];
        foreach (ResponseScope scope in Scopes)
        {
            if (standing.TryGetValue((scope, ResponseOrder.KeyOf(scope, terminal)), out ResponseOrder[]? orders))
            {
                found.AddRange(orders.Where(order => order.StandsAt(now)));
            }
        }

        return found;
    }

    /// <summary>The terminal as requests must see it.</summary>
    public TerminalRecord Apply(TerminalRecord terminal) =>
        Of(terminal) is { Count: > 0 } orders ? ResponseOverlay.Apply(terminal, orders) : terminal;

    /// <summary>The order of that number, or null.</summary>
    public ValueTask<ResponseOrder?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM response_order WHERE number = $1", Read, number), cancellation);

    /// <summary>The newest orders, newest first, lifted ones among them.</summary>
    public ValueTask<List<ResponseOrder>> NewestAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows("SELECT record FROM response_order ORDER BY number DESC LIMIT $1", Read, Math.Min(count, MaxPage)), cancellation)!;

    internal void Update(ResponseOrder order)
    {
        lock (_gate)
        {
            IEnumerable<ResponseOrder> others = _standing.Values.SelectMany(static orders => orders).Where(one => one.Number != order.Number);
            Volatile.Write(ref _standing, Index(order.LiftedAt is null ? others.Append(order) : others));
        }

        Changed?.Invoke(order);
    }

    private static FrozenDictionary<(ResponseScope Scope, string Value), ResponseOrder[]> Index(IEnumerable<ResponseOrder> orders) =>
        orders.GroupBy(static order => (order.Scope, order.Value)).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());

    private static ResponseOrder Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.ResponseOrder)!;
}

/// <summary>Changes of orders.</summary>
public static class ResponseOrderWrites
{
    /// <summary>Adds an order; refused with <see cref="ChangeRefusal.ResponseMoved"/> when too many stand.</summary>
    public static Change Add(this Change change, ResponseOrder order) => change
        .Require(static (session, _) =>
            session.First("SELECT count(*) FROM response_order WHERE lifted IS NULL", static r => r.GetInt32(0)) < ResponseOrderStore.MaxStanding
                ? ChangeRefusal.None
                : ChangeRefusal.ResponseMoved)
        .Write((session, _) => session.Execute(
            "INSERT INTO response_order(number, record) VALUES($1, $2)", order.Number, Bytes(order)))
        .After(database => database.Responses.Update(order));

    /// <summary>Writes that an order was lifted, if it still stands.</summary>
    public static Change Lift(this Change change, ResponseOrder lifted) => change
        .Require((session, _) => session.First(
            "SELECT 1 FROM response_order WHERE number = $1 AND lifted IS NULL", static r => r.GetInt32(0), lifted.Number) == 1
                ? ChangeRefusal.None
                : ChangeRefusal.ResponseMoved)
        .Write((session, _) => session.Execute(
            "UPDATE response_order SET lifted = $2, record = $3 WHERE number = $1", lifted.Number, lifted.LiftedAt.ToColumn(), Bytes(lifted)))
        .After(database => database.Responses.Update(lifted));

    private static byte[] Bytes(ResponseOrder order) => JsonSerializer.SerializeToUtf8Bytes(order, ContractJson.Default.ResponseOrder);
}
