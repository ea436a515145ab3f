using System.Text.Json;

namespace SoftPos.Contract;

/// <summary>Coarse texts for merchants by language, each shared by several codes.</summary>
internal sealed class MerchantPhrases
{
    private readonly Dictionary<string, (string Text, string Fix)> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (bool Reviewed, JsonElement Phrases)> _languages = new(StringComparer.Ordinal);

    public MerchantPhrases()
    {
        using JsonDocument document = ReasonCatalogue.Resource("merchant-phrases.json");
        foreach (JsonProperty code in document.RootElement.GetProperty("codes").EnumerateObject())
        {
            _codes[code.Name] = (code.Value.GetProperty("text").GetString()!, code.Value.GetProperty("fix").GetString()!);
        }

        foreach (JsonProperty language in document.RootElement.GetProperty("languages").EnumerateObject())
        {
            _languages[language.Name] = (language.Value.GetProperty("reviewed").GetBoolean(), language.Value.Clone());
        }
    }

    public IEnumerable<string> Languages => _languages.Keys;

    public bool IsReviewed(string language) => _languages.TryGetValue(language, out (bool Reviewed, JsonElement) found) && found.Reviewed;

    /// <summary>Phrase of a code in every language; none for a code that has no phrase, which then falls back to English.</summary>
    /// <param name="code">Code in the catalogue.</param>
    /// <param name="kind"><c>text</c> or <c>fix</c>.</param>
    public IEnumerable<KeyValuePair<string, string>> Of(string code, string kind)
    {
        if (!_codes.TryGetValue(code, out (string Text, string Fix) names))
        {
            yield break;
        }

        string name = kind == "text" ? names.Text : names.Fix;
        foreach ((string language, (_, JsonElement phrases)) in _languages)
        {
            yield return KeyValuePair.Create(language, phrases.GetProperty(kind).GetProperty(name).GetString()!);
        }
    }
}
