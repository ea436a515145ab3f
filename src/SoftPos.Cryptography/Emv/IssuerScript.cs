using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>How confidential data of an issuer script is enciphered.</summary>
public enum ScriptEncryption
{
    /// <summary>Length byte ‖ data, padding method 2, ECB.</summary>
    Visa,

    /// <summary>CBC with a zero initial value, padded (method 2) only when the data is no whole block.</summary>
    Mastercard,

    /// <summary>CBC with a zero initial value, always padded by method 2 (EMV Book 2, 9.3).</summary>
    Emv,
}

/// <summary>Secure messaging of issuer scripts; EMV Book 2, 9. Keys are 16-byte session keys of the integrity or confidentiality key.</summary>
public static class IssuerScript
{
    /// <summary>Longest command data that a short APDU carries.</summary>
    private const int LongestData = 255;

    /// <summary>Session key for integrity or confidentiality under the given card key.</summary>
    public static void DeriveKey(
        CryptogramVersion version, ReadOnlySpan<byte> cardKey, ushort transactionCounter, ReadOnlySpan<byte> cryptogram, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (version.Script is ScriptKey.Visa)
        {
            EmvSessionKey.VisaSecureMessaging(cardKey, transactionCounter, key);
        }
        else
        {
            EmvSessionKey.Common(cardKey, cryptogram, key);
        }
    }

    /// <summary>MAC over CLA INS P1 P2 Lc ‖ ATC ‖ application cryptogram ‖ (enciphered) data; algorithm 3, padding 2.</summary>
    /// <param name="key">Session key for integrity, 16 bytes.</param>
    /// <param name="header">CLA INS P1 P2 Lc, where Lc counts the MAC.</param>
    /// <param name="transactionCounter">ATC.</param>
    /// <param name="cryptogram">Application cryptogram of the first GENERATE AC, 8 bytes.</param>
    /// <param name="data">Command data before the MAC, as sent.</param>
    /// <param name="mac">4 to 8 bytes: receives the left part.</param>
    public static void ComputeMac(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> header,
        ushort transactionCounter,
        ReadOnlySpan<byte> cryptogram,
        ReadOnlySpan<byte> data,
        Span<byte> mac)
    {
        if (header.Length != 5 || cryptogram.Length != 8 || data.Length > LongestData)
        {
            throw new ArgumentException("expected a header of 5 bytes, a cryptogram of 8 and data of at most 255", nameof(header));
        }

        Span<byte> text = stackalloc byte[5 + 2 + 8 + LongestData];
        header.CopyTo(text);
        BinaryPrimitives.WriteUInt16BigEndian(text[5..], transactionCounter);
        cryptogram.CopyTo(text[7..]);
        data.CopyTo(text[15..]);
        ComputeMac(key, text[..(15 + data.Length)], mac);
    }

    /// <summary>MAC over a text that is complete already.</summary>
    public static void ComputeMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> mac) =>
        RetailMac.Compute(key, text, MacPadding.Method2, mac);

    /// <summary>Enciphers confidential command data; the answer is 8 bytes longer at most.</summary>
    public static byte[] Encipher(ScriptEncryption method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        if (data.Length > LongestData)
        {
            throw new ArgumentException("expected at most 255 bytes", nameof(data));
        }

        if (method is ScriptEncryption.Mastercard && data.Length % 8 == 0)
        {
            byte[] whole = new byte[data.Length];
            Tdes.EncryptCbc(key, stackalloc byte[8], data, whole);
            return whole;
        }

        int prefix = method is ScriptEncryption.Visa ? 1 : 0;
        Span<byte> text = stackalloc byte[1 + LongestData];
        text = text[..(prefix + data.Length)];
        text[0] = (byte)data.Length;
        data.CopyTo(text[prefix..]);
        byte[] result = new byte[PaddedText.Length(text.Length, MacPadding.Method2, 8)];
        PaddedText.Write(text, MacPadding.Method2, 8, result);
        CryptographicOperations.ZeroMemory(text);
        if (method is ScriptEncryption.Visa)
        {
            Tdes.EncryptEcb(key, result, result);
        }
        else
        {
            Tdes.EncryptCbc(key, stackalloc byte[8], result, result);
        }

        return result;
    }

    /// <summary>The block of Visa's PIN CHANGE (VIS): PIN block mixed with the card key and, where given, the current PIN.</summary>
    /// <param name="cardKey">Card master key for application cryptograms, 16 bytes.</param>
    /// <param name="newPin">4 to 12 digits.</param>
    /// <param name="currentPin">4 to 12 digits, or empty.</param>
    /// <param name="block">Receives 8 bytes.</param>
    public static void WriteVisaPinChangeBlock(
        ReadOnlySpan<byte> cardKey, ReadOnlySpan<char> newPin, ReadOnlySpan<char> currentPin, Span<byte> block)
    {
        if (cardKey.Length != 16)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(cardKey));
        }

        DecimalDigits.Require(newPin, 4, 12, nameof(newPin));
        block[..8].Fill(0xFF);
        block[0] = (byte)newPin.Length;
        for (int i = 0; i < newPin.Length; i++)
        {
            SetNibble(block, i + 2, newPin[i] - '0');
        }

        for (int i = 4; i < 8; i++)
        {
            block[i] ^= cardKey[i];
        }

        if (currentPin.IsEmpty)
        {
            return;
        }

        DecimalDigits.Require(currentPin, 4, 12, nameof(currentPin));
        for (int i = 0; i < currentPin.Length; i++)
        {
            int digit = currentPin[i] - '0';
            block[i / 2] ^= (byte)(i % 2 == 0 ? digit << 4 : digit);
        }
    }

    private static void SetNibble(Span<byte> block, int index, int value) =>
        block[index / 2] = (byte)(index % 2 == 0 ? (value << 4) | (block[index / 2] & 0x0F) : (block[index / 2] & 0xF0) | value);
}
