using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SoftPos.Attestation.Certificates;

/// <summary>
/// Remembers issuer certificates whose signature was verified, by SHA-256 of (certificate, key of its issuer). Never a leaf, never a
/// verdict: dates, revocation and every rule are computed anew. Bounded by two generations, so that a flood of unknown issuers cannot
/// grow it nor push out everything that is in use.
/// </summary>
public sealed class VerifiedIssuers
{
    /// <summary>A remotely provisioned attestation key lives weeks and serves one phone, so what pays off is the layer above it: small.</summary>
    public const int DefaultCapacity = 4096;

    private readonly int _generationSize;
    private ConcurrentDictionary<UInt128Pair, IssuerKey> _young = new();
    private ConcurrentDictionary<UInt128Pair, IssuerKey> _old = new();

    /// <summary>Makes an empty memory.</summary>
    /// <param name="capacity">Most entries kept, at least 2.</param>
    public VerifiedIssuers(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _generationSize = capacity / 2;
    }

    /// <summary>Entries held now.</summary>
    public int Count => _young.Count + _old.Count;

    internal IssuerKey? Find(AttestationCertificate certificate, IssuerKey issuer) => Find(KeyOf(certificate, issuer));

    internal void Add(AttestationCertificate certificate, IssuerKey issuer, IssuerKey verified) => Add(KeyOf(certificate, issuer), verified);

    private IssuerKey? Find(UInt128Pair key)
    {
        if (_young.TryGetValue(key, out IssuerKey? found))
        {
            return found;
        }

        if (_old.TryGetValue(key, out found))
        {
            Add(key, found);
        }

        return found;
    }

    private void Add(UInt128Pair key, IssuerKey verified)
    {
        if (_young.Count >= _generationSize)
        {
            _old = _young;
            _young = new ConcurrentDictionary<UInt128Pair, IssuerKey>();
        }

        _young[key] = verified;
    }

    private static UInt128Pair KeyOf(AttestationCertificate certificate, IssuerKey issuer)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(certificate.Encoded.Span);
        sha.AppendData(issuer.SpkiSha256);
        sha.GetHashAndReset(hash);
        return new UInt128Pair(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]),
            BitConverter.ToUInt64(hash[24..]));
    }

    private readonly record struct UInt128Pair(ulong A, ulong B, ulong C, ulong D);
}
