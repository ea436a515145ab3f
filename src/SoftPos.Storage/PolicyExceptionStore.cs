using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>
/// Exceptions from rules of the policy. Those that stand are held in memory and change before the caller of the commit hears of it, so
/// that one that is lifted holds for no evidence after that.
/// </summary>
public sealed class PolicyExceptionStore
{
    /// <summary>Exceptions that are proposed or stand at once: a person must be able to read them all.</summary>
    public const int MaxOpen = 500;

    private readonly Database _database;
    private readonly Lock _gate = new();
    private PolicyException[] _standing;

    internal PolicyExceptionStore(Database database, Session session)
    {
        _database = database;
        _standing = [.. session.Rows("SELECT record FROM policy_exception WHERE state = $1 ORDER BY number", Read,
            (int)PolicyExceptionState.Standing)];
    }

    /// <summary>Those that two persons stand for and nobody took back; the time of some may be over.</summary>
    public IReadOnlyList<PolicyException> Standing => Volatile.Read(ref _standing);

    /// <summary>Exceptions that hold for what an evidence shows, at that time.</summary>
    public IReadOnlyList<PolicyException> Of(ExceptionSubject subject, DateTimeOffset now)
    {
        PolicyException[] standing = Volatile.Read(ref _standing);
        return standing.Length == 0 ? []
            : [.. standing.Where(one => one.HoldsAt(now) && subject.KeyOf(one.Scope) == one.Value)];
    }

    /// <summary>The exception of that number, or null.</summary>
    public ValueTask<PolicyException?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM policy_exception WHERE number = $1", Read, number), cancellation);

    /// <summary>The newest, newest first.</summary>
    public ValueTask<List<PolicyException>> NewestAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM policy_exception ORDER BY number DESC LIMIT $1", Read, Math.Min(count, MaxOpen)), cancellation)!;

    internal void Update(PolicyException exception)
    {
        lock (_gate)
        {
            IEnumerable<PolicyException> others = _standing.Where(one => one.Number != exception.Number);
            Volatile.Write(ref _standing, [.. exception.State is PolicyExceptionState.Standing ? others.Append(exception) : others]);
        }
    }

    private static PolicyException Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.PolicyException)!;
}

/// <summary>Changes of exceptions.</summary>
public static class PolicyExceptionWrites
{
    /// <summary>Adds or moves an exception, if it is still in the state that was read.</summary>
    /// <param name="change">The change.</param>
    /// <param name="from">As it was read; null for a new one, which is refused when too many are open.</param>
    /// <param name="to">As it is to be.</param>
    public static Change Move(this Change change, PolicyException? from, PolicyException to) => change
        .Require((session, _) =>
        {
            bool fits = from is null
                ? session.First("SELECT count(*) FROM policy_exception WHERE state IN (0, 1)", static r => r.GetInt32(0))
                    < PolicyExceptionStore.MaxOpen
                : session.First("SELECT state FROM policy_exception WHERE number = $1", static r => (int?)r.GetInt32(0), from.Number)
                    == (int)from.State;
            return fits ? ChangeRefusal.None : ChangeRefusal.PolicyMoved;
        })
        .Write((session, _) => session.Execute(
            "INSERT INTO policy_exception(number, state, record) VALUES($1, $2, $3) ON CONFLICT(number) DO UPDATE SET state = $2, record = $3",
            to.Number, (int)to.State, JsonSerializer.SerializeToUtf8Bytes(to, ContractJson.Default.PolicyException)))
        .After(database => database.Exceptions.Update(to));
}
