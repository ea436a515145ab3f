using System.Globalization;

namespace SoftPos.Iso7816;

/// <summary>Arithmetic on tags, which are held as big-endian numbers of one to four bytes.</summary>
public static class TlvTag
{
    /// <summary>Number of bytes that the tag takes.</summary>
    public static int Length(uint tag) => tag > 0xFFFFFF ? 4 : tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;

    /// <summary>True for a template: bit 6 of the first byte.</summary>
    public static bool IsConstructed(uint tag) => (FirstByte(tag) & 0x20) != 0;

    /// <summary>First byte on the wire.</summary>
    public static byte FirstByte(uint tag) => (byte)(tag >> (8 * (Length(tag) - 1)));

    /// <summary>The tag as hexadecimal digits, such as <c>9F26</c>.</summary>
    public static string Text(uint tag) =>
        tag.ToString(Length(tag) switch { 1 => "X2", 2 => "X4", 3 => "X6", _ => "X8" }, CultureInfo.InvariantCulture);

    /// <summary>True when the number is one well-formed BER tag: continuation bits fit its length, and it is not zero.</summary>
    public static bool IsWellFormed(uint tag)
    {
        int length = Length(tag);
        bool multi = (FirstByte(tag) & 0x1F) == 0x1F;
        if (tag == 0 || multi != (length > 1))
        {
            return false;
        }

        for (int i = 1; i < length; i++)
        {
            bool more = ((tag >> (8 * (length - 1 - i))) & 0x80) != 0;
            if (more != (i < length - 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads a tag from hexadecimal digits; false when they are not exactly one tag.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out uint tag)
    {
        tag = 0;
        return text.Length is 2 or 4 or 6 or 8
            && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out tag)
            && Length(tag) == text.Length / 2
            && IsWellFormed(tag);
    }

    internal static int Write(uint tag, Span<byte> destination)
    {
        int length = Length(tag);
        for (int i = 0; i < length; i++)
        {
            destination[i] = (byte)((tag >> (8 * (length - 1 - i))) & 0xFF);
        }

        return length;
    }
}
