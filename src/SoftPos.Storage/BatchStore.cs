using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Totals of one currency in a batch, in minor units.</summary>
/// <param name="Currency">ISO 4217 numeric currency.</param>
/// <param name="SaleCount">Sales and completed pre-authorisations.</param>
/// <param name="SaleMinor">Their sum.</param>
/// <param name="RefundCount">Refunds.</param>
/// <param name="RefundMinor">Their sum.</param>
public sealed record BatchTotal(string Currency, long SaleCount, long SaleMinor, long RefundCount, long RefundMinor)
{
    /// <summary>What the merchant is to get; below zero when refunds outweigh.</summary>
    public long NetMinor => SaleMinor - RefundMinor;
}

/// <summary>A settlement batch: what one merchant is to get through one acquirer from one cut-over to the next.</summary>
public sealed record BatchRecord
{
    /// <summary>Identity.</summary>
    public required string BatchId { get; init; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; init; }

    /// <summary>Acquiring institution, DE 32.</summary>
    public required string Acquirer { get; init; }

    /// <summary>Counts from 1 for each merchant.</summary>
    public required long Number { get; init; }

    /// <summary>Time of the cut-over.</summary>
    public required DateTimeOffset ClosedAt { get; init; }

    /// <summary>Totals by currency.</summary>
    public required IReadOnlyList<BatchTotal> Totals { get; init; }
}

/// <summary>What would be in a batch that closed now.</summary>
/// <param name="LastSequence">The newest payment in it.</param>
/// <param name="Totals">Totals by currency; empty when there is nothing.</param>
public sealed record OpenBatch(long LastSequence, IReadOnlyList<BatchTotal> Totals);

/// <summary>Settlement batches.</summary>
public sealed class BatchStore
{
    /// <summary>Most batches in one page.</summary>
    public const int MaxPage = 500;

    // Charged and in no batch: approved sales and refunds, completed pre-authorisations. What is still owed a message waits for the next batch.
    internal const string Unsettled = "merchant_id = $1 AND batch IS NULL AND state IN (4, 10) AND (kind IN (0, 2) OR state = 10)";

    private readonly Database _database;

    internal BatchStore(Database database) => _database = database;

    /// <summary>The batch, or null.</summary>
    public ValueTask<BatchRecord?> FindAsync(string batchId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(
            "SELECT record FROM batch WHERE batch_id = $1",
            static r => JsonSerializer.Deserialize(r.Blob(0), StorageJson.Default.BatchRecord),
            batchId),
        cancellation);

    /// <summary>What is to be settled for a merchant now.</summary>
    public ValueTask<OpenBatch> OpenAsync(string merchantId, CancellationToken cancellation = default) => _database.ReadAsync(
        session =>
        {
            long last = session.First($"SELECT coalesce(max(seq), 0) FROM payment WHERE {Unsettled}", static r => r.GetInt64(0), merchantId);
            return new OpenBatch(last, BatchWrites.Totals(session, merchantId, last));
        },
        cancellation);

    /// <summary>Number that the merchant's next batch gets.</summary>
    public ValueTask<long> NextNumberAsync(string merchantId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT coalesce(max(number), 0) + 1 FROM batch WHERE merchant_id = $1", static r => r.GetInt64(0), merchantId), cancellation);

    /// <summary>The newest batches, newest first.</summary>
    public ValueTask<List<BatchRecord>> NewestAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM batch ORDER BY closed DESC, batch_id DESC LIMIT $1",
            static r => JsonSerializer.Deserialize(r.Blob(0), StorageJson.Default.BatchRecord)!,
            Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>A page of the batches of a merchant in order of identity.</summary>
    public ValueTask<List<BatchRecord>> PageAsync(string merchantId, string? after, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM batch WHERE merchant_id = $1 AND batch_id > $2 ORDER BY batch_id LIMIT $3",
            static r => JsonSerializer.Deserialize(r.Blob(0), StorageJson.Default.BatchRecord)!,
            merchantId,
            after ?? string.Empty,
            Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>A page of the batches of a tenant's merchants in order of identity.</summary>
    public ValueTask<List<BatchRecord>> PageOfTenantAsync(string tenant, string? after, int count,
        CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT record FROM batch WHERE merchant_id IN (SELECT merchant_id FROM merchant WHERE tenant = $1) AND batch_id > $2 ORDER BY batch_id LIMIT $3",
                static r => JsonSerializer.Deserialize(r.Blob(0), StorageJson.Default.BatchRecord)!,
                tenant,
                after ?? string.Empty,
                Math.Min(count, MaxPage)),
            cancellation);

    /// <summary>Payments of a batch, oldest first, after a sequence.</summary>
    public ValueTask<List<StoredPayment>> PaymentsAsync(string batchId, long after, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            PaymentStore.Row + "WHERE batch = $1 AND seq > $2 ORDER BY seq LIMIT $3", PaymentStore.Read, batchId, after, PaymentStore.MaxPage),
        cancellation);
}

/// <summary>Changes of batches.</summary>
public static class BatchWrites
{
    /// <summary>
    /// Closes a batch over what <see cref="BatchStore.OpenAsync"/> saw; refused with <see cref="ChangeRefusal.BatchMoved"/> when that changed. The
    /// account data that were kept for a void are erased with it.
    /// </summary>
    public static Change Close(this Change change, BatchRecord batch, long lastSequence)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(batch, StorageJson.Default.BatchRecord);
        JsonArray totals = [.. batch.Totals.Select(static t => (JsonNode)new JsonObject
        {
            ["currency"] = t.Currency, ["saleCount"] = t.SaleCount, ["saleMinor"] = t.SaleMinor, ["refundCount"] = t.RefundCount,
            ["refundMinor"] = t.RefundMinor, ["netMinor"] = t.NetMinor,
        })];
        return change
            .Require((session, _) => Totals(session, batch.MerchantId, lastSequence).SequenceEqual(batch.Totals)
                && session.First("SELECT count(*) FROM batch WHERE batch_id = $1", static r => r.GetInt64(0), batch.BatchId) == 0
                    ? ChangeRefusal.None
                    : ChangeRefusal.BatchMoved)
            .Write((session, _) =>
            {
                session.Execute(
                    $"UPDATE payment SET batch = $3, sealed = NULL WHERE {BatchStore.Unsettled} AND seq <= $2", batch.MerchantId, lastSequence, batch.BatchId);
                session.Execute(
                    "INSERT INTO batch(batch_id, merchant_id, number, closed, record) VALUES($1, $2, $3, $4, $5)",
                    batch.BatchId,
                    batch.MerchantId,
                    batch.Number,
                    batch.ClosedAt.ToColumn(),
                    record);
            })
            .Append("settlement.closed", batch.BatchId, new JsonObject
            {
                ["merchant"] = batch.MerchantId, ["acquirer"] = batch.Acquirer, ["number"] = batch.Number, ["totals"] = totals,
            });
    }

    internal static List<BatchTotal> Totals(Session session, string merchantId, long lastSequence) => session.Rows(
        "SELECT json_extract(CAST(record AS TEXT), '$.currency') AS currency, count(*) FILTER (WHERE kind <> 2), coalesce(sum(amount) FILTER (WHERE kind <> 2), 0), "
            + "count(*) FILTER (WHERE kind = 2), coalesce(sum(amount) FILTER (WHERE kind = 2), 0) "
            + $"FROM payment WHERE {BatchStore.Unsettled} AND seq <= $2 GROUP BY currency ORDER BY currency",
        static r => new BatchTotal(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)),
        merchantId,
        lastSequence);
}
