using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Reads the inner structure that a dialect file gives to a field.</summary>
internal sealed class StructureFormatReader(FieldFormatReader fields, List<DialectFault> faults)
{
    private static readonly string[] Kinds = ["parts", "groups", "structure", "tagged", "bitmap"];

    private static readonly Dictionary<string, StructureKind> Structures = new() { ["ber-tlv"] = StructureKind.BerTlv };

    public FieldStructure? Read(
        JsonSection section, string path, ContentType content, int length, bool variable, FormatDefaults outer, int depth)
    {
        string[] given = [.. Kinds.Where(section.Has)];
        if (given.Length == 0)
        {
            return null;
        }

        if (given.Length > 1)
        {
            section.Fault(given[1], $"a field has one inner structure, this one has {string.Join(" and ", given)}");
            return null;
        }

        if (depth >= FieldStructure.MaxDepth)
        {
            section.Fault(given[0], string.Create(CultureInfo.InvariantCulture, $"nested deeper than {FieldStructure.MaxDepth}"));
            return null;
        }

        FormatDefaults inner = content is ContentType.Binary ? outer : FormatDefaults.Characters;
        return given[0] switch
        {
            "parts" => Parts(section, path, length, variable, inner, depth),
            "groups" => Groups(section, path, inner, depth),
            "structure" => Tlv(section, content),
            "tagged" => Tagged(section, path, inner, depth),
            _ => Bitmap(section, path, inner, depth),
        };
    }

    public static BitmapFormat ReadBitmap(JsonSection? section, int usualHighest, int leastHighest)
    {
        WireEncoding encoding = section?.Word("encoding", DialectWords.BinaryEncodings) ?? WireEncoding.Raw;
        int highest = Multiple(section, "highest", leastHighest) ?? usualHighest;
        int always = Multiple(section, "always", 64) ?? 64;
        if (always > highest)
        {
            section!.Fault("always", "more than the highest field");
        }

        WireEncoding extended = section?.Word("extended", DialectWords.BinaryEncodings) ?? encoding;
        return new BitmapFormat(encoding, extended, highest, always);
    }

    private static int? Multiple(JsonSection? section, string key, int least)
    {
        int? number = section?.Number(key, least, FieldSet.Highest);
        if (number % BitmapFormat.FieldsEach is > 0)
        {
            section!.Fault(key, "expected 64, 128 or 192");
            return null;
        }

        return number;
    }

    private FieldStructure Parts(JsonSection section, string path, int length, bool variable, FormatDefaults inner, int depth)
    {
        List<FieldFormat> parts = ReadParts(section, path, inner, depth);
        int sum = parts.Sum(part => part.WireLength(part.MaxLength));
        if (!variable && !parts.Any(part => part.IsVariable) && sum != length && parts.Count > 0)
        {
            section.Fault("parts", string.Create(CultureInfo.InvariantCulture, $"the parts have {sum}, the field has {length}"));
        }

        return new FieldStructure { Kind = StructureKind.Parts, Parts = parts };
    }

    private FieldStructure? Groups(JsonSection section, string path, FormatDefaults inner, int depth)
    {
        if (section.Section("groups", "max", "parts") is not { } groups)
        {
            return null;
        }

        int max = groups.Number("max", 1, StructureReader.MaxElements) ?? 1;
        return new FieldStructure { Kind = StructureKind.Groups, MaxGroups = max, Parts = ReadParts(groups, path, inner, depth) };
    }

    private static FieldStructure? Tlv(JsonSection section, ContentType content)
    {
        if (section.Word("structure", Structures) is null)
        {
            return null;
        }

        if (content is not ContentType.Binary)
        {
            section.Fault("structure", "BER-TLV needs binary content");
        }

        return new FieldStructure { Kind = StructureKind.BerTlv };
    }

    private FieldStructure? Tagged(JsonSection section, string path, FormatDefaults inner, int depth)
    {
        if (section.Section("tagged", "tag", "value") is not { } tagged)
        {
            return null;
        }

        FieldFormat? tag = fields.Read(tagged["tag"], $"{tagged.Path}.tag", $"{path}.tag", inner, depth + 1);
        FieldFormat? value = fields.Read(tagged["value"], $"{tagged.Path}.value", $"{path}.value", inner, depth + 1);
        if (tag is { IsVariable: true } || value is { IsVariable: false })
        {
            tagged.Fault("tag", "a tag has a fixed length, a value a variable one");
        }

        return new FieldStructure { Kind = StructureKind.Tagged, Tag = tag, Value = value };
    }

    private FieldStructure? Bitmap(JsonSection section, string path, FormatDefaults inner, int depth)
    {
        if (section.Section("bitmap", "encoding", "extended", "highest", "always", "fields") is not { } bitmap)
        {
            return null;
        }

        BitmapFormat format = ReadBitmap(bitmap, 64, 64);
        FieldFormat?[] formats = new FieldFormat?[format.Highest + 1];
        if (bitmap.Section("fields") is { } inside)
        {
            foreach (string key in inside.Keys)
            {
                if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= format.Highest)
                {
                    formats[number] = fields.Read(inside[key], $"{inside.Path}.{key}", $"{path}.{key}", inner, depth + 1);
                }
                else
                {
                    inside.Fault(key, string.Create(CultureInfo.InvariantCulture, $"expected a field number from 1 to {format.Highest}"));
                }
            }
        }

        return new FieldStructure { Kind = StructureKind.Bitmap, Bitmap = format, Fields = formats };
    }

    private List<FieldFormat> ReadParts(JsonSection section, string path, FormatDefaults inner, int depth)
    {
        List<FieldFormat> parts = [];
        foreach ((JsonNode? node, string at) in section.Items("parts"))
        {
            if (fields.Read(node, at, $"{path}.", inner, depth + 1) is not { } part)
            {
                continue;
            }

            if (part.Name.Length == 0 || parts.Any(earlier => earlier.Name == part.Name))
            {
                faults.Add(new DialectFault($"{at}.name", "a part needs a name of its own"));
            }

            parts.Add(part);
        }

        return parts;
    }
}
