using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>The cipher of each version: derivation of encryption and MAC key, encipherment, MAC.</summary>
internal static class KeyBlockCipher
{
    private const int EncryptionCbc = 0;
    private const int Authentication = 1;
    private const int EncryptionCtr = 2;

    /// <summary>Key block encryption and authentication key, each as long as the protection key.</summary>
    public static void DeriveKeys(char version, ReadOnlySpan<byte> protectionKey, Span<byte> encryption, Span<byte> authentication)
    {
        switch (version)
        {
            case 'A' or 'C':
                for (int i = 0; i < protectionKey.Length; i++)
                {
                    encryption[i] = (byte)(protectionKey[i] ^ 0x45);
                    authentication[i] = (byte)(protectionKey[i] ^ 0x4D);
                }

                break;
            case 'B':
                DeriveTdes(protectionKey, EncryptionCbc, encryption);
                DeriveTdes(protectionKey, Authentication, authentication);
                break;
            default:
                using (Aes aes = Aes.Create())
                {
                    aes.SetKey(protectionKey);
                    DeriveAes(aes, version is 'D' ? EncryptionCbc : EncryptionCtr, encryption);
                    DeriveAes(aes, Authentication, authentication);
                }

                break;
        }
    }

    /// <summary>MAC over header and payload: the enciphered payload for A and C, the clear one otherwise.</summary>
    public static void ComputeMac(char version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> mac)
    {
        switch (version)
        {
            case 'A' or 'C':
                RetailMac.ComputeCbcMac(key, text, MacPadding.Method1, mac);
                break;
            case 'B':
                Cmac.ComputeTdes(key, text, mac);
                break;
            default:
                Cmac.ComputeAes(key, text, mac);
                break;
        }
    }

    public static void Encrypt(char version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> clear, Span<byte> enciphered)
    {
        if (version is 'E')
        {
            ApplyCounter(key, iv, clear, enciphered);
        }
        else if (version is 'D')
        {
            using Aes aes = Aes.Create();
            aes.SetKey(key);
            aes.EncryptCbc(clear, iv, enciphered, PaddingMode.None);
        }
        else
        {
            Tdes.EncryptCbc(key, iv, clear, enciphered);
        }
    }

    public static void Decrypt(char version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> enciphered, Span<byte> clear)
    {
        if (version is 'E')
        {
            ApplyCounter(key, iv, enciphered, clear);
        }
        else if (version is 'D')
        {
            using Aes aes = Aes.Create();
            aes.SetKey(key);
            aes.DecryptCbc(enciphered, iv, clear, PaddingMode.None);
        }
        else
        {
            Tdes.DecryptCbc(key, iv, enciphered, clear);
        }
    }

    private static void ApplyCounter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> counter = stackalloc byte[16];
        Span<byte> stream = stackalloc byte[16];
        iv.CopyTo(counter);
        for (int at = 0; at < input.Length; at += 16)
        {
            aes.EncryptEcb(counter, stream, PaddingMode.None);
            for (int i = at; i < Math.Min(at + 16, input.Length); i++)
            {
                output[i] = (byte)(input[i] ^ stream[i - at]);
            }

            for (int i = 15; i >= 0 && unchecked(++counter[i]) == 0; i--)
            {
            }
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>X9.143, key derivation binding: CMAC of an 8-byte text per cipher block of key.</summary>
    private static void DeriveTdes(ReadOnlySpan<byte> protectionKey, int usage, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[8];
        WriteText(text, usage, key.Length == 16 ? 0 : 1, key.Length);
        for (int at = 0; at < key.Length; at += 8)
        {
            text[0]++;
            Cmac.ComputeTdes(protectionKey, text, key.Slice(at, 8));
        }
    }

    private static void DeriveAes(Aes aes, int usage, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[8];
        WriteText(text, usage, key.Length switch { 16 => 2, 24 => 3, _ => 4 }, key.Length);
        for (int at = 0; at < key.Length; at += 16)
        {
            text[0]++;
            Cmac.ComputeAes(aes, text, key[at..Math.Min(at + 16, key.Length)]);
        }
    }

    private static void WriteText(Span<byte> text, int usage, int algorithm, int keyLength)
    {
        text[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(text[1..], (ushort)usage);
        text[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(text[4..], (ushort)algorithm);
        BinaryPrimitives.WriteUInt16BigEndian(text[6..], (ushort)(keyLength * 8));
    }
}
