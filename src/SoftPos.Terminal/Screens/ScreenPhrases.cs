using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace SoftPos.Terminal.Screens;

/// <summary>
/// Words of the screens by language, shipped as <c>screen-phrases.json</c>. What went wrong and what to do about it is not here: those texts
/// come from the reason catalogue. All languages but English are drafts until a speaker has read them.
/// </summary>
public static class ScreenPhrases
{
    private const string English = "en";

    /// <summary>Languages that are written from right to left, of those that there are and of those that may come.</summary>
    private static readonly FrozenSet<string> RightToLeft = ((string[])["ar", "fa", "he", "ur"]).ToFrozenSet(StringComparer.Ordinal);

    private static readonly Dictionary<string, bool> Reviewed = new(StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Phrases = Load();

    /// <summary>Tags of the shipped languages, English first.</summary>
    public static IReadOnlyList<string> Languages { get; } = [English, .. Phrases.Keys.Where(static tag => tag != English).Order(StringComparer.Ordinal)];

    /// <summary>Keys of all phrases.</summary>
    internal static IReadOnlyCollection<string> Keys => Phrases[English].Keys;

    /// <summary>Whether a speaker of the language has read its phrases.</summary>
    public static bool IsReviewed(string language) => Reviewed.GetValueOrDefault(Chosen(language));

    /// <summary>Whether the language is written from right to left.</summary>
    public static bool IsRightToLeft(string language) => RightToLeft.Contains(Chosen(language));

    /// <summary>The shipped language nearest to a tag: <c>pt-BR</c> gives <c>pt</c>, what is not shipped gives English.</summary>
    public static string Chosen(string language)
    {
        ArgumentNullException.ThrowIfNull(language);
        string tag = language.Split('-', '_')[0].ToLowerInvariant();
        return Phrases.ContainsKey(tag) ? tag : English;
    }

    /// <summary>A phrase with its places filled.</summary>
    /// <exception cref="KeyNotFoundException">There is no such phrase: a fault of this software.</exception>
    internal static string Of(string language, string key, params object[] values)
    {
        string phrase = Phrases[Chosen(language)].GetValueOrDefault(key) ?? Phrases[English][key];
        return values.Length == 0 ? phrase : string.Format(CultureInfo.InvariantCulture, phrase, values);
    }

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Terminal.Screens.screen-phrases.json")
            ?? throw new InvalidOperationException("screen-phrases.json is not embedded");
        using JsonDocument document = JsonDocument.Parse(stream);
        Dictionary<string, FrozenDictionary<string, string>> all = new(StringComparer.Ordinal);
        foreach (JsonProperty language in document.RootElement.GetProperty("languages").EnumerateObject())
        {
            Reviewed[language.Name] = language.Value.GetProperty("reviewed").GetBoolean();
            all[language.Name] = language.Value.GetProperty("phrases").EnumerateObject()
                .ToFrozenDictionary(static phrase => phrase.Name, static phrase => phrase.Value.GetString()!, StringComparer.Ordinal);
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
