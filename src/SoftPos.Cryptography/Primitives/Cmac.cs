using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>CMAC (NIST SP 800-38B, ISO/IEC 9797-1 algorithm 5) over AES and TDES.</summary>
public static class Cmac
{
    private const int ChunkLength = 1024;

    /// <summary>AES-CMAC.</summary>
    /// <param name="key">16, 24 or 32 bytes.</param>
    /// <param name="data">The text, of any length.</param>
    /// <param name="mac">1 to 16 bytes: receives the left bytes of the MAC.</param>
    public static void ComputeAes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        if (key.Length is not (16 or 24 or 32))
        {
            throw new ArgumentException("expected an AES key of 16, 24 or 32 bytes", nameof(key));
        }

        using Aes aes = Aes.Create();
        aes.SetKey(key);
        ComputeAes(aes, data, mac);
    }

    /// <summary>TDES-CMAC.</summary>
    /// <param name="key">16 or 24 bytes.</param>
    /// <param name="data">The text, of any length.</param>
    /// <param name="mac">1 to 8 bytes: receives the left bytes of the MAC.</param>
    public static void ComputeTdes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        if (key.Length is not (16 or 24))
        {
            throw new ArgumentException("expected a TDES key of 16 or 24 bytes", nameof(key));
        }

        CheckMac(mac, Tdes.BlockLength);
        using TdesCipher cipher = new(key, encrypts: true);
        Span<byte> subkey = stackalloc byte[Tdes.BlockLength];
        subkey.Clear();
        cipher.Process(subkey, subkey);
        Span<byte> last = stackalloc byte[Tdes.BlockLength];
        int head = SplitLast(data, subkey, last);
        Span<byte> chain = stackalloc byte[Tdes.BlockLength];
        chain.Clear();
        for (int at = 0; at < head; at += Tdes.BlockLength)
        {
            Tdes.Xor(chain, data.Slice(at, Tdes.BlockLength));
            cipher.Process(chain, chain);
        }

        Tdes.Xor(chain, last);
        cipher.Process(chain, chain);
        chain[..mac.Length].CopyTo(mac);
    }

    /// <summary>True when <paramref name="mac"/> (at least 4 bytes) is the left part of the AES-CMAC; compares in constant time.</summary>
    public static bool VerifyAes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        if (mac.Length is < 4 or > 16)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[16];
        ComputeAes(key, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..mac.Length], mac);
    }

    internal static void ComputeAes(Aes aes, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        const int Block = 16;
        CheckMac(mac, Block);
        Span<byte> subkey = stackalloc byte[Block];
        subkey.Clear();
        aes.EncryptEcb(subkey, subkey, PaddingMode.None);
        Span<byte> last = stackalloc byte[Block];
        int head = SplitLast(data, subkey, last);
        Span<byte> chain = stackalloc byte[Block];
        chain.Clear();
        Span<byte> chunk = stackalloc byte[Math.Min(ChunkLength, head + Block)];
        int at = 0;
        while (at < head)
        {
            int length = Math.Min(head - at, chunk.Length);
            aes.EncryptCbc(data.Slice(at, length), chain, chunk, PaddingMode.None);
            chunk.Slice(length - Block, Block).CopyTo(chain);
            at += length;
        }

        aes.EncryptCbc(last, chain, chunk, PaddingMode.None);
        chunk[..mac.Length].CopyTo(mac);
        CryptographicOperations.ZeroMemory(subkey);
        CryptographicOperations.ZeroMemory(last);
    }

    /// <summary>Masks the last block with the subkey of its case; answers the length before it. On entry <paramref name="subkey"/> holds E(0).</summary>
    private static int SplitLast(ReadOnlySpan<byte> data, Span<byte> subkey, Span<byte> last)
    {
        int block = subkey.Length;
        Double(subkey);
        int head = data.Length == 0 ? 0 : (data.Length - 1) / block * block;
        ReadOnlySpan<byte> rest = data[head..];
        last.Clear();
        rest.CopyTo(last);
        if (rest.Length < block)
        {
            Double(subkey);
            last[rest.Length] = 0x80;
        }

        Tdes.Xor(last, subkey);
        return head;
    }

    /// <summary>
    /// The first subkey (SP 800-38B, 6.1) from the enciphered zero block, in place: for security modules that have the block cipher but not
    /// the MAC. 8 or 16 bytes.
    /// </summary>
    public static void DoubleBlock(Span<byte> block)
    {
        if (block.Length is not (8 or 16))
        {
            throw new ArgumentException("expected one cipher block", nameof(block));
        }

        Double(block);
    }

    /// <summary>Multiplies by x in GF(2^64) or GF(2^128), without a branch on the secret.</summary>
    internal static void Double(Span<byte> value)
    {
        int top = value[0] >> 7;
        for (int i = 0; i < value.Length - 1; i++)
        {
            value[i] = unchecked((byte)((value[i] << 1) | (value[i + 1] >> 7)));
        }

        int constant = value.Length == 16 ? 0x87 : 0x1B;
        value[^1] = unchecked((byte)((value[^1] << 1) ^ (-top & constant)));
    }

    private static void CheckMac(Span<byte> mac, int longest)
    {
        if (mac.Length < 1 || mac.Length > longest)
        {
            throw new ArgumentException($"expected 1 to {longest} bytes", nameof(mac));
        }
    }
}
