using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// Clear PIN blocks of 8 bytes (ISO 9564-1 formats 0 to 3) and the two fields of format 4. A clear block lives for moments inside the
/// secure boundary; callers zero it. Nothing here allocates.
/// </summary>
public static class PinBlock
{
    public const int ShortestPin = 4;
    public const int LongestPin = 12;
    public const int ShortestPan = 13;
    public const int LongestPan = 19;

    /// <summary>Length of blocks of formats 0 to 3 in bytes.</summary>
    public const int Length = 8;

    /// <summary>Length of blocks of format 4 in bytes.</summary>
    public const int AesLength = 16;

    /// <summary>Digits of the PAN without check digit that formats 0 and 3 mix in.</summary>
    private const int PanDigits = 12;

    /// <summary>Writes a clear block of format 0 to 3.</summary>
    /// <param name="format">0, 1, 2 or 3.</param>
    /// <param name="pin">4 to 12 decimal digits.</param>
    /// <param name="pan">13 to 19 decimal digits for formats 0 and 3; not looked at for 1 and 2.</param>
    /// <param name="random">Source of the fill of formats 1 and 3.</param>
    /// <param name="block">Receives 8 bytes.</param>
    public static void Encode(PinBlockFormat format, ReadOnlySpan<char> pin, ReadOnlySpan<char> pan, RandomNumberGenerator random, Span<byte> block)
    {
        DecimalDigits.Require(pin, ShortestPin, LongestPin, nameof(pin));
        if (format is < PinBlockFormat.Iso0 or > PinBlockFormat.Iso3)
        {
            throw new ArgumentOutOfRangeException(nameof(format));
        }

        block = block[..Length];
        WritePin(format, pin, block);
        if (format is PinBlockFormat.Iso1 or PinBlockFormat.Iso3)
        {
            FillRandom(format, block, 2 + pin.Length, random);
        }

        if (format is PinBlockFormat.Iso0 or PinBlockFormat.Iso3)
        {
            MixPan(pan, block);
        }
    }

    /// <summary>Reads a clear block of format 0 to 3.</summary>
    /// <param name="format">The format that the block must have.</param>
    /// <param name="block">8 bytes.</param>
    /// <param name="pan">As for <see cref="Encode"/>.</param>
    /// <param name="pin">At least 12 characters; receives the PIN.</param>
    /// <param name="length">Digits of the PIN; 0 when the answer is false.</param>
    /// <returns>False when control field, length, digits or fill are wrong (a wrong PAN shows so); which one is not told.</returns>
    public static bool TryDecode(PinBlockFormat format, ReadOnlySpan<byte> block, ReadOnlySpan<char> pan, Span<char> pin, out int length)
    {
        length = 0;
        if (block.Length != Length || format is < PinBlockFormat.Iso0 or > PinBlockFormat.Iso3)
        {
            return false;
        }

        Span<byte> clear = stackalloc byte[Length];
        block.CopyTo(clear);
        if (format is PinBlockFormat.Iso0 or PinBlockFormat.Iso3)
        {
            MixPan(pan, clear);
        }

        bool isValid = TryReadPin(format, clear, pin, out length);
        CryptographicOperations.ZeroMemory(clear);
        return isValid;
    }

    /// <summary>Writes the PIN field of format 4: control, length, PIN, A up to 8 bytes, then 8 random bytes.</summary>
    public static void EncodePinField(ReadOnlySpan<char> pin, RandomNumberGenerator random, Span<byte> field)
    {
        ArgumentNullException.ThrowIfNull(random);
        DecimalDigits.Require(pin, ShortestPin, LongestPin, nameof(pin));
        WritePin(PinBlockFormat.Iso4, pin, field[..Length]);
        random.GetBytes(field[Length..AesLength]);
    }

    /// <summary>Reads the PIN field of format 4.</summary>
    public static bool TryDecodePinField(ReadOnlySpan<byte> field, Span<char> pin, out int length)
    {
        length = 0;
        return field.Length == AesLength && TryReadPin(PinBlockFormat.Iso4, field[..Length], pin, out length);
    }

