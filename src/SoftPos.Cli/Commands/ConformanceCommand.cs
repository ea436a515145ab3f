using System.CommandLine;
using SoftPos.Cli.Conformance;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos conformance</c>: what an evaluator asks, held against the results of the last <c>./test</c>.</summary>
internal static class ConformanceCommand
{
    private const int BadRowCode = 3;

    public static Command Create()
    {
        string root = Environment.GetEnvironmentVariable("SOFTPOS_ROOT") ?? Directory.GetCurrentDirectory();
        Option<string> results = new("--results")
        {
            Description = "Folder of the test results that ./test leaves.", DefaultValueFactory = _ => Path.Combine(root, "artifacts", "results"),
        };
        Option<string> output = new("--out")
        {
            Description = "Folder for report.html, report.md and report.json.", DefaultValueFactory = _ => Path.Combine(root, "artifacts", "conformance"),
        };
        Option<bool> json = StackOptions.Json();
        Command command = new("conformance", "Report which requirements the tests of this build demonstrate.") { results, output, json };
        command.SetAction(parsed => Run(parsed.GetValue(results)!, parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string results, string output, bool json)
    {
        if (!Directory.Exists(results) || !Directory.EnumerateFiles(results, "*.xml").Any())
        {
            throw new CommandException($"--results {results}: no test results there; run ./test first");
        }

        ConformanceReport report;
        try
        {
            report = ConformanceReport.Make(RequirementCatalogue.Load(), TestResults.Read(results));
        }
        catch (FormatException fault)
        {
            throw new CommandException($"--results {fault.Message}");
        }

        Directory.CreateDirectory(output);
        File.WriteAllText(Path.Combine(output, "report.html"), ConformanceText.Html(report));
        File.WriteAllText(Path.Combine(output, "report.md"), ConformanceText.Markdown(report));
        File.WriteAllText(Path.Combine(output, "report.json"), ConformanceText.Json(report));
        Console.Out.WriteLine(json ? ConformanceText.Json(report) : $"{ConformanceText.Summary(report)}\nreport: {Path.Combine(output, "report.html")}");
        foreach (RowTest unknown in report.UnknownRows)
        {
            Console.Error.WriteLine($"{unknown.Test} names the row {unknown.Row}, which the catalogue does not have");
        }

        return report.UnknownRows.Count == 0 ? 0 : BadRowCode;
    }
}
