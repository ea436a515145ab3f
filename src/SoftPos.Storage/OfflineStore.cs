using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>How far the back end has a terminal's chain of sales that were taken offline.</summary>
/// <param name="TerminalId">Terminal.</param>
/// <param name="MerchantId">Merchant.</param>
/// <param name="Acknowledged">Number of the last record that is here or was given up; 0 for none.</param>
/// <param name="Head">Hash of that record, 32 bytes.</param>
/// <param name="Reported">Highest number that the terminal has ever told of.</param>
/// <param name="Missing">Records that were given up: never forwarded, or unreadable.</param>
/// <param name="Closed">Why the terminal gets no permission until an operator looks; null when it does.</param>
public sealed record OfflineChain(Guid TerminalId, string MerchantId, long Acknowledged, byte[] Head, long Reported, long Missing,
    string? Closed);

/// <summary>A forwarded record.</summary>
/// <param name="TerminalId">Terminal.</param>
/// <param name="Sequence">Number in the terminal's chain.</param>
/// <param name="Hash">Its hash, 32 bytes.</param>
/// <param name="PaymentId">The payment that it is.</param>
/// <param name="ReceivedAt">When it was forwarded.</param>
/// <param name="Message">
/// The signed record; null once the bank has answered: the account data within must not outlive that (PCI DSS 3.3).
/// </param>
public sealed record StoredOfflineRecord(
    Guid TerminalId, long Sequence, byte[] Hash, Guid PaymentId, DateTimeOffset ReceivedAt, byte[]? Message);

/// <summary>Chains and records of sales that terminals took offline.</summary>
public sealed class OfflineStore
{
    /// <summary>Most chains in one page.</summary>
    public const int MaxPage = 500;

    private const string ChainRow = "SELECT terminal_id, merchant_id, acknowledged, head, reported, missing, closed FROM offline_chain ";
    private const string RecordRow = "SELECT terminal_id, sequence, hash, payment_id, received, message FROM offline_record ";

    private readonly Database _database;

    internal OfflineStore(Database database) => _database = database;

    /// <summary>Chain of a terminal; null when it has never told of one.</summary>
    public ValueTask<OfflineChain?> ChainAsync(Guid terminalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(ChainRow + "WHERE terminal_id = $1", ReadChain, terminalId.ToColumn()), cancellation);

    /// <summary>Chains of a merchant's terminals, or of all, in order of terminal.</summary>
    public ValueTask<List<OfflineChain>> ChainsAsync(string? merchantId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            ChainRow + "WHERE $1 IS NULL OR merchant_id = $1 ORDER BY terminal_id LIMIT $2", ReadChain, merchantId, MaxPage),
        cancellation);

    /// <summary>The record of that number and hash, or null.</summary>
    public ValueTask<StoredOfflineRecord?> FindAsync(Guid terminalId, long sequence, byte[] hash,
        CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(
            RecordRow + "WHERE terminal_id = $1 AND sequence = $2 AND hash = $3", ReadRecord, terminalId.ToColumn(), sequence, hash),
        cancellation);

    /// <summary>The record that is a payment, or null.</summary>
    public ValueTask<StoredOfflineRecord?> OfPaymentAsync(Guid paymentId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(RecordRow + "WHERE payment_id = $1 ORDER BY message IS NULL LIMIT 1", ReadRecord, paymentId.ToColumn()),
            cancellation);

    /// <summary>Count and sum of what was forwarded under a permission.</summary>
    public ValueTask<(long Count, long SumMinor)> UseOfAsync(byte[] permissionId, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.First(
            "SELECT count(*), coalesce(sum(amount), 0) FROM offline_record WHERE permission_id = $1", static r =>
                (r.GetInt64(0), r.GetInt64(1)), permissionId),
        cancellation);

    /// <summary>Payments of a merchant, or of all, that were taken offline and are in one of the states, newest first.</summary>
    public ValueTask<List<StoredPayment>> PaymentsAsync(string? merchantId, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.Rows(
            PaymentStore.Row + "WHERE payment_id IN (SELECT payment_id FROM offline_record) AND ($1 IS NULL OR merchant_id = $1) ORDER BY seq DESC LIMIT $2",
            PaymentStore.Read,
            merchantId,
            PaymentStore.MaxPage),
        cancellation);

    /// <summary>Erases records that were forwarded before a time, whatever became of them; gives how many.</summary>
    public async Task<int> EraseBeforeAsync(DateTimeOffset before, CancellationToken cancellation = default)
    {
        int erased = 0;
        Change change = new Change().Write((session, _) => erased = session.Execute(
            "UPDATE offline_record SET message = NULL WHERE message IS NOT NULL AND received < $1", before.ToColumn()));
        await _database.CommitAsync(change, cancellation).ConfigureAwait(false);
        return erased;
    }

    internal static OfflineChain ReadChain(SqliteDataReader reader) => new(
        reader.Identity(0), reader.GetString(1), reader.GetInt64(2), reader.Blob(3), reader.GetInt64(4), reader.GetInt64(5),
            reader.TextOrNull(6));

    private static StoredOfflineRecord ReadRecord(SqliteDataReader reader) => new(
        reader.Identity(0), reader.GetInt64(1), reader.Blob(2), reader.Identity(3), reader.Time(4), reader.BlobOrNull(5));
}

