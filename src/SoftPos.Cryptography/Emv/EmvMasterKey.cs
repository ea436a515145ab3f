using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>How the card's master key comes from the issuer's; EMV Book 2, annex A1.4.</summary>
public enum EmvMasterKeyOption
{
    /// <summary>A1.4.1: the rightmost 16 digits of PAN and sequence number.</summary>
    A,

    /// <summary>A1.4.2: as A for PANs of at most 16 digits, else by way of SHA-1.</summary>
    B,

    /// <summary>A1.4.3: AES.</summary>
    C,
}

/// <summary>Derives the master key of one card from the issuer's master key.</summary>
public static class EmvMasterKey
{
    private const int LongestPan = 19;

    /// <summary>Derives a TDES card key (options A and B, 16 bytes with odd parity) or an AES one (option C, as long as the issuer's).</summary>
    /// <param name="option">Derivation option of the card's BIN.</param>
    /// <param name="issuerKey">16 bytes for A and B; 16, 24 or 32 for C.</param>
    /// <param name="pan">12 to 19 decimal digits.</param>
    /// <param name="sequenceNumber">Two digits (5F34); an absent one counts as 00 and is given empty.</param>
    /// <param name="cardKey">Receives the key; as long as the issuer's.</param>
    public static void Derive(
        EmvMasterKeyOption option,
        ReadOnlySpan<byte> issuerKey,
        ReadOnlySpan<char> pan,
        ReadOnlySpan<char> sequenceNumber,
        Span<byte> cardKey)
    {
        Span<char> digits = stackalloc char[LongestPan + 2];
        digits = digits[..Join(pan, sequenceNumber, digits)];
        if (option is EmvMasterKeyOption.C)
        {
            DeriveAes(issuerKey, digits, cardKey);
            return;
        }

        if (issuerKey.Length != 16 || cardKey.Length != 16)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(issuerKey));
        }

        Span<byte> blocks = stackalloc byte[16];
        if (option is EmvMasterKeyOption.B && pan.Length > 16)
        {
            Decimalise(digits, blocks[..8]);
        }
        else
        {
            Rightmost(digits, blocks[..8]);
        }

        for (int i = 0; i < 8; i++)
        {
            blocks[8 + i] = (byte)(blocks[i] ^ 0xFF);
        }

        Tdes.EncryptEcb(issuerKey, blocks, cardKey);
        Tdes.AdjustParity(cardKey);
    }

    private static int Join(ReadOnlySpan<char> pan, ReadOnlySpan<char> sequenceNumber, Span<char> digits)
    {
        DecimalDigits.Require(pan, 1, LongestPan, nameof(pan));
        if (sequenceNumber.Length is not (0 or 2) || !DecimalDigits.Are(sequenceNumber))
        {
            throw new ArgumentException("expected two decimal digits or none", nameof(sequenceNumber));
        }

        pan.CopyTo(digits);
        (sequenceNumber.IsEmpty ? "00" : sequenceNumber).CopyTo(digits[pan.Length..]);
        return pan.Length + 2;
    }

    /// <summary>Packs the rightmost digits that fit, filled with zeros on the left.</summary>
    private static void Rightmost(ReadOnlySpan<char> digits, Span<byte> packed)
    {
        packed.Clear();
        for (int i = 0; i < packed.Length * 2 && i < digits.Length; i++)
        {
            int nibble = digits[digits.Length - 1 - i] - '0';
            packed[packed.Length - 1 - (i / 2)] |= (byte)(i % 2 == 0 ? nibble : nibble << 4);
        }
    }

    /// <summary>EMV Book 2, A1.4.2: the first 16 decimal digits of the hash; letters, mapped a…f to 0…5, fill up what is missing.</summary>
    private static void Decimalise(ReadOnlySpan<char> digits, Span<byte> packed)
    {
        Span<byte> text = stackalloc byte[(LongestPan + 3) / 2];
        text = text[..((digits.Length + 1) / 2)];
        Rightmost(digits, text);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is what EMV Book 2, A1.4.2 prescribes; it only spreads digits here.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        packed.Clear();
        int found = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < hash.Length * 2 && found < 16; i++)
            {
                int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xF;
                if (nibble > 9 == (pass == 1))
                {
                    int digit = pass == 0 ? nibble : nibble - 10;
                    packed[found / 2] |= (byte)(found % 2 == 0 ? digit << 4 : digit);
                    found++;
                }
            }
        }
    }

    /// <summary>EMV Book 2, A1.4.3: Y = all digits right-justified in 16 bytes; E(Y), and for longer keys E(Y xor FF…) behind it.</summary>
    private static void DeriveAes(ReadOnlySpan<byte> issuerKey, ReadOnlySpan<char> digits, Span<byte> cardKey)
    {
        if (issuerKey.Length is not (16 or 24 or 32) || cardKey.Length != issuerKey.Length)
        {
            throw new ArgumentException("expected an AES key of 16, 24 or 32 bytes", nameof(issuerKey));
        }

        Span<byte> blocks = stackalloc byte[32];
        Rightmost(digits, blocks[..16]);
        for (int i = 0; i < 16; i++)
        {
            blocks[16 + i] = (byte)(blocks[i] ^ 0xFF);
        }

        using Aes aes = Aes.Create();
        aes.SetKey(issuerKey);
        aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        blocks[..cardKey.Length].CopyTo(cardKey);
        CryptographicOperations.ZeroMemory(blocks);
    }
}
