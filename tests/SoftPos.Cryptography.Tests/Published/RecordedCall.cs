using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>One recorded call of another implementation: its arguments and its result or error.</summary>
internal sealed class RecordedCall
{
    private readonly JsonElement _call;

    private RecordedCall(JsonElement call) => _call = call;

    public string Function => _call.GetProperty("fn").GetString()!;

    public bool IsError => _call.TryGetProperty("error", out _);

    public byte[] Result => Bytes(_call.GetProperty("result"));

    public string ResultText => _call.GetProperty("result").GetString()!;

    public int ResultNumber => _call.GetProperty("result").GetInt32();

    /// <summary>Calls of the functions whose names end so; never an empty list.</summary>
    public static IReadOnlyList<RecordedCall> Of(string suite, string function)
    {
        string path = Vectors.PathOf("emv", suite, "recorded_calls.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        RecordedCall[] calls =
        [
            .. document.RootElement.EnumerateArray()
                .Where(call => call.GetProperty("fn").GetString()!.EndsWith("." + function, StringComparison.Ordinal))
                .Select(call => new RecordedCall(call.Clone())),
        ];
        Assert.NotEmpty(calls);
        return calls;
    }

    public bool Has(string name) =>
        _call.GetProperty("args").TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null;

    public byte[] Hex(string name) => Bytes(_call.GetProperty("args").GetProperty(name));

    /// <summary>Digits, recorded either as a text or as the bytes of one.</summary>
    public string Digits(string name)
    {
        JsonElement value = _call.GetProperty("args").GetProperty(name);
        return value.ValueKind is JsonValueKind.String ? value.GetString()! : System.Text.Encoding.ASCII.GetString(Bytes(value));
    }

    public int Number(string name) => _call.GetProperty("args").GetProperty(name).GetInt32();

    public string Raw(string name) => _call.GetProperty("args").GetProperty(name).ToString();

    private static byte[] Bytes(JsonElement value) => Convert.FromHexString(value.GetProperty("hex").GetString()!);
}
