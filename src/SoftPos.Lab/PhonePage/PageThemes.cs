using System.Reflection;
using SoftPos.Terminal.Screens;

namespace SoftPos.Lab.PhonePage;

/// <summary>Themes and logos that ship with the page. They go through the same reader as a merchant's own.</summary>
internal static class PageThemes
{
    private const string Prefix = "SoftPos.Lab.PhonePage.";

    private static readonly string[] Logos = ["opensoftpos.png", "stall.png"];
    private static readonly Dictionary<string, Theme> All = new(StringComparer.Ordinal)
    {
        ["opensoftpos"] = Load("theme-opensoftpos.json"), ["stall"] = Load("theme-stall.json"),
    };

    /// <summary>The theme of a phone that was given none.</summary>
    public static Theme Default => All["opensoftpos"];

    /// <summary>Names and titles.</summary>
    public static IReadOnlyList<CatalogueItem> Items => [.. All.Select(static theme => new CatalogueItem(theme.Key, theme.Value.Name, string.Empty))];

    public static Theme? Find(string name) => All.GetValueOrDefault(name);

    public static bool HasLogo(string file) => Logos.Contains(file);

    /// <summary>A file of the page.</summary>
    public static byte[] Asset(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static Theme Load(string name)
    {
        IReadOnlyList<string> faults = Theme.Read(Asset(name), out Theme? theme);
        return theme ?? throw new InvalidOperationException($"{name}: {string.Join("; ", faults)}");
    }
}
