using System.Buffers.Binary;

namespace SoftPos.Iso8583;

/// <summary>How a length prefix writes its number.</summary>
internal enum PrefixEncoding
{
    Ascii,
    Ebcdic,
    Packed,
    Binary,
    BinaryLittleEndian,
}

/// <summary>What a length prefix counts.</summary>
internal enum PrefixUnit
{
    /// <summary>Characters or digits of the value; for hexadecimal text the digits on the wire; for raw bytes the bytes.</summary>
    Characters,

    /// <summary>Bytes on the wire; for hexadecimal text the bytes that it stands for.</summary>
    Bytes,

    /// <summary>Half-bytes of the bytes on the wire, or the digits of a packed value.</summary>
    HalfBytes,
}

/// <summary>A length prefix: bytes on the wire, their encoding, and what they count. Width 0 means a fixed length.</summary>
internal readonly record struct LengthPrefix(int Width, PrefixEncoding Encoding, PrefixUnit Unit)
{
    /// <summary>Widest prefix: LLLL in characters.</summary>
    public const int MaxWidth = 4;

    /// <summary>Largest number that the prefix holds.</summary>
    public int Largest => Encoding switch
    {
        PrefixEncoding.Packed => Width switch { 1 => 99, 2 => 9999, _ => FieldFormat.LongestValue },
        PrefixEncoding.Binary or PrefixEncoding.BinaryLittleEndian => Width == 1 ? 255 : FieldFormat.LongestValue,
        _ => Width switch { 1 => 9, 2 => 99, 3 => 999, _ => 9999 },
    };

    /// <summary>Reads the number; false when it is not decimal. Needs <see cref="Width"/> bytes.</summary>
    public bool TryRead(ReadOnlySpan<byte> wire, out int count)
    {
        count = 0;
        switch (Encoding)
        {
            case PrefixEncoding.Ascii:
                return TryReadDigits(wire[..Width], 0x30, out count);
            case PrefixEncoding.Ebcdic:
                return TryReadDigits(wire[..Width], 0xF0, out count);
            case PrefixEncoding.Packed:
                foreach (byte pair in wire[..Width])
                {
                    if ((pair >> 4) > 9 || (pair & 0x0F) > 9)
                    {
                        return false;
                    }

                    count = count * 100 + (pair >> 4) * 10 + (pair & 0x0F);
                }

                return true;
            case PrefixEncoding.Binary:
                count = Width == 1 ? wire[0] : BinaryPrimitives.ReadUInt16BigEndian(wire);
                return true;
            default:
                count = Width == 1 ? wire[0] : BinaryPrimitives.ReadUInt16LittleEndian(wire);
                return true;
        }
    }

    /// <summary>Writes a number up to <see cref="Largest"/>.</summary>
    public void Write(Span<byte> wire, int count)
    {
        for (int i = Width - 1; i >= 0; i--)
        {
            int at = Encoding is PrefixEncoding.BinaryLittleEndian ? Width - 1 - i : i;
            (wire[at], count) = Encoding switch
            {
                PrefixEncoding.Ascii => ((byte)(0x30 + count % 10), count / 10),
                PrefixEncoding.Ebcdic => ((byte)(0xF0 + count % 10), count / 10),
                PrefixEncoding.Packed => ((byte)((count / 10 % 10 << 4) + count % 10), count / 100),
                _ => ((byte)(count & 0xFF), count >> 8),
            };
        }
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> wire, byte zero, out int count)
    {
        count = 0;
        foreach (byte character in wire)
        {
            int digit = character - zero;
            if (digit is < 0 or > 9)
            {
                return false;
            }

            count = count * 10 + digit;
        }

        return true;
    }
}
