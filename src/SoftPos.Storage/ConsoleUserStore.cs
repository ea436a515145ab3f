using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>A user of the console.</summary>
public sealed record ConsoleUser
{
    /// <summary>Identity.</summary>
    public required string UserId { get; init; }

    /// <summary>Shown name.</summary>
    public required string Name { get; init; }

    /// <summary>Role.</summary>
    public required string Role { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>May no longer sign in.</summary>
    public bool Disabled { get; init; }
}

/// <summary>Users of the console and one-time sign-in links, stored as hashes. Make a link's token with <see cref="OneTimeSecret.NewToken"/>.</summary>
public sealed class ConsoleUserStore
{
    private readonly Database _database;

    internal ConsoleUserStore(Database database) => _database = database;

    /// <summary>The user, or null.</summary>
    public ValueTask<ConsoleUser?> FindAsync(string userId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT user_id, name, role, created, disabled FROM console_user WHERE user_id = $1", Read, userId), cancellation);

    /// <summary>All users. A back end has tens.</summary>
    public ValueTask<List<ConsoleUser>> ListAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.Rows("SELECT user_id, name, role, created, disabled FROM console_user ORDER BY user_id LIMIT 10000", Read), cancellation);

    /// <summary>Uses a link up, with its journal entry, and gives its user; null when it is unknown, used, expired or of a disabled user.</summary>
    public async Task<ConsoleUser?> SignInAsync(string token, CancellationToken cancellation = default)
    {
        byte[] hash = OneTimeSecret.HashOf(token);
        string? userId = await _database.ReadAsync(
            session => session.First("SELECT user_id FROM sign_in_link WHERE token_hash = $1", static r => r.GetString(0), hash),
            cancellation).ConfigureAwait(false);
        if (userId is null || await FindAsync(userId, cancellation).ConfigureAwait(false) is not { Disabled: false } user)
        {
            return null;
        }

        Change change = new Change()
            .Require((session, now) => session.First(
                "SELECT 1 FROM sign_in_link WHERE token_hash = $1 AND used IS NULL AND expires > $2", static r => r.GetInt32(0), hash, now.ToColumn()) == 1
                    ? ChangeRefusal.None
                    : ChangeRefusal.LinkInvalid)
            .Write((session, now) => session.Execute("UPDATE sign_in_link SET used = $2 WHERE token_hash = $1", hash, now.ToColumn()))
            .Append("console.signed-in", userId, new System.Text.Json.Nodes.JsonObject { ["user"] = userId });
        return (await _database.CommitAsync(change, cancellation).ConfigureAwait(false)).Done ? user : null;
    }

    private static ConsoleUser Read(SqliteDataReader reader) => new()
    {
        UserId = reader.GetString(0), Name = reader.GetString(1), Role = reader.GetString(2), CreatedAt = reader.Time(3), Disabled = reader.GetBoolean(4),
    };
}

/// <summary>Changes of console users.</summary>
public static class ConsoleUserWrites
{
    /// <summary>Inserts or replaces a user. The identity is also a journal subject: printable ASCII without spaces.</summary>
    public static Change Put(this Change change, ConsoleUser user) => change.Write((session, _) => session.Execute(
        """
        INSERT INTO console_user(user_id, name, role, created, disabled) VALUES($1, $2, $3, $4, $5)
        ON CONFLICT(user_id) DO UPDATE SET name = $2, role = $3, disabled = $5
        """,
        user.UserId,
        user.Name,
        user.Role,
        user.CreatedAt.ToColumn(),
        user.Disabled ? 1 : 0));

    /// <summary>Adds a one-time sign-in link.</summary>
    public static Change AddSignInLink(this Change change, string token, string userId, DateTimeOffset expiresAt)
    {
        byte[] hash = OneTimeSecret.HashOf(token);
        return change.Write((session, _) => session.Execute(
            "INSERT INTO sign_in_link(token_hash, user_id, expires) VALUES($1, $2, $3)", hash, userId, expiresAt.ToColumn()));
    }
}
