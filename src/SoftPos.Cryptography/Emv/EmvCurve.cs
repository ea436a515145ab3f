using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// P-256 and P-521 as EMV Book E uses them: public keys are x coordinates of 32 or 66 bytes, of whose two points the one with the smaller y
/// is meant. The secure channel is on P-256, or on P-521 where both sides have it; certificates may be signed on either.
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

    private static readonly byte[] OrderOfP256 = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    private static readonly byte[] OrderOfP521 = Convert.FromHexString(
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409");

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

    /// <summary>True for x ‖ y of a point of the curve that the length names: 64 bytes for P-256, 132 for P-521.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length is not (2 * FieldLength or 2 * LongFieldLength))
        {
            return false;
        }

        ReadOnlySpan<byte> x = point[..(point.Length / 2)];
        ReadOnlySpan<byte> y = point[x.Length..];
        BigInteger prime = x.Length == FieldLength ? P256.Prime : P521.Prime;
        Span<byte> smaller = stackalloc byte[LongFieldLength];
        smaller = smaller[..x.Length];
        if (!TryFindPoint(x, smaller))
        {
            return false;
        }

        BigInteger root = new(smaller, isUnsigned: true, isBigEndian: true);
        BigInteger ordinate = new(y, isUnsigned: true, isBigEndian: true);
        return ordinate == root || ordinate == prime - root;
    }

    /// <summary>True for a number from 1 to the order of the curve less one; 32 bytes for P-256, 66 for P-521.</summary>
    public static bool IsScalar(ReadOnlySpan<byte> scalar) =>
        scalar.Length is FieldLength or LongFieldLength
        && scalar.ContainsAnyExcept((byte)0)
        && scalar.SequenceCompareTo(scalar.Length == FieldLength ? OrderOfP256 : OrderOfP521) < 0;

    /// <summary>Public key of a secret scalar. The platform multiplies in constant time.</summary>
    /// <param name="scalar">32 bytes for P-256, 66 for P-521.</param>
    /// <param name="point">Receives x ‖ y, twice as long as the scalar.</param>
    /// <returns>False when the scalar is out of range.</returns>
    public static bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point)
    {
        if (!IsScalar(scalar) || point.Length != 2 * scalar.Length)
        {
            return false;
        }

        using ECDiffieHellman key = Import(scalar);
        ECPoint q = key.ExportParameters(false).Q;
        q.X.CopyTo(point);
        q.Y.CopyTo(point[scalar.Length..]);
        return true;
    }

    /// <summary>x coordinate of a secret scalar times the point of a public x coordinate; the sign of that point does not matter.</summary>
    /// <param name="scalar">From 1 to the order less one, as long as <paramref name="x"/>. The platform multiplies in constant time.</param>
    /// <param name="x">32 bytes for P-256, 66 for P-521.</param>
    /// <param name="product">Receives as many bytes, leading zeros kept.</param>
    /// <returns>False when x is no point or the scalar is out of range.</returns>
    public static bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> x, Span<byte> product)
    {
        if (scalar.Length != x.Length || product.Length != x.Length || !IsScalar(scalar))
        {
            return false;
        }

        Span<byte> y = stackalloc byte[LongFieldLength];
        y = y[..x.Length];
        if (!TryFindPoint(x, y))
        {
            return false;
        }

        try
        {
            using ECDiffieHellman own = Import(scalar);
            using ECDiffieHellman peer = ECDiffieHellman.Create(new ECParameters
            {
                Curve = CurveOf(x.Length),
                Q = new ECPoint { X = x.ToArray(), Y = y.ToArray() },
            });
            byte[] result = own.DeriveRawSecretAgreement(peer.PublicKey);
            bool fits = result.Length == product.Length;
            if (fits)
            {
                result.CopyTo(product);
            }

            CryptographicOperations.ZeroMemory(result);
            return fits;
        }
        catch (CryptographicException)
        {
            // The platform refuses what it cannot multiply, a product at infinity among it.
            return false;
        }
    }

    private static ECCurve CurveOf(int length) => length == FieldLength ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP521;

    private static ECDiffieHellman Import(ReadOnlySpan<byte> scalar)
    {
        byte[] secret = GC.AllocateUninitializedArray<byte>(scalar.Length, pinned: true);
        scalar.CopyTo(secret);
        try
        {
            return ECDiffieHellman.Create(new ECParameters { Curve = CurveOf(scalar.Length), D = secret });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static BigInteger Number(string hex) => new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);
}
