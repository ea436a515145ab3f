using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Terminals.</summary>
public sealed class TerminalStore
{
    /// <summary>Most terminals in one page.</summary>
    public const int MaxPage = 500;

    private readonly Database _database;

    internal TerminalStore(Database database) => _database = database;

    /// <summary>The terminal, or null.</summary>
    public ValueTask<TerminalRecord?> FindAsync(Guid terminalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM terminal WHERE terminal_id = $1", Read, terminalId.ToColumn()), cancellation);

    /// <summary>The terminal with that device key, newest state; null when the key never enrolled.</summary>
    /// <param name="deviceKey">SubjectPublicKeyInfo, DER.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<TerminalRecord?> FindByDeviceKeyAsync(ReadOnlyMemory<byte> deviceKey, CancellationToken cancellation = default)
    {
        byte[] hash = SHA256.HashData(deviceKey.Span);
        return _database.ReadAsync(
            session => session.First("SELECT record FROM terminal WHERE device_key_hash = $1 ORDER BY terminal_id DESC LIMIT 1", Read, hash), cancellation);
    }

    /// <summary>A page of terminals in order of identity.</summary>
    /// <param name="merchantId">Only of this merchant, or null.</param>
    /// <param name="after">Last identity of the page before, or null.</param>
    /// <param name="count">How many, up to <see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<TerminalRecord>> PageAsync(string? merchantId, Guid? after, int count, CancellationToken cancellation = default)
    {
        byte[] from = (after ?? Guid.Empty).ToColumn();
        int limit = Math.Min(count, MaxPage);
        return _database.ReadAsync(
            session => merchantId is null
                ? session.Rows("SELECT record FROM terminal WHERE terminal_id > $1 ORDER BY terminal_id LIMIT $2", Read, from, limit)
                : session.Rows(
                    "SELECT record FROM terminal WHERE merchant_id = $1 AND terminal_id > $2 ORDER BY terminal_id LIMIT $3", Read, merchantId, from, limit),
            cancellation)!;
    }

    /// <summary>All terminals in order of identity, page by page.</summary>
    public async IAsyncEnumerable<TerminalRecord> AllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Guid? after = null;
        List<TerminalRecord> page;
        do
        {
            page = await PageAsync(null, after, MaxPage, cancellation).ConfigureAwait(false);
            foreach (TerminalRecord terminal in page)
            {
                yield return terminal;
                after = terminal.TerminalId;
            }
        }
        while (page.Count == MaxPage);
    }

    /// <summary>Number of terminals by state.</summary>
    public async ValueTask<IReadOnlyDictionary<TerminalState, int>> CountAsync(CancellationToken cancellation = default)
    {
        List<(TerminalState State, int Count)> rows = await _database.ReadAsync(
            static session => session.Rows("SELECT state, count(*) FROM terminal GROUP BY state", static r => ((TerminalState)r.GetInt32(0), r.GetInt32(1))),
            cancellation).ConfigureAwait(false);
        return rows.ToDictionary(static row => row.State, static row => row.Count);
    }

    private static TerminalRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.TerminalRecord)!;
}

/// <summary>Changes of terminals.</summary>
public static class TerminalWrites
{
    /// <summary>Inserts or replaces a terminal.</summary>
    public static Change Put(this Change change, TerminalRecord terminal)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(terminal, ContractJson.Default.TerminalRecord);
        byte[] keyHash = SHA256.HashData(terminal.DeviceKey);
        return change
            .Write((session, _) => session.Execute(
                """
                INSERT INTO terminal(terminal_id, merchant_id, state, verdict, acquirer_terminal_id, device_key_hash, last_evidence, record)
                VALUES($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT(terminal_id) DO UPDATE SET merchant_id = $2, state = $3, verdict = $4, acquirer_terminal_id = $5, device_key_hash = $6,
                  last_evidence = $7, record = $8
                """,
                terminal.TerminalId.ToColumn(),
                terminal.MerchantId,
                (int)terminal.State,
                (int)terminal.Verdict,
                terminal.AcquirerTerminalId,
                keyHash,
                terminal.LastEvidenceAt.ToColumn(),
                record))
            .After(database => database.TrustStatus.Update(terminal));
    }

    /// <summary>
    /// Makes the change only if the terminal still stands as it was read: same state, verdict and evidence sequence. Two appraisals of one terminal
    /// cannot both pass, and an operator's suspension is not overwritten.
    /// </summary>
    public static Change RequireUnmoved(this Change change, TerminalRecord read)
    {
        byte[] expected = JsonSerializer.SerializeToUtf8Bytes(read, ContractJson.Default.TerminalRecord);
        return change.Require((session, _) =>
            session.First("SELECT record FROM terminal WHERE terminal_id = $1", static r => r.Blob(0), read.TerminalId.ToColumn()) is { } now
            && now.AsSpan().SequenceEqual(expected)
                ? ChangeRefusal.None
                : ChangeRefusal.TerminalMoved);
    }
}
