namespace SoftPos.Cryptography;

/// <summary>One optional block of a key block header: two characters of id and printable data, kept as they are.</summary>
public sealed record KeyBlockOption(string Id, string Data)
{
    /// <summary>Initial key id of AES DUKPT, 8 bytes.</summary>
    public const string InitialKeyId = "IK";

    /// <summary>Check value of the wrapped key.</summary>
    public const string KeyCheckValue = "KC";

    /// <summary>Check value of the protection key.</summary>
    public const string ProtectionKeyCheckValue = "KP";

    /// <summary>Initial key serial number of TDES DUKPT.</summary>
    public const string InitialKeySerialNumber = "KS";

    /// <summary>Base derivation key id.</summary>
    public const string BaseDerivationKeyId = "BI";

    /// <summary>Filling; stands last.</summary>
    public const string Padding = "PB";

    /// <summary>Longest block in the short form of the length field.</summary>
    private const int LongestShort = 255;

    private const int ShortHeader = 4;
    private const int LongHeader = 10;

    /// <summary>Bytes of an extended length; no block of 9999 characters needs more than two.</summary>
    private const int LongestLengthField = 3;

    /// <summary>Characters that the block takes in the header.</summary>
    public int Length => Data.Length + ShortHeader <= LongestShort ? Data.Length + ShortHeader : Data.Length + LongHeader;

    /// <summary>The block as it stands in the header.</summary>
    internal string Text =>
        Length <= LongestShort && Length == Data.Length + ShortHeader ? $"{Id}{Length:X2}{Data}" : $"{Id}0002{Length:X4}{Data}";

    /// <summary>Reads one block; answers the number of characters read, or minus the offset of the fault less one.</summary>
    internal static int Read(ReadOnlySpan<char> text, out KeyBlockOption? option)
    {
        option = null;
        if (text.Length < ShortHeader || !IsAlphanumeric(text[..2]))
        {
            return -1;
        }

        if (!TryHex(text[2..4], out int length))
        {
            return -3;
        }

        int header = ShortHeader;
        if (length == 0)
        {
            // Extended: how many bytes the length takes (X9.143 writes 02), then those as hexadecimal digits.
            if (text.Length < 6 || !TryHex(text[4..6], out int bytes) || bytes is < 1 or > LongestLengthField
                || text.Length < 6 + (bytes * 2) || !TryHex(text.Slice(6, bytes * 2), out length))
            {
                return -5;
            }

            header = 6 + (bytes * 2);
        }

        if (length < header || length > text.Length)
        {
            return -3;
        }

        ReadOnlySpan<char> data = text[header..length];
        if (data.ContainsAnyExceptInRange(' ', '~'))
        {
            return -1 - header;
        }

        option = new KeyBlockOption(text[..2].ToString(), data.ToString());
        return length;
    }

    internal static bool IsAlphanumeric(ReadOnlySpan<char> text)
    {
        foreach (char one in text)
        {
            if (!char.IsAsciiLetterOrDigit(one))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out value)
        && value >= 0;
}
