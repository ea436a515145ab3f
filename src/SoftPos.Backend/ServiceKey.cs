using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// The P-256 key by which monitoring signs its results. It rests sealed by the key room; payments hold the public half only.
/// </summary>
internal sealed class ServiceKey : IDeviceKey, IDisposable
{
    private const string Name = "key.monitoring.1";

    private readonly ECDsa _key;

    private ServiceKey(ECDsa key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
    }

    public byte[] PublicKey { get; }

    public static async Task<ServiceKey> OpenAsync(Database database, IKeyRoom keys, CancellationToken cancellation)
    {
        byte[] binding = System.Text.Encoding.ASCII.GetBytes(Name);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (await database.Settings.FindAsync(Name, cancellation) is { } sealedKey)
        {
            byte[] stored = await keys.UnsealFromStorageAsync(sealedKey, binding, cancellation)
                ?? throw new BackendStartException("the monitoring key does not open under this master key; database and master key belong together");
            key.ImportPkcs8PrivateKey(stored, out _);
            CryptographicOperations.ZeroMemory(stored);
            return new ServiceKey(key);
        }

        byte[] fresh = key.ExportPkcs8PrivateKey();
        byte[] resting = await keys.SealForStorageAsync(fresh, binding, cancellation);
        CryptographicOperations.ZeroMemory(fresh);
        ServiceKey made = new(key);
        JsonObject content = new() { ["purpose"] = "attestation results", ["publicKey"] = Convert.ToBase64String(made.PublicKey) };
        (await database.CommitAsync(new Change().PutSetting(Name, resting).Append("key.generated", Name, content), cancellation)).Require();
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
