using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>What is kept of a payment. Nothing in it is sensitive: what is, is sealed beside it.</summary>
public sealed record PaymentRecord
{
    /// <summary>Identity.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>Terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; init; }

    /// <summary>State.</summary>
    public required PaymentState State { get; init; }

    /// <summary>Reason code of the state.</summary>
    public required string Reason { get; init; }

    /// <summary>SHA-256 of the signed request's payload: the same identity with another body is refused.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>Amount in minor units.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The two digits of 9C as a number: 0 purchase, 9 purchase with cash back, 20 refund.</summary>
    public byte TransactionType { get; init; }

    /// <summary>What it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PaymentOperation Operation { get; init; }

    /// <summary>Payment that a refund or increment belongs to.</summary>
    public Guid? OriginalPaymentId { get; init; }

    /// <summary>DE 37 of that payment.</summary>
    public string? OriginalReference { get; init; }

    /// <summary>Cash back within the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OtherAmountMinor { get; init; }

    /// <summary>Tip within the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TipMinor { get; init; }

    /// <summary>Surcharge within the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long SurchargeMinor { get; init; }

    /// <summary>The merchant takes an approval of a part.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AcceptsPartialApproval { get; init; }

    /// <summary>What was approved, where that is less than was asked.</summary>
    public long? ApprovedMinor { get; init; }

    /// <summary>What is charged after a completion or an adjustment.</summary>
    public long? FinalMinor { get; init; }

    /// <summary>Amount of a completion or adjustment that is being sent.</summary>
    public long? PendingMinor { get; init; }

    /// <summary>Identity of the last request that followed this payment up.</summary>
    public Guid? FollowUpId { get; init; }

    /// <summary>SHA-256 of that request's payload.</summary>
    public byte[]? FollowUpHash { get; init; }

    /// <summary>Amount that stands: completed or adjusted, else approved, else asked.</summary>
    [JsonIgnore]
    public long StandingMinor => FinalMinor ?? ApprovedMinor ?? AmountMinor;

    /// <summary>First six and last four digits.</summary>
    public required string MaskedPan { get; init; }

    /// <summary>Application identifier, upper-case hex.</summary>
    public string Aid { get; init; } = string.Empty;

    /// <summary>Application label.</summary>
    public string ApplicationLabel { get; init; } = string.Empty;

    /// <summary>Terminal verification results, upper-case hex.</summary>
    public string VerificationResults { get; init; } = string.Empty;

    /// <summary>Application cryptogram, upper-case hex. It proves one past transaction and opens nothing.</summary>
    public string Cryptogram { get; init; } = string.Empty;

    /// <summary>Cardholder verification, as the kernel's outcome names it.</summary>
    public string CardholderVerification { get; init; } = string.Empty;

    /// <summary>DE 41.</summary>
    public string AcquirerTerminalId { get; init; } = string.Empty;

    /// <summary>DE 11.</summary>
    public string? Stan { get; init; }

    /// <summary>DE 37.</summary>
    public string? RetrievalReference { get; init; }

    /// <summary>DE 38.</summary>
    public string? AuthorisationCode { get; init; }

    /// <summary>DE 39.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Messages of the reversal (or of the void, completion or adjustment, by the state) that may have been sent.</summary>
    public int ReversalAttempts { get; init; }

    /// <summary>DE 11 of the reversal: its repeats carry the same.</summary>
    public string? ReversalStan { get; init; }

    /// <summary>DE 7 of the reversal, MMDDhhmmss: its repeats carry the same.</summary>
    public string? ReversalTime { get; init; }

    /// <summary>Why it is reversed, DE 39 of the reversal.</summary>
    public string? ReversalCause { get; init; }

    /// <summary>Issuer data for the card (91, 71, 72), BER-TLV.</summary>
    public byte[]? IssuerData { get; init; }

    /// <summary>When the next reversal message is due; of a deferred payment when the acquirer is asked.</summary>
    public DateTimeOffset? ReversalDueAt { get; init; }

    /// <summary>What is known of it where it was taken offline; else null.</summary>
    public OfflineFacts? Offline { get; init; }

