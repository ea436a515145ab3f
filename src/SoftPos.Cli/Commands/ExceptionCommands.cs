using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos policy except …</c>: time-boxed exceptions from rules of the policy, under two persons.</summary>
internal static class ExceptionCommands
{
    private const string Root = "operator/v1/policies/exceptions";

    public static Command Create() => new("except", "Except some terminals from a rule until an instant; two custodians, 30 days at most.")
    {
        Propose(),
        Approve(),
        Lift(),
        OperatorLink.Calling(
            new Command("list", "Exceptions, newest first."), (_, link, cancellation) => link.GetAsync(Root, cancellation)),
    };

    private static Command Propose()
    {
        Argument<string> rule = new("rule") { Description = "Identity of the rule, such as sdk.patch." };
        FleetScope scope = new();
        Option<DateTimeOffset?> until = new("--until") { Description = "The instant at which it ends, such as 2026-12-01T00:00Z." };
        Option<double?> days = new("--days") { Description = "Instead: so many days from now, at most 30." };
        Option<string> note = new("--note") { Description = "Why, in a sentence for the journal.", Required = true };
        Command command = new("propose", "Propose an exception; another custodian must approve it.") { rule, until, days, note };
        scope.AddTo(command);
        return PolicyVersionCommands.AsPerson(command, parsed =>
        {
            (string name, string value) = scope.Of(parsed);
            DateTimeOffset? end = parsed.GetValue(until)
                ?? (parsed.GetValue(days) is { } count and > 0 and < 10_000 ? TimeProvider.System.GetUtcNow().AddDays(count) : null);
            return (Root, new JsonObject
            {
                ["rule"] = parsed.GetValue(rule), ["scope"] = name, ["value"] = value, ["note"] = parsed.GetValue(note),
                ["until"] = end ?? throw new CommandException("say when it ends, by --until or --days", 2),
            });
        });
    }

    private static Command Approve()
    {
        Argument<long> number = Number();
        return PolicyVersionCommands.AsPerson(
            new Command("approve", "Approve an exception, as another custodian than the one who proposed it.") { number },
            parsed => (Of(parsed.GetValue(number), "approve"), []));
    }

    private static Command Lift()
    {
        Argument<long> number = Number();
        Option<string> note = new("--note") { Description = "Why, in a sentence for the journal.", Required = true };
        return OperatorLink.Calling(
            new Command("lift", "Take an exception back before its end.") { number, note },
            (parsed, link, cancellation) => link.PostJsonAsync(
                Of(parsed.GetValue(number), "lift"), new JsonObject { ["note"] = parsed.GetValue(note) }, cancellation));
    }

    private static Argument<long> Number() => new("number") { Description = "Number of the exception." };

    private static string Of(long number, string verb) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{number}/{verb}");
}
