using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SoftPos.Contract;
using SoftPos.Emv.Configuration;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// The reader configurations in force, each signed: one for all terminals, for those of a country, or for those of a merchant; the closest one
/// counts. A document is checked by the very reader that terminals have before it is signed.
/// </summary>
internal sealed partial class ReaderConfigurations(Database database, ServiceKey key, TimeProvider clock, bool sandbox) : IDisposable
{
    /// <summary>Scope of every terminal for which nothing closer is published.</summary>
    public const string Default = "default";

    /// <summary>Most scopes: a few countries, and merchants with rules of their own.</summary>
    private const int MaxScopes = 10_000;

    /// <summary>Countries of merchants that are remembered; beyond that they are looked up anew.</summary>
    private const int MaxCountries = 100_000;

    private const string IndexSetting = "reader-configurations";
    private const string MessageSetting = "reader-configuration ";

    private readonly SemaphoreSlim _publishing = new(1, 1);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _countries = new(StringComparer.Ordinal);
    private volatile Published _published = new(0, new Dictionary<string, Entry>());

    private sealed record Entry(long Version, byte[] Message);

    private sealed record Published(long Last, IReadOnlyDictionary<string, Entry> Scopes);

    /// <summary>SubjectPublicKeyInfo of the key that signs.</summary>
    public byte[] PublicKey => key.PublicKey;

    /// <summary>The key, for the other documents that terminals verify by it; each has a content type of its own.</summary>
    public IDeviceKey Key => key;

    public async Task LoadAsync(CancellationToken cancellation)
    {
        if (await database.Settings.FindAsync(IndexSetting, cancellation) is not { } index)
        {
            return;
        }

        JsonObject stored = JsonNode.Parse(index)!.AsObject();
        Dictionary<string, Entry> scopes = new(StringComparer.Ordinal);
        foreach ((string scope, JsonNode? version) in stored["scopes"]!.AsObject())
        {
            byte[] message = await database.Settings.FindAsync(MessageSetting + scope, cancellation)
                ?? throw new BackendStartException($"the reader configuration of {scope} is not in the database");
            scopes[scope] = new Entry(version!.GetValue<long>(), message);
        }

        _published = new Published(stored["last"]!.GetValue<long>(), scopes);
    }

    /// <summary>Version that a merchant's terminals should have; null where none is published for them.</summary>
    public async ValueTask<long?> VersionForAsync(string merchantId, CancellationToken cancellation) =>
        (await FindAsync(merchantId, cancellation))?.Version;

    /// <summary>The signed message for a merchant's terminals; null where none is published for them.</summary>
    public async ValueTask<byte[]?> MessageForAsync(string merchantId, long held, CancellationToken cancellation) =>
        await FindAsync(merchantId, cancellation) is { } entry && entry.Version > held ? entry.Message : null;

    /// <summary>Checks, signs, journals and publishes a document.</summary>
    /// <param name="scope"><c>default</c>, <c>country:ZA</c> or <c>merchant:ID</c>.</param>
    /// <param name="document">The document, JSON in UTF-8.</param>
    /// <param name="name">Its name for faults.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>Version, or everything that is wrong.</returns>
    public async Task<(long? Version, IReadOnlyList<ConfigurationFault> Faults)> PublishAsync(
        string scope, byte[] document, string name, CancellationToken cancellation)
    {
        if (Check(scope, document, name) is { Count: > 0 } faults)
        {
            return (null, faults);
        }

        await _publishing.WaitAsync(cancellation);
        try
        {
            Published before = _published;
            if (before.Scopes.Count >= MaxScopes && !before.Scopes.ContainsKey(scope))
            {
                return (null, [new ConfigurationFault(name, string.Empty, $"more than {MaxScopes} scopes")]);
            }

            long version = before.Last + 1;
            byte[] message = new ReaderConfigurationMessage { Version = version, Scope = scope, IssuedAt = clock.GetUtcNow(), Document = document }.Sign(key);
            Dictionary<string, Entry> scopes = new(before.Scopes, StringComparer.Ordinal) { [scope] = new Entry(version, message) };
            JsonObject index = new() { ["last"] = version, ["scopes"] = new JsonObject(scopes.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.Version))) };
            JsonObject content = new() { ["version"] = version, ["document"] = Convert.ToHexStringLower(SHA256.HashData(document)) };
            Change change = new Change()
                .PutSetting(MessageSetting + scope, message)
                .PutSetting(IndexSetting, JsonSerializer.SerializeToUtf8Bytes(index))
                .Append("configuration.published", scope, content);
            (await database.CommitAsync(change, cancellation)).Require();
            _published = new Published(version, scopes);
            return (version, []);
        }
        finally
        {
            _publishing.Release();
        }
    }

    public void Dispose()
    {
        _publishing.Dispose();
        key.Dispose();
    }

    [GeneratedRegex("^(default|country:[A-Z]{2}|merchant:[A-Za-z0-9._-]{1,48})$")]
    private static partial Regex ScopePattern();

    private List<ConfigurationFault> Check(string scope, byte[] document, string name)
    {
        List<ConfigurationFault> faults = [];
        if (!ScopePattern().IsMatch(scope))
        {
            faults.Add(new ConfigurationFault(name, "scope", "expected default, country:XX (ISO 3166 alpha-2) or merchant:ID"));
        }

        if (document.Length > ReaderConfigurationMessage.MaxDocument)
        {
            faults.Add(new ConfigurationFault(name, string.Empty, $"longer than {ReaderConfigurationMessage.MaxDocument} bytes"));
            return faults;
        }

        if (!ReaderConfigurationReader.TryRead(document, name, out ReaderConfiguration? read, out IReadOnlyList<ConfigurationFault> found))
        {
            faults.AddRange(found);
        }
        else if (read.Environment is ReaderEnvironment.Lab != sandbox)
        {
            faults.Add(new ConfigurationFault(name, "environment", sandbox ? "a sandbox takes lab only" : "a live installation takes production only"));
        }

        return faults;
    }

    private async ValueTask<Entry?> FindAsync(string merchantId, CancellationToken cancellation)
    {
        Published published = _published;
        if (published.Scopes.TryGetValue("merchant:" + merchantId, out Entry? closest))
        {
            return closest;
        }

        if (published.Scopes.Keys.Any(scope => scope.StartsWith("country:", StringComparison.Ordinal))
            && published.Scopes.TryGetValue("country:" + await CountryAsync(merchantId, cancellation), out Entry? country))
        {
            return country;
        }

        return published.Scopes.GetValueOrDefault(Default);
    }

    private async ValueTask<string> CountryAsync(string merchantId, CancellationToken cancellation)
    {
        if (_countries.TryGetValue(merchantId, out string? known))
        {
            return known;
        }

        string country = (await database.Merchants.FindAsync(merchantId, cancellation))?.Country ?? string.Empty;
        if (_countries.Count < MaxCountries)
        {
            _countries[merchantId] = country;
        }

        return country;
    }
}
