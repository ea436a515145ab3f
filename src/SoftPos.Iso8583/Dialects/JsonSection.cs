using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Typed access to one object of a dialect file; what does not fit goes to the list of faults with its JSON path.</summary>
internal sealed class JsonSection
{
    private readonly JsonObject _json;
    private readonly List<DialectFault> _faults;

    public JsonSection(JsonObject json, string path, List<DialectFault> faults, params ReadOnlySpan<string> known)
    {
        _json = json;
        Path = path;
        _faults = faults;
        if (known.IsEmpty)
        {
            return;
        }

        foreach ((string key, _) in json)
        {
            if (!known.Contains(key))
            {
                Fault(key, $"unknown; known here are {string.Join(", ", known.ToArray())}");
            }
        }
    }

    public string Path { get; }

    public IEnumerable<string> Keys => _json.Select(pair => pair.Key);

    public bool Has(string key) => _json[key] is not null;

    public JsonNode? this[string key] => _json[key];

    public void Fault(string key, string message) => _faults.Add(new DialectFault($"{Path}.{key}", message));

    public string? Text(string key)
    {
        switch (_json[key])
        {
            case null:
                return null;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                return value.GetValue<string>();
            default:
                Fault(key, "expected a text");
                return null;
        }
    }

    public int? Number(string key, int least, int most)
    {
        JsonNode? node = _json[key];
        if (node is null)
        {
            return null;
        }

        if (node is JsonValue value
            && value.GetValueKind() is JsonValueKind.Number
            && int.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least
            && number <= most)
        {
            return number;
        }

        Fault(key, string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {least} to {most}"));
        return null;
    }

    /// <summary>One of a few words, mapped to values; null when absent or wrong.</summary>
    public T? Word<T>(string key, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        if (Text(key) is not { } word)
        {
            return null;
        }

        if (words.TryGetValue(word, out T value))
        {
            return value;
        }

        Fault(key, $"expected one of {string.Join(", ", words.Keys)}, got '{word}'");
        return null;
    }

    public JsonSection? Section(string key, params ReadOnlySpan<string> known)
    {
        switch (_json[key])
        {
            case null:
                return null;
            case JsonObject inner:
                return new JsonSection(inner, $"{Path}.{key}", _faults, known);
            default:
                Fault(key, "expected an object");
                return null;
        }
    }

    /// <summary>Elements of an array, each with its path; empty when absent.</summary>
    public IEnumerable<(JsonNode? Node, string Path)> Items(string key)
    {
        if (_json[key] is null)
        {
            return [];
        }

        if (_json[key] is JsonArray items)
        {
            return items.Select((item, index) => (item, string.Create(CultureInfo.InvariantCulture, $"{Path}.{key}[{index}]")));
        }

        Fault(key, "expected an array");
        return [];
    }
}
