using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// The back end's static P-256 key of the envelope. Agreements run on several copies side by side, because the platform's object is not
/// made for many callers at once.
/// </summary>
public sealed class EnvelopeKey : IDisposable
{
    /// <summary>Length of a key identifier.</summary>
    public const int IdLength = EnvelopeForm.KeyIdLength;

    private readonly ECDiffieHellman[] _copies;
    private uint _turn;

    /// <summary>Takes a key over; the caller disposes of its own.</summary>
    public EnvelopeKey(ECDiffieHellman key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        try
        {
            _copies = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => ECDiffieHellman.Create(parameters))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }

        PublicKey = key.ExportSubjectPublicKeyInfo();
        Id = IdOf(PublicKey);
    }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Key identifier.</summary>
    public byte[] Id { get; }

    /// <summary>Identifier of a key: the first bytes of SHA-256 over its SubjectPublicKeyInfo.</summary>
    public static byte[] IdOf(ReadOnlySpan<byte> publicKey) => SHA256.HashData(publicKey)[..IdLength];

    /// <summary>Whether the bytes are the SubjectPublicKeyInfo of a P-256 key.</summary>
    public static bool IsKey(ReadOnlySpan<byte> publicKey)
    {
        using ECDiffieHellman? key = Import(publicKey);
        return key is not null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ECDiffieHellman copy in _copies)
        {
            copy.Dispose();
        }
    }

    /// <summary>The key, or null when it is none of P-256.</summary>
    internal static ECDiffieHellman? Import(ReadOnlySpan<byte> publicKey)
    {
        ECDiffieHellman key = ECDiffieHellman.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out int read);
            if (read == publicKey.Length && key.KeySize == 256)
            {
                return key;
            }
        }
        catch (Exception fault) when (fault is CryptographicException or PlatformNotSupportedException)
        {
            // Not a key, of a curve that nobody knows, or not a point of the curve: an outcome like any other wrong key.
        }

        key.Dispose();
        return null;
    }

    /// <summary>Agrees with an ephemeral key; null when it is not a point of the curve. The caller zeroes the result.</summary>
    internal byte[]? Agree(byte[] x, byte[] y)
    {
        try
        {
            using ECDiffieHellman peer = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y },
            });
            ECDiffieHellman copy = _copies[Interlocked.Increment(ref _turn) % (uint)_copies.Length];
            lock (copy)
            {
                return copy.DeriveRawSecretAgreement(peer.PublicKey);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
