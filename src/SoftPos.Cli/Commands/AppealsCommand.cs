using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos appeals …</c>: what merchants say against refusals, and what a person answered. An answer changes no verdict.</summary>
internal static class AppealsCommand
{
    private const string Root = "operator/v1/appeals";

    public static Command Create() => new("appeals", "See merchants' appeals against refusals, and answer them.") { List(), Close() };

    private static Command List()
    {
        Option<string> state = new("--state") { Description = "open, closed or all.", DefaultValueFactory = _ => "open" };
        Option<long?> before = new("--before") { Description = "Only numbers below it: the last of the page before." };
        return OperatorLink.Calling(new Command("list", "Appeals, newest first.") { state, before }, (parsed, link, cancellation) =>
            link.GetAsync(
                $"{Root}?state={Uri.EscapeDataString(parsed.GetValue(state)!)}"
                    + (parsed.GetValue(before) is { } number ? string.Create(CultureInfo.InvariantCulture, $"&before={number}") : string.Empty),
                cancellation));
    }

    private static Command Close()
    {
        Argument<long> number = new("number") { Description = "Number of the appeal." };
        Option<string> note = new("--note") { Description = "What came of it, in a sentence for the journal.", Required = true };
        return OperatorLink.Calling(new Command("close", "Answer an appeal.") { number, note }, (parsed, link, cancellation) => link.PostJsonAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Root}/{parsed.GetValue(number)}/close"),
            new JsonObject { ["note"] = parsed.GetValue(note) },
            cancellation));
    }
}
