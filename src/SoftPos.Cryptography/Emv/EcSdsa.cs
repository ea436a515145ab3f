using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace SoftPos.Cryptography;

/// <summary>
/// ECSDSA in the x-only form of EMV Book E, 8.8.7 (ISO/IEC 14888-3, optimised) on P-256 with SHA-256. The platform has no sum of two
/// points, hence the library. Verification handles public data only.
/// </summary>
public static class EcSdsa
{
    /// <summary>Length of a signature in bytes: R and S, 32 each.</summary>
    public const int SignatureLength = 64;

    private const int HashLength = 32;

    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256r1");

    /// <summary>Verifies a signature under the public key of an x coordinate (the point with the smaller y).</summary>
    /// <param name="publicKey">32 bytes.</param>
    /// <param name="message">Signed bytes.</param>
    /// <param name="signature">64 bytes: R ‖ S.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> y = stackalloc byte[EmvCurve.FieldLength];
        if (signature.Length != SignatureLength || !EmvCurve.TryFindPoint(publicKey, y))
        {
            return false;
        }

        BigInteger r = new BigInteger(1, signature[..HashLength]).Mod(Curve.N);
        BigInteger s = new(1, signature[HashLength..]);
        if (r.SignValue == 0 || s.SignValue == 0 || s.CompareTo(Curve.N) >= 0)
        {
            return false;
        }

        ECPoint key = Curve.Curve.CreatePoint(new BigInteger(1, publicKey), new BigInteger(1, y));
        ECPoint sum = ECAlgorithms.SumOfTwoMultiplies(Curve.G, s, key, Curve.N.Subtract(r)).Normalize();
        if (sum.IsInfinity)
        {
            return false;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(sum.AffineXCoord.GetEncoded());
        hash.AppendData(message);
        Span<byte> expected = stackalloc byte[HashLength];
        hash.GetHashAndReset(expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature[..HashLength]);
    }
}
