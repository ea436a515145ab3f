using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>When a terminal was heard and when it must be heard next.</summary>
public sealed record Attendance
{
    /// <summary>Terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Last message that its key signed, good or refused.</summary>
    public required DateTimeOffset LastAttemptAt { get; init; }

    /// <summary>Last evidence with a good verdict; null for none.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>Its deadline; null while it is closed, silent already, or out of use.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it said that it closes; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Since when it is silent past its deadline; null while it is not.</summary>
    public DateTimeOffset? SilentSince { get; init; }
}

/// <summary>Attendance of terminals.</summary>
public sealed class AttendanceStore
{
    /// <summary>Most rows in one page.</summary>
    public const int MaxPage = 500;

    private const string Row = "SELECT terminal_id, last_attempt, last_success, due, closed, silent FROM attendance ";

    private readonly Database _database;

    internal AttendanceStore(Database database) => _database = database;

    /// <summary>The terminal's attendance, or null.</summary>
    public ValueTask<Attendance?> FindAsync(Guid terminalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE terminal_id = $1", Read, terminalId.ToColumn()), cancellation);

    /// <summary>Terminals whose deadline has come, longest overdue first.</summary>
    public ValueTask<List<Attendance>> OverdueAsync(DateTimeOffset now, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.Rows(Row + "WHERE due IS NOT NULL AND due <= $1 ORDER BY due LIMIT $2", Read, now.ToColumn(),
            Math.Min(count, MaxPage)), cancellation);

    /// <summary>The next deadline; null when none stands.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session =>
            session.First("SELECT min(due) FROM attendance WHERE due IS NOT NULL", static r => r.TimeOrNull(0)), cancellation);

    /// <summary>How many are expected to report, and how many of them are overdue.</summary>
    public ValueTask<(int Expected, int Overdue)> CountAsync(DateTimeOffset now, CancellationToken cancellation = default) =>
        _database.ReadAsync(
        session => session.First(
            "SELECT count(*), coalesce(sum(due <= $1), 0) FROM attendance WHERE due IS NOT NULL", static r =>
                (r.GetInt32(0), r.GetInt32(1)), now.ToColumn()),
        cancellation);

    /// <summary>How many fell silent since then and were not heard again.</summary>
    public ValueTask<int> SilentSinceAsync(DateTimeOffset since, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT count(*) FROM attendance WHERE silent >= $1", static r => r.GetInt32(0), since.ToColumn()), cancellation);

    private static Attendance Read(SqliteDataReader reader) => new()
    {
        TerminalId = reader.Identity(0),
        LastAttemptAt = reader.Time(1),
        LastSuccessAt = reader.TimeOrNull(2),
        DueAt = reader.TimeOrNull(3),
        ClosedAt = reader.TimeOrNull(4),
        SilentSince = reader.TimeOrNull(5),
    };
}

/// <summary>Changes of attendance.</summary>
public static class AttendanceWrites
{
    /// <summary>Writes that evidence came.</summary>
    /// <param name="change">The change.</param>
    /// <param name="terminalId">Terminal.</param>
    /// <param name="at">When.</param>
    /// <param name="good">Its verdict was good.</param>
    /// <param name="due">When the next must come; null when it closes.</param>
    public static Change Attend(this Change change, Guid terminalId, DateTimeOffset at, bool good, DateTimeOffset? due) =>
        change.Write((session, _) => session.Execute(
            """
            INSERT INTO attendance(terminal_id, last_attempt, last_success, due, closed, silent) VALUES($1, $2, $3, $4, $5, NULL)
            ON CONFLICT(terminal_id) DO UPDATE SET last_attempt = $2, last_success = coalesce($3, last_success), due = $4, closed = $5,
            silent = NULL
            """,
            terminalId.ToColumn(),
            at.ToColumn(),
            good ? at.ToColumn() : null,
            due.ToColumn(),
            due is null ? at.ToColumn() : null));

    /// <summary>Writes that a message came and was refused: it is no evidence, so the deadline stays.</summary>
    public static Change AttendRefused(this Change change, Guid terminalId, DateTimeOffset at) =>
        change.Write((session, _) => session.Execute(
        "UPDATE attendance SET last_attempt = $2 WHERE terminal_id = $1", terminalId.ToColumn(), at.ToColumn()));

    /// <summary>Writes that the deadline passed, if it is still the one that was read.</summary>
    public static Change FallSilent(this Change change, Attendance read, DateTimeOffset at) => change
        .Require((session, _) => session.First(
            "SELECT 1 FROM attendance WHERE terminal_id = $1 AND due = $2", static r =>
                r.GetInt32(0), read.TerminalId.ToColumn(), read.DueAt.ToColumn()) == 1
                ? ChangeRefusal.None
                : ChangeRefusal.TerminalMoved)
        .Write((session, _) => session.Execute(
            "UPDATE attendance SET due = NULL, silent = $2 WHERE terminal_id = $1", read.TerminalId.ToColumn(), at.ToColumn()));

    /// <summary>Expects nothing of a terminal any more: it is out of use.</summary>
    public static Change Dismiss(this Change change, Guid terminalId) => change.Write((session, _) => session.Execute(
        "UPDATE attendance SET due = NULL, silent = NULL WHERE terminal_id = $1", terminalId.ToColumn()));

    /// <summary>Gives every deadline between two times a later one: we were away, and nobody could be heard.</summary>
    public static Change PostponeDeadlines(this Change change, DateTimeOffset after, DateTimeOffset until) =>
        change.Write((session, _) => session.Execute(
        "UPDATE attendance SET due = $2 WHERE due IS NOT NULL AND due > $1 AND due < $2", after.ToColumn(), until.ToColumn()));
}
