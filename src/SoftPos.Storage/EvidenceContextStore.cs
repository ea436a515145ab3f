using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Evidence with all that its appraisal knew beside it.</summary>
/// <param name="Position">For paging: the last one of a page is where the next begins.</param>
/// <param name="Evidence">The message as it came.</param>
/// <param name="Context">JSON of the monitoring room.</param>
public sealed record ReplayableEvidence(long Position, EvidenceRecord Evidence, byte[] Context);

/// <summary>Contexts of evidence: what a replay under another policy needs. Goes with the evidence.</summary>
public sealed class EvidenceContextStore
{
    /// <summary>Most rows in one page: each is some KiB.</summary>
    public const int MaxPage = 200;

    private readonly Database _database;

    internal EvidenceContextStore(Database database) => _database = database;

    /// <summary>Evidence from a time on in the order in which it came, after a position.</summary>
    public ValueTask<List<ReplayableEvidence>> SinceAsync(DateTimeOffset since, long after, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            """
            SELECT e.rowid, e.hash, e.terminal_id, e.received, e.bytes, c.record FROM evidence e JOIN evidence_context c ON c.hash = e.hash
            WHERE e.rowid > $1 AND e.received >= $2 ORDER BY e.rowid LIMIT $3
            """,
            Read,
            after,
            since.ToColumn(),
            MaxPage),
        cancellation);

    private static ReplayableEvidence Read(SqliteDataReader reader) => new(
        reader.GetInt64(0), new EvidenceRecord(reader.Blob(1), reader.Identity(2), reader.Time(3), reader.Blob(4)), reader.Blob(5));
}

/// <summary>Changes of contexts.</summary>
public static class EvidenceContextWrites
{
    /// <summary>Keeps what the appraisal of an evidence knew.</summary>
    public static Change AddEvidenceContext(this Change change, byte[] evidence, byte[] context)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(evidence);
        return change.Write((session, _) => session.Execute(
            "INSERT INTO evidence_context(hash, record) VALUES($1, $2) ON CONFLICT(hash) DO NOTHING", hash, context));
    }
}
