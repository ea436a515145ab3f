using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos policy rollout …</c>, <c>pin</c>: a policy version goes through the fleet ring by ring.</summary>
internal static class RolloutCommands
{
    private const string Root = "operator/v1/policies/";

    private const string UsualRings = "canary=1:24h,early=10:24h,all=100:24h";

    public static IEnumerable<Command> All()
    {
        yield return new Command("rollout", "Bring an approved version to the fleet ring by ring; too many good terminals refused halt it.")
        {
            Start(),
            OperatorLink.Calling(
                new Command("status", "The roll-out that runs, or the last one."),
                (_, link, cancellation) => link.GetAsync(Root + "rollout", cancellation)),
            OperatorLink.Calling(
                new Command("history", "The last roll-outs, newest first."),
                (_, link, cancellation) => link.GetAsync(Root + "rollout/history", cancellation)),
            Halt(),
            Resume(),
        };
        yield return Pin();
        yield return OperatorLink.Calling(
            new Command("pins", "Terminals that stand in a ring by hand."), (_, link, cancellation) => link.GetAsync(Root + "pins", cancellation));
    }

    private static Command Start()
    {
        Argument<long> version = new("version") { Description = "Number of an approved version." };
        Option<string> rings = new("--rings")
        {
            Description = "Rings as NAME=PERCENT:HOURSh, in their order; the last is 100 percent.", DefaultValueFactory = _ => UsualRings,
        };
        Option<double?> most = new("--max-refused") { Description = "Percent of the good terminals whose refusal beyond it halts; 2 when not given." };
        Option<int?> least = new("--least-refused") { Description = "Good terminals that must be refused before it halts; 3 when not given." };
        Option<int?> seen = new("--least-seen") { Description = "Good terminals that must have reported before it goes on; 1 when not given." };
        Command command = new("start", "Start the roll-out of a version that two custodians stand for.") { version, rings, most, least, seen };
        return PolicyVersionCommands.AsPerson(command, parsed =>
        {
            JsonObject body = new()
            {
                ["version"] = parsed.GetValue(version), ["rings"] = RingsOf(parsed.GetValue(rings)!), ["maxRefusedPercent"] = parsed.GetValue(most),
                ["leastRefused"] = parsed.GetValue(least), ["leastSeen"] = parsed.GetValue(seen),
            };
            return (Root + "rollout", body);
        });
    }

    private static Command Halt()
    {
        Option<string> note = Note();
        return OperatorLink.Calling(
            new Command("halt", "Halt it: every terminal is under the version before at its next evidence.") { note },
            (parsed, link, cancellation) => link.PostJsonAsync(
                Root + "rollout/halt", new JsonObject { ["note"] = parsed.GetValue(note) }, cancellation));
    }

    private static Command Resume()
    {
        Option<string> note = Note();
        return PolicyVersionCommands.AsPerson(
            new Command("resume", "Resume it in the ring where it was halted; it counts anew.") { note },
            parsed => (Root + "rollout/resume", new JsonObject { ["note"] = parsed.GetValue(note) }));
    }

    private static Command Pin()
    {
        Argument<Guid> terminal = new("terminal") { Description = "Identity of the terminal." };
        Argument<string> ring = new("ring") { Description = "Name of a ring, such as canary; the word own leaves it to its own place." };
        return OperatorLink.Calling(
            new Command("pin", "Put a terminal into a ring of every roll-out, or leave it to its own place again.") { terminal, ring },
            (parsed, link, cancellation) => link.PostJsonAsync(
                $"{Root}pins/{parsed.GetValue(terminal)}",
                new JsonObject { ["ring"] = parsed.GetValue(ring) is "own" ? null : parsed.GetValue(ring) },
                cancellation));
    }

    /// <exception cref="CommandException">Not of that form.</exception>
    internal static JsonArray RingsOf(string text)
    {
        JsonArray rings = [];
        foreach (string part in text.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal), colon = part.IndexOf(':', StringComparison.Ordinal);
            if (equals <= 0 || colon < equals || !part.EndsWith('h')
                || !double.TryParse(part.AsSpan(equals + 1, colon - equals - 1), CultureInfo.InvariantCulture, out double percent)
                || !double.TryParse(part.AsSpan(colon + 1, part.Length - colon - 2), CultureInfo.InvariantCulture, out double hours))
            {
                throw new CommandException($"--rings {part}: expected NAME=PERCENT:HOURSh, such as {UsualRings}", 2);
            }

            rings.Add(new JsonObject { ["name"] = part[..equals], ["percent"] = percent, ["hours"] = hours });
        }

        return rings;
    }

    private static Option<string> Note() => new("--note") { Description = "Why, in a sentence for the journal.", Required = true };
}