    /// <summary>When a hold ended without having been completed; null for one that did not.</summary>
    public DateTimeOffset? ExpiredAt { get; init; }
}

/// <summary>A payment with what is kept beside its record.</summary>
/// <param name="Sequence">Order of arrival; for paging.</param>
/// <param name="Record">The record.</param>
/// <param name="Sealed">The sealed exact bytes of the request to the acquirer, while they may be needed.</param>
/// <param name="Answer">The exact bytes of the answer that the terminal got, once there is one.</param>
/// <param name="Batch">Settlement batch, once it is in one.</param>
public sealed record StoredPayment(long Sequence, PaymentRecord Record, byte[]? Sealed, byte[]? Answer, string? Batch = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PaymentRecord))]
[JsonSerializable(typeof(BatchRecord))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(WebhookEndpointRecord))]
internal sealed partial class StorageJson : JsonSerializerContext;

/// <summary>Payments.</summary>
public sealed class PaymentStore
{
    /// <summary>Most payments in one page.</summary>
    public const int MaxPage = 500;

    internal const string Row = "SELECT seq, record, sealed, answer, batch FROM payment ";

    private readonly Database _database;

    internal PaymentStore(Database database) => _database = database;

    /// <summary>The payment, or null.</summary>
    public ValueTask<StoredPayment?> FindAsync(Guid paymentId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE payment_id = $1", Read, paymentId.ToColumn()), cancellation);

    /// <summary>The newest payments, newest first.</summary>
    /// <param name="merchantId">Only of this merchant, or null.</param>
    /// <param name="terminalId">Only of this terminal, or null; goes before the merchant.</param>
    /// <param name="count">How many, up to <see cref="MaxPage"/>.</param>
    /// <param name="before">Only below this sequence: the last of the page before.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<StoredPayment>> NewestAsync(
        string? merchantId, Guid? terminalId, int count, long before = long.MaxValue, CancellationToken cancellation = default)
    {
        int limit = Math.Min(count, MaxPage);
        return _database.ReadAsync(
            session => (terminalId, merchantId) switch
            {
                ({ } terminal, _) => session.Rows(
                    Row + "WHERE terminal_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3", Read, terminal.ToColumn(), before, limit),
                (_, { } merchant) => session.Rows(Row + "WHERE merchant_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3", Read, merchant, before, limit),
                _ => session.Rows(Row + "WHERE seq < $1 ORDER BY seq DESC LIMIT $2", Read, before, limit),
            },
            cancellation);
    }

