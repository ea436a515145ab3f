using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
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

    private static readonly X9ECParameters P256 = SecNamedCurves.GetByName("secp256r1");
    private static readonly X9ECParameters P521 = SecNamedCurves.GetByName("secp521r1");

    /// <summary>Verifies a signature under the public key of an x coordinate (the point with the smaller y); its length names curve and hash.</summary>
    /// <param name="publicKey">32 bytes for P-256, 66 for P-521.</param>
    /// <param name="message">Signed bytes.</param>
    /// <param name="signature">R ‖ S, 64 bytes on P-256, 130 on P-521.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        bool isLong = publicKey.Length == EmvCurve.LongFieldLength;
        X9ECParameters curve = isLong ? P521 : P256;
        HashAlgorithmName algorithm = isLong ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        int hashLength = isLong ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;
        Span<byte> y = stackalloc byte[EmvCurve.LongFieldLength];
        y = y[..(isLong ? EmvCurve.LongFieldLength : EmvCurve.FieldLength)];
        if (signature.Length != (isLong ? LongSignatureLength : SignatureLength) || !EmvCurve.TryFindPoint(publicKey, y))
        {
            return false;
        }

        BigInteger r = new BigInteger(1, signature[..hashLength]).Mod(curve.N);
        BigInteger s = new(1, signature[hashLength..]);
        if (r.SignValue == 0 || s.SignValue == 0 || s.CompareTo(curve.N) >= 0)
        {
            return false;
        }

        ECPoint key = curve.Curve.CreatePoint(new BigInteger(1, publicKey), new BigInteger(1, y));
        ECPoint sum = ECAlgorithms.SumOfTwoMultiplies(curve.G, s, key, curve.N.Subtract(r)).Normalize();
        if (sum.IsInfinity)
        {
            return false;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(sum.AffineXCoord.GetEncoded());
        hash.AppendData(message);
        Span<byte> expected = stackalloc byte[SHA512.HashSizeInBytes];
        hash.GetHashAndReset(expected);
        return CryptographicOperations.FixedTimeEquals(expected[..hashLength], signature[..hashLength]);
    }
}
