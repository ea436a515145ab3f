using System.Globalization;
using SoftPos.Iso7816;

namespace SoftPos.Iso8583;

/// <summary>Reads the inner structure of a field. Offsets of faults are inside the content of the field.</summary>
public static class StructureReader
{
    /// <summary>Most inner elements of one field: an LLL field holds at most 499 empty objects of two bytes.</summary>
    internal const int MaxElements = 1024;

    /// <summary>
    /// Reads the elements of <paramref name="content"/> (characters or bytes) as <paramref name="format"/> says; a field without
    /// structure has none. On a fault the elements before it are still given.
    /// </summary>
    public static bool TryRead(
        FieldFormat format, ReadOnlyMemory<byte> content, out IReadOnlyList<FieldPart> parts, out Iso8583Fault fault)
    {
        ArgumentNullException.ThrowIfNull(format);
        List<FieldPart> found = [];
        parts = found;
        fault = default;
        return format.Structure is not { } structure || structure.Kind switch
        {
            StructureKind.Parts => TryReadParts(structure, content, format.Path, 0, found, out _, out fault)
                && CheckEnd(format.Path, content, found, out fault),
            StructureKind.Groups => TryReadGroups(structure, content, format.Path, found, out fault),
            StructureKind.BerTlv => TryReadTlv(content, format.Path, found, out fault),
            StructureKind.Tagged => TryReadTagged(structure, content, format.Path, found, out fault),
            _ => TryReadBitmap(structure, content, format.Path, found, out fault),
        };
    }

    private static bool TryReadParts(
        FieldStructure structure,
        ReadOnlyMemory<byte> content,
        string path,
        int at,
        List<FieldPart> into,
        out int next,
        out Iso8583Fault fault)
    {
        fault = default;
        next = at;
        foreach (FieldFormat part in structure.Parts)
        {
            if (next >= content.Length && (part.WireLength(part.MaxLength) > 0 || part.IsVariable))
            {
                break;
            }

            if (!TryReadOne(content, ref next, part, part.Name, path, into, out fault))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadOne(
        ReadOnlyMemory<byte> content,
        ref int at,
        FieldFormat format,
        string key,
        string path,
        List<FieldPart> into,
        out Iso8583Fault fault)
    {
        if (!FieldReader.TryLocate(content.Span, at, format, out int start, out int length, out fault))
        {
            return false;
        }

        int wireLength = format.WireLength(length);
        byte[] value = new byte[length];
        FieldReader.Read(content.Span.Slice(start, wireLength), length, format, value);
        if (!TryRead(format, value, out IReadOnlyList<FieldPart> inner, out fault))
        {
            fault = fault with { Offset = start + fault.Offset };
            return false;
        }

        into.Add(new FieldPart(key, $"{path}.{key}", format, value, inner));
        at = start + wireLength;
        return true;
    }

    private static bool CheckEnd(string path, ReadOnlyMemory<byte> content, List<FieldPart> found, out Iso8583Fault fault)
    {
        int used = found.Sum(part => FieldWriter.WireLength(part.Content.Length, part.Format!));
        fault = used == content.Length ? default : new(path, used, Iso8583Rule.TrailingBytes, 0, content.Length - used);
        return used == content.Length;
    }

    private static bool TryReadGroups(
        FieldStructure structure, ReadOnlyMemory<byte> content, string path, List<FieldPart> into, out Iso8583Fault fault)
    {
        fault = default;
        int at = 0;
        while (at < content.Length)
        {
            if (into.Count == structure.MaxGroups)
            {
                fault = new(path, at, Iso8583Rule.TooLong, structure.MaxGroups, into.Count + 1);
                return false;
            }

            string key = (into.Count + 1).ToString(CultureInfo.InvariantCulture);
            List<FieldPart> group = [];
            int start = at;
            if (!TryReadParts(structure, content, $"{path}.{key}", at, group, out at, out fault))
            {
                return false;
            }

            if (group.Count < structure.Parts.Count || at == start)
            {
                fault = new(path, at, Iso8583Rule.Truncated, structure.Parts.Count, group.Count);
                return false;
            }

            into.Add(new FieldPart(key, $"{path}.{key}", null, content[start..at], group));
        }

        return true;
    }

    private static bool TryReadTlv(ReadOnlyMemory<byte> content, string path, List<FieldPart> into, out Iso8583Fault fault)
    {
        fault = default;
        HashSet<uint> seen = [];
        TlvReader reader = new(content.Span);
        while (reader.TryRead(out TlvObject item))
        {
            if (!seen.Add(item.Tag) || into.Count == MaxElements)
            {
                // Each tag once: a second 9F26 would leave open which one the cryptogram check takes.
                fault = new($"{path}.{TlvTag.Text(item.Tag)}", item.Offset, Iso8583Rule.Duplicate);
                return false;
            }

            string key = TlvTag.Text(item.Tag);
            into.Add(new FieldPart(key, $"{path}.{key}", null, content.Slice(item.ValueOffset, item.Value.Length), []));
        }

        if (reader.Fault.IsFault)
        {
            fault = new(path, reader.Fault.Offset, Iso8583Rule.Structure);
            return false;
        }

        return true;
    }

    private static bool TryReadTagged(
        FieldStructure structure, ReadOnlyMemory<byte> content, string path, List<FieldPart> into, out Iso8583Fault fault)
    {
        fault = default;
        int at = 0;
        while (at < content.Length)
        {
            if (into.Count == MaxElements)
            {
                fault = new(path, at, Iso8583Rule.TooLong, MaxElements, into.Count + 1);
                return false;
            }

            List<FieldPart> tag = [];
            int start = at;
            if (!TryReadOne(content, ref at, structure.Tag!, "tag", path, tag, out fault)
                || !TryReadOne(content, ref at, structure.Value!, tag[0].Text, path, into, out fault))
            {
                return false;
            }

            if (into.Take(into.Count - 1).Any(earlier => earlier.Key == into[^1].Key))
            {
                fault = new(into[^1].Path, start, Iso8583Rule.Duplicate);
                return false;
            }
        }

        return true;
    }

    private static bool TryReadBitmap(
        FieldStructure structure, ReadOnlyMemory<byte> content, string path, List<FieldPart> into, out Iso8583Fault fault)
    {
        if (!structure.Bitmap!.TryRead(content.Span, 0, out FieldSet fields, out int at, out fault))
        {
            fault = fault with { Field = $"{path}.{fault.Field}" };
            return false;
        }

        foreach (int number in fields)
        {
            string key = number.ToString(CultureInfo.InvariantCulture);
            if (number >= structure.Fields.Length || structure.Fields[number] is not { } format)
            {
                fault = new($"{path}.{key}", at, Iso8583Rule.UndefinedField);
                return false;
            }

            if (!TryReadOne(content, ref at, format, key, path, into, out fault))
            {
                return false;
            }
        }

        if (at != content.Length)
        {
            fault = new(path, at, Iso8583Rule.TrailingBytes, 0, content.Length - at);
            return false;
        }

        return true;
    }
}
