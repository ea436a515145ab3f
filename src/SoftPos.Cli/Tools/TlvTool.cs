using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool tlv</c>: BER-TLV to named objects, and back.</summary>
internal sealed class TlvTool : Tool
{
    public override IReadOnlyList<string> Path => ["tlv"];

    public override string Description => "Decode BER-TLV into named objects, or encode objects into BER-TLV.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("tlv", ToolValue.Hex, "BER-TLV bytes to decode, as hexadecimal digits; a status word at the end is not part of it") { Positional = true },
        new("objects", ToolValue.Json, "objects to encode instead: {\"tag\": \"value\", …} in order, or a list of {tag, value} and {tag, children}"),
        new("kernel", ToolValue.Number, "kernel whose meaning of a tag is wanted, 2 to 8 (9F66, 9F6E and others differ); default: the common meaning"),
        new("mask", ToolValue.Flag, "star account numbers, tracks and names in the answer"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["objects"] = "decode: list of {tag, name, length, value (hexadecimal), offset, text?, bits?, dol?, children?} in order",
        ["count"] = "decode: number of objects, those inside templates included",
        ["tlv"] = "encode: the encoding as hexadecimal digits, lengths in their shortest form",
    };

    public override JsonObject Run(ToolRequest request)
    {
        if (request.Has("tlv") == request.Has("objects"))
        {
            throw new ToolException("tlv", "give either tlv or objects");
        }

        if (request.Has("objects"))
        {
            TlvWriter writer = new();
            Encode(request.Json("objects"), writer, "objects", 0);
            return new JsonObject { ["tlv"] = Convert.ToHexString(writer.Written) };
        }

        int kernel = (int)(request.NumberOrNull("kernel") ?? 0);
        if (!TlvTree.TryParse(request.Hex("tlv"), out IReadOnlyList<TlvNode> nodes, out TlvFault fault))
        {
            throw new ToolException("tlv", fault.Text, fault.Offset);
        }

        int count = 0;
        JsonArray objects = Decode(nodes, kernel, request.Flag("mask"), ref count);
        return new JsonObject { ["objects"] = objects, ["count"] = count };
    }

    public override void Print(JsonObject answer, TextWriter output)
    {
        if (answer["objects"] is JsonArray objects)
        {
            Print(objects, output, 0);
        }
        else
        {
            base.Print(answer, output);
        }
    }

    internal static JsonArray Decode(IReadOnlyList<TlvNode> nodes, int kernel, bool mask, ref int count)
    {
        JsonArray list = [];
        foreach (TlvNode node in nodes)
        {
            count++;
            JsonObject item = new()
            {
                ["tag"] = TlvTag.Text(node.Tag),
                ["name"] = TagDictionary.NameOf(node.Tag, kernel),
                ["length"] = node.Value.Length,
                ["value"] = mask
                    ? node.IsConstructed ? SensitiveTags.ShowEncoded(node.Value) : SensitiveTags.Show(node.Tag, node.Value.Span)
                    : Convert.ToHexString(node.Value.Span),
                ["offset"] = node.Offset,
            };
            Explain(item, node, kernel, mask);
            if (node.IsConstructed)
            {
                item["children"] = Decode(node.Children, kernel, mask, ref count);
            }

            list.Add(item);
        }

        return list;
    }

    private static void Explain(JsonObject item, TlvNode node, int kernel, bool mask)
    {
        TagFormat format = TagDictionary.FormatOf(node.Tag, kernel);
        if (format is TagFormat.Text or TagFormat.Alphanumeric && !(mask && SensitiveTags.Contains(node.Tag)) && IsPrintable(node.Value.Span))
        {
            item["text"] = System.Text.Encoding.ASCII.GetString(node.Value.Span);
        }

        if (BitMeanings.Of(node.Tag, node.Value.Span, kernel) is { Count: > 0 } bits)
        {
            item["bits"] = new JsonArray([.. bits.Select(text => (JsonNode)text)]);
        }

        if (format is TagFormat.Dol && Dol.TryParse(node.Value.Span, out Dol? dol, out _))
        {
            item["dol"] = new JsonArray([.. dol.Entries.Select(entry => (JsonNode)new JsonObject
            {
                ["tag"] = TlvTag.Text(entry.Tag),
                ["name"] = TagDictionary.NameOf(entry.Tag, kernel),
                ["length"] = entry.Length,
            })]);
        }
    }

    private static bool IsPrintable(ReadOnlySpan<byte> value)
    {
        foreach (byte octet in value)
        {
            if (octet is < 0x20 or > 0x7E)
            {
                return false;
            }
        }

        return !value.IsEmpty;
    }

    private static void Encode(JsonNode? node, TlvWriter writer, string path, int depth)
    {
        if (depth > TlvTree.MaxDepth)
        {
            throw new ToolException("objects", $"{path}: nested too deep");
        }

        switch (node)
        {
            case JsonObject map when map["tag"] is null:
                foreach ((string key, JsonNode? value) in map)
                {
                    EncodeOne(key, value, writer, $"{path}.{key}", depth);
                }

                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    JsonObject entry = list[i] as JsonObject ?? throw new ToolException("objects", $"{path}[{i}]: expected an object with tag");
                    string tag = entry["tag"] is JsonValue name ? name.ToString() : throw new ToolException("objects", $"{path}[{i}]: tag is missing");
                    EncodeOne(tag, entry["children"] ?? entry["value"], writer, $"{path}[{i}]", depth);
                }

                break;
            default:
                throw new ToolException("objects", $"{path}: expected {{\"tag\": \"value\"}} or a list of {{tag, value}}");
        }
    }

    private static void EncodeOne(string name, JsonNode? value, TlvWriter writer, string path, int depth)
    {
        if (!TlvTag.TryParse(name, out uint tag))
        {
            throw new ToolException("objects", $"{path}: {name} is not a tag");
        }

        if (value is JsonObject or JsonArray)
        {
            if (!TlvTag.IsConstructed(tag))
            {
                throw new ToolException("objects", $"{path}: {name} is a primitive tag and has no children");
            }

            writer.Open(tag);
            Encode(value, writer, path, depth + 1);
            writer.Close();
            return;
        }

        string digits = value is null ? string.Empty : string.Concat(value.ToString().Where(letter => letter != ' '));
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            throw new ToolException("objects", $"{path}: expected an even number of hexadecimal digits");
        }

        writer.Write(tag, Convert.FromHexString(digits));
    }

    private static void Print(JsonArray objects, TextWriter output, int depth)
    {
        string indent = new(' ', depth * 2);
        foreach (JsonNode? node in objects)
        {
            JsonNode item = node!;
            string text = item["text"] is { } words ? $" \"{words}\"" : string.Empty;
            string value = item["children"] is null ? $": {item["value"]}{text}" : string.Empty;
            output.WriteLine($"{indent}{item["tag"]} {item["name"]} [{item["length"]}]{value}");
            foreach (JsonNode? bit in item["bits"] as JsonArray ?? [])
            {
                output.WriteLine($"{indent}    {bit}");
            }

            foreach (JsonNode? entry in item["dol"] as JsonArray ?? [])
            {
                output.WriteLine($"{indent}    {entry!["tag"]} {entry["name"]} [{entry["length"]}]");
            }

            if (item["children"] is JsonArray children)
            {
                Print(children, output, depth + 1);
            }
        }
    }
}
