using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Roll-outs of policy versions, the terminals that they met, and terminals that an operator put into a ring.</summary>
public sealed class RolloutStore
{
    /// <summary>Terminals in rings by hand: each is held in memory, and a person must be able to read them all.</summary>
    public const int MaxPins = 10_000;

    private const int MaxPage = 500;

    private readonly Database _database;

    internal RolloutStore(Database database) => _database = database;

    /// <summary>The newest roll-out, or null.</summary>
    public async ValueTask<PolicyRollout?> NewestAsync(CancellationToken cancellation = default) =>
        (await PageAsync(1, cancellation)).FirstOrDefault();

    /// <summary>The newest roll-outs, newest first.</summary>
    public ValueTask<List<PolicyRollout>> PageAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows("SELECT record FROM policy_rollout ORDER BY number DESC LIMIT $1", Read, Math.Min(count, MaxPage)), cancellation);

    /// <summary>Good terminals that a run of a roll-out met, and those that it refused.</summary>
    public ValueTask<List<(Guid TerminalId, bool Refused)>> SeenAsync(long number, int run, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT terminal_id, refused FROM policy_rollout_seen WHERE number = $1 AND run = $2",
                static r => (r.Identity(0), r.GetInt32(1) != 0), number, run),
            cancellation);

    /// <summary>All terminals that stand in a ring by hand.</summary>
    public ValueTask<List<RingPin>> PinsAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM policy_ring_pin ORDER BY terminal_id",
            static r => JsonSerializer.Deserialize(r.Blob(0), ContractJson.Default.RingPin)!),
        cancellation);

    private static PolicyRollout Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.PolicyRollout)!;
}

/// <summary>Changes of roll-outs.</summary>
public static class RolloutWrites
{
    /// <summary>Adds or moves a roll-out, if it is still as it was read.</summary>
    /// <param name="change">The change.</param>
    /// <param name="from">As it was read; null for a new one.</param>
    /// <param name="to">As it is to be.</param>
    public static Change Move(this Change change, PolicyRollout? from, PolicyRollout to) => change
        .Require((session, _) =>
        {
            byte[]? stored = session.First("SELECT record FROM policy_rollout WHERE number = $1", static r => r.Blob(0), to.Number);
            return (stored is null) == (from is null) && (from is null || stored.AsSpan().SequenceEqual(Bytes(from)))
                ? ChangeRefusal.None
                : ChangeRefusal.PolicyMoved;
        })
        .Write((session, _) => session.Execute(
            "INSERT INTO policy_rollout(number, state, record) VALUES($1, $2, $3) ON CONFLICT(number) DO UPDATE SET state = $2, record = $3",
            to.Number, (int)to.State, Bytes(to)));

    /// <summary>A run of a roll-out met a good terminal; once refused, it stays refused.</summary>
    public static Change MeetInRollout(this Change change, long number, int run, Guid terminalId, bool refused) =>
        change.Write((session, _) => session.Execute(
            """
            INSERT INTO policy_rollout_seen(number, run, terminal_id, refused) VALUES($1, $2, $3, $4)
            ON CONFLICT(number, run, terminal_id) DO UPDATE SET refused = max(refused, $4)
            """,
            number, run, terminalId.ToColumn(), refused ? 1 : 0));

    /// <summary>Puts a terminal into a ring; refused with <see cref="ChangeRefusal.PolicyMoved"/> when too many are.</summary>
    public static Change Pin(this Change change, RingPin pin) => change
        .Require(static (session, _) => session.First("SELECT count(*) FROM policy_ring_pin", static r => r.GetInt32(0)) < RolloutStore.MaxPins
            ? ChangeRefusal.None
            : ChangeRefusal.PolicyMoved)
        .Write((session, _) => session.Execute(
            "INSERT INTO policy_ring_pin(terminal_id, record) VALUES($1, $2) ON CONFLICT(terminal_id) DO UPDATE SET record = $2",
            pin.TerminalId.ToColumn(), JsonSerializer.SerializeToUtf8Bytes(pin, ContractJson.Default.RingPin)));

    /// <summary>Leaves a terminal to its own place again.</summary>
    public static Change Unpin(this Change change, Guid terminalId) => change.Write((session, _) => session.Execute(
        "DELETE FROM policy_ring_pin WHERE terminal_id = $1", terminalId.ToColumn()));

    private static byte[] Bytes(PolicyRollout rollout) => JsonSerializer.SerializeToUtf8Bytes(rollout, ContractJson.Default.PolicyRollout);
}
