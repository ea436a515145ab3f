using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Session keys of one card for one transaction. Card keys are 16 bytes TDES; session keys have odd parity where the scheme asks.</summary>
public static class EmvSessionKey
{
    private const int KeyLength = 16;

    /// <summary>EMV common session key (Book 2, A1.3.1) with a given diversification value.</summary>
    /// <param name="cardKey">16 bytes for TDES; <see cref="CommonAes"/> serves AES.</param>
    /// <param name="diversifier">8 bytes: ATC and zeros for the application cryptogram, the cryptogram itself for secure messaging.</param>
    /// <param name="sessionKey">Receives 16 bytes.</param>
    public static void Common(ReadOnlySpan<byte> cardKey, ReadOnlySpan<byte> diversifier, Span<byte> sessionKey)
    {
        CheckKeys(cardKey, sessionKey);
        if (diversifier.Length != 8)
        {
            throw new ArgumentException("expected 8 bytes", nameof(diversifier));
        }

        Span<byte> blocks = stackalloc byte[KeyLength];
        diversifier.CopyTo(blocks);
        diversifier.CopyTo(blocks[8..]);
        blocks[2] = 0xF0;
        blocks[10] = 0x0F;
        Tdes.EncryptEcb(cardKey, blocks, sessionKey);
        Tdes.AdjustParity(sessionKey);
    }

    /// <summary>Common session key for the application cryptogram: diversified by the transaction counter.</summary>
    public static void CommonForCounter(ReadOnlySpan<byte> cardKey, ushort transactionCounter, Span<byte> sessionKey)
    {
        Span<byte> diversifier = stackalloc byte[8];
        diversifier.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(diversifier, transactionCounter);
        Common(cardKey, diversifier, sessionKey);
    }

    /// <summary>Mastercard session key: diversified by the transaction counter and the unpredictable number (4 bytes).</summary>
    public static void Mastercard(
        ReadOnlySpan<byte> cardKey, ushort transactionCounter, ReadOnlySpan<byte> unpredictableNumber, Span<byte> sessionKey)
    {
        if (unpredictableNumber.Length != 4)
        {
            throw new ArgumentException("expected 4 bytes", nameof(unpredictableNumber));
        }

        Span<byte> diversifier = stackalloc byte[8];
        diversifier.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(diversifier, transactionCounter);
        unpredictableNumber.CopyTo(diversifier[4..]);
        Common(cardKey, diversifier, sessionKey);
    }

    /// <summary>
    /// Visa session key for secure messaging (CVN 10 and 18): the counter is mixed into the end of the left half, its inverse into the
    /// end of the right half.
    /// </summary>
    public static void VisaSecureMessaging(ReadOnlySpan<byte> cardKey, ushort transactionCounter, Span<byte> sessionKey)
    {
        CheckKeys(cardKey, sessionKey);
        cardKey.CopyTo(sessionKey);
        sessionKey[6] ^= (byte)(transactionCounter >> 8);
        sessionKey[7] ^= (byte)(transactionCounter & 0xFF);
        sessionKey[14] ^= (byte)((transactionCounter >> 8) ^ 0xFF);
        sessionKey[15] ^= (byte)((transactionCounter & 0xFF) ^ 0xFF);
        Tdes.AdjustParity(sessionKey);
    }

    /// <summary>UnionPay (PBOC 3.0) session key: E(000000000000 ‖ ATC) ‖ E(000000000000 ‖ inverse of ATC).</summary>
    public static void UnionPay(ReadOnlySpan<byte> cardKey, ushort transactionCounter, Span<byte> sessionKey)
    {
        CheckKeys(cardKey, sessionKey);
        Span<byte> blocks = stackalloc byte[KeyLength];
        blocks.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(blocks[6..], transactionCounter);
        BinaryPrimitives.WriteUInt16BigEndian(blocks[14..], (ushort)(transactionCounter ^ 0xFFFF));
        Tdes.EncryptEcb(cardKey, blocks, sessionKey);
        Tdes.AdjustParity(sessionKey);
    }

