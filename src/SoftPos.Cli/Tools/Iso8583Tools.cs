using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Iso8583;

namespace SoftPos.Cli.Tools;

/// <summary>Options and loading that the ISO 8583 tools share.</summary>
internal static class Iso8583Input
{
    public static ToolOption Dialect { get; } = new(
        "dialect", ToolValue.Json, "a shipped dialect's name (lab, 1987-ascii, 1987-binary, 1993, 2003; default lab) or a dialect as JSON object");

    public static ToolOption Message { get; } = new("message", ToolValue.Hex, "the message as hexadecimal digits, without frame")
    {
        Required = true,
        Positional = true,
    };

    public static ToolOption Reveal { get; } = new("reveal", ToolValue.Flag, "show PAN, tracks, PIN block and card data whole instead of masked");

    public static Iso8583Dialect DialectOf(ToolRequest request)
    {
        JsonNode? node = request.Json("dialect");
        if (node is null)
        {
            return ShippedDialects.Lab;
        }

        if (node is JsonValue value && value.GetValueKind() is JsonValueKind.String && ShippedDialects.Names.Contains(value.GetValue<string>()))
        {
            return ShippedDialects.Get(value.GetValue<string>());
        }

        string json = node is JsonValue text && text.GetValueKind() is JsonValueKind.String ? text.GetValue<string>() : node.ToJsonString();
        return Iso8583Dialect.TryLoad(json, out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults)
            ? dialect
            : throw new ToolException("dialect", string.Join("; ", faults));
    }

    public static Iso8583Message Decode(ToolRequest request, string option, Iso8583Dialect dialect) =>
        Iso8583Message.TryDecode(request.Hex(option), dialect, out Iso8583Message? message, out Iso8583Fault fault)
            ? message
            : throw new ToolException(option, fault.Message, fault.Offset);
}

/// <summary><c>tool iso8583 decode</c>.</summary>
internal sealed class Iso8583DecodeTool : Tool
{
    public override IReadOnlyList<string> Path { get; } = ["iso8583", "decode"];

    public override string Description => "Decodes an ISO 8583 message.";

    public override IReadOnlyList<ToolOption> Options { get; } = [Iso8583Input.Message, Iso8583Input.Dialect, Iso8583Input.Reveal];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["mti"] = "message type, four digits",
        ["fields"] = "object by field number: name, value (text, or hexadecimal for binary fields), parts (inner values), fault of the inner structure",
        ["header"] = "header of a dialect that has one",
    };

    public override JsonObject Run(ToolRequest request) =>
        MessageJson.ToJson(Iso8583Input.Decode(request, "message", Iso8583Input.DialectOf(request)), request.Flag("reveal"));
}

/// <summary><c>tool iso8583 encode</c>.</summary>
internal sealed class Iso8583EncodeTool : Tool
{
    public override IReadOnlyList<string> Path { get; } = ["iso8583", "encode"];

    public override string Description => "Encodes an ISO 8583 message.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("mti", ToolValue.Text, "message type, four digits") { Required = true },
        new("fields", ToolValue.Json, "object by field number: text, hexadecimal for binary fields, or an object of inner values by name or tag")
        {
            Required = true,
        },
        new("header", ToolValue.Text, "header of a dialect that has one"),
        Iso8583Input.Dialect,
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["message"] = "the message as upper-case hexadecimal digits, without frame",
        ["length"] = "bytes of the message",
    };

    public override JsonObject Run(ToolRequest request)
    {
        if (!MessageType.TryParse(request.Text("mti"), out MessageType type))
        {
            throw new ToolException("mti", "expected a message type of four digits");
        }

        Iso8583Message message = new(Iso8583Input.DialectOf(request), type);
        JsonObject fields = request.Json("fields") as JsonObject ?? throw new ToolException("fields", "expected an object of field numbers and values");
        if (!MessageJson.TryApply(fields, message, out Iso8583Fault fault))
        {
            throw new ToolException("fields", fault.Message, fault.Offset);
        }

        if (request.TextOrNull("header") is { } header && !message.TrySetHeader(header, out fault))
        {
            throw new ToolException("header", fault.Message, fault.Offset);
        }

        try
        {
            byte[] bytes = message.Encode();
            return new JsonObject { ["message"] = Convert.ToHexString(bytes), ["length"] = bytes.Length };
        }
        catch (Iso8583Exception refused)
        {
            throw new ToolException(refused.Fault.Field == "header" ? "header" : "fields", refused.Message);
        }
    }
}

/// <summary><c>tool iso8583 lint</c>.</summary>
internal sealed class Iso8583LintTool : Tool
{
    public override IReadOnlyList<string> Path { get; } = ["iso8583", "lint"];

    public override string Description =>
        "Checks an ISO 8583 message: codec, mandatory and unexpected fields, inner structures, agreement of fields.";

    public override IReadOnlyList<ToolOption> Options { get; } = [Iso8583Input.Message, Iso8583Input.Dialect];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["clean"] = "true when there is no finding",
        ["findings"] = "array of field, offset, rule and message",
    };

    public override JsonObject Run(ToolRequest request)
    {
        IReadOnlyList<Iso8583Fault> findings =
            Iso8583Message.TryDecode(request.Hex("message"), Iso8583Input.DialectOf(request), out Iso8583Message? message, out Iso8583Fault fault)
                ? MessageLint.Check(message)
                : [fault];
        return new JsonObject
        {
            ["clean"] = findings.Count == 0,
            ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
            {
                ["field"] = finding.Field,
                ["offset"] = finding.Offset,
                ["rule"] = finding.Rule.ToString(),
                ["message"] = finding.Message,
            })]),
        };
    }
}

/// <summary><c>tool iso8583 diff</c>.</summary>
internal sealed class Iso8583DiffTool : Tool
{
    public override IReadOnlyList<string> Path { get; } = ["iso8583", "diff"];

    public override string Description => "Compares two ISO 8583 messages field by field.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("left", ToolValue.Hex, "one message as hexadecimal digits") { Required = true },
        new("right", ToolValue.Hex, "the other message as hexadecimal digits") { Required = true },
        Iso8583Input.Dialect,
        Iso8583Input.Reveal,
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["equal"] = "true when type and all fields are equal",
        ["differences"] = "array of field (mti or number), left and right; null where absent; masked values may look alike though they differ",
    };

    public override JsonObject Run(ToolRequest request)
    {
        Iso8583Dialect dialect = Iso8583Input.DialectOf(request);
        Iso8583Message left = Iso8583Input.Decode(request, "left", dialect);
        Iso8583Message right = Iso8583Input.Decode(request, "right", dialect);
        JsonArray differences = [];
        if (left.Type != right.Type)
        {
            differences.Add((JsonNode)new JsonObject { ["field"] = "mti", ["left"] = left.Type.ToString(), ["right"] = right.Type.ToString() });
        }

        foreach (int field in left.Fields.ToList().Union(right.Fields.ToList()).Order())
        {
            if (left[field] != right[field])
            {
                differences.Add((JsonNode)new JsonObject
                {
                    ["field"] = $"{field}",
                    ["left"] = Shown(left, field, request.Flag("reveal")),
                    ["right"] = Shown(right, field, request.Flag("reveal")),
                });
            }
        }

        return new JsonObject { ["equal"] = differences.Count == 0, ["differences"] = differences };
    }

    private static string? Shown(Iso8583Message message, int field, bool reveal) =>
        !message.Has(field) ? null : reveal ? message[field] : Masking.Show(message.Content(field), message.Dialect[field]!);
}
