using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace SoftPos.Contract;

/// <summary>The one catalogue of reasons, shipped as <c>reasons.json</c>.</summary>
public static class ReasonCatalogue
{
    private static readonly FrozenDictionary<string, Reason> Entries = Load();

    /// <summary>All reasons, in the order of their codes.</summary>
    public static IReadOnlyList<Reason> All { get; } = [.. Entries.Values.OrderBy(reason => reason.Code, StringComparer.Ordinal)];

    /// <summary>The reason of a code; an unknown code is a fault of ours and gives <c>INTERNAL</c>.</summary>
    public static Reason Get(string code) => Entries.TryGetValue(code, out Reason? reason) ? reason : Entries[ReasonCodes.Internal];

    /// <summary>Whether the catalogue holds the code.</summary>
    public static bool Contains(string code) => Entries.ContainsKey(code);

    private static FrozenDictionary<string, Reason> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Contract.Reasons.reasons.json")
            ?? throw new InvalidOperationException("reasons.json is not embedded");
        using JsonDocument document = JsonDocument.Parse(stream);
        Dictionary<string, Reason> entries = new(StringComparer.Ordinal);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            entries.Add(property.Name, Read(property.Name, property.Value));
        }

        return entries.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Reason Read(string code, JsonElement json) => new()
    {
        Code = code,
        Owner = Enum.Parse<Owner>(json.GetProperty("owner").GetString()!),
        SelfFixable = json.TryGetProperty("selfFixable", out JsonElement self) && self.GetBoolean(),
        NeedsNetwork = json.TryGetProperty("needsNetwork", out JsonElement network) && network.GetBoolean(),
        Retry = json.TryGetProperty("retry", out JsonElement retry) ? retry.GetString()! : "never",
        Status = json.TryGetProperty("status", out JsonElement status) ? status.GetInt32() : 403,
        Text = Texts(json.GetProperty("text")),
        Fix = Texts(json.GetProperty("fix")),
    };

    private static FrozenDictionary<string, string> Texts(JsonElement json) =>
        json.EnumerateObject().ToFrozenDictionary(text => text.Name, text => text.Value.GetString()!, StringComparer.Ordinal);
}
