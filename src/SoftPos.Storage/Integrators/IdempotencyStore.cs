using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>A request that was made under an idempotency key.</summary>
/// <param name="RequestHash">SHA-256 of method, path and body.</param>
/// <param name="Reserved">Identity that what the request makes shall have: a second try after a crash makes nothing new.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="Answer">The sealed answer; null while the request is being worked on, or when its process ended before.</param>
public sealed record IdempotentRequest(byte[] RequestHash, Guid Reserved, DateTimeOffset CreatedAt, byte[]? Answer);

/// <summary>Requests under idempotency keys.</summary>
public sealed class IdempotencyStore
{
    private readonly Database _database;

    internal IdempotencyStore(Database database) => _database = database;

    /// <summary>The request of that key, or null.</summary>
    public ValueTask<IdempotentRequest?> FindAsync(string tenant, string name, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(
            "SELECT request_hash, reserved, created, answer FROM idempotency WHERE tenant = $1 AND name = $2",
            static r => new IdempotentRequest(r.Blob(0), r.Identity(1), r.Time(2), r.BlobOrNull(3)),
            tenant,
            name),
        cancellation);
}

/// <summary>Changes of requests under idempotency keys.</summary>
public static class IdempotencyWrites
{
    /// <summary>Takes a key for a request; refused with <see cref="ChangeRefusal.Exists"/> when it is taken.</summary>
    public static Change TakeIdempotencyKey(this Change change, string tenant, string name, byte[] requestHash, Guid reserved) => change
        .Require((session, _) => session.First("SELECT 1 FROM idempotency WHERE tenant = $1 AND name = $2", static r => r.GetInt32(0), tenant, name) == 1
            ? ChangeRefusal.Exists
            : ChangeRefusal.None)
        .Write((session, now) => session.Execute(
            "INSERT INTO idempotency(tenant, name, request_hash, reserved, created) VALUES($1, $2, $3, $4, $5)",
            tenant,
            name,
            requestHash,
            reserved.ToColumn(),
            now.ToColumn()));

    /// <summary>Keeps the answer.</summary>
    public static Change AnswerIdempotent(this Change change, string tenant, string name, byte[] answer) => change.Write((session, _) => session.Execute(
        "UPDATE idempotency SET answer = $3 WHERE tenant = $1 AND name = $2", tenant, name, answer));

    /// <summary>Gives a key back whose request failed by our fault, so that it may be tried anew; what it reserved stays reserved.</summary>
    public static Change ForgetIdempotent(this Change change, DateTimeOffset before) => change.Write((session, _) => session.Execute(
        "DELETE FROM idempotency WHERE created < $1", before.ToColumn()));
}
