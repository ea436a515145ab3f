namespace SoftPos.Emv;

/// <summary>Binary coded decimal as EMV uses it: two digits a byte, most significant first.</summary>
internal static class Bcd
{
    /// <summary>Greatest amount: twelve digits.</summary>
    public const long MaxAmount = 999_999_999_999;

    public static byte[] Encode(long value, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        byte[] bytes = new byte[length];
        for (int i = length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)((value % 10) | ((value / 10 % 10) << 4));
            value /= 100;
        }

        return value == 0 ? bytes : throw new ArgumentOutOfRangeException(nameof(value), "more digits than the field has");
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        if (bytes.Length > 9)
        {
            return false;
        }

        foreach (byte two in bytes)
        {
            if ((two >> 4) > 9 || (two & 0xF) > 9)
            {
                return false;
            }

            value = (value * 100) + ((two >> 4) * 10) + (two & 0xF);
        }

        return true;
    }

    /// <summary>Digits up to the first nibble that is none (the F filler, or the D of track 2).</summary>
    public static string Digits(ReadOnlySpan<byte> bytes)
    {
        Span<char> digits = stackalloc char[40];
        int count = 0;
        foreach (byte two in bytes[..Math.Min(bytes.Length, digits.Length / 2)])
        {
            if ((two >> 4) > 9)
            {
                break;
            }

            digits[count++] = (char)('0' + (two >> 4));
            if ((two & 0xF) > 9)
            {
                break;
            }

            digits[count++] = (char)('0' + (two & 0xF));
        }

        string text = new(digits[..count]);
        digits.Clear();
        return text;
    }

    /// <summary>Compares two dates yyMMdd; years 00–49 are 20xx, 50–99 are 19xx. Null when one is no date.</summary>
    public static int? CompareDates(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != 3 || right.Length != 3 || !TryDecode(left, out long a) || !TryDecode(right, out long b))
        {
            return null;
        }

        return Century(a).CompareTo(Century(b));
    }

    private static long Century(long date) => date < 500_000 ? date + 20_000_000 : date + 19_000_000;
}
