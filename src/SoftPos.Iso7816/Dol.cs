using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Iso7816;

/// <summary>One entry of a data object list: a tag and the length that the card wants.</summary>
public readonly record struct DolEntry(uint Tag, int Length);

/// <summary>A data object list (EMV Book 3, 5.4): what the card wants to be sent, values only, in this order.</summary>
public sealed class Dol
{
    /// <summary>Most entries of a list: 252 bytes of the longest DOL hold 126.</summary>
    public const int MaxEntries = 126;

    private Dol(IReadOnlyList<DolEntry> entries)
    {
        Entries = entries;
        TotalLength = entries.Sum(entry => entry.Length);
    }

    /// <summary>Entries in their order.</summary>
    public IReadOnlyList<DolEntry> Entries { get; }

    /// <summary>Length of the built data.</summary>
    public int TotalLength { get; }

    /// <summary>True when the list asks for the tag.</summary>
    public bool Contains(uint tag) => Entries.Any(entry => entry.Tag == tag);

    /// <summary>Parses a list of tags and one-byte lengths.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, [NotNullWhen(true)] out Dol? dol, out TlvFault fault)
    {
        dol = null;
        List<DolEntry> entries = [];
        int at = 0;
        while (at < data.Length)
        {
            if (!TryReadTag(data, ref at, out uint tag, out fault))
            {
                return false;
            }

            if (at >= data.Length)
            {
                fault = new TlvFault(TlvFaultKind.LengthTruncated, at);
                return false;
            }

            if (entries.Count >= MaxEntries)
            {
                fault = new TlvFault(TlvFaultKind.TooMany, at);
                return false;
            }

            entries.Add(new DolEntry(tag, data[at++]));
        }

        dol = new Dol(entries);
        fault = TlvFault.None;
        return true;
    }

    /// <summary>Parses a tag list such as 9F4A: tags without lengths.</summary>
    public static bool TryParseTagList(ReadOnlySpan<byte> data, out IReadOnlyList<uint> tags, out TlvFault fault)
    {
        List<uint> found = [];
        tags = found;
        fault = TlvFault.None;
        int at = 0;
        while (at < data.Length)
        {
            if (found.Count >= MaxEntries)
            {
                fault = new TlvFault(TlvFaultKind.TooMany, at);
                return false;
            }

            if (!TryReadTag(data, ref at, out uint tag, out fault))
            {
                return false;
            }

            found.Add(tag);
        }

        return true;
    }

    /// <summary>Builds the data: each value fitted to its length, zeros where <paramref name="valueOf"/> gives null or the tag is a template.</summary>
    public byte[] Build(Func<uint, byte[]?> valueOf)
    {
        byte[] data = new byte[TotalLength];
        int at = 0;
        foreach (DolEntry entry in Entries)
        {
            Span<byte> field = data.AsSpan(at, entry.Length);
            if (!TlvTag.IsConstructed(entry.Tag) && valueOf(entry.Tag) is { } value)
            {
                Fit(value, TagDictionary.FormatOf(entry.Tag), field);
            }

            at += entry.Length;
        }

        return data;
    }

    /// <summary>Fits a value to a field (EMV Book 3, 5.4): numeric keeps its right end, all else its left end; padding by format.</summary>
    public static void Fit(ReadOnlySpan<byte> value, TagFormat format, Span<byte> field)
    {
        if (value.Length >= field.Length)
        {
            (format is TagFormat.Numeric ? value[(value.Length - field.Length)..] : value[..field.Length]).CopyTo(field);
            return;
        }

        field.Fill(format is TagFormat.CompressedNumeric ? (byte)0xFF : (byte)0x00);
        value.CopyTo(format is TagFormat.Numeric ? field[(field.Length - value.Length)..] : field);
    }

    private static bool TryReadTag(ReadOnlySpan<byte> data, ref int at, out uint tag, out TlvFault fault)
    {
        fault = TlvFault.None;
        int start = at;
        tag = data[at++];
        bool more = (tag & 0x1F) == 0x1F;
        while (more)
        {
            if (at >= data.Length)
            {
                fault = new TlvFault(TlvFaultKind.TagTruncated, at);
                return false;
            }

            if (at - start >= TlvReader.MaxTagLength)
            {
                fault = new TlvFault(TlvFaultKind.TagTooLong, start);
                return false;
            }

            tag = (tag << 8) | data[at];
            more = (data[at++] & 0x80) != 0;
        }

        return true;
    }
}
