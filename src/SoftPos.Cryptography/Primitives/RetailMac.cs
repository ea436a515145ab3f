using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>MACs of ISO/IEC 9797-1 over DES and TDES: algorithm 1 (CBC-MAC) and algorithm 3 (the "retail MAC").</summary>
public static class RetailMac
{
    /// <summary>Algorithm 3 under a 16-byte key: CBC with single DES under the left half, then decipher with the right, encipher with the left.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="data">The text.</param>
    /// <param name="padding">Padding method.</param>
    /// <param name="mac">4 to 8 bytes: receives the left bytes of the MAC.</param>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, MacPadding padding, Span<byte> mac)
    {
        if (key.Length != 16)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(key));
        }

        Compute(key[..8], key[8..], data, padding, mac);
    }

    /// <summary>Algorithm 3 with the two keys given apart; each may itself be a DES or TDES key.</summary>
    public static void Compute(ReadOnlySpan<byte> key1, ReadOnlySpan<byte> key2, ReadOnlySpan<byte> data, MacPadding padding, Span<byte> mac)
    {
        Span<byte> last = stackalloc byte[Tdes.BlockLength];
        Chain(key1, data, padding, last);
        Tdes.DecryptEcb(key2, last, last);
        Tdes.EncryptEcb(key1, last, last);
        Truncate(last, mac);
    }

    /// <summary>Algorithm 1 (CBC-MAC) under a key of 8, 16 or 24 bytes.</summary>
    public static void ComputeCbcMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, MacPadding padding, Span<byte> mac)
    {
        Span<byte> last = stackalloc byte[Tdes.BlockLength];
        Chain(key, data, padding, last);
        Truncate(last, mac);
    }

    /// <summary>True when <paramref name="mac"/> (4 to 8 bytes) is the left part of algorithm 3 over the data; compares in constant time.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, MacPadding padding, ReadOnlySpan<byte> mac)
    {
        if (mac.Length is < 4 or > 8)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Tdes.BlockLength];
        Compute(key, data, padding, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..mac.Length], mac);
    }

    private static void Chain(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, MacPadding padding, Span<byte> last)
    {
        if (key.Length is not (8 or 16 or 24))
        {
            throw new ArgumentException("expected a key of 8, 16 or 24 bytes", nameof(key));
        }

        using TdesCipher cipher = new(key, encrypts: true);
        last.Clear();
        int whole = PaddedText.Length(data.Length, padding, Tdes.BlockLength);
        const int StackLimit = 512;
        Span<byte> text = whole <= StackLimit ? stackalloc byte[whole] : new byte[whole];
        PaddedText.Write(data, padding, Tdes.BlockLength, text);
        for (int at = 0; at < text.Length; at += Tdes.BlockLength)
        {
            Tdes.Xor(last, text.Slice(at, Tdes.BlockLength));
            cipher.Process(last, last);
        }

        CryptographicOperations.ZeroMemory(text);
    }

    private static void Truncate(ReadOnlySpan<byte> last, Span<byte> mac)
    {
        if (mac.Length is < 1 or > 8)
        {
            throw new ArgumentException("expected 1 to 8 bytes", nameof(mac));
        }

        last[..mac.Length].CopyTo(mac);
    }
}
