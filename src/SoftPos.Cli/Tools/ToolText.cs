using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>Renders an answer for a person: keys and values, nested by indentation.</summary>
internal static class ToolText
{
    public static void Print(JsonObject answer, TextWriter output) => Print(answer, output, 0);

    private static void Print(JsonNode? node, TextWriter output, int depth)
    {
        string indent = new(' ', depth * 2);
        switch (node)
        {
            case JsonObject members:
                foreach ((string key, JsonNode? value) in members)
                {
                    if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } and not null && !IsFlat(value))
                    {
                        output.WriteLine($"{indent}{key}:");
                        Print(value, output, depth + 1);
                    }
                    else
                    {
                        output.WriteLine($"{indent}{key}: {Flat(value)}");
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    if (item is JsonObject)
                    {
                        output.WriteLine($"{indent}-");
                        Print(item, output, depth + 1);
                    }
                    else
                    {
                        output.WriteLine($"{indent}- {Flat(item)}");
                    }
                }

                break;
            default:
                output.WriteLine($"{indent}{Flat(node)}");
                break;
        }
    }

    private static bool IsFlat(JsonNode? node) =>
        node is JsonArray items && items.All(item => item is null or JsonValue) && items.Count <= 8;

    private static string Flat(JsonNode? node) => node switch
    {
        null => "-",
        JsonArray items => items.Count == 0 ? "none" : string.Join(", ", items.Select(Flat)),
        JsonObject { Count: 0 } => "none",
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.True => "yes",
        JsonValue value when value.GetValueKind() is JsonValueKind.False => "no",
        _ => node.ToJsonString(),
    };
}
