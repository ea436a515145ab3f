using System.Globalization;
using SoftPos.Contract;

namespace SoftPos.Terminal.Screens;

/// <summary>Names of actions and fields, by which a renderer hands back what was touched.</summary>
public static class ScreenActions
{
    /// <summary>Set the terminal up with the code of the field.</summary>
    public const string SetUp = "set-up";

    /// <summary>Take the payment.</summary>
    public const string Pay = "pay";

    /// <summary>Remove the last digit.</summary>
    public const string Erase = "erase";

    /// <summary>Cancel what is going on.</summary>
    public const string Cancel = "cancel";

    /// <summary>Back to the screen before.</summary>
    public const string Back = "back";

    /// <summary>Done with this screen.</summary>
    public const string Done = "done";

    /// <summary>The next page.</summary>
    public const string Next = "next";

    /// <summary>Do it again.</summary>
    public const string Again = "again";

    /// <summary>Ask what became of the payment.</summary>
    public const string State = "state";

    /// <summary>Show the receipt.</summary>
    public const string Receipt = "receipt";

    /// <summary>Show the payments.</summary>
    public const string History = "history";

    /// <summary>Give money back.</summary>
    public const string Refund = "refund";

    /// <summary>Do give it back, after the proof.</summary>
    public const string RefundNow = "refund-now";

    /// <summary>Why are payments not possible.</summary>
    public const string Blocked = "blocked";

    /// <summary>Ask for a review.</summary>
    public const string Appeal = "appeal";

    /// <summary>Send the appeal with the words of the field.</summary>
    public const string AppealNow = "appeal-now";

    /// <summary>Hand the text of the screen to another app of the merchant's choice.</summary>
    public const string Share = "share";

    /// <summary>State of the terminal.</summary>
    public const string Diagnostics = "diagnostics";

    /// <summary>How payments are taken.</summary>
    public const string Education = "education";

    /// <summary>Settings.</summary>
    public const string Settings = "settings";

    /// <summary>Choose a language; the tag follows a colon.</summary>
    public const string Language = "language";

    /// <summary>Ask whether the terminal shall go.</summary>
    public const string Remove = "remove";

    /// <summary>Destroy it, after the proof.</summary>
    public const string RemoveNow = "remove-now";

    /// <summary>Open one payment of a list; its identity follows a colon.</summary>
    public const string Open = "open";
}

/// <summary>A payment in the list of the phone.</summary>
/// <param name="PaymentId">Identity.</param>
/// <param name="AmountMinor">Minor units.</param>
/// <param name="Currency">ISO 4217 numeric currency.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="At">When, by the phone.</param>
public sealed record HistoryEntry(Guid PaymentId, long AmountMinor, string Currency, PaymentOutcome Outcome, DateTimeOffset At);

/// <summary>
/// From a state of the app to the screen that shows it. Pure: the same state gives the same screen, in any of the languages. Faults and
/// fixes are those of the reason catalogue, word by word.
/// </summary>
/// <param name="language">Tag of the merchant's language.</param>
public sealed partial class MerchantScreens(string language)
{
    /// <summary>Last page of the education.</summary>
    public const int LastLesson = 4;

    /// <summary>Stands beside a language that no speaker has read.</summary>
    private const string DraftMark = "*";

    private readonly string _language = ScreenPhrases.Chosen(language);

    /// <summary>Tag of the language in force.</summary>
    public string Language => _language;

    /// <summary>Setting up with a code; after a refusal, with its reason.</summary>
    public ScreenModel SetUp(TerminalReason? refusal = null) => new()
    {
        Kind = ScreenKind.SetUp,
        Language = _language,
        Title = Say("setup.title"),
        Lines = [Line("setup.how"), .. Reason(refusal)],
        Field = new ScreenField("code", Say("setup.code"), 32),
        Actions = [new(ScreenActions.SetUp, Say("setup.go"), IsMain: true)],
        Sign = refusal is null ? ScreenSign.None : ScreenSign.Bad,
        Pulse = refusal is null ? ScreenPulse.None : ScreenPulse.Long,
        IsPrivate = true,
    };

    /// <summary>The amount and its keys.</summary>
    public ScreenModel Keypad(AmountEntry amount)
    {
        ArgumentNullException.ThrowIfNull(amount);
        return new ScreenModel
        {
            Kind = ScreenKind.Keypad,
            Language = _language,
            Title = Say("keypad.title"),
            Lines = amount.CanPay ? [new(LineRole.Amount, amount.Text)] : [new(LineRole.Amount, amount.Text), Line("keypad.none")],
            HasKeypad = true,
            Actions =
            [
                new(ScreenActions.Pay, Say("keypad.pay"), IsMain: true, IsEnabled: amount.CanPay),
                new(ScreenActions.Erase, Say("keypad.erase"), IsEnabled: amount.AmountMinor > 0),
                new(ScreenActions.History, Say("history.title")),
                new(ScreenActions.Blocked, Say("blocked.title")),
                new(ScreenActions.Settings, Say("settings.title")),
            ],
        };
    }

