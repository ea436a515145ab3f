namespace SoftPos.Iso8583;

/// <summary>Finds and checks one value on the wire, and turns it into its content: ISO 8859-1 characters, or bytes for binary fields.</summary>
internal static class FieldReader
{
    /// <summary>
    /// Reads the prefix at <paramref name="at"/>, checks length and characters. <paramref name="start"/> is the first byte of the value,
    /// <paramref name="length"/> its units. Looks at the message only up to its end; every fault has its offset.
    /// </summary>
    public static bool TryLocate(
        ReadOnlySpan<byte> message, int at, FieldFormat format, out int start, out int length, out Iso8583Fault fault)
    {
        LengthPrefix prefix = format.Prefix;
        start = at + prefix.Width;
        length = format.MaxLength;
        fault = default;
        if (prefix.Width > 0)
        {
            if (message.Length - at < prefix.Width)
            {
                fault = new(format.Path, at, Iso8583Rule.PrefixTruncated, prefix.Width, message.Length - at);
                return false;
            }

            if (!prefix.TryRead(message[at..], out int count))
            {
                fault = new(format.Path, at, Iso8583Rule.PrefixNotNumeric);
                return false;
            }

            if (!format.TryUnits(count, out length))
            {
                fault = new(format.Path, at, Iso8583Rule.PrefixOdd, 0, count);
                return false;
            }
        }

        int wireLength = format.WireLength(length);
        if (prefix.Unit is PrefixUnit.Bytes && prefix.Width > 0 && format.Encoding is WireEncoding.Packed)
        {
            length -= FillOf(message, start, wireLength, format);
        }

        if (length > format.MaxLength || length < format.MinLength)
        {
            bool tooLong = length > format.MaxLength;
            fault = new(
                format.Path,
                at,
                tooLong ? Iso8583Rule.TooLong : Iso8583Rule.TooShort,
                tooLong ? format.MaxLength : format.MinLength,
                length);
            return false;
        }

        if (message.Length - start < wireLength)
        {
            fault = new(format.Path, start, Iso8583Rule.Truncated, wireLength, message.Length - start);
            return false;
        }

        return CheckContent(message.Slice(start, wireLength), start, length, format, out fault);
    }

    /// <summary>Writes the content of a located value: as many bytes as it has units.</summary>
    public static void Read(ReadOnlySpan<byte> wire, int length, FieldFormat format, Span<byte> content)
    {
        switch (format.Encoding)
        {
            case WireEncoding.Raw:
                wire.CopyTo(content);
                break;
            case WireEncoding.HexAscii or WireEncoding.HexEbcdic:
                CharacterTable table = CharacterTable.Of(format.Encoding);
                for (int i = 0; i < length; i++)
                {
                    content[i] = (byte)(Nibble.OfDigit(table.ToLatin1(wire[2 * i])) << 4 | Nibble.OfDigit(table.ToLatin1(wire[2 * i + 1])));
                }

                break;
            case WireEncoding.Packed:
                ReadPacked(wire, length, format, content);
                break;
            default:
                CharacterTable.Of(format.Encoding).ToLatin1(wire, content);
                break;
        }
    }

    /// <summary>1 when a packed value counted in bytes ends (or begins) with a filling nibble that is no digit, else 0.</summary>
    private static int FillOf(ReadOnlySpan<byte> message, int start, int wireLength, FieldFormat format)
    {
        if (wireLength == 0 || message.Length - start < wireLength || format.FillNibble <= 9)
        {
            return 0;
        }

        int nibble = format.FillSide switch
        {
            Side.Left => message[start] >> 4,
            Side.Right => message[start + wireLength - 1] & 0x0F,
            _ => -1,
        };
        return nibble == format.FillNibble ? 1 : 0;
    }

    private static bool CheckContent(ReadOnlySpan<byte> wire, int start, int length, FieldFormat format, out Iso8583Fault fault)
    {
        fault = default;
        if (format.Encoding is WireEncoding.Raw)
        {
            return true;
        }

        if (format.Encoding is WireEncoding.Packed)
        {
            return CheckPacked(wire, start, length, format, out fault);
        }

        int bad = wire.IndexOfAnyExcept(format.AllowedBytes!);
        if (bad < 0 && format.Content is ContentType.SignedDigits && length > 0)
        {
            bad = CheckSign(wire, format);
        }

        if (bad >= 0)
        {
            bool hex = format.Encoding is WireEncoding.HexAscii or WireEncoding.HexEbcdic;
            fault = new(format.Path, start + bad, hex ? Iso8583Rule.NotHexadecimal : Iso8583Rule.InvalidCharacter);
            return false;
        }

        return true;
    }

    private static int CheckSign(ReadOnlySpan<byte> wire, FieldFormat format)
    {
        CharacterTable table = CharacterTable.Of(format.Encoding);
        if (table.ToLatin1(wire[0]) is not ((byte)'C' or (byte)'D'))
        {
            return 0;
        }

        int later = wire[1..].IndexOfAnyExcept(table.Allowed(ContentType.Digits));
        return later < 0 ? -1 : later + 1;
    }

    private static bool CheckPacked(ReadOnlySpan<byte> wire, int start, int length, FieldFormat format, out Iso8583Fault fault)
    {
        fault = default;
        int digits = length;
        if (format.Content is ContentType.SignedDigits && length > 0)
        {
            if (wire[0] is not ((byte)'C' or (byte)'D'))
            {
                fault = new(format.Path, start, Iso8583Rule.InvalidCharacter);
                return false;
            }

            wire = wire[1..];
            start++;
            digits--;
        }

        bool odd = (digits & 1) != 0;
        int first = odd && format.FillSide is Side.Left ? 1 : 0;
        if (odd)
        {
            int fill = first == 1 ? wire[0] >> 4 : wire[^1] & 0x0F;
            if (fill != format.FillNibble)
            {
                fault = new(format.Path, first == 1 ? start : start + wire.Length - 1, Iso8583Rule.InvalidFill);
                return false;
            }
        }

        for (int i = first; i < first + digits; i++)
        {
            int nibble = (i & 1) == 0 ? wire[i >> 1] >> 4 : wire[i >> 1] & 0x0F;
            if (nibble > 9 && !(format.Content is ContentType.HexDigits || (format.Content is ContentType.Track && nibble == 0x0D)))
            {
                fault = new(format.Path, start + (i >> 1), Iso8583Rule.InvalidCharacter);
                return false;
            }
        }

        return true;
    }

    private static void ReadPacked(ReadOnlySpan<byte> wire, int length, FieldFormat format, Span<byte> content)
    {
        int at = 0;
        if (format.Content is ContentType.SignedDigits && length > 0)
        {
            content[at++] = wire[0];
            wire = wire[1..];
        }

        int digits = length - at;
        int first = (digits & 1) != 0 && format.FillSide is Side.Left ? 1 : 0;
        bool track = format.Content is ContentType.Track;
        for (int i = first; i < first + digits; i++)
        {
            int nibble = (i & 1) == 0 ? wire[i >> 1] >> 4 : wire[i >> 1] & 0x0F;
            content[at++] = track && nibble == 0x0D ? (byte)'=' : Nibble.ToDigit(nibble);
        }
    }
}
