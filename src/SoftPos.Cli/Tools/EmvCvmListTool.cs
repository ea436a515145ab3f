using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Emv;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool emv cvmlist</c>: amounts and rules of a CVM list.</summary>
internal sealed class EmvCvmListTool : Tool
{
    public override IReadOnlyList<string> Path => ["emv", "cvmlist"];

    public override string Description => "Decode a cardholder verification method list 8E (EMV Book 3, 10.5 and annex C3).";

    public override IReadOnlyList<ToolOption> Options =>
        [new("list", ToolValue.Hex, "value of 8E: two binary amounts of 4 bytes, then rules of 2 bytes") { Required = true, Positional = true }];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["x"] = "first amount, a number in minor units of the application currency",
        ["y"] = "second amount",
        ["rules"] = "list of {code, condition (both two hexadecimal digits), method, continuesOnFailure, when} in order",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] data = request.Hex("list");
        if (!CvmList.TryParse(data, out CvmList? list, out int offset))
        {
            throw new ToolException("list", "expected 8 bytes of amounts and whole rules of 2 bytes", offset);
        }

        return new JsonObject
        {
            ["x"] = list.X,
            ["y"] = list.Y,
            ["rules"] = new JsonArray([.. list.Rules.Select(rule => (JsonNode)new JsonObject
            {
                ["code"] = rule.Code.ToString("X2", CultureInfo.InvariantCulture),
                ["condition"] = rule.Condition.ToString("X2", CultureInfo.InvariantCulture),
                ["method"] = rule.MethodText,
                ["continuesOnFailure"] = rule.ContinuesOnFailure,
                ["when"] = rule.ConditionText,
            })]),
        };
    }
}
