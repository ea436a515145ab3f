using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Terminal.Screens;

/// <summary>Colours of a theme, each <c>#rrggbb</c>.</summary>
public sealed record ThemeColours
{
    /// <summary>Behind everything.</summary>
    public string Background { get; set; } = string.Empty;

    /// <summary>Text.</summary>
    public string Text { get; set; } = string.Empty;

    /// <summary>The main action.</summary>
    public string Main { get; set; } = string.Empty;

    /// <summary>Text on the main action.</summary>
    public string OnMain { get; set; } = string.Empty;

    /// <summary>Sign of a good end.</summary>
    public string Good { get; set; } = string.Empty;

    /// <summary>Sign of a bad end.</summary>
    public string Bad { get; set; } = string.Empty;

    /// <summary>Small print.</summary>
    public string Detail { get; set; } = string.Empty;
}

/// <summary>Whom the merchant turns to.</summary>
public sealed record ThemeContact
{
    /// <summary>Telephone number, as dialled.</summary>
    public string Phone { get; set; } = string.Empty;

    /// <summary>Mail address.</summary>
    public string Mail { get; set; } = string.Empty;

    /// <summary>Address of a page, <c>https</c>.</summary>
    public string Web { get; set; } = string.Empty;
}

/// <summary>
/// The looks of a white-label app: name, colours, logo, texts of its own, contact. It changes no text of the reason catalogue and nothing on
/// the PIN screen but colours that can be read.
/// </summary>
public sealed record Theme
{
    /// <summary>Largest file.</summary>
    public const int MaxFile = 64 * 1024;

    private const int MaxName = 30, MaxText = 200, MaxContact = 120;

    /// <summary>WCAG 2.2, 1.4.6: text on its ground.</summary>
    private const double TextContrast = 7;

    /// <summary>WCAG 2.2, 1.4.3: everything else that is read.</summary>
    private const double ReadContrast = 4.5;

    /// <summary>Name of the app.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Colours.</summary>
    public ThemeColours Colours { get; set; } = new();

    /// <summary>File of the logo beside the theme: letters, digits, <c>-</c>, <c>_</c>, ending in <c>.png</c>; empty for none.</summary>
    public string Logo { get; set; } = string.Empty;

    /// <summary>A line of greeting by language tag; English at least when there is any.</summary>
    public IReadOnlyDictionary<string, string> Welcome { get; set; } = new Dictionary<string, string>();

    /// <summary>Contact.</summary>
    public ThemeContact Contact { get; set; } = new();

    /// <summary>The greeting in a language, else in English, else none.</summary>
    public string WelcomeIn(string language) =>
        Welcome.GetValueOrDefault(ScreenPhrases.Chosen(language)) ?? Welcome.GetValueOrDefault("en") ?? string.Empty;

    /// <summary>Reads a theme file; it is taken whole or not at all.</summary>
    /// <param name="json">The file, UTF-8.</param>
    /// <param name="theme">The theme, when there is no fault.</param>
    /// <returns>Everything that is wrong: field, what was expected. Empty when nothing is.</returns>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> json, out Theme? theme)
    {
        theme = null;
        if (json.Length > MaxFile)
        {
            return [$"the theme has {json.Length} bytes; at most {MaxFile}"];
        }

        Theme? read;
        try
        {
            read = JsonSerializer.Deserialize(json, ThemeJson.Default.Theme);
        }
        catch (JsonException fault)
        {
            return [$"line {fault.LineNumber + 1}: no theme: {fault.Path ?? "$"}"];
        }

        List<string> faults = read is null ? ["the theme is empty"] : [.. read.Faults()];
        theme = faults.Count == 0 ? read : null;
        return faults;
    }