/// <summary>Changes of chains and records of sales that were taken offline.</summary>
public static class OfflineWrites
{
    /// <summary>
    /// Moves a terminal's chain on; refused with <see cref="ChangeRefusal.OfflineChainMoved"/> unless it still stands as <paramref
    /// name="from"/>, or is not there when that is null. So two forwards that race are taken one after the other.
    /// </summary>
    public static Change Move(this Change change, OfflineChain? from, OfflineChain to) => change
        .Require((session, _) =>
        {
            OfflineChain? now = session.First(
                "SELECT terminal_id, merchant_id, acknowledged, head, reported, missing, closed FROM offline_chain WHERE terminal_id = $1",
                OfflineStore.ReadChain,
                to.TerminalId.ToColumn());
            bool same = now is null
                ? from is null
                : from is not null && now.Acknowledged == from.Acknowledged && now.Reported == from.Reported && now.Missing == from.Missing
                    && now.Closed == from.Closed && now.Head.AsSpan().SequenceEqual(from.Head);
            return same ? ChangeRefusal.None : ChangeRefusal.OfflineChainMoved;
        })
        .Write((session, _) => session.Execute(
            "INSERT INTO offline_chain(terminal_id, merchant_id, acknowledged, head, reported, missing, closed) VALUES($1, $2, $3, $4, $5, $6, $7) "
                + "ON CONFLICT(terminal_id) DO UPDATE SET merchant_id = $2, acknowledged = $3, head = $4, reported = $5, missing = $6, closed = $7",
            to.TerminalId.ToColumn(),
            to.MerchantId,
            to.Acknowledged,
            to.Head,
            to.Reported,
            to.Missing,
            to.Closed));

    /// <summary>Adds a forwarded record.</summary>
    /// <param name="change">The change.</param>
    /// <param name="record">The record.</param>
    /// <param name="permissionId">Permission that it names, 16 bytes; null for none that holds.</param>
    /// <param name="amountMinor">Its amount, which counts against the permission.</param>
    public static Change Add(this Change change, StoredOfflineRecord record, byte[]? permissionId, long amountMinor) =>
        change.Write((session, _) => session.Execute(
        "INSERT INTO offline_record(terminal_id, sequence, hash, payment_id, permission_id, amount, received, message) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
        record.TerminalId.ToColumn(),
        record.Sequence,
        record.Hash,
        record.PaymentId.ToColumn(),
        permissionId,
        amountMinor,
        record.ReceivedAt.ToColumn(),
        record.Message));

    /// <summary>Erases what is kept of the record of a payment that the bank has answered.</summary>
    public static Change EraseOffline(this Change change, Guid paymentId) => change.Write((session, _) => session.Execute(
        "UPDATE offline_record SET message = NULL WHERE payment_id = $1", paymentId.ToColumn()));
}
