using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Card verification values of magnetic stripes and of contactless stripe images: CVV and its kin, dCVV, CVC3.</summary>
public static class CardVerification
{
    /// <summary>CVV, CVV2 (service code 000), iCVV (service code 999) and Mastercard CVC: three digits.</summary>
    /// <param name="key">Key pair A ‖ B, 16 bytes.</param>
    /// <param name="pan">At most 19 digits.</param>
    /// <param name="expiry">Four digits in the order that the issuer chose (stripe: YYMM).</param>
    /// <param name="serviceCode">Three digits.</param>
    public static string ComputeCvv(ReadOnlySpan<byte> key, ReadOnlySpan<char> pan, ReadOnlySpan<char> expiry, ReadOnlySpan<char> serviceCode)
    {
        if (key.Length != 16)
        {
            throw new ArgumentException("expected a double length DES key (16 bytes)", nameof(key));
        }

        DecimalDigits.Require(pan, 1, 19, nameof(pan));
        DecimalDigits.Require(expiry, 4, 4, nameof(expiry));
        DecimalDigits.Require(serviceCode, 3, 3, nameof(serviceCode));
        Span<byte> blocks = stackalloc byte[16];
        blocks.Clear();
        int at = Pack(pan, blocks, 0);
        at = Pack(expiry, blocks, at);
        Pack(serviceCode, blocks, at);
        Span<byte> mac = stackalloc byte[8];
        RetailMac.Compute(key, blocks, MacPadding.Method1, mac);
        Span<char> value = stackalloc char[3];
        Decimalise(mac, value);
        return value.ToString();
    }

    /// <summary>Visa dCVV: as CVV under the card's own key, the leftmost four PAN digits replaced by the decimal transaction counter.</summary>
    public static string ComputeDynamicCvv(
        ReadOnlySpan<byte> cardKey, ReadOnlySpan<char> pan, ReadOnlySpan<char> expiry, ReadOnlySpan<char> serviceCode, ushort transactionCounter)
    {
        DecimalDigits.Require(pan, 12, 19, nameof(pan));
        Span<char> mixed = stackalloc char[19];
        mixed = mixed[..pan.Length];
        pan.CopyTo(mixed);
        (transactionCounter % 10000).TryFormat(mixed, out _, "D4", CultureInfo.InvariantCulture);
        return ComputeCvv(cardKey, mixed, expiry, serviceCode);
    }

    /// <summary>Mastercard CVC3: five decimal digits, of which the terminal places as many as the bitmaps of the track ask for.</summary>
    /// <param name="cardKey">Card key for CVC3 (option A), 16 bytes.</param>
    /// <param name="trackTemplate">Static track 1 or track 2 data that the initial value is computed over.</param>
    /// <param name="transactionCounter">ATC.</param>
    /// <param name="unpredictableNumber">4 bytes (9F6A).</param>
    public static string ComputeCvc3(
        ReadOnlySpan<byte> cardKey, ReadOnlySpan<byte> trackTemplate, ushort transactionCounter, ReadOnlySpan<byte> unpredictableNumber)
    {
        Span<byte> mac = stackalloc byte[8];
        RetailMac.Compute(cardKey, trackTemplate, MacPadding.Method2, mac);
        return ComputeCvc3FromInitialValue(cardKey, mac[6..], transactionCounter, unpredictableNumber);
    }

    /// <summary>CVC3 from a stored initial value (IVCVC3, 2 bytes).</summary>
    public static string ComputeCvc3FromInitialValue(
        ReadOnlySpan<byte> cardKey, ReadOnlySpan<byte> initialValue, ushort transactionCounter, ReadOnlySpan<byte> unpredictableNumber)
    {
        if (cardKey.Length != 16 || initialValue.Length != 2 || unpredictableNumber.Length != 4)
        {
            throw new ArgumentException("expected a key of 16 bytes, an initial value of 2 and an unpredictable number of 4", nameof(cardKey));
        }

        Span<byte> block = stackalloc byte[8];
        initialValue.CopyTo(block);
        unpredictableNumber.CopyTo(block[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(block[6..], transactionCounter);
        Tdes.EncryptEcb(cardKey, block, block);
        return BinaryPrimitives.ReadUInt16BigEndian(block[6..]).ToString("D5", CultureInfo.InvariantCulture);
    }

    /// <summary>True when two values of digits are the same; compares in constant time.</summary>
    public static bool AreEqual(ReadOnlySpan<char> expected, ReadOnlySpan<char> given) =>
        CryptographicOperations.FixedTimeEquals(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected), System.Runtime.InteropServices.MemoryMarshal.AsBytes(given));

    /// <summary>Takes decimal digits of the hexadecimal text from left to right, then letters reduced by ten.</summary>
    internal static void Decimalise(ReadOnlySpan<byte> source, Span<char> digits)
    {
        int found = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < source.Length * 2 && found < digits.Length; i++)
            {
                int nibble = i % 2 == 0 ? source[i / 2] >> 4 : source[i / 2] & 0xF;
                if (nibble > 9 == (pass == 1))
                {
                    digits[found++] = (char)('0' + (pass == 0 ? nibble : nibble - 10));
                }
            }
        }
    }

    private static int Pack(ReadOnlySpan<char> digits, Span<byte> packed, int at)
    {
        foreach (char digit in digits)
        {
            packed[at / 2] |= (byte)(at % 2 == 0 ? (digit - '0') << 4 : digit - '0');
            at++;
        }

        return at;
    }
}
