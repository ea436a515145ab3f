using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// P-256 and P-521 as EMV Book E uses them: public keys are x coordinates of 32 or 66 bytes, of whose two points the one with the smaller y
/// is meant. The secure channel is on P-256; certificates may be signed on either.
/// </summary>
public static class EmvCurve
{
    /// <summary>Length of a coordinate, a scalar and a shared secret on P-256 in bytes.</summary>
    public const int FieldLength = 32;

    /// <summary>Length of a coordinate and a scalar on P-521 in bytes.</summary>
    public const int LongFieldLength = 66;

    private static readonly (BigInteger Prime, BigInteger B) P256 = (
        Number("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"),
        Number("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"));

    private static readonly (BigInteger Prime, BigInteger B) P521 = (
        (BigInteger.One << 521) - 1,
        Number("0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00"));

    /// <summary>Finds the point of an x coordinate (Book E, 8.8.4). Public data only: the time depends on it.</summary>
    /// <param name="x">32 bytes for P-256, 66 for P-521.</param>
    /// <param name="y">Receives the smaller of the two y coordinates, as long as <paramref name="x"/>.</param>
    /// <returns>False when no point has this x.</returns>
    public static bool TryFindPoint(ReadOnlySpan<byte> x, Span<byte> y)
    {
        if (x.Length is not (FieldLength or LongFieldLength) || y.Length != x.Length)
        {
            return false;
        }

        (BigInteger prime, BigInteger b) = x.Length == FieldLength ? P256 : P521;
        BigInteger abscissa = new(x, isUnsigned: true, isBigEndian: true);
        if (abscissa >= prime)
        {
            return false;
        }

        BigInteger square = ((BigInteger.ModPow(abscissa, 3, prime) - (3 * abscissa) + b) % prime + prime) % prime;

        // Both primes are 3 modulo 4, so this power is a root wherever there is one.
        BigInteger root = BigInteger.ModPow(square, (prime + 1) / 4, prime);
        if (root * root % prime != square)
        {
            return false;
        }

        BigInteger smaller = BigInteger.Min(root, prime - root);
        y.Clear();
        int length = smaller.GetByteCount(isUnsigned: true);
        return smaller.TryWriteBytes(y[(y.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>x coordinate of a secret scalar times the point of a public x coordinate; the sign of that point does not matter.</summary>
    /// <param name="scalar">32 bytes, from 1 to the order less one. The platform multiplies in constant time.</param>
    /// <param name="x">32 bytes.</param>
    /// <param name="product">Receives 32 bytes, leading zeros kept.</param>
    /// <returns>False when x is no point or the scalar is out of range.</returns>
    public static bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> x, Span<byte> product)
    {
        Span<byte> y = stackalloc byte[FieldLength];
        if (scalar.Length != FieldLength || product.Length != FieldLength || x.Length != FieldLength || !TryFindPoint(x, y))
        {
            return false;
        }

        byte[] secret = GC.AllocateUninitializedArray<byte>(FieldLength, pinned: true);
        scalar.CopyTo(secret);
        try
        {
            using ECDiffieHellman own = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
            using ECDiffieHellman peer = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = x.ToArray(), Y = y.ToArray() },
            });
            byte[] result = own.DeriveRawSecretAgreement(peer.PublicKey);
            result.CopyTo(product);
            CryptographicOperations.ZeroMemory(result);
            return true;
        }
        catch (CryptographicException)
        {
            // A scalar of zero or beyond the order: nothing that a reader draws, but a card may send one.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static BigInteger Number(string hex) => new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);
}
