using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Life of a key.</summary>
public enum KeyState
{
    /// <summary>Made, not yet in use.</summary>
    Pending,

    /// <summary>In use.</summary>
    Active,

    /// <summary>Only for what was made under it.</summary>
    Retired,

    /// <summary>Destroyed; the sealed bytes are gone.</summary>
    Destroyed,

    /// <summary>Out of use until somebody decides.</summary>
    Suspended,

    /// <summary>Known or feared to be known to others; never used again.</summary>
    Compromised,
}

/// <summary>A key at rest, sealed by the keys room.</summary>
public sealed record KeyRecord
{
    /// <summary>Name, such as <c>bdk.data.1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its one purpose.</summary>
    public required string Purpose { get; init; }

    /// <summary>State.</summary>
    public required KeyState State { get; init; }

    /// <summary>Sealed key; null when destroyed.</summary>
    public required byte[]? SealedKey { get; init; }

    /// <summary>Check value.</summary>
    public required byte[] CheckValue { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who answers for it; empty for keys made before this was asked.</summary>
    public string Owner { get; init; } = string.Empty;

    /// <summary>End of its crypto-period, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Name of the key under which it came in, or null. When that one is compromised, so is this one.</summary>
    public string? Parent { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"key {Name} ({Purpose}, {State})";
}

/// <summary>Keys, sealed.</summary>
public sealed class KeyStore
{
    private const string Columns = "SELECT name, purpose, state, sealed, check_value, created, changed, owner, expires, parent FROM key";

    private readonly Database _database;

    internal KeyStore(Database database) => _database = database;

    /// <summary>The key of that name, or null.</summary>
    public ValueTask<KeyRecord?> FindAsync(string name, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Columns + " WHERE name = $1", Read, name), cancellation);

    /// <summary>All keys by name. A back end has tens.</summary>
    public ValueTask<List<KeyRecord>> ListAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.Rows(
            Columns + " ORDER BY name LIMIT 10000", Read),
        cancellation);

    private static KeyRecord Read(SqliteDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Purpose = reader.GetString(1),
        State = (KeyState)reader.GetInt32(2),
        SealedKey = reader.BlobOrNull(3),
        CheckValue = reader.Blob(4),
        CreatedAt = reader.Time(5),
        ChangedAt = reader.Time(6),
        Owner = reader.GetString(7),
        ExpiresAt = reader.TimeOrNull(8),
        Parent = reader.TextOrNull(9),
    };
}

/// <summary>Changes of keys.</summary>
public static class KeyWrites
{
    /// <summary>Inserts or replaces a key.</summary>
    public static Change Put(this Change change, KeyRecord key) => change.Write((session, _) => session.Execute(
        """
        INSERT INTO key(name, purpose, state, sealed, check_value, created, changed, owner, expires, parent)
        VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT(name) DO UPDATE SET purpose = $2, state = $3, sealed = $4, check_value = $5, changed = $7, owner = $8, expires = $9, parent = $10
        """,
        key.Name,
        key.Purpose,
        (int)key.State,
        key.SealedKey,
        key.CheckValue,
        key.CreatedAt.ToColumn(),
        key.ChangedAt.ToColumn(),
        key.Owner,
        key.ExpiresAt.ToColumn(),
        key.Parent));

    /// <summary>Refuses the change with <see cref="ChangeRefusal.KeyMoved"/> unless the key is in that state; null for a name that must be free.</summary>
    public static Change RequireKey(this Change change, string name, KeyState? state) => change.Require((session, _) =>
        session.First("SELECT state FROM key WHERE name = $1", static r => (int?)r.GetInt32(0), name) == (int?)state
            ? ChangeRefusal.None
            : ChangeRefusal.KeyMoved);
}
