using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>An order with its place in the list.</summary>
/// <param name="Sequence">Order of arrival; for paging.</param>
/// <param name="Order">The order.</param>
public sealed record StoredOrder(long Sequence, PushedOrder Order);

/// <summary>Orders that integrators push to terminals.</summary>
public sealed class PushedOrderStore
{
    /// <summary>Most orders in one page.</summary>
    public const int MaxPage = 500;

    /// <summary>Orders that may wait for one terminal: a cashier works them one by one.</summary>
    public const int MaxOpen = 20;

    private const string Row = "SELECT seq, record FROM pushed_order ";

    private readonly Database _database;

    internal PushedOrderStore(Database database) => _database = database;

    /// <summary>The order, or null.</summary>
    public ValueTask<StoredOrder?> FindAsync(Guid orderId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE order_id = $1", Read, orderId.ToColumn()), cancellation);

    /// <summary>The oldest order that waits for the terminal, or null.</summary>
    public ValueTask<StoredOrder?> NextAsync(Guid terminalId, DateTimeOffset now, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(
            Row + "WHERE terminal_id = $1 AND state IN (0, 1) AND expires > $2 ORDER BY seq LIMIT 1", Read, terminalId.ToColumn(), now.ToColumn()),
        cancellation);

    /// <summary>The newest orders of a tenant, newest first.</summary>
    public ValueTask<List<StoredOrder>> NewestAsync(
        string tenant, string? merchantId, int count, long before = long.MaxValue, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE merchant_id IN (SELECT merchant_id FROM merchant WHERE tenant = $1 AND ($2 IS NULL OR merchant_id = $2)) AND seq < $3 "
                + "ORDER BY seq DESC LIMIT $4",
            Read,
            tenant,
            merchantId,
            before,
            Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>Orders whose time is over.</summary>
    public ValueTask<List<StoredOrder>> ExpiredAsync(DateTimeOffset now, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE state IN (0, 1, 2) AND expires <= $1 ORDER BY expires LIMIT $2", Read, now.ToColumn(), Math.Min(count, MaxPage)),
        cancellation);

    private static StoredOrder Read(SqliteDataReader reader) =>
        new(reader.GetInt64(0), JsonSerializer.Deserialize(reader.Blob(1), ContractJson.Default.PushedOrder)!);
}

/// <summary>Changes of pushed orders.</summary>
public static class PushedOrderWrites
{
    private const string Find = "SELECT record FROM pushed_order WHERE order_id = $1";

    /// <summary>Adds an order; refused with <see cref="ChangeRefusal.Exists"/> when it is there or too many wait for its terminal.</summary>
    public static Change Add(this Change change, PushedOrder order)
    {
        byte[] record = Bytes(order);
        return change
            .Require((session, _) => session.First(Find, static r => r.Blob(0), order.OrderId.ToColumn()) is not null ? ChangeRefusal.Exists : ChangeRefusal.None)
            .Require((session, _) => session.First(
                "SELECT count(*) FROM pushed_order WHERE terminal_id = $1 AND state IN (0, 1)", static r => r.GetInt64(0), order.TerminalId.ToColumn())
                    >= PushedOrderStore.MaxOpen ? ChangeRefusal.OrderClosed : ChangeRefusal.None)
            .Write((session, _) => session.Execute(
                "INSERT INTO pushed_order(order_id, merchant_id, terminal_id, state, expires, record) VALUES($1, $2, $3, $4, $5, $6)",
                order.OrderId.ToColumn(),
                order.MerchantId,
                order.TerminalId.ToColumn(),
                (int)order.State,
                order.ExpiresAt.ToColumn(),
                record))
            .Append("order.created", order.OrderId, Facts(order));
    }

    /// <summary>Moves an order on; refused with <see cref="ChangeRefusal.OrderClosed"/> unless it still stands exactly as <paramref name="from"/>.</summary>
    public static Change Move(this Change change, PushedOrder from, PushedOrder to, string kind)
    {
        byte[] before = Bytes(from);
        return change
            .Require((session, _) => session.First(Find, static r => r.Blob(0), from.OrderId.ToColumn()) is { } now && now.AsSpan().SequenceEqual(before)
                ? ChangeRefusal.None
                : ChangeRefusal.OrderClosed)
            .Write((session, _) => Write(session, to))
            .Append(kind, to.OrderId, Facts(to));
    }

    /// <summary>
    /// Binds a payment to the order of its identity, where there is one: of the same terminal, in progress, in time, and over the same amount; else
    /// the change is refused with <see cref="ChangeRefusal.OrderClosed"/>. A payment of no order passes.
    /// </summary>
    public static Change TakeOrder(this Change change, PaymentRecord payment)
    {
        PushedOrder? order = null;
        return change
            .Require((session, now) =>
            {
                order = session.First(
                    Find, static r => JsonSerializer.Deserialize(r.Blob(0), ContractJson.Default.PushedOrder), payment.PaymentId.ToColumn());
                return order is null || (order.State == PushedOrderState.InProgress && order.ExpiresAt > now && Fits(order, payment))
                    ? ChangeRefusal.None
                    : ChangeRefusal.OrderClosed;
            })
            .Write((session, now) =>
            {
                if (order is not null)
                {
                    Write(session, order with { State = PushedOrderState.Paying, ChangedAt = now });
                }
            });
    }

    private static bool Fits(PushedOrder order, PaymentRecord payment) =>
        order.TerminalId == payment.TerminalId && order.MerchantId == payment.MerchantId && order.AmountMinor == payment.AmountMinor
        && order.Currency == payment.Currency && order.Operation == payment.Operation && order.TipMinor == payment.TipMinor
        && order.CashbackMinor == payment.OtherAmountMinor && order.OriginalPaymentId == payment.OriginalPaymentId
        && order.AcceptsPartialApproval == payment.AcceptsPartialApproval;

    private static void Write(Session session, PushedOrder order) => session.Execute(
        "UPDATE pushed_order SET state = $2, expires = $3, record = $4 WHERE order_id = $1",
        order.OrderId.ToColumn(),
        (int)order.State,
        order.ExpiresAt.ToColumn(),
        Bytes(order));

    private static byte[] Bytes(PushedOrder order) => JsonSerializer.SerializeToUtf8Bytes(order, ContractJson.Default.PushedOrder);

    private static JsonObject Facts(PushedOrder order) => new()
    {
        ["merchant"] = order.MerchantId, ["terminal"] = order.TerminalId.ToString(), ["operation"] = order.Operation.ToString(),
        ["amountMinor"] = order.AmountMinor, ["currency"] = order.Currency, ["state"] = order.State.ToString(), ["reason"] = order.Reason,
        ["reference"] = order.Reference,
    };
}
