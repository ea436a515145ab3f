using System.Text.Json.Nodes;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool emv tags</c>: the tag dictionary.</summary>
internal sealed class EmvTagsTool : Tool
{
    public override IReadOnlyList<string> Path => ["emv", "tags"];

    public override string Description => "Look up data objects by tag or by a part of their name.";

    public override IReadOnlyList<ToolOption> Options =>
        [new("find", ToolValue.Text, "a tag such as 9F26, or a part of a name such as cryptogram; all tags without it") { Positional = true }];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["tags"] = "list of {tag, name, kernel (0 for every kernel), format (n, cn, an, ans, b, dol, taglist, constructed), minLength, maxLength, source}",
    };

    public override JsonObject Run(ToolRequest request)
    {
        string? find = request.TextOrNull("find");
        IEnumerable<TagInfo> found = find is null ? TagDictionary.All
            : TlvTag.TryParse(find, out uint tag) ? TagDictionary.Meanings(tag)
            : TagDictionary.All.Where(info => info.Name.Contains(find, StringComparison.OrdinalIgnoreCase));
        return new JsonObject { ["tags"] = new JsonArray([.. found.Select(Show)]) };
    }

    private static JsonNode Show(TagInfo info) => new JsonObject
    {
        ["tag"] = TlvTag.Text(info.Tag),
        ["name"] = info.Name,
        ["kernel"] = info.Kernel,
        ["format"] = info.Format switch
        {
            TagFormat.Numeric => "n",
            TagFormat.CompressedNumeric => "cn",
            TagFormat.Alphanumeric => "an",
            TagFormat.Text => "ans",
            TagFormat.Dol => "dol",
            TagFormat.TagList => "taglist",
            TagFormat.Constructed => "constructed",
            _ => "b",
        },
        ["minLength"] = info.MinLength,
        ["maxLength"] = info.MaxLength,
        ["source"] = info.Source,
    };
}
