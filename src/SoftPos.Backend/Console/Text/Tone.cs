using MudBlazor;
using SoftPos.Contract;
using Severity = SoftPos.Contract.Severity;

namespace SoftPos.Backend.Console.Text;

/// <summary>How something is shown: a colour class, an icon and a word, so that none of them has to be told apart alone.</summary>
/// <param name="Class">Colour class: <c>good</c>, <c>warn</c>, <c>bad</c>, <c>odd</c>, <c>calm</c>.</param>
/// <param name="Icon">SVG path text.</param>
/// <param name="Word">The word.</param>
internal sealed record Tone(string Class, string Icon, string Word)
{
    public static Tone Of(Verdict verdict) => verdict switch
    {
        Verdict.Trusted => new("good", Icons.Material.Filled.VerifiedUser, "Trusted"),
        Verdict.Limited => new("warn", Icons.Material.Filled.Shield, "Limited"),
        Verdict.Denied => new("bad", Icons.Material.Filled.Block, "Denied"),
        _ => new("odd", Icons.Material.Filled.QuestionMark, "Unknown"),
    };

    public static Tone Of(TerminalState state) => state switch
    {
        TerminalState.Active => new("calm", Icons.Material.Outlined.CheckCircle, "In use"),
        TerminalState.Refused => new("bad", Icons.Material.Filled.DoNotDisturbOn, "Refused"),
        TerminalState.Suspended => new("bad", Icons.Material.Filled.PauseCircle, "Suspended"),
        _ => new("calm", Icons.Material.Outlined.Inventory2, "Retired"),
    };

    public static Tone Of(PaymentState state) => state switch
    {
        PaymentState.Received => new("calm", Icons.Material.Outlined.HourglassEmpty, "Received"),
        PaymentState.Sent => new("calm", Icons.Material.Outlined.Upload, "Sent"),
        PaymentState.Unknown => new("odd", Icons.Material.Filled.QuestionMark, "Unknown, being reversed"),
        PaymentState.Abandoned => new("warn", Icons.Material.Filled.DoNotDisturbOn, "Abandoned"),
        PaymentState.Approved => new("good", Icons.Material.Filled.CheckCircle, "Approved"),
        PaymentState.Declined => new("bad", Icons.Material.Filled.Cancel, "Declined"),
        PaymentState.Voiding => new("odd", Icons.Material.Filled.Undo, "Being voided"),
        PaymentState.Voided => new("warn", Icons.Material.Filled.Undo, "Voided"),
        PaymentState.Completing => new("odd", Icons.Material.Outlined.Upload, "Being completed"),
        PaymentState.Completed => new("good", Icons.Material.Filled.CheckCircle, "Completed"),
        PaymentState.Adjusting => new("odd", Icons.Material.Outlined.Upload, "Being adjusted"),
        PaymentState.Deferred => new("odd", Icons.Material.Outlined.HourglassEmpty, "Taken offline, bank not asked yet"),
        PaymentState.InReview => new("bad", Icons.Material.Filled.Report, "Taken offline, held for review"),
        _ => new("warn", Icons.Material.Filled.Undo, "Reversed"),
    };

    public static Tone Of(Severity severity) => severity switch
    {
        Severity.Info => new("calm", Icons.Material.Outlined.Info, "Info"),
        Severity.Warning => new("warn", Icons.Material.Outlined.WarningAmber, "Warning"),
        Severity.Serious => new("bad", Icons.Material.Outlined.Report, "Serious"),
        _ => new("bad", Icons.Material.Filled.GppBad, "Critical"),
    };
}
