using System.Security.Cryptography;

namespace SoftPos.Emv.Authentication;

/// <summary>Where a CA key may be used.</summary>
public enum CaKeyEnvironment
{
    /// <summary>Live cards.</summary>
    Production,

    /// <summary>Test cards of a scheme.</summary>
    Test,

    /// <summary>Cards of the lab.</summary>
    Lab,
}

/// <summary>A certification authority public key of a payment scheme (EMV Book 2, 11.2.2).</summary>
/// <param name="Rid">Registered application provider, 5 bytes.</param>
/// <param name="Index">Index 8F.</param>
/// <param name="Modulus">Modulus, at most 256 bytes.</param>
/// <param name="Exponent">03 or 010001.</param>
/// <param name="Environment">Where it may be used.</param>
/// <param name="Expires">Last day of use, or null when none is announced.</param>
public sealed record CaPublicKey(byte[] Rid, byte Index, byte[] Modulus, byte[] Exponent, CaKeyEnvironment Environment, DateOnly? Expires = null)
{
    /// <summary>Longest modulus: EMV allows 248 bytes; 2048-bit keys are accepted for tests of the next length.</summary>
    public const int LongestModulus = 256;

    /// <summary>SHA-1 over RID, index, modulus and exponent (EMV Book 2, 11.2.2).</summary>
    public byte[] Checksum() => SHA1.HashData([.. Rid, Index, .. Modulus, .. Exponent]);

    /// <summary>RID, index and length.</summary>
    public override string ToString() => $"{Convert.ToHexString(Rid)} {Index:X2} ({Modulus.Length * 8} bit)";
}

/// <summary>One entry of the certificate revocation list.</summary>
/// <param name="Rid">Registered application provider, 5 bytes.</param>
/// <param name="Index">CA key index.</param>
/// <param name="Serial">Certificate serial number, 3 bytes.</param>
public sealed record CertificateRevocation(byte[] Rid, byte Index, byte[] Serial);

/// <summary>The CA keys and revocations that a reader trusts.</summary>
public sealed class CaKeySet(IReadOnlyList<CaPublicKey> keys, IReadOnlyList<CertificateRevocation> revocations)
{
    /// <summary>Every key.</summary>
    public IReadOnlyList<CaPublicKey> Keys { get; } = keys;

    /// <summary>Every key on an elliptic curve (kernel 8).</summary>
    public IReadOnlyList<CaEccPublicKey> EccKeys { get; init; } = [];

    /// <summary>Every revoked certificate.</summary>
    public IReadOnlyList<CertificateRevocation> Revocations { get; } = revocations;

    /// <summary>The key with RID and index, or null.</summary>
    public CaPublicKey? Find(ReadOnlySpan<byte> rid, byte index)
    {
        foreach (CaPublicKey key in Keys)
        {
            if (key.Index == index && key.Rid.AsSpan().SequenceEqual(rid))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The key on an elliptic curve with RID and index, or null.</summary>
    public CaEccPublicKey? FindEcc(ReadOnlySpan<byte> rid, byte index)
    {
        foreach (CaEccPublicKey key in EccKeys)
        {
            if (key.Index == index && key.Rid.AsSpan().SequenceEqual(rid))
            {
                return key;
            }
        }

        return null;
    }

    internal bool IsRevoked(CaPublicKey key, ReadOnlySpan<byte> serial) => IsRevoked(key.Rid, key.Index, serial);

    internal bool IsRevoked(ReadOnlySpan<byte> rid, byte index, ReadOnlySpan<byte> serial)
    {
        foreach (CertificateRevocation entry in Revocations)
        {
            if (entry.Index == index && entry.Rid.AsSpan().SequenceEqual(rid) && entry.Serial.AsSpan().SequenceEqual(serial))
            {
                return true;
            }
        }

        return false;
    }
}