    /// <summary>WCAG 2.2: contrast ratio of two colours, 1 to 21.</summary>
    /// <param name="one"><c>#rrggbb</c>.</param>
    /// <param name="other"><c>#rrggbb</c>.</param>
    /// <exception cref="FormatException">One is no colour.</exception>
    public static double Contrast(string one, string other)
    {
        double first = Luminance(one), second = Luminance(other);
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    /// <summary>Red, green and blue of a colour; null when it is none.</summary>
    public static (byte Red, byte Green, byte Blue)? Parse(string? colour) =>
        colour is ['#', _, _, _, _, _, _] && colour.Skip(1).All(char.IsAsciiHexDigit)
            ? (Convert.FromHexString(colour.AsSpan(1, 2))[0], Convert.FromHexString(colour.AsSpan(3, 2))[0], Convert.FromHexString(colour.AsSpan(5, 2))[0])
            : null;

    private IEnumerable<string> Faults()
    {
        (string Field, string Colour)[] colours =
        [
            ("background", Colours.Background), ("text", Colours.Text), ("main", Colours.Main), ("onMain", Colours.OnMain),
            ("good", Colours.Good), ("bad", Colours.Bad), ("detail", Colours.Detail),
        ];
        string[] wrong = [.. colours.Where(static colour => Parse(colour.Colour) is null).Select(static colour => colour.Field)];
        return
        [
            .. Text("name", Name, MaxName, isNeeded: true),
            .. wrong.Select(static field => $"colours.{field}: expected #rrggbb"),
            .. wrong.Length == 0 ? Contrasts() : [],
            .. Logo.Length > 0 && !IsFile(Logo) ? ["logo: expected a file name such as logo.png"] : (string[])[],
            .. Welcome.SelectMany(static line => Text($"welcome.{line.Key}", line.Value, MaxText, isNeeded: true)),
            .. Welcome.Keys.Where(static tag => !ScreenPhrases.Languages.Contains(tag)).Select(static tag => $"welcome.{tag}: not a shipped language"),
            .. Welcome.Count > 0 && !Welcome.ContainsKey("en") ? ["welcome.en: needed, since other languages fall back to it"] : (string[])[],
            .. Text("contact.phone", Contact.Phone, MaxContact, isNeeded: false),
            .. Text("contact.mail", Contact.Mail, MaxContact, isNeeded: false),
            .. Contact is { Phone.Length: 0, Mail.Length: 0, Web.Length: 0 } ? ["contact: at least one of phone, mail, web"] : (string[])[],
            .. Contact.Web.Length > 0 && !IsPage(Contact.Web) ? ["contact.web: expected an address with https"] : (string[])[],
        ];
    }

    private IEnumerable<string> Contrasts()
    {
        (string Field, string Colour, string Ground, double Needed)[] pairs =
        [
            ("text", Colours.Text, Colours.Background, TextContrast),
            ("onMain", Colours.OnMain, Colours.Main, ReadContrast),
            ("main", Colours.Main, Colours.Background, ReadContrast),
            ("good", Colours.Good, Colours.Background, ReadContrast),
            ("bad", Colours.Bad, Colours.Background, ReadContrast),
            ("detail", Colours.Detail, Colours.Background, ReadContrast),
        ];
        return pairs.Select(static pair => (pair.Field, pair.Needed, Ratio: Contrast(pair.Colour, pair.Ground)))
            .Where(static pair => pair.Ratio < pair.Needed)
            .Select(static pair => FormattableString.Invariant($"colours.{pair.Field}: contrast {pair.Ratio:0.0}, at least {pair.Needed:0.0} is needed"));
    }

    private static IEnumerable<string> Text(string field, string? text, int most, bool isNeeded)
    {
        if (text is null || text.Length > most || (isNeeded && string.IsNullOrWhiteSpace(text)) || text.Any(char.IsControl))
        {
            yield return $"{field}: expected {(isNeeded ? 1 : 0)} to {most} characters on one line";
        }
    }

    private static bool IsFile(string name) => name.Length <= MaxName && name.EndsWith(".png", StringComparison.Ordinal)
        && name[..^4] is { Length: > 0 } stem && stem.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static bool IsPage(string address) => address.Length <= MaxContact
        && Uri.TryCreate(address, UriKind.Absolute, out Uri? page) && page.Scheme == Uri.UriSchemeHttps && page.UserInfo.Length == 0;

    private static double Luminance(string colour)
    {
        (byte red, byte green, byte blue) = Parse(colour) ?? throw new FormatException("a colour is #rrggbb");
        return (0.2126 * Linear(red)) + (0.7152 * Linear(green)) + (0.0722 * Linear(blue));
    }

    private static double Linear(byte channel)
    {
        double part = channel / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(Theme))]
internal sealed partial class ThemeJson : JsonSerializerContext;
