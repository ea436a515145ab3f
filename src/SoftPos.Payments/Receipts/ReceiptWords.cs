using System.Collections.Frozen;
using System.Text.Json;

namespace SoftPos.Payments;

/// <summary>Labels of receipts by language. All but English are drafts that no speaker has read yet; names of the field (AID, TVR) stay.</summary>
public static class ReceiptWords
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Languages = Load();

    /// <summary>Tags of the languages.</summary>
    public static IReadOnlyCollection<string> Tags => Languages.Keys;

    /// <summary>A label, in English where the language has none.</summary>
    public static string In(string language, string name) =>
        Languages.TryGetValue(language, out FrozenDictionary<string, string>? words) && words.TryGetValue(name, out string? word) ? word : Languages["en"][name];

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Load()
    {
        using Stream stream = typeof(ReceiptWords).Assembly.GetManifestResourceStream("SoftPos.Payments.Receipts.receipt-words.json")
            ?? throw new InvalidOperationException("receipt-words.json is not embedded");
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateObject().ToFrozenDictionary(
            static language => language.Name,
            static language => language.Value.EnumerateObject().ToFrozenDictionary(
                static word => word.Name, static word => word.Value.GetString()!, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