    /// <summary>The newest payments of a tenant's merchants, newest first.</summary>
    public ValueTask<List<StoredPayment>> NewestOfTenantAsync(
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

    /// <summary>Payments that are not final, oldest first, after a sequence.</summary>
    public ValueTask<List<StoredPayment>> OpenAsync(PaymentState state, long after, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE state = $1 AND state IN (0, 1, 2) AND seq > $2 ORDER BY seq LIMIT $3", Read, (int)state, after, Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>Refunds and increments of a payment, oldest first, up to <see cref="MaxPage"/>.</summary>
    public ValueTask<List<StoredPayment>> OfOriginalAsync(Guid originalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(Row + "WHERE original_id = $1 ORDER BY seq LIMIT $2", Read, originalId.ToColumn(), MaxPage), cancellation);

    /// <summary>Payments that were received in a time, oldest first, after a sequence.</summary>
    public ValueTask<List<StoredPayment>> CreatedAsync(
        DateTimeOffset from, DateTimeOffset to, long after, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE seq > $3 AND created >= $1 AND created < $2 ORDER BY seq LIMIT $4", Read, from.ToColumn(), to.ToColumn(), after, Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>When the next owed message (reversal, void, completion, adjustment) is due; null when none is.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.First("SELECT min(due) FROM payment WHERE due IS NOT NULL", static r => r.TimeOrNull(0)), cancellation);

    /// <summary>Payments that owe the acquirer a message which is due.</summary>
    public ValueTask<List<StoredPayment>> DueAsync(DateTimeOffset now, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE due IS NOT NULL AND due <= $1 ORDER BY due LIMIT $2", Read, now.ToColumn(), Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>Holds that began until a time, were not completed and can be let go, oldest first.</summary>
    public ValueTask<List<StoredPayment>> HeldBeforeAsync(DateTimeOffset before, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.Rows(
            Row + "WHERE kind = 1 AND state = 4 AND created <= $1 AND sealed IS NOT NULL "
                + "AND json_extract(CAST(record AS TEXT), '$.expiredAt') IS NULL ORDER BY created LIMIT $2",
            Read,
            before.ToColumn(),
            Math.Min(count, MaxPage)),
        cancellation);

    internal static StoredPayment Read(SqliteDataReader reader) => new(
        reader.GetInt64(0),
        JsonSerializer.Deserialize(reader.Blob(1), StorageJson.Default.PaymentRecord)!,
        reader.BlobOrNull(2),
        reader.BlobOrNull(3),
        reader.IsDBNull(4) ? null : reader.GetString(4));
}

/// <summary>Changes of payments.</summary>
public static class PaymentWrites
{
    /// <summary>Adds a payment; refused with <see cref="ChangeRefusal.PaymentExists"/> when its identity is taken.</summary>
    public static Change Add(this Change change, PaymentRecord payment)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(payment, StorageJson.Default.PaymentRecord);
        return change
            .Require((session, _) => session.First("SELECT 1 FROM payment WHERE payment_id = $1", static r => r.GetInt32(0), payment.PaymentId.ToColumn()) == 1
                ? ChangeRefusal.PaymentExists
                : ChangeRefusal.None)
            .Write((session, _) => session.Execute(
                "INSERT INTO payment(payment_id, terminal_id, merchant_id, state, created, due, record, kind, original_id, amount) "
                    + "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                payment.PaymentId.ToColumn(),
                payment.TerminalId.ToColumn(),
                payment.MerchantId,
                (int)payment.State,
                payment.CreatedAt.ToColumn(),
                payment.ReversalDueAt.ToColumn(),
                record,
                (int)payment.Operation,
                payment.OriginalPaymentId?.ToColumn(),
                payment.StandingMinor));
    }

    /// <summary>
    /// Moves a payment on; refused with <see cref="ChangeRefusal.PaymentMoved"/> unless it still stands exactly as <paramref name="from"/>. So of two
    /// that race, such as a late answer and a reversal, one wins.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="from">The record as it was read.</param>
    /// <param name="to">The record as it shall be.</param>
    /// <param name="sealedBytes">Sealed bytes to keep from now on; null erases them.</param>
    /// <param name="answer">
    /// Gives the answer bytes to keep, from the traces of this change's entries, in the same transaction: so the answer can name them and is durable
    /// with them. Null leaves the answer as it is.
    /// </param>
    public static Change Move(
        this Change change, PaymentRecord from, PaymentRecord to, byte[]? sealedBytes, Func<IReadOnlyList<JournalTrace>, byte[]>? answer = null)
    {
        byte[] before = JsonSerializer.SerializeToUtf8Bytes(from, StorageJson.Default.PaymentRecord);
        byte[] after = JsonSerializer.SerializeToUtf8Bytes(to, StorageJson.Default.PaymentRecord);
        return change
            .Require((session, _) =>
                session.First("SELECT record FROM payment WHERE payment_id = $1", static r => r.Blob(0), from.PaymentId.ToColumn()) is { } now
                && now.AsSpan().SequenceEqual(before)
                    ? ChangeRefusal.None
                    : ChangeRefusal.PaymentMoved)
            .Write((session, _) => session.Execute(
                "UPDATE payment SET state = $2, due = $3, record = $4, sealed = $5, amount = $6 WHERE payment_id = $1",
                from.PaymentId.ToColumn(),
                (int)to.State,
                to.ReversalDueAt.ToColumn(),
                after,
                sealedBytes,
                to.StandingMinor))
            .Finish((session, traces) =>
            {
                if (answer is not null)
                {
                    session.Execute("UPDATE payment SET answer = $2 WHERE payment_id = $1", from.PaymentId.ToColumn(), answer(traces));
                }
            });
    }
}
