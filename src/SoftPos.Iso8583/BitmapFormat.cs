using System.Buffers.Binary;

namespace SoftPos.Iso8583;

/// <summary>
/// How bitmaps are written: raw or as hexadecimal digits (the second and third may differ from the first), how many at most, how many always.
/// </summary>
internal sealed record BitmapFormat(WireEncoding Encoding, WireEncoding Extended, int Highest, int Always)
{
    /// <summary>Fields that one bitmap names.</summary>
    public const int FieldsEach = 64;

    /// <summary>Names of the bitmaps in faults.</summary>
    private static readonly string[] Names = ["bitmap", "bitmap 2", "bitmap 3"];

    /// <summary>
    /// Reads as many bitmaps as the data says (bit 1, then bit 65) and the dialect allows. The set has no bits for the bitmaps themselves.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> message, int at, out FieldSet fields, out int next, out Iso8583Fault fault)
    {
        fields = default;
        fault = default;
        next = at;
        for (int index = 0; ; index++)
        {
            WireEncoding encoding = EncodingOf(index);
            int bytes = BytesOf(encoding);
            if (message.Length - next < bytes)
            {
                fault = new(Names[index], next, Iso8583Rule.Truncated, bytes, message.Length - next);
                return false;
            }

            if (!TryReadOne(message.Slice(next, bytes), encoding, next, Names[index], out ulong word, out fault))
            {
                return false;
            }

            next += bytes;
            bool more = word >> 63 != 0 && FieldsEach * (index + 2) <= Highest;
            fields.SetWord(index, more ? word & ~(1UL << 63) : word);
            if (!more)
            {
                return true;
            }
        }
    }

    /// <summary>How many bitmaps a set needs.</summary>
    public int Count(FieldSet fields) =>
        Math.Max(Always / FieldsEach, fields.Word(2) != 0 ? 3 : fields.Word(1) != 0 ? 2 : 1);

    /// <summary>Wire bytes of the bitmaps of a set.</summary>
    public int WireLength(FieldSet fields) => BytesOf(Encoding) + (Count(fields) - 1) * BytesOf(Extended);

    /// <summary>Writes the bitmaps; returns the bytes written.</summary>
    public int Write(FieldSet fields, Span<byte> wire)
    {
        int count = Count(fields);
        int at = 0;
        for (int index = 0; index < count; index++)
        {
            ulong word = fields.Word(index) | (index + 1 < count ? 1UL << 63 : 0);
            WireEncoding encoding = EncodingOf(index);
            Span<byte> one = wire.Slice(at, BytesOf(encoding));
            at += one.Length;
            if (encoding is WireEncoding.Raw)
            {
                BinaryPrimitives.WriteUInt64BigEndian(one, word);
                continue;
            }

            CharacterTable table = CharacterTable.Of(encoding);
            for (int i = 0; i < one.Length; i++)
            {
                one[i] = table.ToWire(Nibble.ToDigit((int)(word >> (60 - 4 * i) & 0x0F)));
            }
        }

        return at;
    }

    private WireEncoding EncodingOf(int index) => index == 0 ? Encoding : Extended;

    private static int BytesOf(WireEncoding encoding) => encoding is WireEncoding.Raw ? 8 : 16;

    private static bool TryReadOne(
        ReadOnlySpan<byte> wire, WireEncoding encoding, int at, string name, out ulong word, out Iso8583Fault fault)
    {
        fault = default;
        if (encoding is WireEncoding.Raw)
        {
            word = BinaryPrimitives.ReadUInt64BigEndian(wire);
            return true;
        }

        CharacterTable table = CharacterTable.Of(encoding);
        word = 0;
        for (int i = 0; i < wire.Length; i++)
        {
            int nibble = wire[i] >= 0x80 && table.IsIdentity ? -1 : Nibble.OfDigit(table.ToLatin1(wire[i]));
            if (nibble < 0)
            {
                fault = new(name, at + i, Iso8583Rule.NotHexadecimal);
                return false;
            }

            word = word << 4 | (uint)nibble;
        }

        return true;
    }
}
