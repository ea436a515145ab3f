using System.Buffers;
using System.Globalization;
using SoftPos.Iso7816;

namespace SoftPos.Iso8583;

/// <summary>A value to be written: a text, or named values inside.</summary>
/// <param name="Text">Characters, or hexadecimal digits for binary content; null when <paramref name="Inner"/> is given.</param>
/// <param name="Inner">Values inside by name, tag, number or group, in their order.</param>
public sealed record FieldValue(string? Text, IReadOnlyList<KeyValuePair<string, FieldValue>>? Inner = null);

/// <summary>Builds the content of a field from the values of its inner structure.</summary>
public static class StructureWriter
{
    /// <summary>Builds the content, padded and checked as <paramref name="format"/> says.</summary>
    public static bool TryWrite(FieldFormat format, FieldValue value, out byte[] content, out Iso8583Fault fault)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(value);
        content = [];
        if (value.Inner is not { } inner)
        {
            return FieldWriter.TryContent(value.Text, format, out content, out fault);
        }

        if (format.Structure is not { } structure)
        {
            fault = new(format.Path, 0, Iso8583Rule.Structure);
            return false;
        }

        List<byte> built = [];
        bool done = structure.Kind switch
        {
            StructureKind.Parts => TryParts(structure, inner, format.Path, built, out fault),
            StructureKind.Groups => TryGroups(structure, inner, format.Path, built, out fault),
            StructureKind.BerTlv => TryTlv(inner, format.Path, built, out fault),
            StructureKind.Tagged => TryTagged(structure, inner, built, out fault),
            _ => TryBitmap(structure, inner, format.Path, built, out fault),
        };
        return done && FieldWriter.TryContent(built.ToArray(), format, out content, out fault);
    }

    private static bool TryParts(
        FieldStructure structure,
        IReadOnlyList<KeyValuePair<string, FieldValue>> values,
        string path,
        List<byte> built,
        out Iso8583Fault fault)
    {
        fault = default;
        int taken = 0;
        foreach (FieldFormat part in structure.Parts)
        {
            FieldValue? value = values.FirstOrDefault(pair => pair.Key == part.Name).Value;
            if (value is null)
            {
                break;
            }

            taken++;
            if (!TryAppend(part, value, built, out fault))
            {
                return false;
            }
        }

        if (taken != values.Count)
        {
            // Only the last parts may be missing: a gap would shift what follows.
            string wrong = values.Select(pair => pair.Key).First(key => !structure.Parts.Take(taken).Any(part => part.Name == key));
            fault = new($"{path}.{wrong}", built.Count, Iso8583Rule.UndefinedField);
            return false;
        }

        return true;
    }

    private static bool TryGroups(
        FieldStructure structure,
        IReadOnlyList<KeyValuePair<string, FieldValue>> values,
        string path,
        List<byte> built,
        out Iso8583Fault fault)
    {
        fault = default;
        foreach ((string key, FieldValue group) in values)
        {
            int before = built.Count;
            if (group.Inner is null || !TryParts(structure, group.Inner, $"{path}.{key}", built, out fault) || built.Count == before)
            {
                fault = fault.Rule is Iso8583Rule.None ? new($"{path}.{key}", before, Iso8583Rule.Structure) : fault;
                return false;
            }
        }

        return true;
    }

    private static bool TryTlv(
        IReadOnlyList<KeyValuePair<string, FieldValue>> values, string path, List<byte> built, out Iso8583Fault fault)
    {
        fault = default;
        TlvWriter writer = new();
        HashSet<uint> seen = [];
        foreach ((string key, FieldValue value) in values)
        {
            if (!TlvTag.TryParse(key, out uint tag) || value.Text is null || !seen.Add(tag))
            {
                bool twice = value.Text is not null && seen.Contains(tag);
                fault = new($"{path}.{key}", writer.Length, twice ? Iso8583Rule.Duplicate : Iso8583Rule.Structure);
                return false;
            }

            byte[] bytes = new byte[value.Text.Length / 2];
            if (Convert.FromHexString(value.Text, bytes, out _, out _) is not OperationStatus.Done)
            {
                fault = new($"{path}.{key}", 0, Iso8583Rule.NotHexadecimal);
                return false;
            }

            writer.Write(tag, bytes);
        }

        built.AddRange(writer.ToArray());
        return true;
    }

    private static bool TryTagged(
        FieldStructure structure, IReadOnlyList<KeyValuePair<string, FieldValue>> values, List<byte> built, out Iso8583Fault fault)
    {
        fault = default;
        foreach ((string key, FieldValue value) in values)
        {
            if (!TryAppend(structure.Tag!, new FieldValue(key), built, out fault) || !TryAppend(structure.Value!, value, built, out fault))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryBitmap(
        FieldStructure structure,
        IReadOnlyList<KeyValuePair<string, FieldValue>> values,
        string path,
        List<byte> built,
        out Iso8583Fault fault)
    {
        fault = default;
        FieldSet fields = default;
        SortedDictionary<int, FieldValue> byNumber = [];
        foreach ((string key, FieldValue value) in values)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || number < 1
                || number >= structure.Fields.Length
                || structure.Fields[number] is null
                || !byNumber.TryAdd(number, value))
            {
                fault = new($"{path}.{key}", 0, Iso8583Rule.UndefinedField);
                return false;
            }

            fields.Add(number);
        }

        byte[] bitmap = new byte[structure.Bitmap!.WireLength(fields)];
        structure.Bitmap.Write(fields, bitmap);
        built.AddRange(bitmap);
        foreach ((int number, FieldValue value) in byNumber)
        {
            if (!TryAppend(structure.Fields[number]!, value, built, out fault))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryAppend(FieldFormat format, FieldValue value, List<byte> built, out Iso8583Fault fault)
    {
        if (!TryWrite(format, value, out byte[] content, out fault))
        {
            return false;
        }

        byte[] wire = new byte[FieldWriter.WireLength(content.Length, format)];
        FieldWriter.Write(content, format, wire);
        built.AddRange(wire);
        return true;
    }
}
