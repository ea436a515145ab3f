using System.Numerics;

namespace SoftPos.Cryptography;

/// <summary>The RSA public operation of EMV Book 2, annex A2.1: recovery of a signed message, without any padding of PKCS #1.</summary>
public static class EmvRsa
{
    /// <summary>Shortest modulus in bytes; keys of 512 bits were the shortest ever issued.</summary>
    public const int ShortestModulus = 64;

    /// <summary>Longest modulus in bytes. EMV ends at 248 bytes (1984 bits); the margin holds 4096-bit keys of host tools.</summary>
    public const int LongestModulus = 512;

    private static readonly BigInteger Fermat4 = 65537;

    /// <summary>Raises the signature to the public exponent, modulo the modulus. Everything is unsigned big endian.</summary>
    /// <param name="modulus">64 to 512 bytes, odd, without leading zero byte.</param>
    /// <param name="exponent">3 or 65537 in 1 to 4 bytes; EMV knows no other.</param>
    /// <param name="signature">As long as the modulus and less than it.</param>
    /// <param name="recovered">Receives exactly as many bytes as the modulus has; all zero when the answer is false.</param>
    /// <returns>False when a rule above is broken: an untrusted card may send anything.</returns>
    public static bool TryRecover(
        ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> signature, Span<byte> recovered)
    {
        recovered.Clear();
        if (modulus.Length is < ShortestModulus or > LongestModulus || signature.Length != modulus.Length || recovered.Length != modulus.Length)
        {
            return false;
        }

        if (modulus[0] == 0 || (modulus[^1] & 1) == 0 || !TryReadExponent(exponent, out bool isThree))
        {
            return false;
        }

        // Both have one length and no sign, so the order of the bytes is the order of the numbers.
        if (signature.SequenceCompareTo(modulus) >= 0)
        {
            return false;
        }

        BigInteger n = new(modulus, isUnsigned: true, isBigEndian: true);
        BigInteger s = new(signature, isUnsigned: true, isBigEndian: true);
        BigInteger message = isThree ? s * s % n * s % n : BigInteger.ModPow(s, Fermat4, n);
        int length = message.GetByteCount(isUnsigned: true);
        return message.TryWriteBytes(recovered[(modulus.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> exponent, out bool isThree)
    {
        isThree = false;
        if (exponent.Length is < 1 or > 4)
        {
            return false;
        }

        uint value = 0;
        foreach (byte part in exponent)
        {
            value = (value << 8) | part;
        }

        isThree = value == 3;
        return value is 3 or 65537;
    }
}
