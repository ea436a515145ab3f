using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace SoftPos.Cryptography;

/// <summary>
/// ECSDSA in the x-only form of EMV Book E, 8.8.7 (ISO/IEC 14888-3, optimised): on P-256 with SHA-256 (suite 10), on P-521 with SHA-512
/// (suite 11). The platform has no sum of two points, hence the library. Verification handles public data only.
/// </summary>
public static class EcSdsa
{
    /// <summary>Length of a signature on P-256 in bytes: R and S, 32 each.</summary>
    public const int SignatureLength = 64;

    /// <summary>Length of a signature on P-521 in bytes: R of 64, S of 66.</summary>
    public const int LongSignatureLength = 130;

    private static readonly X9ECParameters P256 = CustomNamedCurves.GetByName("secp256r1");
    private static readonly X9ECParameters P521 = CustomNamedCurves.GetByName("secp521r1");

    /// <summary>
    /// Verifies a signature under a public key, given as x coordinate (the point with the smaller y is meant) or as x ‖ y; its length names
    /// curve and hash.
    /// </summary>
    /// <param name="publicKey">32 or 64 bytes for P-256, 66 or 132 for P-521.</param>
    /// <param name="message">Signed bytes.</param>
    /// <param name="signature">R ‖ S, 64 bytes on P-256, 130 on P-521.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        bool isLong = publicKey.Length is EmvCurve.LongFieldLength or 2 * EmvCurve.LongFieldLength;
        X9ECParameters curve = isLong ? P521 : P256;
        int field = isLong ? EmvCurve.LongFieldLength : EmvCurve.FieldLength;
        int hashLength = isLong ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;
        Span<byte> y = stackalloc byte[EmvCurve.LongFieldLength];
        y = y[..field];
        if (signature.Length != hashLength + field || !TryFindOrdinate(publicKey, field, y))
        {
            return false;
        }

        BigInteger r = new BigInteger(1, signature[..hashLength]).Mod(curve.N);
        BigInteger s = new(1, signature[hashLength..]);
        if (r.SignValue == 0 || s.SignValue == 0 || s.CompareTo(curve.N) >= 0)
        {
            return false;
        }

        ECPoint key = curve.Curve.CreatePoint(new BigInteger(1, publicKey[..field]), new BigInteger(1, y));
        ECPoint sum = ECAlgorithms.SumOfTwoMultiplies(curve.G, s, key, curve.N.Subtract(r)).Normalize();
        if (sum.IsInfinity)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[SHA512.HashSizeInBytes];
        Hash(isLong, sum, message, expected[..hashLength]);
        return CryptographicOperations.FixedTimeEquals(expected[..hashLength], signature[..hashLength]);
    }

    /// <summary>
    /// Signs, for cards of a lab and for tests. Not for a key that is worth something: the library's time depends on the numbers.
    /// </summary>
    /// <param name="privateKey">32 bytes for P-256, 66 for P-521.</param>
    /// <param name="nonce">A number that is used for this signature alone, as long as the key.</param>
    /// <param name="message">Bytes to sign.</param>
    /// <returns>R ‖ S; null when key or nonce is out of range.</returns>
    public static byte[]? Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message)
    {
        if (!EmvCurve.IsScalar(privateKey) || !EmvCurve.IsScalar(nonce) || nonce.Length != privateKey.Length)
        {
            return null;
        }

        bool isLong = privateKey.Length == EmvCurve.LongFieldLength;
        X9ECParameters curve = isLong ? P521 : P256;
        int hashLength = isLong ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;
        byte[] signature = new byte[hashLength + privateKey.Length];
        BigInteger k = new(1, nonce);
        BigInteger d = SmallOrdinate(curve, new BigInteger(1, privateKey));
        Hash(isLong, new FixedPointCombMultiplier().Multiply(curve.G, k).Normalize(), message, signature.AsSpan(0, hashLength));
        BigInteger r = new BigInteger(1, signature.AsSpan(0, hashLength)).Mod(curve.N);
        BigInteger s = k.Add(r.Multiply(d)).Mod(curve.N);
        byte[] bytes = s.ToByteArrayUnsigned();
        bytes.CopyTo(signature, signature.Length - bytes.Length);
        return r.SignValue == 0 || s.SignValue == 0 ? null : signature;
    }

    /// <summary>The private key whose point has the smaller y; a verifier of an x coordinate takes that one.</summary>
    private static BigInteger SmallOrdinate(X9ECParameters curve, BigInteger d)
    {
        ECPoint point = new FixedPointCombMultiplier().Multiply(curve.G, d).Normalize();
        BigInteger y = point.AffineYCoord.ToBigInteger();
        return y.Add(y).CompareTo(curve.Curve.Field.Characteristic) < 0 ? d : curve.N.Subtract(d);
    }

    private static bool TryFindOrdinate(ReadOnlySpan<byte> publicKey, int field, Span<byte> y)
    {
        if (publicKey.Length == field)
        {
            return EmvCurve.TryFindPoint(publicKey, y);
        }

        if (!EmvCurve.IsPoint(publicKey))
        {
            return false;
        }

        publicKey[field..].CopyTo(y);
        return true;
    }

    private static void Hash(bool isLong, ECPoint point, ReadOnlySpan<byte> message, Span<byte> into)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(isLong ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
        hash.AppendData(point.AffineXCoord.GetEncoded());
        hash.AppendData(message);
        hash.GetHashAndReset(into);
    }
}
