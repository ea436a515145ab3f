using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Application cryptograms (ARQC, TC, AAC) over TDES; EMV Book 2, 8.1.</summary>
public static class ApplicationCryptogram
{
    /// <summary>Length of a cryptogram in bytes.</summary>
    public const int Length = 8;

    /// <summary>Computes the cryptogram of a transaction by the rules of a version.</summary>
    /// <param name="version">Rules.</param>
    /// <param name="cardKey">Card master key for application cryptograms, 16 bytes.</param>
    /// <param name="input">Data elements.</param>
    /// <param name="cryptogram">Receives 8 bytes.</param>
    /// <returns>False when the data does not fit the version.</returns>
    public static bool TryCompute(CryptogramVersion version, ReadOnlySpan<byte> cardKey, CryptogramInput input, Span<byte> cryptogram)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(input);
        Span<byte> data = stackalloc byte[CryptogramInput.LongestData];
        if (!input.TryWrite(version, data, out int length))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[16];
        DeriveKey(version, cardKey, input.TransactionCounter, input.UnpredictableNumber.Span, key);
        Compute(key, data[..length], version.Padding, cryptogram);
        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    /// <summary>True when the cryptogram is the one that the card with this key computes; compares in constant time.</summary>
    public static bool Verify(
        CryptogramVersion version, ReadOnlySpan<byte> cardKey, CryptogramInput input, ReadOnlySpan<byte> cryptogram)
    {
        Span<byte> expected = stackalloc byte[Length];
        return TryCompute(version, cardKey, input, expected) && CryptographicOperations.FixedTimeEquals(expected, cryptogram);
    }

    /// <summary>The key that computes cryptograms of one transaction: the card key itself or a session key of it.</summary>
    /// <param name="version">Rules.</param>
    /// <param name="cardKey">16 bytes.</param>
    /// <param name="transactionCounter">ATC.</param>
    /// <param name="unpredictableNumber">4 bytes; used by the Mastercard session key only.</param>
    /// <param name="key">Receives 16 bytes.</param>
    public static void DeriveKey(
        CryptogramVersion version,
        ReadOnlySpan<byte> cardKey,
        ushort transactionCounter,
        ReadOnlySpan<byte> unpredictableNumber,
        Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(version);
        switch (version.Key)
        {
            case CryptogramKey.Common:
                EmvSessionKey.CommonForCounter(cardKey, transactionCounter, key);
                break;
            case CryptogramKey.Mastercard:
                EmvSessionKey.Mastercard(cardKey, transactionCounter, unpredictableNumber, key);
                break;
            case CryptogramKey.UnionPay:
                EmvSessionKey.UnionPay(cardKey, transactionCounter, key);
                break;
            default:
                cardKey.CopyTo(key);
                break;
        }
    }

    /// <summary>Cryptogram over ready data under a ready key: ISO 9797-1 algorithm 3.</summary>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, MacPadding padding, Span<byte> cryptogram)
    {
        if (cryptogram.Length != Length)
        {
            throw new ArgumentException("expected 8 bytes", nameof(cryptogram));
        }

        RetailMac.Compute(key, data, padding, cryptogram);
    }

    /// <summary>AES form: the left 8 bytes of the CMAC (Book 2, 8.1.2).</summary>
    public static void ComputeAes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> cryptogram)
    {
        if (cryptogram.Length != Length)
        {
            throw new ArgumentException("expected 8 bytes", nameof(cryptogram));
        }

        Cmac.ComputeAes(key, data, cryptogram);
    }
}