    /// <summary>Writes the PAN field of format 4: PAN length less 12, the PAN, zeros; shorter PANs are filled on the left to 12 digits.</summary>
    /// <param name="pan">1 to 19 decimal digits.</param>
    /// <param name="field">Receives 16 bytes.</param>
    public static void EncodePanField(ReadOnlySpan<char> pan, Span<byte> field)
    {
        DecimalDigits.Require(pan, 1, LongestPan, nameof(pan));
        field = field[..AesLength];
        field.Clear();
        int fill = Math.Max(PanDigits - pan.Length, 0);
        SetNibble(field, 0, Math.Max(pan.Length - PanDigits, 0));
        for (int i = 0; i < pan.Length; i++)
        {
            SetNibble(field, 1 + fill + i, pan[i] - '0');
        }
    }

    private static void WritePin(PinBlockFormat format, ReadOnlySpan<char> pin, Span<byte> block)
    {
        block.Fill(format is PinBlockFormat.Iso4 ? (byte)0xAA : (byte)0xFF);
        SetNibble(block, 0, (int)format);
        SetNibble(block, 1, pin.Length);
        for (int i = 0; i < pin.Length; i++)
        {
            SetNibble(block, 2 + i, pin[i] - '0');
        }
    }

    /// <summary>Looks at every nibble whatever it finds, so that time does not tell where a block went wrong.</summary>
    private static bool TryReadPin(PinBlockFormat format, ReadOnlySpan<byte> block, Span<char> pin, out int length)
    {
        int claimed = block[0] & 0x0F;
        bool isValid = block[0] >> 4 == (int)format & claimed is >= ShortestPin and <= LongestPin;
        for (int i = 0; i < 14; i++)
        {
            int nibble = Nibble(block, 2 + i);
            bool isDigit = nibble <= 9;
            bool isFill = format switch
            {
                PinBlockFormat.Iso1 => true,
                PinBlockFormat.Iso3 => !isDigit,
                PinBlockFormat.Iso4 => nibble == 0xA,
                _ => nibble == 0xF,
            };
            isValid &= i < claimed ? isDigit : isFill;
            if (i < LongestPin)
            {
                pin[i] = (char)('0' + nibble);
            }
        }

        length = isValid ? claimed : 0;
        pin[length..].Clear();
        return isValid;
    }

    private static void FillRandom(PinBlockFormat format, Span<byte> block, int from, RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        const int Letters = 6;
        const int FairLimit = 252;
        Span<byte> source = stackalloc byte[24];
        random.GetBytes(source);
        int at = 0;
        for (int i = from; i < Length * 2; i++)
        {
            if (format is PinBlockFormat.Iso1)
            {
                SetNibble(block, i, source[at++] & 0x0F);
                continue;
            }

            while (source[at] >= FairLimit)
            {
                // 252 is the largest multiple of 6 in a byte; values above would favour some letters.
                if (++at == source.Length)
                {
                    random.GetBytes(source);
                    at = 0;
                }
            }

            SetNibble(block, i, 0xA + (source[at++] % Letters));
            if (at == source.Length)
            {
                random.GetBytes(source);
                at = 0;
            }
        }
    }

    private static void MixPan(ReadOnlySpan<char> pan, Span<byte> block)
    {
        DecimalDigits.Require(pan, ShortestPan, LongestPan, nameof(pan));
        ReadOnlySpan<char> digits = pan.Slice(pan.Length - 1 - PanDigits, PanDigits);
        for (int i = 0; i < PanDigits; i++)
        {
            int digit = digits[i] - '0';
            block[2 + (i / 2)] ^= (byte)(i % 2 == 0 ? digit << 4 : digit);
        }
    }

    private static int Nibble(ReadOnlySpan<byte> block, int index) => index % 2 == 0 ? block[index / 2] >> 4 : block[index / 2] & 0x0F;

    private static void SetNibble(Span<byte> block, int index, int value)
    {
        ref byte part = ref block[index / 2];
        part = (byte)(index % 2 == 0 ? (value << 4) | (part & 0x0F) : (part & 0xF0) | value);
    }
}
