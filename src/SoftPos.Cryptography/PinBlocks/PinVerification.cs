using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Validation data of IBM 3624: a window of the PAN, filled on the right to 16 hexadecimal digits.</summary>
public readonly ref struct Ibm3624ValidationData
{
    private readonly ReadOnlySpan<char> _window;
    private readonly char _padding;

    /// <param name="pan">At most 19 digits.</param>
    /// <param name="start">First digit of the window, counted from 0.</param>
    /// <param name="length">1 to 16 digits inside the PAN.</param>
    /// <param name="padding">Hexadecimal digit that fills.</param>
    public Ibm3624ValidationData(ReadOnlySpan<char> pan, int start, int length, char padding)
    {
        DecimalDigits.Require(pan, 1, 19, nameof(pan));
        if (start < 0 || length is < 1 or > 16 || start > pan.Length - length)
        {
            throw new ArgumentException("the window leaves the PAN", nameof(length));
        }

        if (!char.IsAsciiHexDigit(padding))
        {
            throw new ArgumentException("expected a hexadecimal digit", nameof(padding));
        }

        _window = pan.Slice(start, length);
        _padding = padding;
    }

    internal void Write(Span<char> text)
    {
        text.Fill(_padding);
        _window.CopyTo(text);
    }
}

/// <summary>PIN verification values of issuers: Visa PVV and IBM 3624 offset. For the issuer side of the lab and of host tools.</summary>
public static class PinVerification
{
    private const int Digits = 16;

    /// <summary>Visa PVV: four digits from 11 PAN digits (without check digit), key index and the first four PIN digits.</summary>
    /// <param name="key">PIN verification key, 8, 16 or 24 bytes.</param>
    /// <param name="keyIndex">One digit.</param>
    /// <param name="pin">Four digits.</param>
    /// <param name="pan">At least 12 digits.</param>
    public static string ComputeVisaPvv(ReadOnlySpan<byte> key, ReadOnlySpan<char> keyIndex, ReadOnlySpan<char> pin, ReadOnlySpan<char> pan)
    {
        DecimalDigits.Require(keyIndex, 1, 1, nameof(keyIndex));
        DecimalDigits.Require(pin, 4, 4, nameof(pin));
        DecimalDigits.Require(pan, 12, 19, nameof(pan));
        Span<char> text = stackalloc char[Digits];
        pan.Slice(pan.Length - 12, 11).CopyTo(text);
        keyIndex.CopyTo(text[11..]);
        pin.CopyTo(text[12..]);
        Span<byte> block = stackalloc byte[8];
        Pack(text, block);
        text.Clear();
        Tdes.EncryptEcb(key, block, block);
        Span<char> value = stackalloc char[4];
        CardVerification.Decimalise(block, value);
        return value.ToString();
    }

    /// <summary>IBM 3624: the PIN that belongs to an offset.</summary>
    /// <param name="key">PIN verification key, 8, 16 or 24 bytes.</param>
    /// <param name="conversionTable">Sixteen digits: what each hexadecimal digit becomes.</param>
    /// <param name="offset">4 to 16 digits; its length is that of the PIN.</param>
    /// <param name="validationData">What is enciphered.</param>
    public static string ComputeIbm3624Pin(
        ReadOnlySpan<byte> key, ReadOnlySpan<char> conversionTable, ReadOnlySpan<char> offset, Ibm3624ValidationData validationData)
    {
        DecimalDigits.Require(offset, 4, Digits, nameof(offset));
        return Combine(key, conversionTable, offset, validationData, (natural, digit) => natural + digit);
    }

    /// <summary>IBM 3624: the offset that belongs to a PIN of 4 to 16 digits; parameters as for <see cref="ComputeIbm3624Pin"/>.</summary>
    public static string ComputeIbm3624Offset(
        ReadOnlySpan<byte> key, ReadOnlySpan<char> conversionTable, ReadOnlySpan<char> pin, Ibm3624ValidationData validationData)
    {
        DecimalDigits.Require(pin, 4, Digits, nameof(pin));
        return Combine(key, conversionTable, pin, validationData, (natural, digit) => digit - natural + 10);
    }

    private static string Combine(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<char> conversionTable,
        ReadOnlySpan<char> digits,
        Ibm3624ValidationData validationData,
        Func<int, int, int> combine)
    {
        DecimalDigits.Require(conversionTable, Digits, Digits, nameof(conversionTable));
        Span<char> text = stackalloc char[Digits];
        validationData.Write(text);
        Span<byte> block = stackalloc byte[8];
        Pack(text, block);
        Tdes.EncryptEcb(key, block, block);
        Span<char> result = stackalloc char[digits.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            int nibble = i % 2 == 0 ? block[i / 2] >> 4 : block[i / 2] & 0x0F;
            result[i] = (char)('0' + (combine(conversionTable[nibble] - '0', digits[i] - '0') % 10));
        }

        CryptographicOperations.ZeroMemory(block);
        return result.ToString();
    }

    private static void Pack(ReadOnlySpan<char> text, Span<byte> packed) => Convert.FromHexString(text, packed, out _, out _);
}
