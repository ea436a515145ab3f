using System.Text.Json;
using System.Text.Json.Serialization;
using QRCoder;
using SoftPos.Terminal.Screens;

namespace SoftPos.Lab.PhonePage;

/// <summary>The PIN pad as it is drawn: where which key is, and as many marks as there are digits.</summary>
internal sealed record PinView
{
    public required string Title { get; init; }

    public required string Amount { get; init; }

    public required string Merchant { get; init; }

    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    public required string Language { get; init; }

    public bool IsRightToLeft { get; init; }

    public string Marks { get; init; } = string.Empty;

    public string? Hint { get; init; }
}

/// <summary>What a theme gives the page.</summary>
internal sealed record ThemeView
{
    public required string Name { get; init; }

    public required ThemeColours Colours { get; init; }

    /// <summary>The greeting in the language of the screen.</summary>
    public string Welcome { get; init; } = string.Empty;

    /// <summary>Name of a logo that the page has; empty for none.</summary>
    public string Logo { get; init; } = string.Empty;
}

/// <summary>Everything that the page draws of one phone.</summary>
internal sealed record PhoneState
{
    /// <summary>The screen; what a screen reader says is in it.</summary>
    public ScreenModel? Screen { get; init; }

    /// <summary>Dots of the screen's QR code by row, <c>1</c> for dark; null without one.</summary>
    public IReadOnlyList<string>? Dots { get; init; }

    /// <summary>The PIN pad while it stands before everything else.</summary>
    public PinView? Pin { get; init; }

    /// <summary>What the phone's lock asks to be proven; null when it asks nothing.</summary>
    public string? Proof { get; init; }

    /// <summary>Text that the app handed to another app.</summary>
    public string? Shared { get; init; }

    /// <summary>Name of the lab's phone that this one is now.</summary>
    public required string Phone { get; init; }

    /// <summary>The antenna is on and waits for a card.</summary>
    public bool WantsCard { get; init; }

    public required ThemeView Theme { get; init; }

    /// <summary>A speaker has read the language of the screen.</summary>
    public bool IsReviewed { get; init; } = true;

    /// <summary>Why the last press was not carried out; null when it was.</summary>
    public string? Fault { get; init; }
}

/// <summary>A press, a touch or a wish of the person before the page. What its kind does not use is left away.</summary>
internal sealed record PhoneCommand
{
    /// <summary><c>act</c>, <c>digit</c>, <c>touch</c>, <c>hidden</c>, <c>tap</c>, <c>become</c>, <c>proof</c>, <c>link</c>, <c>theme</c>
    /// or <c>dismiss</c>.</summary>
    public required string What { get; init; }

    /// <summary>Identity of an action; name of a card, phone or theme; a link.</summary>
    public string? Name { get; init; }

    /// <summary>Text of the field; a theme file.</summary>
    public string? Text { get; init; }

    public int? Digit { get; init; }

    public double? X { get; init; }

    public double? Y { get; init; }

    /// <summary>The lock was opened.</summary>
    public bool? IsProven { get; init; }
}

/// <summary>Which phone a page wants.</summary>
internal sealed record OpenCommand
{
    /// <summary>Identity of a phone that was opened before; null for a new one.</summary>
    public string? Id { get; init; }

    /// <summary>Language of a new phone.</summary>
    public string? Language { get; init; }
}

/// <summary>A phone or card of the lab, by name.</summary>
/// <param name="Name">Name.</param>
/// <param name="Text">What is special about it.</param>
/// <param name="Kind">Scheme of a card; empty for a phone.</param>
internal sealed record CatalogueItem(string Name, string Text, string Kind);

/// <summary>What the side of the page offers.</summary>
internal sealed record PageCatalogue(IReadOnlyList<CatalogueItem> Phones, IReadOnlyList<CatalogueItem> Cards, IReadOnlyList<CatalogueItem> Themes, string Pin);

/// <summary>An activation code as its provider would hand it out.</summary>
internal sealed record OfferedCode(string Code, string Link, IReadOnlyList<string>? Dots);

/// <summary>The phone that a page was given.</summary>
internal sealed record OpenedPhone(string Id);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PhoneState))]
[JsonSerializable(typeof(PhoneCommand))]
[JsonSerializable(typeof(OpenCommand))]
[JsonSerializable(typeof(OpenedPhone))]
[JsonSerializable(typeof(OfferedCode))]
[JsonSerializable(typeof(PageCatalogue))]
internal sealed partial class PhoneJson : JsonSerializerContext;

/// <summary>Dots of a QR code.</summary>
internal static class QrDots
{
    /// <summary>Rows from the top, <c>1</c> for dark; null for a text that fits in none.</summary>
    public static IReadOnlyList<string>? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using QRCodeGenerator generator = new();
            using QRCodeData data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M, forceUtf8: true);
            return [.. data.ModuleMatrix.Select(static row => string.Concat(row.Cast<bool>().Select(static dark => dark ? '1' : '0')))];
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return null;
        }
    }
}
