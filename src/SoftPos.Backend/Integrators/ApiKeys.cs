using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>
/// API keys: <c>sk_sandbox_IDENTITY_SECRET</c> or <c>sk_live_…</c>. The identity is visible; of the secret only a SHA-256 is kept, which is enough
/// for 256 random bits.
/// </summary>
internal sealed class ApiKeys(Database database, bool sandbox, TimeProvider clock)
{
    /// <summary>Start of every key, by which it is known wherever it turns up.</summary>
    public const string Mark = "sk_";

    private const int IdentityBytes = 6;

    /// <summary>Longest key that is looked at.</summary>
    private const int MaxLength = 128;

    private readonly string _kind = sandbox ? "sk_sandbox_" : "sk_live_";

    /// <summary>Makes a key; its secret is in the result and nowhere else.</summary>
    public async Task<ApiKeyCreated> MakeAsync(string tenant, ApiKeyInput input, ApiKeyRecord? replaces, DateTimeOffset? formerEnds, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        byte[] identity = new byte[IdentityBytes];
        random.GetBytes(identity);
        string secret = OneTimeSecret.NewToken(random);
        ApiKeyRecord key = new()
        {
            KeyId = Convert.ToHexStringLower(identity), Tenant = tenant, MerchantId = input.MerchantId, Name = input.Name, Scopes = [.. input.Scopes.Distinct()],
            CreatedAt = now, ExpiresAt = now + TimeSpan.FromDays(input.LifeDays),
        };
        Change change = new Change().Add(key, HashOf(secret));
        if (replaces is not null)
        {
            ApiKeyRecord former = replaces with { ReplacedBy = key.KeyId, ExpiresAt = formerEnds < replaces.ExpiresAt ? formerEnds!.Value : replaces.ExpiresAt };
            change.Put(former).Append("apikey.rotated", replaces.KeyId, new JsonObject { ["by"] = key.KeyId, ["ends"] = former.ExpiresAt });
        }

        (await database.CommitAsync(change, cancellation)).Require();
        return new ApiKeyCreated { Secret = $"{_kind}{key.KeyId}_{secret}", Key = View(key) };
    }

    /// <summary>Ends a key at once.</summary>
    public async Task RevokeAsync(ApiKeyRecord key, CancellationToken cancellation)
    {
        Change change = new Change().Put(key with { Revoked = true }).Append("apikey.revoked", key.KeyId, new JsonObject { ["tenant"] = key.Tenant });
        (await database.CommitAsync(change, cancellation)).Require();
    }

    /// <summary>The key that a header names; null for anything that is not one of this installation, in force. The comparison takes the same time whatever differs.</summary>
    public async ValueTask<ApiKeyRecord?> FindAsync(string presented, CancellationToken cancellation)
    {
        string[] parts = presented.Length <= MaxLength && presented.StartsWith(_kind, StringComparison.Ordinal) ? presented[_kind.Length..].Split('_') : [];
        if (parts is not [{ Length: > 0 } identity, { Length: > 0 } secret])
        {
            return null;
        }

        (ApiKeyRecord Record, byte[] SecretHash)? found = await database.ApiKeys.FindAsync(identity, cancellation);
        bool same = CryptographicOperations.FixedTimeEquals(HashOf(secret), found?.SecretHash ?? new byte[SHA256.HashSizeInBytes]);
        return same && found is { Record: { Revoked: false } record } && record.ExpiresAt > clock.GetUtcNow() ? record : null;
    }

    /// <summary>What of a key may be seen.</summary>
    public ApiKeyView View(ApiKeyRecord key) => new()
    {
        Prefix = _kind + key.KeyId, KeyId = key.KeyId, Name = key.Name, Scopes = key.Scopes, MerchantId = key.MerchantId, CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt, Revoked = key.Revoked, ReplacedBy = key.ReplacedBy,
    };

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
