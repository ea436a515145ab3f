using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos channel …</c>: by which keys terminals know this back end.</summary>
internal static class ChannelCommand
{
    private const string Root = "operator/v1/channel";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create() => new("channel", "Keys of the envelope and pins of TLS, as terminals get them.") { Show(), Rotate(), Pins() };

    private static Command Show()
    {
        Command command = new("show", "Print the channel key that apps pin, and keys and pins with their dates.");
        return With(command, (_, link, cancellation) => link.GetAsync(Root, cancellation));
    }

    private static Command Rotate()
    {
        Option<double> overlap = new("--overlap-hours") { Description = "How long the old keys are still taken.", DefaultValueFactory = _ => 14 * 24 };
        Command command = new("rotate", "Make a new envelope key.") { overlap };
        return With(command, (parsed, link, cancellation) => link.PostJsonAsync(
            Root + "/rotations", new JsonObject { ["overlapHours"] = parsed.GetValue(overlap) }, cancellation));
    }

    private static Command Pins()
    {
        Argument<string[]> pins = new("pins")
        {
            Description = "PIN=FROM..UNTIL: SHA-256 of a server key's SubjectPublicKeyInfo, 64 hex digits, and two dates such as 2027-01-31.", Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new("pins", "Put these TLS pins into the document, the one in use and at least one spare; none takes them out.") { pins };
        return With(command, (parsed, link, cancellation) => link.PostJsonAsync(
            Root + "/pins", new JsonObject { ["pins"] = new JsonArray([.. parsed.GetValue(pins)!.Select(Read)]) }, cancellation));
    }

    private static JsonNode Read(string text)
    {
        string[] halves = text.Split('=');
        string[] dates = halves.Length == 2 ? halves[1].Split("..") : [];
        return dates.Length == 2 && TryRead(dates[0], out DateTimeOffset from) && TryRead(dates[1], out DateTimeOffset until)
            ? new JsonObject { ["pin"] = halves[0], ["from"] = from, ["until"] = until }
            : throw new CommandException($"{text}: expected PIN=FROM..UNTIL, such as 5f…0c=2026-11-24..2027-02-24", 2);
    }

    private static bool TryRead(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static Command With(Command command, Func<ParseResult, OperatorLink, CancellationToken, Task<string>> ask)
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        command.Options.Add(port);
        command.Options.Add(data);
        command.SetAction(async (parsed, cancellation) =>
        {
            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            string answer = await ask(parsed, link, cancellation);
            Console.Out.WriteLine(JsonNode.Parse(answer)!.ToJsonString(Indented));
            return 0;
        });
        return command;
    }
}
