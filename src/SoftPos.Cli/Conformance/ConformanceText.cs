using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Conformance;

/// <summary>The report as a page, as Markdown and as JSON.</summary>
internal static class ConformanceText
{
    private const string Notice = "These are our own tests of our own program, held against a catalogue in our own words. It is no certification by anyone.";

    public static string Json(ConformanceReport report) => new JsonObject
    {
        ["notice"] = Notice,
        ["about"] = report.Catalogue.About,
        ["summary"] = new JsonObject(
            Enum.GetValues<RowStatus>().Select(status => KeyValuePair.Create(ConformanceReport.Words(status), (JsonNode?)report.Count(status)))),
        ["requirements"] = new JsonArray([.. report.Rows.Select(Row)]),
        ["masvs"] = new JsonArray([.. report.Catalogue.Masvs.Select(row => Control(row.Id, row.Control, row.Rows, report))]),
        ["emvco"] = new JsonArray([.. report.Catalogue.Emvco.Select(row => Control(row.Check, null, row.Rows, report))]),
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });

    public static string Markdown(ConformanceReport report)
    {
        StringBuilder text = new();
        text.Append($"# Conformance report\n\n{Notice}\n\n{report.Catalogue.About}\n\n{Summary(report)}\n");
        text.Append("\n| row | status | requirement | tests |\n|---|---|---|---|\n");
        foreach (RowReport row in report.Rows)
        {
            text.Append($"| {row.Row.Id} | {ConformanceReport.Words(row.Status)} | {row.Row.Requirement} | {Tests(row, "<br>")} |\n");
        }

        text.Append("\n## OWASP MASVS controls\n\n| control | status | rows |\n|---|---|---|\n");
        foreach (MasvsRow row in report.Catalogue.Masvs)
        {
            text.Append($"| {row.Id}: {row.Control} | {ConformanceReport.Words(report.StatusOf(row.Rows))} | {string.Join(", ", row.Rows)} |\n");
        }

        text.Append("\n## Checks that EMVCo names\n\n| check | status | rows |\n|---|---|---|\n");
        foreach (EmvcoRow row in report.Catalogue.Emvco)
        {
            text.Append($"| {row.Check} | {ConformanceReport.Words(report.StatusOf(row.Rows))} | {string.Join(", ", row.Rows)} |\n");
        }

        return text.ToString();
    }

    public static string Html(ConformanceReport report)
    {
        StringBuilder rows = new();
        foreach (RowReport row in report.Rows)
        {
            string status = ConformanceReport.Words(row.Status);
            rows.Append(
                $"<tr class=\"{status.Split(' ')[0]}\"><th scope=\"row\">{row.Row.Id}</th><td class=\"status\">{status}</td>"
                + $"<td>{Escape(row.Row.Requirement)}<p>{Escape(row.Row.Demonstration)}</p></td><td><small>{Tests(row, "<br>")}</small></td></tr>\n");
        }

        return $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>OpenSoftPOS conformance report</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1f24; background: #fff }
            table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .5rem; border-top: 1px solid #d5d9de }
            td p { color: #57606a; margin: .25rem 0 0; font-size: .875rem } small { overflow-wrap: anywhere }
            .status { font-weight: 600; white-space: nowrap } .demonstrated .status { color: #0b6e4f } .partly .status { color: #8a5a00 }
            .failed .status { color: #b42318 } .not .status { color: #57606a }
            </style></head><body>
            <h1>Conformance report</h1>
            <p><strong>{{Notice}}</strong></p><p>{{Escape(report.Catalogue.About)}}</p><p>{{Summary(report)}}</p>
            <table><thead><tr><th>row</th><th>status</th><th>requirement, and how a test shows it</th><th>tests of this build</th></tr></thead>
            <tbody>
            {{rows}}</tbody></table>
            <h2>OWASP MASVS controls</h2>{{Controls(report.Catalogue.Masvs.Select(row => (row.Id + ": " + row.Control, row.Rows)), report)}}
            <h2>Checks that EMVCo names</h2>{{Controls(report.Catalogue.Emvco.Select(row => (row.Check, row.Rows)), report)}}
            </body></html>
            """;
    }

    public static string Summary(ConformanceReport report) =>
        $"{report.Rows.Count} rows: {report.Count(RowStatus.Demonstrated)} demonstrated, {report.Count(RowStatus.Partly)} partly, "
        + $"{report.Count(RowStatus.NotDemonstrated)} not demonstrated, {report.Count(RowStatus.Process)} process, {report.Count(RowStatus.Failed)} failed.";

    private static string Controls(IEnumerable<(string Name, IReadOnlyList<string> Rows)> controls, ConformanceReport report) =>
        "<table><tbody>" + string.Concat(controls.Select(control =>
            $"<tr class=\"{ConformanceReport.Words(report.StatusOf(control.Rows)).Split(' ')[0]}\"><th scope=\"row\">{Escape(control.Name)}</th>"
            + $"<td class=\"status\">{ConformanceReport.Words(report.StatusOf(control.Rows))}</td><td>{string.Join(", ", control.Rows)}</td></tr>"))
        + "</tbody></table>";

    private static string Tests(RowReport row, string between) => string.Join(between, row.Tests.Select(test =>
        test.Test.Replace("SoftPos.", string.Empty, StringComparison.Ordinal)
        + (test.Partly ? " (a part)" : string.Empty)
        + (test.End is TestEnd.Passed ? string.Empty : $" ({test.End.ToString().ToUpperInvariant()})")));

    private static JsonObject Row(RowReport row) => new()
    {
        ["id"] = row.Row.Id,
        ["status"] = ConformanceReport.Words(row.Status),
        ["requirement"] = row.Row.Requirement,
        ["components"] = new JsonArray([.. row.Row.Components.Select(part => (JsonNode)part)]),
        ["demonstration"] = row.Row.Demonstration,
        ["tests"] = new JsonArray([.. row.Tests.Select(test => new JsonObject
        {
            ["test"] = test.Test, ["whole"] = !test.Partly, ["result"] = test.End.ToString(),
        })]),
    };

    private static JsonObject Control(string id, string? text, IReadOnlyList<string> rows, ConformanceReport report) => new()
    {
        ["id"] = id, ["text"] = text, ["status"] = ConformanceReport.Words(report.StatusOf(rows)), ["rows"] = new JsonArray([.. rows.Select(row => (JsonNode)row)]),
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
