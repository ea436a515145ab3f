using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace SoftPos.Contract;

/// <summary>
/// The one catalogue of reasons, shipped as <c>reasons.json</c> with its English texts. Merchants of other languages read coarser phrases,
/// <c>merchant-phrases.json</c>, which several codes share.
/// </summary>
public static class ReasonCatalogue
{
    private static readonly MerchantPhrases Phrases = new();

    private static readonly FrozenDictionary<string, Reason> Entries = Load();

    /// <summary>All reasons, in the order of their codes.</summary>
    public static IReadOnlyList<Reason> All { get; } = [.. Entries.Values.OrderBy(reason => reason.Code, StringComparer.Ordinal)];

    /// <summary>The reason of a code; an unknown code is a fault of ours and gives <c>INTERNAL</c>.</summary>
    public static Reason Get(string code) => Entries.TryGetValue(code, out Reason? reason) ? reason : Entries[ReasonCodes.Internal];

    /// <summary>Whether the catalogue holds the code.</summary>
    public static bool Contains(string code) => Entries.ContainsKey(code);

    /// <summary>Tags of the shipped languages, English first.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", .. Phrases.Languages.Order(StringComparer.Ordinal)];

    /// <summary>Whether a speaker of the language has read its texts; they are drafts until then.</summary>
    public static bool IsReviewed(string language) => language == "en" || Phrases.IsReviewed(language);

    private static FrozenDictionary<string, Reason> Load()
    {
        using JsonDocument document = Resource("reasons.json");
        Dictionary<string, Reason> entries = new(StringComparer.Ordinal);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            entries.Add(property.Name, Read(property.Name, property.Value));
        }

        return entries.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal static JsonDocument Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Contract.Reasons." + name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        return JsonDocument.Parse(stream);
    }

    private static Reason Read(string code, JsonElement json) => new()
    {
        Code = code,
        Owner = Enum.Parse<Owner>(json.GetProperty("owner").GetString()!),
        SelfFixable = json.TryGetProperty("selfFixable", out JsonElement self) && self.GetBoolean(),
        NeedsNetwork = json.TryGetProperty("needsNetwork", out JsonElement network) && network.GetBoolean(),
        Retry = json.TryGetProperty("retry", out JsonElement retry) ? retry.GetString()! : "never",
        Status = json.TryGetProperty("status", out JsonElement status) ? status.GetInt32() : 403,
        Text = Texts(code, json, "text"),
        Fix = Texts(code, json, "fix"),
    };

    /// <summary>The code's own texts, and phrases for the languages that it has none in.</summary>
    private static FrozenDictionary<string, string> Texts(string code, JsonElement json, string kind)
    {
        Dictionary<string, string> texts = new(Phrases.Of(code, kind), StringComparer.Ordinal);
        foreach (JsonProperty own in json.GetProperty(kind).EnumerateObject())
        {
            texts[own.Name] = own.Value.GetString()!;
        }

        return texts.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
