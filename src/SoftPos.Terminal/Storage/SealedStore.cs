using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Terminal;

/// <summary>
/// Blobs sealed under the device: AES-256-GCM with a key that only the phone's hardware can compute again. At first use an ephemeral
/// P-256 key is made, its public half stored and its private half forgotten; the key is HKDF over ECDH(agreement key, that public half).
/// A copied folder opens nowhere else. Roll-back of a whole folder shows at the back end, which holds the evidence sequence and the KSNs.
/// </summary>
internal sealed class SealedStore : IDisposable
{
    private const int NonceLength = 12, TagLength = 16, KeyLength = 32;
    private static readonly byte[] Purpose = "softpos terminal storage 1"u8.ToArray();
    private readonly IBlobStore _blobs;
    private readonly RandomNumberGenerator _randomness;
    private readonly string _alias;
    private readonly byte[] _key;

    private SealedStore(IBlobStore blobs, RandomNumberGenerator randomness, string alias, byte[] key)
    {
        _blobs = blobs;
        _randomness = randomness;
        _alias = alias;
        _key = key;
    }

    /// <summary>Opens or starts the store of one enrolment; null when the anchor that it finds is not a P-256 key.</summary>
    public static SealedStore? Open(IBlobStore blobs, RandomNumberGenerator randomness, string alias, IAgreementKey agreement)
    {
        string name = $"{alias}-anchor";
        byte[]? anchor = blobs.Read(name);
        if (anchor is null)
        {
            using ECDiffieHellman forgotten = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            anchor = forgotten.ExportSubjectPublicKeyInfo();
            blobs.Write(name, anchor);
        }

        Span<byte> shared = stackalloc byte[IAgreementKey.SecretLength];
        if (!agreement.TryAgree(anchor, shared))
        {
            return null;
        }

        byte[] key = new byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, salt: Encoding.ASCII.GetBytes(alias), info: Purpose);
        CryptographicOperations.ZeroMemory(shared);
        return new SealedStore(blobs, randomness, alias, key);
    }

    /// <summary>The clear bytes, which the caller zeroes; null when there are none or they do not open.</summary>
    public byte[]? Read(string name)
    {
        byte[]? blob = _blobs.Read($"{_alias}-{name}");
        if (blob is null || blob.Length < NonceLength + TagLength)
        {
            return null;
        }

        byte[] clear = new byte[blob.Length - NonceLength - TagLength];
        using AesGcm aes = new(_key, TagLength);
        try
        {
            aes.Decrypt(
                blob.AsSpan(0, NonceLength), blob.AsSpan(NonceLength, clear.Length), blob.AsSpan(blob.Length - TagLength), clear, Encoding.ASCII.GetBytes(name));
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Seals and writes; durable when it returns.</summary>
    public void Write(string name, ReadOnlySpan<byte> clear)
    {
        byte[] blob = new byte[NonceLength + clear.Length + TagLength];
        _randomness.GetBytes(blob.AsSpan(0, NonceLength));
        using AesGcm aes = new(_key, TagLength);
        aes.Encrypt(
            blob.AsSpan(0, NonceLength), clear, blob.AsSpan(NonceLength, clear.Length), blob.AsSpan(blob.Length - TagLength), Encoding.ASCII.GetBytes(name));
        _blobs.Write($"{_alias}-{name}", blob);
    }

    /// <summary>Removes one blob.</summary>
    public void Delete(string name) => _blobs.Delete($"{_alias}-{name}");

    /// <summary>Removes the blobs of an alias.</summary>
    public static void Delete(IBlobStore blobs, string alias, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            blobs.Delete($"{alias}-{name}");
        }

        blobs.Delete($"{alias}-anchor");
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
