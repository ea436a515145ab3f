using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos alarms …</c>: what is the matter, and who looks after it. Every act has a reason and is in the journal.</summary>
internal static class AlarmsCommand
{
    private const string Root = "operator/v1/alarms";

    public static Command Create() => new("alarms", "See alarms, take them up, assign and resolve them.")
    {
        List(), Show(), Monitor(),
        Act("acknowledge", "Take an alarm up.", needsAssignee: false, takesAssignee: true),
        Act("assign", "Give an alarm to somebody.", needsAssignee: true, takesAssignee: true),
        Act("resolve", "Declare an alarm over.", needsAssignee: false, takesAssignee: false),
    };

    private static Command List()
    {
        Option<string> state = new("--state") { Description = "open, resolved or all.", DefaultValueFactory = _ => "open" };
        Option<long?> before = new("--before") { Description = "Only numbers below it: the last of the page before." };
        return OperatorLink.Calling(new Command("list", "Alarms, newest first.") { state, before }, (parsed, link, cancellation) =>
            link.GetAsync(
            $"{Root}?state={Uri.EscapeDataString(parsed.GetValue(state)!)}"
                + (parsed.GetValue(before) is { } number ? string.Create(CultureInfo.InvariantCulture, $"&before={number}") : string.Empty),
            cancellation));
    }

    private static Command Show()
    {
        Argument<long> number = Number();
        return OperatorLink.Calling(new Command("show", "One alarm with its evidence and its life.") { number },
            (parsed, link, cancellation) =>
            link.GetAsync(PathOf(parsed.GetValue(number), string.Empty), cancellation));
    }

    private static Command Monitor() => OperatorLink.Calling(
        new Command("monitor", "Whether the monitor itself works, and what it owes to whom."),
        (_, link, cancellation) => link.GetAsync("operator/v1/monitor", cancellation));

    private static Command Act(string verb, string text, bool needsAssignee, bool takesAssignee)
    {
        Argument<long> number = Number();
        Option<string> note = new("--note") { Description = "Why, in a sentence for the journal.", Required = true };
        Option<string?> by = new("--by") { Description = "Who you are; local-operator when not given." };
        Option<string?> assignee = new("--assignee") { Description = "Who looks after it.", Required = needsAssignee };
        Command command = new(verb, text) { number, note, by };
        if (takesAssignee)
        {
            command.Options.Add(assignee);
        }

        return OperatorLink.Calling(command, (parsed, link, cancellation) =>
        {
            JsonObject body = new()
            {
                ["note"] = parsed.GetValue(note), ["by"] = parsed.GetValue(by), ["assignee"] = takesAssignee ? parsed.GetValue(assignee) : null,
            };
            return link.PostJsonAsync(PathOf(parsed.GetValue(number), "/" + verb), body, cancellation);
        });
    }

    private static Argument<long> Number() => new("number") { Description = "Number of the alarm." };

    private static string PathOf(long number, string act) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{number}{act}");
}
