using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>A policy version with its document.</summary>
/// <param name="Record">What is known of it.</param>
/// <param name="Document">YAML or JSON, UTF-8.</param>
public sealed record StoredPolicy(PolicyVersionRecord Record, byte[] Document);

/// <summary>Versions of the appraisal policy. None is ever removed: a verdict names the hash of the one that it was reached under.</summary>
public sealed class PolicyVersionStore
{
    private const string Row = "SELECT record, document FROM policy_version ";

    private readonly Database _database;

    internal PolicyVersionStore(Database database) => _database = database;

    /// <summary>The version of that number, or null.</summary>
    public ValueTask<StoredPolicy?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE number = $1", Read, number), cancellation);

    /// <summary>The version that appraises; null while it is the one that ships.</summary>
    public ValueTask<StoredPolicy?> ActiveAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE state = $1", Read, (int)PolicyVersionState.Active), cancellation);

    /// <summary>The newest versions, newest first.</summary>
    public ValueTask<List<PolicyVersionRecord>> NewestAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(Row + "ORDER BY number DESC LIMIT $1", static r => Read(r).Record, Math.Min(count, 500)), cancellation);

    private static StoredPolicy Read(SqliteDataReader reader) =>
        new(JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.PolicyVersionRecord)!, reader.Blob(1));
}

/// <summary>Changes of policy versions.</summary>
public static class PolicyVersionWrites
{
    /// <summary>Adds a proposed version.</summary>
    public static Change Add(this Change change, PolicyVersionRecord record, byte[] document) => change.Write((session, _) => session.Execute(
        "INSERT INTO policy_version(number, state, document, record) VALUES($1, $2, $3, $4)", record.Number, (int)record.State, document, Bytes(record)));

    /// <summary>Moves a version on, if it is still in the state that was read.</summary>
    public static Change Move(this Change change, PolicyVersionRecord from, PolicyVersionRecord to) => change
        .Require((session, _) => session.First(
            "SELECT state FROM policy_version WHERE number = $1", static r => (int?)r.GetInt32(0), from.Number) == (int)from.State
                ? ChangeRefusal.None
                : ChangeRefusal.PolicyMoved)
        .Write((session, _) => session.Execute(
            "UPDATE policy_version SET state = $2, record = $3 WHERE number = $1", to.Number, (int)to.State, Bytes(to)));

    private static byte[] Bytes(PolicyVersionRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record, ContractJson.Default.PolicyVersionRecord);
}
