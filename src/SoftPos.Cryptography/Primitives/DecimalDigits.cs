namespace SoftPos.Cryptography;

/// <summary>Texts of decimal digits: PINs, PANs and what is derived from them.</summary>
internal static class DecimalDigits
{
    /// <summary>Throws unless the text has only decimal digits, so many at least and at most. The text itself is never told.</summary>
    public static void Require(ReadOnlySpan<char> digits, int shortest, int longest, string name)
    {
        if (digits.Length < shortest || digits.Length > longest || !Are(digits))
        {
            Refuse(shortest, longest, name);
        }
    }

    public static bool Are(ReadOnlySpan<char> text)
    {
        bool all = true;
        foreach (char one in text)
        {
            all &= char.IsAsciiDigit(one);
        }

        return all;
    }

    private static void Refuse(int shortest, int longest, string name) =>
        throw new ArgumentException(shortest == longest ? $"expected {shortest} decimal digits" : $"expected {shortest} to {longest} decimal digits", name);
}
