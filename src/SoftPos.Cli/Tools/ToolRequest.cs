using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>Typed access to one request of a tool; every fault names the field and what was expected.</summary>
internal sealed class ToolRequest
{
    private readonly JsonObject _values;

    /// <summary>Takes the keys of a JSON line, or the options of a command line; refuses keys that the tool does not know.</summary>
    public ToolRequest(Tool tool, JsonObject values)
    {
        _values = values;
        foreach ((string key, _) in values)
        {
            if (key != "id" && !tool.Options.Any(option => option.Name == key))
            {
                throw new ToolException(key, $"unknown field; this tool takes {string.Join(", ", tool.Options.Select(option => option.Name))}");
            }
        }

        foreach (ToolOption option in tool.Options)
        {
            JsonNode? value = values[option.Name];
            if (value is null)
            {
                if (option.Required)
                {
                    throw new ToolException(option.Name, $"missing; expected {option.Description}");
                }

                continue;
            }

            if (option.Words is { } words && !words.Contains(Text(option.Name), StringComparer.Ordinal))
            {
                throw new ToolException(option.Name, $"expected one of {string.Join(", ", words)}");
            }
        }
    }

    public bool Has(string name) => _values[name] is not null;

    public string Text(string name) => TextOrNull(name) ?? throw new ToolException(name, "missing");

    public string? TextOrNull(string name) => _values[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number => value.ToJsonString(),
        _ => throw new ToolException(name, "expected a text"),
    };

    public byte[] Hex(string name) => HexOrNull(name) ?? throw new ToolException(name, "missing");

    public byte[]? HexOrNull(string name)
    {
        string? text = TextOrNull(name);
        if (text is null)
        {
            return null;
        }

        string digits = string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
        for (int i = 0; i < digits.Length; i++)
        {
            if (!char.IsAsciiHexDigit(digits[i]))
            {
                throw new ToolException(name, "expected hexadecimal digits", i);
            }
        }

        return digits.Length % 2 == 0 ? Convert.FromHexString(digits) : throw new ToolException(name, "expected an even number of hexadecimal digits");
    }

    /// <summary>Bytes of an exact length.</summary>
    public byte[] Hex(string name, params ReadOnlySpan<int> lengths)
    {
        byte[] value = Hex(name);
        return lengths.Contains(value.Length)
            ? value
            : throw new ToolException(name, $"expected {string.Join(" or ", lengths.ToArray())} bytes, got {value.Length}");
    }

    public long Number(string name) => NumberOrNull(name) ?? throw new ToolException(name, "missing");

    public long? NumberOrNull(string name)
    {
        string? text = TextOrNull(name);
        return text is null
            ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number
                : throw new ToolException(name, "expected a whole number");
    }

    public bool Flag(string name) => _values[name] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True => true,
        JsonValue value when value.GetValueKind() is JsonValueKind.False => false,
        _ => throw new ToolException(name, "expected true or false"),
    };

    public JsonNode? Json(string name) => _values[name];

    /// <summary>A moment as ISO 8601 with an offset, or null.</summary>
    public DateTimeOffset? TimeOrNull(string name)
    {
        string? text = TextOrNull(name);
        return text is null
            ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time
                : throw new ToolException(name, "expected a time such as 2026-11-24T12:00:00Z");
    }
}
