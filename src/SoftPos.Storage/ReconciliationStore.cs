using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>A reconciliation report as it was kept.</summary>
/// <param name="ReportId">Identity.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Record">The report, JSON in UTF-8.</param>
public sealed record StoredReconciliation(string ReportId, DateTimeOffset MadeAt, byte[] Record);

/// <summary>Reconciliation reports.</summary>
public sealed class ReconciliationStore
{
    /// <summary>Most reports in one page.</summary>
    public const int MaxPage = 200;

    private readonly Database _database;

    internal ReconciliationStore(Database database) => _database = database;

    /// <summary>The report, or null.</summary>
    public ValueTask<StoredReconciliation?> FindAsync(string reportId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT report_id, made, record FROM reconciliation WHERE report_id = $1", Read, reportId), cancellation);

    /// <summary>A page of reports in order of identity, which is the order of time.</summary>
    public ValueTask<List<StoredReconciliation>> PageAsync(string? after, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.Rows(
            "SELECT report_id, made, record FROM reconciliation WHERE report_id > $1 ORDER BY report_id LIMIT $2",
            Read,
            after ?? string.Empty,
            Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>Merchant whose card acceptor number (DE 42) that is; null when none or several have it.</summary>
    public ValueTask<string?> MerchantOfAcceptorAsync(string cardAcceptorId, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.First(
            "SELECT CASE count(*) WHEN 1 THEN max(merchant_id) END FROM merchant WHERE json_extract(CAST(record AS TEXT), '$.cardAcceptorId') = $1",
            static r => r.TextOrNull(0),
            cardAcceptorId),
        cancellation);

    private static StoredReconciliation Read(SqliteDataReader reader) => new(reader.GetString(0), reader.Time(1), reader.Blob(2));
}

/// <summary>Changes of reconciliation reports.</summary>
public static class ReconciliationWrites
{
    /// <summary>Adds a report.</summary>
    public static Change Add(this Change change, StoredReconciliation report) => change.Write((session, _) => session.Execute(
        "INSERT INTO reconciliation(report_id, made, record) VALUES($1, $2, $3)", report.ReportId, report.MadeAt.ToColumn(),
            report.Record));
}
