using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Raw evidence as it came.</summary>
/// <param name="Hash">SHA-256 of the bytes.</param>
/// <param name="TerminalId">Terminal that sent it; null when it was refused before it had an identity.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Bytes">The signed message.</param>
public sealed record EvidenceRecord(byte[] Hash, Guid? TerminalId, DateTimeOffset ReceivedAt, byte[] Bytes);

/// <summary>Raw evidence by hash, kept by policy.</summary>
public sealed class EvidenceStore
{
    /// <summary>Rows removed by one commit, so that pruning never holds the writer for long.</summary>
    private const int PruneStep = 500;

    private readonly Database _database;

    internal EvidenceStore(Database database) => _database = database;

    /// <summary>The evidence with that SHA-256, or null.</summary>
    public ValueTask<EvidenceRecord?> FindAsync(byte[] hash, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT hash, terminal_id, received, bytes FROM evidence WHERE hash = $1", Read, hash), cancellation);

    /// <summary>The newest evidence of a terminal, newest first.</summary>
    public ValueTask<List<EvidenceRecord>> NewestAsync(Guid terminalId, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT hash, terminal_id, received, bytes FROM evidence WHERE terminal_id = $1 ORDER BY received DESC LIMIT $2",
            Read,
            terminalId.ToColumn(),
            Math.Min(count, 1000)),
        cancellation);

    /// <summary>Removes what came before a time; the journal keeps its hash. Returns the number of rows.</summary>
    public async Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellation = default)
    {
        int total = 0;
        int removed;
        do
        {
            removed = 0;
            Change change = new Change().Write((session, _) =>
            {
                session.Execute(
                    "DELETE FROM evidence_context WHERE hash IN (SELECT hash FROM evidence WHERE received < $1 ORDER BY received LIMIT $2)",
                    before.ToColumn(),
                    PruneStep);
                removed = session.Execute(
                    "DELETE FROM evidence WHERE hash IN (SELECT hash FROM evidence WHERE received < $1 ORDER BY received LIMIT $2)",
                    before.ToColumn(),
                    PruneStep);
            });
            await _database.CommitAsync(change, cancellation).ConfigureAwait(false);
            total += removed;
        }
        while (removed == PruneStep);
        return total;
    }

    private static EvidenceRecord Read(SqliteDataReader reader) =>
        new(reader.Blob(0), reader.IsDBNull(1) ? null : reader.Identity(1), reader.Time(2), reader.Blob(3));
}

/// <summary>Changes of evidence.</summary>
public static class EvidenceWrites
{
    /// <summary>Keeps raw evidence; the same bytes are kept once.</summary>
    public static Change AddEvidence(this Change change, Guid? terminalId, byte[] bytes)
    {
        byte[] hash = SHA256.HashData(bytes);
        return change.Write((session, now) => session.Execute(
            "INSERT INTO evidence(hash, terminal_id, received, bytes) VALUES($1, $2, $3, $4) ON CONFLICT(hash) DO NOTHING",
            hash,
            terminalId?.ToColumn(),
            now.ToColumn(),
            bytes));
    }
}
