using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Appeals of merchants.</summary>
public sealed class AppealStore
{
    /// <summary>Open appeals of one terminal: more words do not make an answer come sooner.</summary>
    public const int MaxOpen = 3;

    /// <summary>Most appeals in one page.</summary>
    public const int MaxPage = 500;

    private readonly Database _database;

    internal AppealStore(Database database) => _database = database;

    /// <summary>The appeal of that number, or null.</summary>
    public ValueTask<AppealRecord?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM appeal WHERE number = $1", Read, number), cancellation);

    /// <summary>The appeal that a terminal gave that identity, or null.</summary>
    public ValueTask<AppealRecord?> FindAsync(Guid appealId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM appeal WHERE appeal_id = $1", Read, appealId.ToColumn()), cancellation);

    /// <summary>A page of appeals, highest number first.</summary>
    /// <param name="state">Only those in a state; null for all.</param>
    /// <param name="before">Only numbers below it.</param>
    /// <param name="count">How many, up to <see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<AppealRecord>> PageAsync(AppealState? state, long before, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT record FROM appeal WHERE number < $1 AND ($2 IS NULL OR state = $2) ORDER BY number DESC LIMIT $3",
                Read,
                before,
                (int?)state,
                Math.Min(count, MaxPage)),
            cancellation)!;

    private static AppealRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.AppealRecord)!;
}

/// <summary>Changes of appeals.</summary>
public static class AppealWrites
{
    /// <summary>Adds an appeal; refused with <see cref="ChangeRefusal.AppealMoved"/> when it exists or too many of the terminal are open.</summary>
    public static Change Add(this Change change, AppealRecord appeal) => change
        .Require((session, _) =>
        {
            int open = session.First(
                "SELECT count(*) FROM appeal WHERE terminal_id = $1 AND state = 0", static r => r.GetInt32(0), appeal.TerminalId.ToColumn());
            bool exists = session.First(
                "SELECT count(*) FROM appeal WHERE appeal_id = $1", static r => r.GetInt32(0), appeal.AppealId.ToColumn()) > 0;
            return exists || open >= AppealStore.MaxOpen ? ChangeRefusal.AppealMoved : ChangeRefusal.None;
        })
        .Write((session, _) => session.Execute(
            "INSERT INTO appeal(number, appeal_id, terminal_id, state, record) VALUES($1, $2, $3, $4, $5)",
            appeal.Number,
            appeal.AppealId.ToColumn(),
            appeal.TerminalId.ToColumn(),
            (int)appeal.State,
            Bytes(appeal)));

    /// <summary>Closes an appeal, if it is still open.</summary>
    public static Change Close(this Change change, AppealRecord closed) => change
        .Require((session, _) => session.First(
            "SELECT state FROM appeal WHERE number = $1", static r => (int?)r.GetInt32(0), closed.Number) == (int)AppealState.Open
                ? ChangeRefusal.None
                : ChangeRefusal.AppealMoved)
        .Write((session, _) => session.Execute(
            "UPDATE appeal SET state = $2, record = $3 WHERE number = $1", closed.Number, (int)AppealState.Closed, Bytes(closed)));

    private static byte[] Bytes(AppealRecord appeal) => JsonSerializer.SerializeToUtf8Bytes(appeal, ContractJson.Default.AppealRecord);
}