    /// <summary>EMV2000 tree (EMV 4.1 Book 2, A1.3.2), which older cards still use.</summary>
    /// <param name="cardKey">16 bytes.</param>
    /// <param name="transactionCounter">ATC.</param>
    /// <param name="height">Levels of the tree; branch factor to this power must exceed every counter.</param>
    /// <param name="branchFactor">Children of a node, 2 to 255.</param>
    /// <param name="initialValue">16 bytes, zeros by default in the field.</param>
    /// <param name="sessionKey">Receives 16 bytes.</param>
    public static void Emv2000Tree(
        ReadOnlySpan<byte> cardKey,
        ushort transactionCounter,
        int height,
        int branchFactor,
        ReadOnlySpan<byte> initialValue,
        Span<byte> sessionKey)
    {
        CheckKeys(cardKey, sessionKey);
        if (initialValue.Length != KeyLength)
        {
            throw new ArgumentException("expected 16 bytes", nameof(initialValue));
        }

        if (branchFactor is < 2 or > 255 || height is < 1 or > 16 || Math.Pow(branchFactor, height) <= ushort.MaxValue)
        {
            throw new ArgumentException("branch factor to the power of height must exceed the largest transaction counter", nameof(height));
        }

        Span<byte> grandparent = stackalloc byte[KeyLength];
        Span<byte> parent = stackalloc byte[KeyLength];
        Span<byte> node = stackalloc byte[KeyLength];
        initialValue.CopyTo(grandparent);
        cardKey.CopyTo(parent);
        int divisor = (int)Math.Pow(branchFactor, height - 1);
        for (int level = 1; level <= height; level++)
        {
            byte branch = (byte)(transactionCounter / divisor % branchFactor);
            divisor = Math.Max(divisor / branchFactor, 1);
            grandparent.CopyTo(node);
            node[7] ^= branch;
            node[15] ^= (byte)(branch ^ 0xF0);
            Tdes.EncryptEcb(parent, node, node);
            if (level < height)
            {
                parent.CopyTo(grandparent);
                node.CopyTo(parent);
            }
        }

        node.CopyTo(sessionKey);
        Tdes.Xor(sessionKey, grandparent);
        Tdes.AdjustParity(sessionKey);
        CryptographicOperations.ZeroMemory(grandparent);
        CryptographicOperations.ZeroMemory(parent);
        CryptographicOperations.ZeroMemory(node);
    }

    /// <summary>EMV common session key for AES (Book 2, A1.3.2).</summary>
    /// <param name="cardKey">16, 24 or 32 bytes.</param>
    /// <param name="diversifier">8 bytes, filled with zeros to one block.</param>
    /// <param name="sessionKey">As long as the card key: E(R) for 16 bytes, else E(R with third byte F0) ‖ E(R with third byte 0F), cut.</param>
    public static void CommonAes(ReadOnlySpan<byte> cardKey, ReadOnlySpan<byte> diversifier, Span<byte> sessionKey)
    {
        if (cardKey.Length is not (16 or 24 or 32) || sessionKey.Length != cardKey.Length)
        {
            throw new ArgumentException("expected AES keys of 16, 24 or 32 bytes", nameof(cardKey));
        }

        Span<byte> blocks = stackalloc byte[32];
        blocks.Clear();
        diversifier.CopyTo(blocks);
        diversifier.CopyTo(blocks[16..]);
        if (cardKey.Length > 16)
        {
            blocks[2] = 0xF0;
            blocks[18] = 0x0F;
        }

        using Aes aes = Aes.Create();
        aes.SetKey(cardKey);
        aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        blocks[..sessionKey.Length].CopyTo(sessionKey);
        CryptographicOperations.ZeroMemory(blocks);
    }

    private static void CheckKeys(ReadOnlySpan<byte> cardKey, Span<byte> sessionKey)
    {
        if (cardKey.Length != KeyLength)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(cardKey));
        }

        if (sessionKey.Length != KeyLength)
        {
            throw new ArgumentException("expected 16 bytes", nameof(sessionKey));
        }
    }
}
