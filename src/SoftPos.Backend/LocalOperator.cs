using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// The person at the machine: who may read the data folder holds its token and may ask for console sign-in links. The token is new at each
/// start and rests in a file that only its owner may read.
/// </summary>
internal sealed class LocalOperator
{
    /// <summary>File in the data folder.</summary>
    public const string TokenFile = "operator.token";

    private const string UserId = "local-operator";

    /// <summary>Life of a sign-in link: long enough to find the browser, short enough to be of no use in an old log.</summary>
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(15);

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly byte[] _tokenHash;

    private LocalOperator(Database database, TimeProvider clock, byte[] tokenHash)
    {
        _database = database;
        _clock = clock;
        _tokenHash = tokenHash;
    }

    public static LocalOperator Create(Database database, string dataFolder, TimeProvider clock)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string token = OneTimeSecret.NewToken(random);
        string path = Path.Combine(dataFolder, TokenFile);
        File.Delete(path);
        OwnerFile.Create(path, Encoding.ASCII.GetBytes(token));
        return new LocalOperator(database, clock, HashOf(token));
    }

    /// <summary>Whether a bearer token is this start's; in constant time.</summary>
    public bool Holds(string? token) => token is not null && CryptographicOperations.FixedTimeEquals(HashOf(token), _tokenHash);

    /// <summary>Makes a one-time sign-in token for the console.</summary>
    public async Task<string> CreateSignInTokenAsync(CancellationToken cancellation)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string token = OneTimeSecret.NewToken(random);
        DateTimeOffset now = _clock.GetUtcNow();
        Change change = new Change()
            .Put(new ConsoleUser { UserId = UserId, Name = "Local operator", Role = "operator", CreatedAt = now })
            .AddSignInLink(token, UserId, now + LinkLifetime)
            .Append("console.link-made", UserId, new JsonObject { ["expires"] = now + LinkLifetime });
        (await _database.CommitAsync(change, cancellation)).Require();
        return token;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
