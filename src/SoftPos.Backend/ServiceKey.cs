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
        SealedSetting setting = new(database, keys, name, $"key of {purpose}");
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (await setting.FindAsync(cancellation) is { } stored)
        {
            key.ImportPkcs8PrivateKey(stored, out _);
            CryptographicOperations.ZeroMemory(stored);
            return new ServiceKey(key);
        }

        byte[] fresh = key.ExportPkcs8PrivateKey();
        ServiceKey made = new(key);
        JsonObject content = new() { ["purpose"] = purpose, ["publicKey"] = Convert.ToBase64String(made.PublicKey) };
        Change writing = await setting.WritingAsync(fresh, content, cancellation);
        CryptographicOperations.ZeroMemory(fresh);
        (await database.CommitAsync(writing, cancellation)).Require();
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
