using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SoftPos.Attestation.Policy;

/// <summary>
/// Reads a policy's text, YAML or JSON, into one tree. Of YAML only plain data: no anchors, aliases, tags or second documents, so that
/// a small text cannot grow large nor mean two things.
/// </summary>
public static class PolicyText
{
    /// <summary>A policy of a thousand rules is below half of this.</summary>
    public const int MaxLength = 1024 * 1024;

    private const int MaxDepth = 24;

    /// <summary>Reads the text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out JsonObject? document, out PolicyFault? fault)
    {
        document = null;
        if (utf8.Length > MaxLength)
        {
            fault = new PolicyFault(string.Empty, $"longer than {MaxLength} bytes");
            return false;
        }

        string text = Encoding.UTF8.GetString(utf8);
        try
        {
            JsonNode? root = text.AsSpan().TrimStart().StartsWith("{")
                ? JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false })
                : ReadYaml(text);
            document = root as JsonObject;
            fault = document is null ? new PolicyFault(string.Empty, "expected a mapping at the top") : null;
        }
        catch (JsonException broken)
        {
            fault = new PolicyFault($"line {broken.LineNumber + 1}", "not JSON");
        }
        catch (InvalidOperationException)
        {
            // The YAML reader answers some broken scalars with this, without a place.
            fault = new PolicyFault(string.Empty, "not YAML");
        }
        catch (YamlException broken)
        {
            fault = new PolicyFault($"line {broken.Start.Line}, column {broken.Start.Column}", broken.InnerException is null ? Plain(broken)
                : "not YAML");
        }

        return fault is null;
    }

    private static string Plain(YamlException broken) =>
        broken is SemanticErrorException or SyntaxErrorException ? "not YAML" : broken.Message;

    private static JsonNode? ReadYaml(string text)
    {
        Parser parser = new(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        JsonNode? root = ReadNode(parser, 0);
        parser.Consume<DocumentEnd>();
        parser.Consume<StreamEnd>();
        return root;
    }

    private static JsonNode? ReadNode(Parser parser, int depth)
    {
        if (parser.Current is not { } at || depth > MaxDepth)
        {
            throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, $"nested deeper than {MaxDepth}");
        }

        if (at is AnchorAlias || at is NodeEvent { Anchor.IsEmpty: false } || (at is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } }))
        {
            throw new YamlException(at.Start, at.End, "anchors, aliases and tags are not allowed");
        }

        if (at is Scalar scalar)
        {
            parser.MoveNext();
            return ReadScalar(scalar);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            JsonArray items = [];
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, depth + 1));
            }

            return items;
        }

        parser.Consume<MappingStart>();
        JsonObject members = [];
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            JsonNode? value = ReadNode(parser, depth + 1);
            if (!members.TryAdd(key.Value, value))
            {
                throw new YamlException(key.Start, key.End, $"\"{key.Value}\" stands twice");
            }
        }

        return members;
    }

    private static JsonValue? ReadScalar(Scalar scalar)
    {
        string text = scalar.Value;
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
