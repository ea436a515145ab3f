using System.Text;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary>An answer of the operator's routes as lines for people: one member a line, members of members indented.</summary>
internal static class FleetText
{
    public static string Of(JsonNode answer)
    {
        StringBuilder text = new();
        Add(text, answer, 1);
        return text.Length == 0 ? "  none" : text.ToString().TrimEnd();
    }

    private static void Add(StringBuilder text, JsonNode node, int depth)
    {
        string indent = new(' ', depth * 2);
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members.Where(static member => member.Value is not null))
                {
                    if (value is JsonValue)
                    {
                        text.AppendLine($"{indent}{name,-14}{value}");
                    }
                    else
                    {
                        text.AppendLine(indent + name);
                        Add(text, value!, depth + 1);
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    Add(text, item!, depth);
                    text.AppendLine();
                }

                break;
            default:
                text.AppendLine(indent + node);
                break;
        }
    }
}
