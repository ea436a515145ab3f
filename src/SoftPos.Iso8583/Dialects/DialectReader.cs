using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Reads a dialect file and checks it against the schema (<c>Dialects/dialect.schema.json</c>).</summary>
internal static class DialectReader
{
    /// <summary>Longest dialect file: the largest shipped one has 20 kB.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>Longest chain of <c>extends</c>.</summary>
    private const int MaxExtends = 4;

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 32,
    };

    public static bool TryRead(string json, [NotNullWhen(true)] out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults)
    {
        List<DialectFault> found = [];
        faults = found;
        dialect = TryMerge(json, found, MaxExtends) is { } merged ? Read(merged, found) : null;
        if (found.Count > 0)
        {
            dialect = null;
        }

        return dialect is not null;
    }

    /// <summary>The file's object, with what it extends filled in: inside the maps an entry replaces, null removes.</summary>
    private static JsonObject? TryMerge(string json, List<DialectFault> faults, int left)
    {
        if (Parse(json, faults) is not { } own)
        {
            return null;
        }

        if (own["extends"] is null)
        {
            return own;
        }

        string? name = own["extends"] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;
        if (name is null || left == 0 || ShippedDialects.JsonOf(name) is not { } baseJson || TryMerge(baseJson, faults, left - 1) is not { } merged)
        {
            faults.Add(new DialectFault("$.extends", $"expected a shipped dialect: {string.Join(", ", ShippedDialects.Names)}"));
            return null;
        }

        foreach ((string key, JsonNode? node) in own)
        {
            if (merged[key] is JsonObject under && node is JsonObject over && key is "fields" or "defaults" or "messages" or "bitmap")
            {
                foreach ((string inner, JsonNode? entry) in (JsonObject)node!)
                {
                    ((JsonObject)merged[key]!)[inner] = entry?.DeepClone();
                }
            }
            else
            {
                merged[key] = node?.DeepClone();
            }
        }

        return merged;
    }

    private static JsonObject? Parse(string json, List<DialectFault> faults)
    {
        if (json.Length > MaxLength)
        {
            faults.Add(new DialectFault("$", string.Create(CultureInfo.InvariantCulture, $"longer than {MaxLength} characters")));
            return null;
        }

        try
        {
            if (JsonNode.Parse(json, null, Options) is JsonObject parsed)
            {
                return parsed;
            }

            faults.Add(new DialectFault("$", "expected an object"));
        }
        catch (JsonException fault)
        {
            faults.Add(new DialectFault("$", $"not JSON: {fault.Message}"));
        }

        return null;
    }

    private static Iso8583Dialect? Read(JsonObject json, List<DialectFault> faults)
    {
        JsonSection top = new(
            json, "$", faults,
            "$schema", "name", "description", "version", "extends", "header", "messageType", "bitmap", "defaults", "fields", "messages", "match");
        FormatDefaults defaults = Defaults(top.Section("defaults", "text", "digits", "track", "binary", "prefix", "unit"));
        BitmapFormat bitmap = StructureFormatReader.ReadBitmap(top.Section("bitmap", "encoding", "extended", "highest", "always"), 128, 64);
        FieldFormatReader reader = new(faults);
        int? version = top.Word("version", DialectWords.Versions);
        if (string.IsNullOrWhiteSpace(top.Text("name")))
        {
            top.Fault("name", "missing");
        }

        FieldFormat?[] fields = ReadFields(top, reader, defaults, bitmap.Highest);
        return new Iso8583Dialect
        {
            Name = top.Text("name") ?? string.Empty,
            Description = top.Text("description") ?? string.Empty,
            Version = version is -1 ? null : version,
            Header = top.Has("header") ? reader.Read(top["header"], "$.header", "header", defaults, 0) : null,
            MessageTypeFormat = MessageType(top.Section("messageType", "encoding"), defaults),
            Bitmap = bitmap,
            Fields = fields,
            Messages = ReadMessages(top.Section("messages"), fields),
            Match = ReadMatch(top.Section("match"), fields),
            UsualMatch = top.Section("match") is { } match && match.Has("default") ? Numbers(match, "default", fields) : [7, 11, 41],
        };
    }

    private static FormatDefaults Defaults(JsonSection? section)
    {
        FormatDefaults usual = FormatDefaults.Ascii;
        if (section is null)
        {
            return usual;
        }

        WireEncoding text = section.Word("text", DialectWords.TextEncodings) ?? usual.Text;
        WireEncoding digits = section.Word("digits", DialectWords.DigitEncodings) ?? text;
        return new FormatDefaults(
            text,
            digits,
            section.Word("track", DialectWords.DigitEncodings) ?? digits,
            section.Word("binary", DialectWords.BinaryEncodings) ?? usual.Binary,
            section.Word("prefix", DialectWords.Prefixes) ?? usual.Prefix,
            section.Word("unit", DialectWords.Units) ?? usual.Unit);
    }

    private static FieldFormat MessageType(JsonSection? section, FormatDefaults defaults)
    {
        WireEncoding encoding = section?.Word("encoding", DialectWords.DigitEncodings) ?? defaults.Digits;
        return new FieldFormat
        {
            Path = "mti",
            Name = "Message type indicator",
            Content = ContentType.Digits,
            MaxLength = 4,
            Encoding = encoding,
            AllowedBytes = encoding is WireEncoding.Packed ? null : CharacterTable.Of(encoding).Allowed(ContentType.Digits),
        };
    }

    private static FieldFormat?[] ReadFields(JsonSection top, FieldFormatReader reader, FormatDefaults defaults, int highest)
    {
        FieldFormat?[] fields = new FieldFormat?[highest + 1];
        if (top.Section("fields") is not { } section)
        {
            top.Fault("fields", "missing");
            return fields;
        }

        foreach (string key in section.Keys)
        {
            bool isNumber = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            if (!isNumber || number < 2 || number > highest || (number == 65 && highest == FieldSet.Highest) || key != FieldNames.Of(number))
            {
                section.Fault(key, string.Create(
                    CultureInfo.InvariantCulture, $"expected a field number from 2 to {highest}; numbers 1 and 65 are bitmaps where there are more"));
                continue;
            }

            if (section.Has(key))
            {
                fields[number] = reader.Read(section[key], $"{section.Path}.{key}", key, defaults, 0);
            }
        }

        return fields;
    }

    private static Dictionary<string, MessageProfile> ReadMessages(JsonSection? section, FieldFormat?[] fields)
    {
        Dictionary<string, MessageProfile> messages = [];
        foreach (string key in section?.Keys ?? [])
        {
            if (!SoftPos.Iso8583.MessageType.TryParse(key, out _))
            {
                section!.Fault(key, "expected a message type of four digits");
            }
            else if (section!.Section(key, "required", "optional") is { } profile)
            {
                List<int> required = Numbers(profile, "required", fields);
                messages[key] = new MessageProfile(required, profile.Has("optional") ? Numbers(profile, "optional", fields) : null);
            }
        }

        return messages;
    }

    private static Dictionary<int, IReadOnlyList<int>> ReadMatch(JsonSection? section, FieldFormat?[] fields)
    {
        Dictionary<int, IReadOnlyList<int>> match = new() { [8] = [7, 11] };
        foreach (string key in section?.Keys ?? [])
        {
            if (key is "default")
            {
                continue;
            }

            if (key.Length == 1 && char.IsAsciiDigit(key[0]))
            {
                match[key[0] - '0'] = Numbers(section!, key, fields);
            }
            else
            {
                section!.Fault(key, "expected 'default' or a message class: the second digit of its types");
            }
        }

        return match;
    }

    private static List<int> Numbers(JsonSection section, string key, FieldFormat?[] fields)
    {
        List<int> numbers = [];
        foreach ((JsonNode? node, string path) in section.Items(key))
        {
            if (node is JsonValue value
                && value.GetValueKind() is JsonValueKind.Number
                && int.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < fields.Length
                && fields[number] is not null)
            {
                numbers.Add(number);
            }
            else
            {
                section.Fault(key, $"{path[(section.Path.Length + 1)..]}: expected the number of a defined field");
            }
        }

        return numbers;
    }
}
