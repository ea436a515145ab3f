using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Backend;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Attacks;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos attack [NAME | --all]</c>: tries the catalogue's attacks on a sandbox of its own.</summary>
internal static class AttackCommand
{
    private const int UnexpectedCode = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        Argument<string?> name = new("name") { Description = "Attack to try; without it and --all the catalogue is listed.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> all = new("--all") { Description = "Try every one." };
        Option<string?> markdown = new("--markdown") { Description = "Write both matrices to this file." };
        Option<bool> json = StackOptions.Json();
        Command command = new("attack", "Rehearse attacks on phones, app, wire, card and acquirer.") { name, all, markdown, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(name), parsed.GetValue(all), parsed.GetValue(markdown), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? name, bool all, string? markdown, bool json, CancellationToken cancellation)
    {
        if (name is null && !all)
        {
            foreach (Attack attack in AttackCatalogue.All)
            {
                Console.Out.WriteLine($"{attack.Name,-24}{attack.Class,-10}{attack.Story}");
            }

            return 0;
        }

        Attack[] chosen = name is null
            ? [.. AttackCatalogue.All]
            : [AttackCatalogue.Find(name) ?? throw new CommandException($"attack {name}: there is none of that name; softpos attack lists them", 2)];
        IReadOnlyList<AttackReport> reports = await TryAllAsync(chosen, json, cancellation);
        if (json)
        {
            Console.Out.WriteLine(AttackText.Json(reports).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
        }

        if (markdown is not null)
        {
            await File.WriteAllTextAsync(markdown, AttackText.Markdown(reports), cancellation);
        }

        int unexpected = reports.Count(report => !report.AsExpected);
        if (!json)
        {
            Console.Error.WriteLine(AttackText.Summary(reports));
        }

        return unexpected == 0 ? 0 : UnexpectedCode;
    }

    private static async Task<IReadOnlyList<AttackReport>> TryAllAsync(Attack[] attacks, bool quiet, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("softpos-attack-").FullName;
        List<AttackReport> reports = [];
        try
        {
            await using LabAcquirerHost acquirer = new(new LabAcquirerOptions { PinKey = LabAcquirerPin.Key() }, TimeProvider.System);
            await using BackendHost host = await BackendHost.StartAsync(Options(folder, acquirer.Port), TimeProvider.System, cancellation);
            AttackGround ground = new(host.Address, Path.Combine(folder, "attackers"), TimeProvider.System);
            foreach (Attack attack in attacks)
            {
                AttackReport report = await TryAsync(attack, ground, cancellation);
                reports.Add(report);
                if (!quiet)
                {
                    Console.Out.WriteLine(AttackText.Line(report));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return reports;
    }

    private static async Task<AttackReport> TryAsync(Attack attack, AttackGround ground, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        long start = Stopwatch.GetTimestamp();
        AttackOutcome outcome;
        try
        {
            outcome = await attack.RunAsync(ground, patience.Token);
        }
        catch (Exception fault) when (fault is AttackSetupException or HttpRequestException)
        {
            outcome = new AttackOutcome(false, $"could not be tried: {fault.Message}", "set-up");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            outcome = new AttackOutcome(false, "no end within a minute", "set-up");
        }

        return new AttackReport(attack, outcome with { TookMs = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds });
    }

    private static BackendOptions Options(string folder, int acquirerPort) =>
        SandboxBackend.Options(Path.Combine(folder, "data"), new IPEndPoint(IPAddress.Loopback, acquirerPort)) with
        {
            Port = 0, AcquirerTimeout = TimeSpan.FromSeconds(1),
        };
}

/// <summary>An attack and how it ended.</summary>
internal sealed record AttackReport(Attack Attack, AttackOutcome Outcome)
{
    /// <summary>What must be seen was seen, by what must see it; what is benign passed; what cannot be seen was not.</summary>
    public bool AsExpected => Attack.Class is AttackClass.Benign || Attack.Unseen is not null
        ? !Outcome.Seen && Outcome.Step is not "set-up"
        : Outcome.Seen && Attack.SeenAs.Contains(Outcome.By);
}

/// <summary>Attack reports for a person, a program and the documentation.</summary>
internal static class AttackText
{
    public static string Line(AttackReport report) =>
        $"{(report.AsExpected ? "ok " : "BAD")} {report.Attack.Name,-24} {Ending(report),-60} {report.Outcome.TookMs,6} ms";

    public static string Summary(IReadOnlyList<AttackReport> reports)
    {
        AttackReport[] attacks = [.. reports.Where(report => report.Attack.Class is not AttackClass.Benign)];
        AttackReport[] benign = [.. reports.Where(report => report.Attack.Class is AttackClass.Benign)];
        return $"{attacks.Count(report => report.Outcome.Seen)} of {attacks.Length} attacks seen, "
            + $"{attacks.Count(report => report.Attack.Unseen is not null)} known to be unseen, "
            + $"{benign.Count(report => report.Outcome.Seen)} false alarms on {benign.Length} odd but honest phones, "
            + $"{reports.Count(report => !report.AsExpected)} not as expected";
    }

    public static JsonArray Json(IReadOnlyList<AttackReport> reports) => new([.. reports.Select(report => (JsonNode)new JsonObject
    {
        ["name"] = report.Attack.Name,
        ["class"] = report.Attack.Class.ToString(),
        ["story"] = report.Attack.Story,
        ["goal"] = report.Attack.Goal,
        ["layer"] = report.Attack.Layer,
        ["cost"] = report.Attack.Cost,
        ["seen"] = report.Outcome.Seen,
        ["by"] = report.Outcome.By,
        ["step"] = report.Outcome.Step,
        ["lost"] = report.Outcome.Lost,
        ["tookMs"] = report.Outcome.TookMs,
        ["asExpected"] = report.AsExpected,
        ["cannotBeSeen"] = report.Attack.Unseen,
    })]);

    public static string Markdown(IReadOnlyList<AttackReport> reports)
    {
        StringBuilder text = new();
        text.Append("# Attacks rehearsed\n\nWritten by `softpos attack --all --markdown docs/security/attacks.md`; `./test` runs the same catalogue and ");
        text.Append("compares. Every row was really tried, on phones, cards, an acquirer and a line of the lab, against a whole back end. ");
        text.Append("What a lab phone reports is what the SDK's own probes measure on its forged system; a real phone answers the same probes with its real one.\n\n");
        text.Append("| attack | class | what is done | what it is after | cost | layer | seen as | where | lost |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (AttackReport report in reports.Where(report => report.Attack.Class is not AttackClass.Benign))
        {
            Attack attack = report.Attack;
            text.Append($"| {attack.Name} | {attack.Class} | {attack.Story} | {attack.Goal} | {attack.Cost} | {attack.Layer} | ");
            text.Append($"{(report.Outcome.Seen ? report.Outcome.By : $"**not seen**: {attack.Unseen}")} | {report.Outcome.Step} | {report.Outcome.Lost} |\n");
        }

        text.Append("\n## Odd but honest phones\n\nA verdict that stops one of these is a false alarm.\n\n| phone | what is odd | verdict |\n|---|---|---|\n");
        foreach (AttackReport report in reports.Where(report => report.Attack.Class is AttackClass.Benign))
        {
            text.Append($"| {report.Attack.Name} | {report.Attack.Story} | {(report.Outcome.Seen ? $"**stopped**: {report.Outcome.By}" : "sells")} |\n");
        }

        return text.ToString();
    }

    private static string Ending(AttackReport report) => report.Outcome.Seen
        ? $"seen at {report.Outcome.Step} as {report.Outcome.By}; lost: {report.Outcome.Lost}"
        : report.Attack.Class is AttackClass.Benign && report.Outcome.Step is not "set-up" ? "sells, as it should"
        : $"not seen: {(report.Outcome.Step is "set-up" ? report.Outcome.By : report.Outcome.Lost)}";
}
