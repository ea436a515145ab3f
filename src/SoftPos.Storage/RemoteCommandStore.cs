using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Commands to terminals. Who has open ones is known in memory, so that an answer to evidence can say so without a read.</summary>
public sealed class RemoteCommandStore
{
    /// <summary>Open commands of one terminal: what waits longer than that is not being read.</summary>
    public const int MaxOpen = 16;

    private readonly Database _database;
    private readonly ConcurrentDictionary<Guid, byte> _waiting;

    internal RemoteCommandStore(Database database, Session session)
    {
        _database = database;
        _waiting = new(session
            .Rows("SELECT DISTINCT terminal_id FROM remote_command WHERE state IN (0, 1)", static r => r.Identity(0))
            .Select(static id => KeyValuePair.Create(id, (byte)0)));
    }

    /// <summary>Raised after a commit that queued a command for the terminal.</summary>
    public event Action<Guid>? Queued;

    /// <summary>Whether the terminal may have open commands.</summary>
    public bool MayWait(Guid terminalId) => _waiting.ContainsKey(terminalId);

    /// <summary>Open commands of a terminal, oldest first; expired ones among them.</summary>
    public ValueTask<List<CommandRecord>> OpenAsync(Guid terminalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM remote_command WHERE terminal_id = $1 AND state IN (0, 1) ORDER BY seq LIMIT $2", Read, terminalId.ToColumn(), MaxOpen),
        cancellation)!;

    /// <summary>The newest commands of a terminal, newest first.</summary>
    public ValueTask<List<CommandRecord>> NewestAsync(Guid terminalId, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM remote_command WHERE terminal_id = $1 ORDER BY seq DESC LIMIT $2", Read, terminalId.ToColumn(), Math.Min(count, 500)),
        cancellation)!;

    /// <summary>The command, or null.</summary>
    public ValueTask<CommandRecord?> FindAsync(Guid commandId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM remote_command WHERE command_id = $1", Read, commandId.ToColumn()), cancellation);

    internal void Note(CommandRecord record)
    {
        if (record.State is CommandState.Queued)
        {
            _waiting[record.TerminalId] = 0;
            Queued?.Invoke(record.TerminalId);
        }
    }

    /// <summary>Forgets that a terminal has open commands; only after a read, in the same commit, that found none.</summary>
    internal void Clear(Guid terminalId) => _waiting.TryRemove(terminalId, out _);

    private static CommandRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.CommandRecord)!;
}

/// <summary>Changes of commands.</summary>
public static class RemoteCommandWrites
{
    /// <summary>Queues a command; refused with <see cref="ChangeRefusal.CommandMoved"/> when it exists or too many wait.</summary>
    public static Change Add(this Change change, CommandRecord record) => change
        .Require((session, _) => session.First(
            "SELECT count(*) + 1000 * (SELECT count(*) FROM remote_command WHERE command_id = $2) FROM remote_command WHERE terminal_id = $1 AND state IN (0, 1)",
            static r => r.GetInt32(0),
            record.TerminalId.ToColumn(),
            record.Command.CommandId.ToColumn()) < RemoteCommandStore.MaxOpen
                ? ChangeRefusal.None
                : ChangeRefusal.CommandMoved)
        .Write((session, _) => session.Execute(
            """
            INSERT INTO remote_command(command_id, terminal_id, seq, state, expires, record)
            VALUES($1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM remote_command WHERE terminal_id = $2), $3, $4, $5)
            """,
            record.Command.CommandId.ToColumn(),
            record.TerminalId.ToColumn(),
            (int)record.State,
            record.Command.ExpiresAt.ToColumn(),
            Bytes(record)))
        .After(database => database.Commands.Note(record));

    /// <summary>Moves a command on, if it is still in the state that was read.</summary>
    public static Change Move(this Change change, CommandRecord from, CommandRecord to)
    {
        bool isLast = false;
        return change
            .Require((session, _) => session.First(
                "SELECT state FROM remote_command WHERE command_id = $1", static r => (int?)r.GetInt32(0), from.Command.CommandId.ToColumn()) == (int)from.State
                    ? ChangeRefusal.None
                    : ChangeRefusal.CommandMoved)
            .Write((session, _) =>
            {
                session.Execute(
                    "UPDATE remote_command SET state = $2, record = $3 WHERE command_id = $1", to.Command.CommandId.ToColumn(), (int)to.State, Bytes(to));
                isLast = session.First(
                    "SELECT count(*) FROM remote_command WHERE terminal_id = $1 AND state IN (0, 1)", static r => r.GetInt32(0), to.TerminalId.ToColumn()) == 0;
            })
            .After(database =>
            {
                if (isLast)
                {
                    database.Commands.Clear(to.TerminalId);
                }
            });
    }

    private static byte[] Bytes(CommandRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ContractJson.Default.CommandRecord);
}
