using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Cli.Commands.Keys;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos policy versions|propose|approve|activate|simulate</c>: the policy of the running stack.</summary>
internal static class PolicyVersionCommands
{
    private const string Root = "operator/v1/policies";

    public static IEnumerable<Command> All()
    {
        yield return OperatorLink.Calling(
            new Command("versions", "Policy versions of the running stack, newest first; none while the one that ships is in force."),
            (_, link, cancellation) => link.GetAsync(Root, cancellation));
        yield return Simulate();
        Argument<string> file = File();
        yield return AsPerson(new Command("propose", "Propose a policy; another custodian must approve it.") { file }, parsed =>
            (Root, new JsonObject { ["document"] = Encoding.UTF8.GetString(PolicyFiles.Read(parsed.GetValue(file)!)) }));
        yield return OfVersion("approve", "Approve a proposed version, as another custodian than the one who proposed it.");
        yield return OfVersion("activate", "Put an approved version in force, from the next evidence on.");
    }

    private static Command Simulate()
    {
        Argument<string> file = File();
        Option<string> since = new("--since") { Description = "How far back, in days: 90d.", DefaultValueFactory = _ => "90d" };
        Command command = new("simulate", "Appraise the recorded evidence again under a draft: who would be refused, by which rule, and what it would cost.")
        {
            file, since,
        };
        return OperatorLink.Calling(command, (parsed, link, cancellation) => link.PostJsonAsync(
            Root + "/simulations",
            new JsonObject { ["document"] = Encoding.UTF8.GetString(PolicyFiles.Read(parsed.GetValue(file)!)), ["days"] = Days(parsed.GetValue(since)!) },
            cancellation));
    }

    private static Command OfVersion(string verb, string text)
    {
        Argument<long> number = new("number") { Description = "Number of the version." };
        return AsPerson(new Command(verb, text) { number }, parsed =>
            (string.Create(CultureInfo.InvariantCulture, $"{Root}/{parsed.GetValue(number)}/{verb}"), []));
    }

    /// <summary>Gives a command the name and the passphrase of a custodian, and posts what it makes with them.</summary>
    internal static Command AsPerson(Command command, Func<ParseResult, (string Path, JsonObject Body)> ask)
    {
        Option<string> by = new("--by") { Description = "Name of the custodian, whose passphrase is asked for.", Required = true };
        command.Options.Add(by);
        return OperatorLink.Calling(command, (parsed, link, cancellation) =>
        {
            (string path, JsonObject body) = ask(parsed);
            string name = parsed.GetValue(by)!;
            body["by"] = name;
            body["passphrase"] = new ConsoleTerminal().AskHidden($"passphrase of {name}");
            return link.PostJsonAsync(path, body, cancellation);
        });
    }

    private static Argument<string> File() => new("file")
    {
        Description = $"Policy, YAML or JSON; the word {PolicyFiles.Shipped} means the one that ships.",
    };

    private static double Days(string text) =>
        text.EndsWith('d') && double.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out double days)
            ? days
            : throw new CommandException($"--since {text}: expected days, such as 90d", 2);
}
