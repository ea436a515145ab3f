using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Where a ceremony stands.</summary>
public enum CeremonyState
{
    /// <summary>One person proposed it; a second one must approve.</summary>
    Proposed,

    /// <summary>Approved, and done in the same change.</summary>
    Done,

    /// <summary>Refused, or left lying for too long.</summary>
    Closed,
}

/// <summary>A change of a key's life that two persons make.</summary>
public sealed record CeremonyRecord
{
    /// <summary>Number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Where it stands.</summary>
    public required CeremonyState State { get; init; }

    /// <summary>What is to be done; the keys room gives the numbers their meaning.</summary>
    public required int Action { get; init; }

    /// <summary>Name of the key or custodian.</summary>
    public required string Subject { get; init; }

    /// <summary>Who proposed it.</summary>
    public required string Proposer { get; init; }

    /// <summary>Who approved or refused it, or null.</summary>
    public string? Approver { get; init; }

    /// <summary>When it was proposed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>JSON without secrets: purpose, owner, period, check values, holders of components.</summary>
    public required string Detail { get; init; }

    /// <summary>A key that waits for approval, sealed; null otherwise.</summary>
    public byte[]? SealedKey { get; init; }
}

/// <summary>A person who may take part in ceremonies, known by a passphrase.</summary>
public sealed record CustodianRecord(string Name, byte[] Salt, byte[] Hash, DateTimeOffset CreatedAt)
{
    /// <inheritdoc/>
    public override string ToString() => $"custodian {Name}";
}

/// <summary>Ceremonies and custodians.</summary>
public sealed class CeremonyStore
{
    private const string Columns = "SELECT number, state, action, subject, proposer, approver, created, changed, detail, sealed FROM key_ceremony";

    private readonly Database _database;

    internal CeremonyStore(Database database) => _database = database;

    /// <summary>The ceremony, or null.</summary>
    public ValueTask<CeremonyRecord?> FindAsync(long number, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Columns + " WHERE number = $1", Read, number), cancellation);

    /// <summary>The newest ceremonies first.</summary>
    public ValueTask<List<CeremonyRecord>> NewestAsync(int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(Columns + " ORDER BY number DESC LIMIT $1", Read, count), cancellation);

    /// <summary>All custodians. A back end has a handful.</summary>
    public ValueTask<List<CustodianRecord>> CustodiansAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.Rows(
            "SELECT name, salt, hash, created FROM key_custodian ORDER BY name LIMIT 1000",
            static r => new CustodianRecord(r.GetString(0), r.Blob(1), r.Blob(2), r.Time(3))),
        cancellation);

    private static CeremonyRecord Read(SqliteDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        State = (CeremonyState)reader.GetInt32(1),
        Action = reader.GetInt32(2),
        Subject = reader.GetString(3),
        Proposer = reader.GetString(4),
        Approver = reader.TextOrNull(5),
        CreatedAt = reader.Time(6),
        ChangedAt = reader.Time(7),
        Detail = reader.GetString(8),
        SealedKey = reader.BlobOrNull(9),
    };
}

/// <summary>Changes of ceremonies.</summary>
public static class CeremonyWrites
{
    /// <summary>Adds a proposed ceremony; <see cref="ChangeRefusal.KeyMoved"/> when its number was taken meanwhile.</summary>
    public static Change Add(this Change change, CeremonyRecord ceremony) => change
        .Require((session, _) => session.First("SELECT 1 FROM key_ceremony WHERE number = $1", static r => r.GetInt32(0), ceremony.Number) == 0
            ? ChangeRefusal.None
            : ChangeRefusal.KeyMoved)
        .Write((session, _) => session.Execute(
            """
            INSERT INTO key_ceremony(number, state, action, subject, proposer, approver, created, changed, detail, sealed)
            VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            ceremony.Number,
            (int)ceremony.State,
            ceremony.Action,
            ceremony.Subject,
            ceremony.Proposer,
            ceremony.Approver,
            ceremony.CreatedAt.ToColumn(),
            ceremony.ChangedAt.ToColumn(),
            ceremony.Detail,
            ceremony.SealedKey));

    /// <summary>Ends a proposed ceremony and removes the key that waited in it; <see cref="ChangeRefusal.KeyMoved"/> when it ended before.</summary>
    public static Change End(this Change change, CeremonyRecord ceremony) => change
        .Require((session, _) =>
            session.First("SELECT state FROM key_ceremony WHERE number = $1", static r => (int?)r.GetInt32(0), ceremony.Number) == (int)CeremonyState.Proposed
                ? ChangeRefusal.None
                : ChangeRefusal.KeyMoved)
        .Write((session, _) => session.Execute(
            "UPDATE key_ceremony SET state = $2, approver = $3, changed = $4, detail = $5, sealed = NULL WHERE number = $1",
            ceremony.Number,
            (int)ceremony.State,
            ceremony.Approver,
            ceremony.ChangedAt.ToColumn(),
            ceremony.Detail));

    /// <summary>Adds a custodian, or replaces the passphrase.</summary>
    public static Change Put(this Change change, CustodianRecord custodian) => change.Write((session, _) => session.Execute(
        "INSERT INTO key_custodian(name, salt, hash, created) VALUES($1, $2, $3, $4) ON CONFLICT(name) DO UPDATE SET salt = $2, hash = $3",
        custodian.Name,
        custodian.Salt,
        custodian.Hash,
        custodian.CreatedAt.ToColumn()));
}
