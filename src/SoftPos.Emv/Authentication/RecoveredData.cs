using System.Security.Cryptography;
using SoftPos.Cryptography;

namespace SoftPos.Emv.Authentication;

/// <summary>An RSA public key recovered from a certificate.</summary>
/// <param name="Modulus">Modulus.</param>
/// <param name="Exponent">Exponent as the card gave it.</param>
public sealed record RsaPublicKey(byte[] Modulus, byte[] Exponent);

/// <summary>Recovery of signed data and the checks that all formats share (EMV Book 2, annex A2.1).</summary>
internal static class RecoveredData
{
    public const int HashLength = 20;
    private const byte HeaderByte = 0x6A;
    private const byte TrailerByte = 0xBC;
    private const byte Sha1Indicator = 0x01;

    /// <summary>Recovers and checks length, trailer, header and format; null when these hold.</summary>
    public static OdaFault? TryRecover(RsaPublicKey key, ReadOnlySpan<byte> signature, byte format, out byte[] recovered)
    {
        recovered = [];
        if (signature.Length != key.Modulus.Length)
        {
            return OdaFault.Length;
        }

        byte[] data = new byte[key.Modulus.Length];
        if (!EmvRsa.TryRecover(key.Modulus, key.Exponent, signature, data))
        {
            return OdaFault.Recovery;
        }

        if (data[^1] != TrailerByte)
        {
            return OdaFault.Trailer;
        }

        if (data[0] != HeaderByte)
        {
            return OdaFault.Header;
        }

        if (data[1] != format)
        {
            return OdaFault.Format;
        }

        recovered = data;
        return null;
    }

    /// <summary>The hash over everything between header and hash, followed by data that was not signed in full.</summary>
    public static bool HashMatches(byte[] recovered, params ReadOnlySpan<ReadOnlyMemory<byte>> rest)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(recovered.AsSpan(1, recovered.Length - HashLength - 2));
        foreach (ReadOnlyMemory<byte> part in rest)
        {
            hash.AppendData(part.Span);
        }

        Span<byte> computed = stackalloc byte[HashLength];
        hash.GetHashAndReset(computed);
        return CryptographicOperations.FixedTimeEquals(computed, recovered.AsSpan(recovered.Length - HashLength - 1, HashLength));
    }

    /// <summary>EMV names no other hash for RSA (Book 2, B2.1).</summary>
    public static bool IsSha1(byte indicator) => indicator == Sha1Indicator;

    /// <summary>True when the month MMyy has not passed on the date; valid through the last day of the month.</summary>
    public static bool? IsInValidity(ReadOnlySpan<byte> monthYear, DateOnly date)
    {
        if (!Bcd.TryDecode(monthYear, out long value) || value / 100 is < 1 or > 12)
        {
            return null;
        }

        int year = (int)(value % 100);
        year += year < 50 ? 2000 : 1900;
        return (year * 12) + (value / 100) >= (date.Year * 12) + date.Month;
    }
}
