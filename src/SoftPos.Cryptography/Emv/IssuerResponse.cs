using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>The issuer's answer cryptogram (ARPC); EMV Book 2, 8.2.</summary>
public static class IssuerResponse
{
    /// <summary>Length of ARPC method 1 in bytes.</summary>
    public const int MethodOneLength = 8;

    /// <summary>Length of ARPC method 2 in bytes.</summary>
    public const int MethodTwoLength = 4;

    /// <summary>Longest proprietary authentication data of method 2, in bytes.</summary>
    public const int LongestProprietaryData = 8;

    /// <summary>Method 1: E(ARQC xor (response code ‖ zeros)).</summary>
    /// <param name="key">16 bytes: card key or session key, see <see cref="CryptogramVersion.ArpcUnderSessionKey"/>.</param>
    /// <param name="cryptogram">ARQC, 8 bytes.</param>
    /// <param name="responseCode">2 bytes: for Visa the response code as ASCII digits, for M/Chip a binary code.</param>
    /// <param name="arpc">Receives 8 bytes.</param>
    public static void ComputeMethodOne(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> cryptogram, ReadOnlySpan<byte> responseCode, Span<byte> arpc)
    {
        Check(key, cryptogram);
        if (responseCode.Length != 2)
        {
            throw new ArgumentException("expected 2 bytes", nameof(responseCode));
        }

        Span<byte> block = stackalloc byte[8];
        cryptogram.CopyTo(block);
        block[0] ^= responseCode[0];
        block[1] ^= responseCode[1];
        Tdes.EncryptEcb(key, block, arpc);
    }

    /// <summary>Method 2: the left 4 bytes of the MAC (algorithm 3, padding 2) over ARQC, card status update and proprietary data.</summary>
    /// <param name="key">16 bytes, session key.</param>
    /// <param name="cryptogram">ARQC, 8 bytes.</param>
    /// <param name="cardStatusUpdate">4 bytes.</param>
    /// <param name="proprietaryData">At most 8 bytes.</param>
    /// <param name="arpc">Receives 4 bytes.</param>
    public static void ComputeMethodTwo(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> cryptogram,
        ReadOnlySpan<byte> cardStatusUpdate,
        ReadOnlySpan<byte> proprietaryData,
        Span<byte> arpc)
    {
        Check(key, cryptogram);
        if (cardStatusUpdate.Length != 4)
        {
            throw new ArgumentException("expected 4 bytes", nameof(cardStatusUpdate));
        }

        if (proprietaryData.Length > LongestProprietaryData)
        {
            throw new ArgumentException("expected at most 8 bytes", nameof(proprietaryData));
        }

        if (arpc.Length != MethodTwoLength)
        {
            throw new ArgumentException("expected 4 bytes", nameof(arpc));
        }

        Span<byte> data = stackalloc byte[8 + 4 + LongestProprietaryData];
        cryptogram.CopyTo(data);
        cardStatusUpdate.CopyTo(data[8..]);
        proprietaryData.CopyTo(data[12..]);
        RetailMac.Compute(key, data[..(12 + proprietaryData.Length)], MacPadding.Method2, arpc);
    }

    /// <summary>
    /// Checks issuer authentication data (tag 91) as the card does: method 1 is ARPC (8) ‖ response code (2), method 2 is ARPC (4) ‖ card
    /// status update (4) ‖ proprietary data (0 to 8).
    /// </summary>
    public static bool Verify(
        ArpcMethod method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> cryptogram, ReadOnlySpan<byte> issuerAuthenticationData)
    {
        Span<byte> expected = stackalloc byte[8];
        if (method is ArpcMethod.One)
        {
            if (issuerAuthenticationData.Length != 10)
            {
                return false;
            }

            ComputeMethodOne(key, cryptogram, issuerAuthenticationData[8..], expected);
            return CryptographicOperations.FixedTimeEquals(expected, issuerAuthenticationData[..8]);
        }

        if (issuerAuthenticationData.Length is < 8 or > 16)
        {
            return false;
        }

        ComputeMethodTwo(key, cryptogram, issuerAuthenticationData[4..8], issuerAuthenticationData[8..], expected[..4]);
        return CryptographicOperations.FixedTimeEquals(expected[..4], issuerAuthenticationData[..4]);
    }

    private static void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> cryptogram)
    {
        if (key.Length != 16)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(key));
        }

        if (cryptogram.Length != ApplicationCryptogram.Length)
        {
            throw new ArgumentException("expected 8 bytes", nameof(cryptogram));
        }
    }
}
