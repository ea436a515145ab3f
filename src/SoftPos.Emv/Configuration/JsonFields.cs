using System.Globalization;
using System.Text.Json;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// Typed access to one JSON object of a configuration. Every fault is noted with its path and reading goes on, so that a document's faults
/// come together. Fields that nobody asked for are faults too.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly string _document;
    private readonly List<ConfigurationFault> _faults;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public JsonFields(JsonElement element, string path, string document, List<ConfigurationFault> faults)
    {
        _object = element;
        _path = path;
        _document = document;
        _faults = faults;
        if (element.ValueKind is not JsonValueKind.Object)
        {
            Fault(string.Empty, "expected an object");
        }
    }

    /// <summary>The parser takes a text that is not Unicode and refuses only when it is asked for; it has no other way to tell.</summary>
    public static bool IsBrokenText(InvalidOperationException fault) =>
        fault.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) is true;

    public void Fault(string name, string rule) =>
        _faults.Add(new ConfigurationFault(_document, name.Length == 0 ? _path : _path.Length == 0 ? name : $"{_path}.{name}", rule));

    public JsonElement? Get(string name, bool required = false)
    {
        _asked.Add(name);
        if (_object.ValueKind is JsonValueKind.Object && _object.TryGetProperty(name, out JsonElement value)
            && value.ValueKind is not JsonValueKind.Null)
        {
            return value;
        }

        if (required)
        {
            Fault(name, "is missing");
        }

        return null;
    }

    public string? Text(string name, bool required = false)
    {
        JsonElement? value = Get(name, required);
        if (value is { ValueKind: not JsonValueKind.String })
        {
            Fault(name, "expected a text");
            return null;
        }

        return value?.GetString();
    }

    public T? Word<T>(string name, bool required, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct
    {
        string? text = Text(name, required);
        if (text is null)
        {
            return null;
        }

        List<string> allowed = [];
        foreach ((string word, T value) in words)
        {
            if (word == text)
            {
                return value;
            }

            allowed.Add(word);
        }

        Fault(name, $"expected one of {string.Join(", ", allowed)}");
        return null;
    }

    public bool? Flag(string name)
    {
        JsonElement? value = Get(name);
        if (value is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            Fault(name, "expected true or false");
            return null;
        }

        return value?.GetBoolean();
    }

    public long? Number(string name, long least, long most, bool required = false)
    {
        JsonElement? value = Get(name, required);
        if (value is null)
        {
            return null;
        }

        if (value is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt64(out long found) || found < least || found > most)
        {
            Fault(name, $"expected a whole number from {least} to {most}");
            return null;
        }

        return found;
    }

    public byte[]? Hex(string name, int least, int most, bool required = false)
    {
        string? text = Text(name, required);
        if (text is null)
        {
            return null;
        }

        string digits = text.Replace(" ", string.Empty, StringComparison.Ordinal);
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit) || digits.Length < least * 2 || digits.Length > most * 2)
        {
            Fault(name, least == most ? $"expected {least} bytes as hexadecimal digits" : $"expected {least} to {most} bytes as hexadecimal digits");
            return null;
        }

        return Convert.FromHexString(digits);
    }

    public DateOnly? Date(string name)
    {
        string? text = Text(name);
        if (text is null)
        {
            return null;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            Fault(name, "expected a date such as 2031-12-31");
            return null;
        }

        return date;
    }

    public JsonFields? Object(string name, bool required = false) =>
        Get(name, required) is { } value ? new JsonFields(value, _path.Length == 0 ? name : $"{_path}.{name}", _document, _faults) : null;

    public IReadOnlyList<JsonFields> Objects(string name, int most, bool required = false)
    {
        List<JsonFields> found = [];
        foreach ((JsonElement element, string path) in Elements(name, most, required))
        {
            found.Add(new JsonFields(element, path, _document, _faults));
        }

        return found;
    }

    public IReadOnlyList<(JsonElement Element, string Path)> Elements(string name, int most, bool required = false)
    {
        if (Get(name, required) is not { } value)
        {
            return [];
        }

        string path = _path.Length == 0 ? name : $"{_path}.{name}";
        if (value.ValueKind is not JsonValueKind.Array)
        {
            Fault(name, "expected a list");
            return [];
        }

        if (value.GetArrayLength() > most)
        {
            Fault(name, $"more than {most} entries");
            return [];
        }

        return [.. value.EnumerateArray().Select((element, i) => (element, $"{path}[{i}]"))];
    }

    /// <summary>Data objects as <c>{ "9F33": "0008C8" }</c>.</summary>
    public TlvMap Tags(string name)
    {
        TlvMap tags = [];
        if (Get(name) is not { } value)
        {
            return tags;
        }

        if (value.ValueKind is not JsonValueKind.Object)
        {
            Fault(name, "expected an object of tags");
            return tags;
        }

        JsonFields inner = new(value, _path.Length == 0 ? name : $"{_path}.{name}", _document, _faults);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!TlvTag.TryParse(property.Name, out uint tag))
            {
                inner.Fault(property.Name, "is not a tag");
            }
            else if (inner.Hex(property.Name, 0, 255) is { } bytes)
            {
                tags[tag] = bytes;
            }
        }

        return tags;
    }

    /// <summary>Notes every field that was not asked for.</summary>
    public void End()
    {
        if (_object.ValueKind is not JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty property in _object.EnumerateObject())
        {
            if (!_asked.Contains(property.Name))
            {
                Fault(property.Name, "is unknown");
            }
        }
    }
}
