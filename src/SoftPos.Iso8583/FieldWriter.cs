namespace SoftPos.Iso8583;

/// <summary>Turns a given value into the content of a field, padded and checked, and writes content to the wire.</summary>
internal static class FieldWriter
{
    /// <summary>Takes a text: characters of the field, or hexadecimal digits for binary content.</summary>
    public static bool TryContent(ReadOnlySpan<char> text, FieldFormat format, out byte[] content, out Iso8583Fault fault)
    {
        content = [];
        if (format.Content is ContentType.Binary)
        {
            return TryHex(text, format, out content, out fault) && CheckLength(content.Length, format, out fault);
        }

        byte[] characters = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] > 0xFF)
            {
                fault = new(format.Path, i, Iso8583Rule.InvalidCharacter);
                return false;
            }

            characters[i] = (byte)text[i];
        }

        return TryContent(characters, format, out content, out fault);
    }

    /// <summary>Takes content: ISO 8859-1 characters, or bytes for binary content.</summary>
    public static bool TryContent(ReadOnlySpan<byte> value, FieldFormat format, out byte[] content, out Iso8583Fault fault)
    {
        content = Padded(value, format);
        return CheckLength(content.Length, format, out fault) && CheckCharacters(content, format, out fault);
    }

    /// <summary>Wire bytes of prefix and value.</summary>
    public static int WireLength(int length, FieldFormat format) => format.Prefix.Width + format.WireLength(length);

    /// <summary>Writes prefix and value of checked content; returns the bytes written.</summary>
    public static int Write(ReadOnlySpan<byte> content, FieldFormat format, Span<byte> wire)
    {
        if (format.IsVariable)
        {
            format.Prefix.Write(wire, format.PrefixCount(content.Length));
            wire = wire[format.Prefix.Width..];
        }

        switch (format.Encoding)
        {
            case WireEncoding.Raw:
                content.CopyTo(wire);
                break;
            case WireEncoding.HexAscii or WireEncoding.HexEbcdic:
                CharacterTable table = CharacterTable.Of(format.Encoding);
                for (int i = 0; i < content.Length; i++)
                {
                    wire[2 * i] = table.ToWire(Nibble.ToDigit(content[i] >> 4));
                    wire[2 * i + 1] = table.ToWire(Nibble.ToDigit(content[i] & 0x0F));
                }

                break;
            case WireEncoding.Packed:
                WritePacked(content, format, wire);
                break;
            default:
                CharacterTable.Of(format.Encoding).ToWire(content, wire);
                break;
        }

        return WireLength(content.Length, format);
    }

    private static bool TryHex(ReadOnlySpan<char> text, FieldFormat format, out byte[] content, out Iso8583Fault fault)
    {
        content = [];
        fault = default;
        for (int i = 0; i < text.Length; i++)
        {
            if (Nibble.OfDigit(text[i]) < 0)
            {
                fault = new(format.Path, i, Iso8583Rule.NotHexadecimal);
                return false;
            }
        }

        if (text.Length % 2 != 0)
        {
            fault = new(format.Path, text.Length, Iso8583Rule.OddHexadecimal, text.Length + 1, text.Length);
            return false;
        }

        content = Convert.FromHexString(text);
        return true;
    }

    private static byte[] Padded(ReadOnlySpan<byte> value, FieldFormat format)
    {
        if (format.IsVariable || format.PadSide is Side.None || value.Length >= format.MaxLength)
        {
            return value.ToArray();
        }

        byte[] padded = new byte[format.MaxLength];
        padded.AsSpan().Fill(format.PadWith);
        value.CopyTo(padded.AsSpan(format.PadSide is Side.Left ? format.MaxLength - value.Length : 0));
        return padded;
    }

    private static bool CheckLength(int length, FieldFormat format, out Iso8583Fault fault)
    {
        fault = default;
        if (!format.IsVariable && length != format.MaxLength)
        {
            fault = new(format.Path, 0, Iso8583Rule.WrongLength, format.MaxLength, length);
        }
        else if (length > format.MaxLength)
        {
            fault = new(format.Path, 0, Iso8583Rule.TooLong, format.MaxLength, length);
        }
        else if (length < format.MinLength)
        {
            fault = new(format.Path, 0, Iso8583Rule.TooShort, format.MinLength, length);
        }
        else if (format.IsVariable && format.PrefixCount(length) > format.Prefix.Largest)
        {
            fault = new(format.Path, 0, Iso8583Rule.LengthDoesNotFit, format.Prefix.Largest, format.PrefixCount(length));
        }

        return fault.Rule is Iso8583Rule.None;
    }

    private static bool CheckCharacters(Span<byte> content, FieldFormat format, out Iso8583Fault fault)
    {
        fault = default;
        if (format.Content is ContentType.Binary)
        {
            return true;
        }

        CharacterTable table = CharacterTable.Of(format.Encoding);
        bool packed = format.Encoding is WireEncoding.Packed;
        for (int i = 0; i < content.Length; i++)
        {
            byte character = content[i];
            bool allowed = format.Content switch
            {
                ContentType.SignedDigits => i == 0 ? character is (byte)'C' or (byte)'D' : character is >= (byte)'0' and <= (byte)'9',
                ContentType.Track when packed => character is (>= (byte)'0' and <= (byte)'9') or (byte)'=' or (byte)'D',
                ContentType.HexDigits => Nibble.OfDigit(character) >= 0,
                ContentType.Any when format.Encoding is WireEncoding.Ascii => character < 0x80,
                ContentType.Any => true,
                _ => IsAllowed(table, format.Content, character),
            };
            if (!allowed)
            {
                fault = new(format.Path, i, Iso8583Rule.InvalidCharacter);
                return false;
            }

            // One spelling inside: what the wire cannot tell apart must not differ in the content.
            if (packed)
            {
                content[i] = character is (byte)'D' && format.Content is ContentType.Track ? (byte)'=' : UpperHex(character, format);
            }
        }

        return true;
    }

    private static byte UpperHex(byte character, FieldFormat format) =>
        format.Content is ContentType.HexDigits ? Nibble.ToDigit(Nibble.OfDigit(character)) : character;

    private static bool IsAllowed(CharacterTable table, ContentType content, byte character) =>
        (character < 0x80 || table != CharacterTable.Of(WireEncoding.Ascii)) && table.Allowed(content).Contains(table.ToWire(character));

    private static void WritePacked(ReadOnlySpan<byte> content, FieldFormat format, Span<byte> wire)
    {
        if (format.Content is ContentType.SignedDigits && content.Length > 0)
        {
            wire[0] = content[0];
            content = content[1..];
            wire = wire[1..];
        }

        bool odd = (content.Length & 1) != 0;
        int shift = odd && format.FillSide is Side.Left ? 1 : 0;
        int bytes = (content.Length + 1) >> 1;
        for (int i = 0; i < bytes; i++)
        {
            int high = NibbleAt(content, 2 * i - shift, format);
            int low = NibbleAt(content, 2 * i + 1 - shift, format);
            wire[i] = (byte)(high << 4 | low);
        }
    }

    private static int NibbleAt(ReadOnlySpan<byte> content, int index, FieldFormat format) =>
        index < 0 || index >= content.Length
            ? format.FillNibble
            : content[index] is (byte)'=' ? 0x0D : Nibble.OfDigit(content[index]);
}