    /// <summary>Payments of this phone, newest first.</summary>
    public ScreenModel History(IReadOnlyList<HistoryEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return new ScreenModel
        {
            Kind = ScreenKind.History,
            Language = _language,
            Title = Say("history.title"),
            Lines = entries.Count == 0 ? [Line("history.empty")] : [],
            Actions =
            [
                .. entries.OrderByDescending(static entry => entry.At).Take(ScreenModel.MaxRows).Select(entry => new ScreenAction(
                    $"{ScreenActions.Open}:{entry.PaymentId}",
                    $"{Time(entry.At)}  {MoneyText.Of(entry.AmountMinor, entry.Currency)}  {Say("result." + entry.Outcome)}")),
                new(ScreenActions.Back, Say("action.back")),
            ],
            IsPrivate = true,
        };
    }

    /// <summary>Before money is given back: what will be done, and that the person has to prove to be allowed.</summary>
    public ScreenModel Refund(HistoryEntry payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        string amount = MoneyText.Of(payment.AmountMinor, payment.Currency);
        return new ScreenModel
        {
            Kind = ScreenKind.Refund,
            Language = _language,
            Title = Say("refund.title"),
            Lines = [new(LineRole.Amount, amount), new(LineRole.Text, Say("refund.ask", amount)), Line("refund.proof")],
            Actions =
            [
                new(ScreenActions.RefundNow, Say("refund.title"), IsMain: true, NeedsProof: true), new(ScreenActions.Back, Say("action.back")),
            ],
            IsPrivate = true,
        };
    }

    /// <summary>A page of how payments are taken.</summary>
    /// <param name="lesson">1 to <see cref="LastLesson"/>.</param>
    public ScreenModel Education(int lesson)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lesson, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lesson, LastLesson);
        bool isLast = lesson == LastLesson;
        return new ScreenModel
        {
            Kind = ScreenKind.Education,
            Language = _language,
            Title = Say("education.title"),
            Lines =
            [
                new(LineRole.Text, Say(string.Create(CultureInfo.InvariantCulture, $"education.{lesson}"))),
                new(LineRole.Detail, string.Create(CultureInfo.InvariantCulture, $"{lesson} / {LastLesson}")),
            ],
            ShowsAntenna = lesson == 2,
            Actions = [new(isLast ? ScreenActions.Done : ScreenActions.Next, Say(isLast ? "action.done" : "action.next"), IsMain: true)],
        };
    }

    /// <summary>Settings.</summary>
    public ScreenModel Settings() => new()
    {
        Kind = ScreenKind.Settings,
        Language = _language,
        Title = Say("settings.title"),
        Lines = [Line("settings.language"), new(LineRole.Detail, $"{DraftMark} {Say("settings.draft")}")],
        Actions =
        [
            .. ScreenPhrases.Languages.Select(tag => new ScreenAction($"{ScreenActions.Language}:{tag}", Marked(tag), IsEnabled: tag != _language)),
            new(ScreenActions.Education, Say("education.title")),
            new(ScreenActions.Diagnostics, Say("diagnostics.title")),
            new(ScreenActions.Remove, Say("settings.remove")),
            new(ScreenActions.Back, Say("action.back")),
        ],
    };

    /// <summary>Before the terminal is destroyed on this phone.</summary>
    public ScreenModel Remove() => new()
    {
        Kind = ScreenKind.Settings,
        Language = _language,
        Title = Say("settings.remove"),
        Lines = [new(LineRole.Fault, Say("settings.sure")), Line("refund.proof")],
        Actions = [new(ScreenActions.RemoveNow, Say("settings.remove"), NeedsProof: true), new(ScreenActions.Back, Say("action.back"), IsMain: true)],
    };

    /// <summary>What the operator tells the merchant.</summary>
    public ScreenModel Notice(MerchantNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return Told(Say("notice.title"), new ScreenLine(notice.IsUpdateRequired ? LineRole.Fix : LineRole.Text, notice.Text));
    }

    /// <summary>A request of another app that was refused, and why.</summary>
    /// <param name="refusal">The validator's reason; it names the fault and repeats nothing of the request.</param>
    public ScreenModel RefusedRequest(string refusal) => Told(Say("result.Refused"), new ScreenLine(LineRole.Fault, Say("link.refused", refusal)));

    private ScreenModel Told(string title, ScreenLine line) => new()
    {
        Kind = ScreenKind.Notice,
        Language = _language,
        Title = title,
        Lines = [line],
        Pulse = ScreenPulse.Long,
        Actions = [new(ScreenActions.Done, Say("action.ok"), IsMain: true)],
    };

    private string Say(string key, params object[] values) => ScreenPhrases.Of(_language, key, values);

    private ScreenLine Line(string key) => new(LineRole.Text, Say(key));

    private static IEnumerable<ScreenLine> Reason(TerminalReason? reason) => reason is null
        ? []
        : [new(LineRole.Fault, reason.Text), new(LineRole.Fix, reason.Fix), new(LineRole.Detail, Code(reason.Code, reason.TraceId))];

    private static string Code(string code, string trace) => trace.Length == 0 ? code : $"{code}  {trace}";

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Marked(string tag) => ScreenPhrases.IsReviewed(tag) ? NameOf(tag) : $"{NameOf(tag)} {DraftMark}";

    /// <summary>A language is found by its own name, whatever language is chosen.</summary>
    private static string NameOf(string tag) => tag switch
    {
        "en" => "English", "af" => "Afrikaans", "zu" => "isiZulu", "xh" => "isiXhosa", "st" => "Sesotho", "sw" => "Kiswahili",
        "fr" => "Français", "pt" => "Português", "ar" => "العربية", "de" => "Deutsch", _ => tag,
    };
}
