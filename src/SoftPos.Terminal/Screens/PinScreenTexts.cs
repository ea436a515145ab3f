using SoftPos.Contract;

namespace SoftPos.Terminal.Screens;

/// <summary>What the PIN screen shows and says. Counts and states; there is no text for a digit, so that none can be shown or spoken.</summary>
internal sealed class PinScreenTexts(string language)
{
    /// <summary>The sign for a digit that was taken, the same for each.</summary>
    public const string Mark = "●";

    private readonly string _language = ScreenPhrases.Chosen(language);

    public bool IsRightToLeft => ScreenPhrases.IsRightToLeft(_language);

    public string Language => _language;

    public string Title => ScreenPhrases.Of(_language, "pin.title");

    public static string Amount(PinPrompt prompt) => MoneyText.Of(prompt.AmountMinor, prompt.Currency);

    /// <summary>Said before the guided entry opens; not a word of it depends on the PIN.</summary>
    public string Intro(PinPrompt prompt) => $"{Title}. {Amount(prompt)}, {prompt.Merchant}. {ScreenPhrases.Of(_language, "pin.intro")}";

    public string Clear => ScreenPhrases.Of(_language, "action.clear");

    public string Enter => ScreenPhrases.Of(_language, "action.ok");

    public string Cancel => ScreenPhrases.Of(_language, "action.cancel");

    /// <summary>As many signs as there are digits.</summary>
    public static string Marks(int count) => string.Concat(Enumerable.Repeat(Mark, count));

    /// <summary>What stands below the signs after an event; null when it says nothing.</summary>
    public string? Hint(PinCue cue) => cue switch
    {
        PinCue.Cleared => ScreenPhrases.Of(_language, "pin.cleared"),
        PinCue.TooShort => ScreenPhrases.Of(_language, "pin.short"),
        _ => null,
    };
}
