using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Lab.Phones;

/// <summary>P-256 keys from given bytes, so that a run of the lab can be replayed. Never for anything but the lab.</summary>
internal static class LabKeys
{
    /// <summary>Order of the P-256 group (SEC 2, 2.4.2).</summary>
    private static readonly BigInteger Order =
        BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, null);

    /// <summary>Bytes that make the bias of the reduction below 2^-128.</summary>
    public const int SeedLength = 48;

    /// <summary>A key of a name under a seed: always the same one.</summary>
    public static ECParameters Derive(ReadOnlySpan<byte> seed, string name)
    {
        Span<byte> bytes = stackalloc byte[SeedLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, bytes, [], System.Text.Encoding.UTF8.GetBytes(name));
        return FromBytes(bytes);
    }

    /// <summary>A fresh key.</summary>
    public static ECParameters Generate(RandomNumberGenerator randomness)
    {
        Span<byte> bytes = stackalloc byte[SeedLength];
        randomness.GetBytes(bytes);
        return FromBytes(bytes);
    }

    private static ECParameters FromBytes(ReadOnlySpan<byte> bytes)
    {
        BigInteger scalar = (new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        byte[] d = new byte[32];
        byte[] minimal = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        minimal.CopyTo(d, d.Length - minimal.Length);
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        return key.ExportParameters(includePrivateParameters: true);
    }
}
