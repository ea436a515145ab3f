using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos settle</c> closes the batches; <c>softpos reconcile FILE</c> holds the journal against the acquirer's file.</summary>
internal static class SettlementCommands
{
    /// <summary>Journal and file differ.</summary>
    private const int DifferencesCode = 6;

    public static Command Settle()
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Option<bool> json = StackOptions.Json();
        Option<string?> export = new("--export") { Description = "Folder for the payments of each batch, as CSV and as JSON." };
        Command command = new("settle", "Close the batches of all merchants: what is charged is settled.") { port, data, export, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            string body = await link.PostAsync("operator/v1/settlements", null, cancellation);
            JsonArray batches = JsonNode.Parse(body)!.AsArray();
            if (parsed.GetValue(export) is { } folder)
            {
                await ExportAsync(link, batches, folder, cancellation);
            }

            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(body);
            }
            else
            {
                Print(batches);
            }

            return 0;
        });
        return command;
    }

    public static Command Reconcile()
    {
        Argument<FileInfo> file = new("file") { Description = "The acquirer's file, see docs/reference/acquirer-file.md." };
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Option<bool> json = StackOptions.Json();
        Command command = new("reconcile", "Hold the journal against the acquirer's file and explain every difference.") { file, port, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            FileInfo given = parsed.GetValue(file)!;
            if (!given.Exists)
            {
                throw new CommandException($"{given}: there is no such file", 2);
            }

            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            using StringContent content = new(await File.ReadAllTextAsync(given.FullName, cancellation), Encoding.UTF8, "text/csv");
            string body = await link.PostAsync("operator/v1/reconciliations", content, cancellation);
            JsonObject report = JsonNode.Parse(body)!.AsObject();
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(body);
            }
            else
            {
                PrintReport(report);
            }

            return report["differences"]!.AsArray().Count == 0 ? 0 : DifferencesCode;
        });
        return command;
    }

    private static async Task ExportAsync(OperatorLink link, JsonArray batches, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach (string batch in batches.Select(static batch => batch!["batchId"]!.GetValue<string>()))
        {
            foreach (string format in (string[])["csv", "json"])
            {
                string text = await link.GetAsync($"operator/v1/settlements/{Uri.EscapeDataString(batch)}?format={format}", cancellation);
                await File.WriteAllTextAsync(Path.Combine(folder, $"{batch}.{format}"), text, cancellation);
            }
        }
    }

    private static void Print(JsonArray batches)
    {
        if (batches.Count == 0)
        {
            Console.Out.WriteLine("  nothing to settle");
        }

        foreach (JsonNode? batch in batches)
        {
            foreach (JsonNode? total in batch!["totals"]!.AsArray())
            {
                string sales = $"sales {total!["saleCount"]} / {Major(total["saleMinor"])}";
                string refunds = $"refunds {total["refundCount"]} / {Major(total["refundMinor"])}";
                Console.Out.WriteLine($"  {batch["batchId"]}  {total["currency"]}  {sales}  {refunds}  net {Major(total["netMinor"])}");
            }
        }
    }

    private static void PrintReport(JsonObject report)
    {
        JsonArray differences = report["differences"]!.AsArray();
        Console.Out.WriteLine($"  period       {report["from"]} to {report["to"]}, acquirer {report["acquirer"]}");
        Console.Out.WriteLine($"  payments     {report["rows"]} in the file, {report["agreed"]} agree, {differences.Count} differences");
        Console.Out.WriteLine($"  net          {Major(report["hereNetMinor"])} here, {Major(report["thereNetMinor"])} there");
        foreach (JsonNode? difference in differences)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine($"  {difference!["kind"],-15}reference {difference["reference"]}, terminal {difference["terminal"]}");
            Console.Out.WriteLine($"  {"",-15}here {Side(difference["here"], difference["hereMinor"])}, there {Side(difference["there"], difference["thereMinor"])}");
            Console.Out.WriteLine($"  {"",-15}{difference["explanation"]}");
            if (difference["paymentId"] is { } payment)
            {
                Console.Out.WriteLine($"  {"",-15}payment {payment}");
            }
        }
    }

    private static string Side(JsonNode? state, JsonNode? minor) => state is null ? "nothing" : $"{state} {Major(minor)}";

    private static string Major(JsonNode? minor) => (minor!.GetValue<long>() / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
