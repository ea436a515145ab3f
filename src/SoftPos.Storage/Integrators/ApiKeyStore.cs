using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>An API key. The secret itself is nowhere; its hash is beside this record.</summary>
public sealed record ApiKeyRecord
{
    /// <summary>Identity, the visible part of the key.</summary>
    public required string KeyId { get; set; }

    /// <summary>Tenant: the integrator whose merchants it reaches.</summary>
    public required string Tenant { get; set; }

    /// <summary>The only merchant that it sees; null for all of the tenant.</summary>
    public string? MerchantId { get; set; }

    /// <summary>What it is for.</summary>
    public required string Name { get; set; }

    /// <summary>Scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Ended by hand.</summary>
    public bool Revoked { get; set; }

    /// <summary>Key that took its place.</summary>
    public string? ReplacedBy { get; set; }
}

/// <summary>API keys.</summary>
public sealed class ApiKeyStore
{
    /// <summary>Most keys in one page.</summary>
    public const int MaxPage = 500;

    private readonly Database _database;

    internal ApiKeyStore(Database database) => _database = database;

    /// <summary>The key and the SHA-256 of its secret, or null.</summary>
    public ValueTask<(ApiKeyRecord Record, byte[] SecretHash)?> FindAsync(string keyId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First<(ApiKeyRecord, byte[])?>("SELECT record, secret_hash FROM api_key WHERE key_id = $1", static r => (Read(r), r.Blob(1)), keyId),
        cancellation);

    /// <summary>A page of the keys of a tenant in order of identity.</summary>
    public ValueTask<List<ApiKeyRecord>> PageAsync(string tenant, string? after, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM api_key WHERE tenant = $1 AND key_id > $2 ORDER BY key_id LIMIT $3", Read, tenant, after ?? string.Empty, Math.Min(count, MaxPage)),
        cancellation);

    private static ApiKeyRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), StorageJson.Default.ApiKeyRecord)!;
}

/// <summary>Changes of API keys.</summary>
public static class ApiKeyWrites
{
    /// <summary>Adds a key, with its journal entry.</summary>
    public static Change Add(this Change change, ApiKeyRecord key, byte[] secretHash)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(key, StorageJson.Default.ApiKeyRecord);
        JsonArray scopes = [.. key.Scopes.Select(static scope => (JsonNode)scope)];
        return change
            .Write((session, _) => session.Execute(
                "INSERT INTO api_key(key_id, tenant, secret_hash, record) VALUES($1, $2, $3, $4)", key.KeyId, key.Tenant, secretHash, record))
            .Append("apikey.made", key.KeyId, new JsonObject
            {
                ["tenant"] = key.Tenant, ["merchant"] = key.MerchantId, ["name"] = key.Name, ["scopes"] = scopes, ["expires"] = key.ExpiresAt,
            });
    }

    /// <summary>Changes the record of a key; the secret stays.</summary>
    public static Change Put(this Change change, ApiKeyRecord key)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(key, StorageJson.Default.ApiKeyRecord);
        return change.Write((session, _) => session.Execute("UPDATE api_key SET record = $2 WHERE key_id = $1", key.KeyId, record));
    }
}
