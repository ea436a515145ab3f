using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>A day in the shop with real processes, through the command line: every kind of payment, cut-over, reconciliation.</summary>
public sealed class ShopDayScenarios
{
    [Fact]
    [Requirement("PBE-01", Partly = true)]
    public async Task A_day_of_every_kind_of_payment_is_settled_and_reconciled_and_planted_differences_are_explained()
    {
        await using Stack stack = await Stack.StartAsync();
        JsonObject voided = await ApprovedAsync(stack, "sale", "12.00");
        Assert.Equal("Voided", Text(await DoneAsync(stack, "void", Id(voided)), "outcome"));
        (int again, JsonObject twice, _) = await stack.RunAsync("void", Id(voided));
        Assert.Equal((4, "FOLLOW_UP_NOT_POSSIBLE"), (again, twice["reason"]!["code"]!.GetValue<string>()));

        JsonObject sale = await ApprovedAsync(stack, "sale", "20.00");
        JsonObject refund = await ApprovedAsync(stack, "refund", Id(sale), "5.00");
        Assert.Equal(("Refund", Id(sale)), (Answer(refund, "operation"), Answer(refund, "originalPaymentId")));
        (int tooMuch, JsonObject more, _) = await stack.RunAsync("refund", Id(sale), "15.01");
        Assert.Equal((4, "REFUND_EXCEEDS_ORIGINAL"), (tooMuch, more["reason"]!["code"]!.GetValue<string>()));

        JsonObject hold = await ApprovedAsync(stack, "preauth", "30.00");
        await ApprovedAsync(stack, "increase", Id(hold), "4.00");
        Assert.Equal("3350", (await ApprovedAsync(stack, "complete", Id(hold), "33.50"))["answer"]!["finalMinor"]!.ToJsonString());

        JsonObject tipped = await ApprovedAsync(stack, "sale", "15.00", "--tip", "2.00");
        Assert.Equal("1700", tipped["answer"]!["amountMinor"]!.ToJsonString());
        JsonObject meal = await ApprovedAsync(stack, "sale", "16.00");
        Assert.Equal("1850", (await ApprovedAsync(stack, "adjust", Id(meal), "18.50"))["answer"]!["finalMinor"]!.ToJsonString());
        JsonObject part = await ApprovedAsync(stack, "sale", "8.10", "--partial");
        Assert.Equal(("405", "405"), (part["answer"]!["approvedMinor"]!.ToJsonString(), part["answer"]!["remainingMinor"]!.ToJsonString()));

        string exported = Path.Combine(stack.Folder, "batches");
        (int settled, string batches) = await StackedAsync(stack, "settle", "--export", exported, "--json");
        Assert.True(settled == 0, batches);
        JsonNode total = JsonNode.Parse(batches)![0]!["totals"]![0]!;
        Assert.Equal(("5", "9305", "1", "500"), (
            total["saleCount"]!.ToJsonString(), total["saleMinor"]!.ToJsonString(), total["refundCount"]!.ToJsonString(), total["refundMinor"]!.ToJsonString()));
        Assert.Equal(2, Directory.GetFiles(exported).Length);
        (int late, JsonObject closed, _) = await stack.RunAsync("void", Id(sale));
        Assert.Equal((4, "FOLLOW_UP_NOT_POSSIBLE"), (late, closed["reason"]!["code"]!.GetValue<string>()));

        string file = Path.Combine(stack.Folder, "acquirer.csv");
        (int written, string words) = await SoftPosProcess.RunAsync("acquirer-file", "--ledger", stack.LedgerPath, "--out", file);
        Assert.True(written == 0, words);
        (int agrees, string report) = await StackedAsync(stack, "reconcile", file, "--json");
        Assert.True(agrees == 0, report);
        (int torn, _) = await StackedAsync(stack, "reconcile", Plant(file, torn: true));
        Assert.Equal(1, torn);
        (int differs, string found) = await StackedAsync(stack, "reconcile", Plant(file, torn: false), "--json");
        Assert.True(differs == 6, found);
        JsonArray differences = JsonNode.Parse(found)!["differences"]!.AsArray();
        Assert.Equal(
            ["AmountDiffers", "MissingHere", "MissingThere", "StateDiffers"],
            differences.Select(d => d!["kind"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(found);
    }

    [Fact]
    public async Task A_void_with_a_silent_acquirer_is_told_as_open_and_ends_voided_by_itself()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "1");
        JsonObject sale = await ApprovedAsync(stack, "sale", "12.79");
        (int code, JsonObject result, string output) = await stack.RunAsync("void", Id(sale));
        Assert.True(code == 5, output);
        Assert.Equal("FOLLOW_UP_BEING_SENT", result["reason"]!["code"]!.GetValue<string>());
        for (int i = 0; i < 60 && Text(result, "outcome") != "Voided"; i++)
        {
            (_, result, _) = await stack.RunAsync("status", Id(sale));
        }

        Assert.Equal("Voided", Text(result, "outcome"));
        Assert.Equal(["0100", "0400", "0401", "0401"], stack.Ledger().Select(entry => Text(entry, "type")).Where(type => type != "0800"));
    }

    /// <summary>Changes an amount, takes a payment out, reverses one and adds one that nobody knows; the trailer is made to fit.</summary>
    private static string Plant(string file, bool torn)
    {
        List<string[]> lines = [.. File.ReadAllLines(file).Select(line => line.Split(','))];
        List<string[]> charged = [.. lines.Where(cells => cells[0] == "D" && cells[8] == "charged" && cells[5] == "sale")];
        charged[0][6] = "1";
        charged[1][8] = "reversed";
        lines.Remove(charged[2]);
        string[] stranger = [.. charged[3]];
        stranger[1] = "999999999999";
        lines.Insert(lines.Count - 1, stranger);
        string[][] rows = [.. lines.Where(cells => cells[0] == "D")];
        long Sum(string kind) => rows.Where(c => c[5] == kind && c[8] == "charged").Sum(c => long.Parse(c[6], CultureInfo.InvariantCulture));
        lines[^1] = torn ? lines[^1] : ["T", $"{rows.Length}", $"{Sum("sale")}", $"{Sum("refund")}"];
        string planted = Path.ChangeExtension(file, torn ? "torn.csv" : "planted.csv");
        File.WriteAllLines(planted, lines.Select(cells => string.Join(',', cells)));
        return planted;
    }

    private static async Task<JsonObject> ApprovedAsync(Stack stack, string command, params string[] arguments)
    {
        JsonObject result = await DoneAsync(stack, command, arguments);
        Assert.Equal("Approved", Text(result, "outcome"));
        return result;
    }

    private static async Task<JsonObject> DoneAsync(Stack stack, string command, params string[] arguments)
    {
        (int code, JsonObject result, string output) = await stack.RunAsync(command, arguments);
        Assert.True(code == 0, $"{command} {string.Join(' ', arguments)}: {output}");
        return result;
    }

    private static Task<(int Code, string Output)> StackedAsync(Stack stack, params string[] arguments) =>
        SoftPosProcess.RunAsync([.. arguments, "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data]);

    private static string Id(JsonObject result) => Text(result, "paymentId");

    private static string Answer(JsonObject result, string name) => result["answer"]![name]!.GetValue<string>();

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();
}
