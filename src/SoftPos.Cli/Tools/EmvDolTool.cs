using System.Text.Json.Nodes;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool emv dol</c>: what a data object list asks for; builds or splits its data.</summary>
internal sealed class EmvDolTool : Tool
{
    public override IReadOnlyList<string> Path => ["emv", "dol"];

    public override string Description =>
        "Parse a data object list (PDOL, CDOL, DDOL), build its data from objects, or split data by it (EMV Book 3, 5.4).";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("dol", ToolValue.Hex, "the list: tags, each with a one-byte length") { Required = true, Positional = true },
        new("objects", ToolValue.Json, "build: {\"tag\": \"value\", …}; values are cut and padded by format, absent ones are zeros"),
        new("tlv", ToolValue.Hex, "build: the same objects as BER-TLV"),
        new("data", ToolValue.Hex, "split: the concatenated values as sent to a card"),
        new("kernel", ToolValue.Number, "kernel whose names are wanted, 2 to 8"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["entries"] = "list of {tag, name, length, value?}; value where data was built or split",
        ["length"] = "length of the data in bytes",
        ["data"] = "built or given data as hexadecimal digits; absent when neither was asked for",
    };

    public override JsonObject Run(ToolRequest request)
    {
        if (!Dol.TryParse(request.Hex("dol"), out Dol? dol, out TlvFault fault))
        {
            throw new ToolException("dol", fault.Text, fault.Offset);
        }

        byte[]? data = null;
        if (request.HexOrNull("data") is { } given)
        {
            data = given.Length == dol.TotalLength
                ? given
                : throw new ToolException("data", $"expected {dol.TotalLength} bytes, got {given.Length}");
        }
        else if (request.Has("objects") || request.Has("tlv"))
        {
            TlvMap values = EmvToolInput.Objects(request, "objects", "tlv");
            data = dol.Build(tag => values[tag]);
        }

        int kernel = (int)(request.NumberOrNull("kernel") ?? 0);
        JsonArray entries = [];
        int at = 0;
        foreach (DolEntry entry in dol.Entries)
        {
            JsonObject item = new()
            {
                ["tag"] = TlvTag.Text(entry.Tag),
                ["name"] = TagDictionary.NameOf(entry.Tag, kernel),
                ["length"] = entry.Length,
            };
            if (data is not null)
            {
                item["value"] = Convert.ToHexString(data, at, entry.Length);
            }

            at += entry.Length;
            entries.Add(item);
        }

        JsonObject answer = new() { ["entries"] = entries, ["length"] = dol.TotalLength };
        if (data is not null)
        {
            answer["data"] = Convert.ToHexString(data);
        }

        return answer;
    }
}
