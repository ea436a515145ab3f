using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Messages as JSON for tools and the console: fields by number, inner structures by name or tag, sensitive values masked unless revealed.</summary>
public static class MessageJson
{
    /// <summary>Type, header, bitmap fields with name, value and inner values. An inner structure that cannot be read is given as <c>fault</c>.</summary>
    public static JsonObject ToJson(Iso8583Message message, bool reveal = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        JsonObject fields = [];
        foreach (int number in message.Fields)
        {
            FieldFormat format = message.Dialect[number]!;
            JsonObject field = new()
            {
                ["name"] = format.Name,
                ["value"] = reveal ? message[number] : Masking.Show(message.Content(number), format),
            };
            if (format.Structure is not null)
            {
                bool read = message.TryParts(number, out IReadOnlyList<FieldPart> parts, out Iso8583Fault fault);
                if (reveal || format.Sensitivity is Sensitivity.None or Sensitivity.CardData)
                {
                    field["parts"] = Parts(parts, reveal);
                }

                if (!read)
                {
                    field["fault"] = fault.Message;
                }
            }

            fields[number.ToString(CultureInfo.InvariantCulture)] = field;
        }

        JsonObject json = new() { ["mti"] = message.Type.ToString(), ["fields"] = fields };
        if (message.Header is { } header)
        {
            json["header"] = header;
        }

        return json;
    }

    /// <summary>Sets fields from an object of numbers and values: texts, objects of inner values, or fields as <see cref="ToJson"/> gives them.</summary>
    public static bool TryApply(JsonObject fields, Iso8583Message message, out Iso8583Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(message);
        fault = default;
        foreach ((string key, JsonNode? node) in fields)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                fault = new(key, 0, Iso8583Rule.UndefinedField);
                return false;
            }

            // The form that decoding gives has name and value beside each other.
            JsonNode? value = node is JsonObject given && given["value"] is JsonValue whole && given.ContainsKey("name") ? whole : node;
            if (!message.TrySet(number, Value(value), out fault))
            {
                return false;
            }
        }

        return true;
    }

    private static FieldValue Value(JsonNode? node) => node switch
    {
        JsonObject inner => new FieldValue(null, [.. inner.Select(pair => KeyValuePair.Create(pair.Key, Value(pair.Value)))]),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => new FieldValue(value.GetValue<string>()),
        null => new FieldValue(string.Empty),
        _ => new FieldValue(node.ToJsonString()),
    };

    private static JsonObject Parts(IReadOnlyList<FieldPart> parts, bool reveal)
    {
        JsonObject json = [];
        foreach (FieldPart part in parts)
        {
            json[part.Key] = part.Parts.Count > 0 ? Parts(part.Parts, reveal) : reveal ? part.Text : Shown(part);
        }

        return json;
    }

    private static string Shown(FieldPart part)
    {
        if (part.Format is { } format)
        {
            return Masking.Show(part.Content, format);
        }

        return SoftPos.Iso7816.TlvTag.TryParse(part.Key, out uint tag)
            ? SoftPos.Iso7816.SensitiveTags.Show(tag, part.Content.Span)
            : part.Text;
    }
}
