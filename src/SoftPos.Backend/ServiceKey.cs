using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// A P-256 key by which the back end signs for others: one for monitoring's results (payments hold the public half only), one for reader
/// configurations, one for the channel document. It rests sealed by the key room.
/// </summary>
internal sealed class ServiceKey : IDeviceKey, IDisposable
{
    private const string MonitoringName = "key.monitoring.1";
    private const string ConfigurationName = "key.configuration.1";
    private const string ChannelName = "key.channel.1";

    private readonly ECDsa _key;

    private ServiceKey(ECDsa key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
    }

    public byte[] PublicKey { get; }

    /// <summary>The key of attestation results.</summary>
    public static Task<ServiceKey> OpenMonitoringAsync(Database database, IKeyRoom keys, CancellationToken cancellation) =>
        OpenAsync(database, keys, MonitoringName, "attestation results", cancellation);

    /// <summary>The key of reader configurations.</summary>
    public static Task<ServiceKey> OpenConfigurationAsync(Database database, IKeyRoom keys, CancellationToken cancellation) =>
        OpenAsync(database, keys, ConfigurationName, "reader configurations", cancellation);

    /// <summary>The key of channel documents, which apps pin.</summary>
    public static Task<ServiceKey> OpenChannelAsync(Database database, IKeyRoom keys, CancellationToken cancellation) =>
        OpenAsync(database, keys, ChannelName, "channel documents", cancellation);

    private static async Task<ServiceKey> OpenAsync(Database database, IKeyRoom keys, string name, string purpose, CancellationToken cancellation)
    {
        byte[] binding = System.Text.Encoding.ASCII.GetBytes(name);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (await database.Settings.FindAsync(name, cancellation) is { } sealedKey)
        {
            byte[] stored = await keys.UnsealFromStorageAsync(sealedKey, binding, cancellation)
                ?? throw new BackendStartException($"the key of {purpose} does not open under this master key; database and master key belong together");
            key.ImportPkcs8PrivateKey(stored, out _);
            CryptographicOperations.ZeroMemory(stored);
            return new ServiceKey(key);
        }

        byte[] fresh = key.ExportPkcs8PrivateKey();
        byte[] resting = await keys.SealForStorageAsync(fresh, binding, cancellation);
        CryptographicOperations.ZeroMemory(fresh);
        ServiceKey made = new(key);
        JsonObject content = new() { ["purpose"] = purpose, ["publicKey"] = Convert.ToBase64String(made.PublicKey) };
        (await database.CommitAsync(new Change().PutSetting(name, resting).Append("key.generated", name, content), cancellation)).Require();
        return made;
    }

    public byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        // Many requests sign at once; the object of the platform is not made for that.
        lock (_key)
        {
            return _key.SignHash(hash);
        }
    }

    public void Dispose() => _key.Dispose();
}
