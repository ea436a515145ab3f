using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>P-256 as EMV Book E uses it: public keys are x coordinates of 32 bytes, of whose two points the one with the smaller y is meant.</summary>
public static class EmvCurve
{
    /// <summary>Length of a coordinate, a scalar and a shared secret in bytes.</summary>
    public const int FieldLength = 32;

    private static readonly BigInteger Prime = Number("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
    private static readonly BigInteger B = Number("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    /// <summary>Finds the point of an x coordinate (Book E, 8.8.4). Public data only: the time depends on it.</summary>
    /// <param name="x">32 bytes.</param>
    /// <param name="y">Receives the smaller of the two y coordinates, 32 bytes.</param>
    /// <returns>False when no point has this x.</returns>
    public static bool TryFindPoint(ReadOnlySpan<byte> x, Span<byte> y)
    {
        if (x.Length != FieldLength || y.Length != FieldLength)
        {
            return false;
        }

        BigInteger abscissa = new(x, isUnsigned: true, isBigEndian: true);
        if (abscissa >= Prime)
        {
            return false;
        }

        BigInteger square = ((BigInteger.ModPow(abscissa, 3, Prime) - (3 * abscissa) + B) % Prime + Prime) % Prime;

        // The prime is 3 modulo 4, so this power is a root wherever there is one.
        BigInteger root = BigInteger.ModPow(square, (Prime + 1) / 4, Prime);
        if (root * root % Prime != square)
        {
            return false;
        }

        BigInteger smaller = BigInteger.Min(root, Prime - root);
        y.Clear();
        int length = smaller.GetByteCount(isUnsigned: true);
        return smaller.TryWriteBytes(y[(FieldLength - length)..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>x coordinate of a secret scalar times the point of a public x coordinate; the sign of that point does not matter.</summary>
    /// <param name="scalar">32 bytes, from 1 to the order less one. The platform multiplies in constant time.</param>
    /// <param name="x">32 bytes.</param>
    /// <param name="product">Receives 32 bytes, leading zeros kept.</param>
    /// <returns>False when x is no point or the scalar is out of range.</returns>
    public static bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> x, Span<byte> product)
    {
        Span<byte> y = stackalloc byte[FieldLength];
        if (scalar.Length != FieldLength || product.Length != FieldLength || !TryFindPoint(x, y))
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
