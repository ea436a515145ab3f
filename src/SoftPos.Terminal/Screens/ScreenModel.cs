namespace SoftPos.Terminal.Screens;

/// <summary>Which screen it is.</summary>
public enum ScreenKind
{
    /// <summary>The terminal is set up with a code.</summary>
    SetUp,

    /// <summary>The merchant enters an amount.</summary>
    Keypad,

    /// <summary>A payment is on its way: checking, tap, bank.</summary>
    Payment,

    /// <summary>How a payment ended.</summary>
    Result,

    /// <summary>The receipt.</summary>
    Receipt,

    /// <summary>Payments so far.</summary>
    History,

    /// <summary>Money is to be given back; the person proves to be allowed.</summary>
    Refund,

    /// <summary>Why payments are not possible, and what to do.</summary>
    Blocked,

    /// <summary>Text with which the merchant asks for a review.</summary>
    Appeal,

    /// <summary>State of the terminal for a support case.</summary>
    Diagnostics,

    /// <summary>How payments are taken.</summary>
    Education,

    /// <summary>Language, removal.</summary>
    Settings,

    /// <summary>Something that the operator tells the merchant, or a request of another app that was refused.</summary>
    Notice,
}

/// <summary>How a line is set.</summary>
public enum LineRole
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>The amount, in the largest type.</summary>
    Amount,

    /// <summary>What went wrong.</summary>
    Fault,

    /// <summary>What to do about it.</summary>
    Fix,

    /// <summary>Small print: codes, numbers, who can help.</summary>
    Detail,

    /// <summary>A line of the receipt, in type of one width.</summary>
    Receipt,
}

/// <summary>A line of text.</summary>
/// <param name="Role">How it is set.</param>
/// <param name="Text">The text.</param>
public sealed record ScreenLine(LineRole Role, string Text);

/// <summary>A sign with a shape of its own, so that nobody depends on colour.</summary>
public enum ScreenSign
{
    /// <summary>None.</summary>
    None,

    /// <summary>A tick.</summary>
    Good,

    /// <summary>A cross.</summary>
    Bad,

    /// <summary>A question mark: not known yet.</summary>
    Open,

    /// <summary>Three dots that move: wait.</summary>
    Wait,

    /// <summary>Four arcs: hold the card here.</summary>
    Tap,
}

/// <summary>What is felt. One pattern for each meaning, and none for anything that is typed.</summary>
public enum ScreenPulse
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>One short pulse: the card was read.</summary>
    Short,

    /// <summary>Two pulses: it is good.</summary>
    Double,

    /// <summary>One long pulse: it is not good, or needs a look.</summary>
    Long,
}

/// <summary>Something that can be touched.</summary>
/// <param name="Id">What it does; the renderer hands it back.</param>
/// <param name="Label">What stands on it.</param>
/// <param name="IsMain">The one that most people want.</param>
/// <param name="IsEnabled">It can be touched now.</param>
/// <param name="NeedsProof">The person proves by the phone's lock to be allowed, before it is done.</param>
public sealed record ScreenAction(string Id, string Label, bool IsMain = false, bool IsEnabled = true, bool NeedsProof = false);

/// <summary>A field that can be typed into. Never for anything of a cardholder.</summary>
/// <param name="Id">Its name; the renderer hands it back with the text.</param>
/// <param name="Label">What it is for.</param>
/// <param name="MaxLength">Longest text.</param>
/// <param name="Value">What stands in it when the screen comes.</param>
public sealed record ScreenField(string Id, string Label, int MaxLength, string Value = "")
{
    /// <summary>Sentences are written into it, not one word.</summary>
    public bool IsLong { get; init; }
}

/// <summary>
/// One screen as it is shown, spoken and felt, whatever draws it: Android views, a web page, a test. It holds everything that a renderer
/// needs and nothing that a renderer decides.
/// </summary>
public sealed record ScreenModel
{
    /// <summary>Most rows of a list on one screen.</summary>
    public const int MaxRows = 100;

    /// <summary>Which screen.</summary>
    public required ScreenKind Kind { get; init; }

    /// <summary>Tag of its language.</summary>
    public required string Language { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Lines below the title.</summary>
    public IReadOnlyList<ScreenLine> Lines { get; init; } = [];

    /// <summary>Actions, the main one first.</summary>
    public IReadOnlyList<ScreenAction> Actions { get; init; } = [];

    /// <summary>Field, where there is one.</summary>
    public ScreenField? Field { get; init; }

    /// <summary>Sign.</summary>
    public ScreenSign Sign { get; init; }

    /// <summary>What is felt when the screen comes.</summary>
    public ScreenPulse Pulse { get; init; }

    /// <summary>Text of the QR code, where there is one.</summary>
    public string? Code { get; init; }

    /// <summary>Keys of an amount are shown.</summary>
    public bool HasKeypad { get; init; }

    /// <summary>The place of the antenna is shown.</summary>
    public bool ShowsAntenna { get; init; }

    /// <summary>The screen must not be captured, nor stand among the recent apps: it shows a card, a receipt or a code.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Written from right to left.</summary>
    public bool IsRightToLeft => ScreenPhrases.IsRightToLeft(Language);

    /// <summary>What a screen reader, or the app itself, says: the same as is shown, in the same order.</summary>
    public string Spoken => string.Join(
        ". ", ((string[])[Title, .. Lines.Where(static line => line.Role is not (LineRole.Detail or LineRole.Receipt)).Select(static line => line.Text)])
            .Select(static text => text.TrimEnd('.', ' ')).Where(static text => text.Length > 0));
}
