using System.Security.Cryptography;

namespace SoftPos.Attestation.Certificates;

/// <summary>
/// Remembers issuer certificates whose signature was verified, by SHA-256 of (certificate, key of its issuer). Never a leaf, never a
/// verdict: dates, revocation and every rule are computed anew. Bounded.
/// </summary>
/// <param name="capacity">Most entries kept, at least 2.</param>
public sealed class VerifiedIssuers(int capacity = VerifiedIssuers.DefaultCapacity)
{
    /// <summary>A remotely provisioned attestation key lives weeks and serves one phone, so what pays off is the layer above it: small.</summary>
    public const int DefaultCapacity = 4096;

    private readonly RecentMap<UInt128Pair, IssuerKey> _keys = new(capacity);

    /// <summary>Entries held now.</summary>
    public int Count => _keys.Count;

    internal IssuerKey? Find(AttestationCertificate certificate, IssuerKey issuer) => _keys.Find(KeyOf(certificate, issuer));

    internal void Add(AttestationCertificate certificate, IssuerKey issuer, IssuerKey verified) =>
        _keys.Set(KeyOf(certificate, issuer), verified);

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
