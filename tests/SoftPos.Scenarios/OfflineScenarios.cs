using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Cli.Commands;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>
/// Sales while the back end is away, in real processes: the phone, the back end that is killed, the bank that is asked later.
/// </summary>
public sealed class OfflineScenarios
{
    private const string Merchant = "sandbox-market-stall";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("OFF-01", Partly = true)]
    [Requirement("OFF-02", Partly = true)]
    [Requirement("OFF-03", Partly = true)]
    public async Task Sales_without_a_back_end_are_bounded_forwarded_once_and_end_as_the_bank_says()
    {
        await using Stack stack = await Stack.StartAsync();
        Assert.Equal(0, (await stack.SaleAsync("10.00")).Code);

        // Off by default.
        await stack.Server.KillAsync();
        (int off, string said) = await CommandAsync(stack, "sale", "12.50");
        Assert.True(off == 1 && said.Contains("no stack answers", StringComparison.Ordinal), said);
        await stack.StartServerAsync();
        await PermitAsync(stack);
        Assert.Equal(0, (await stack.SaleAsync("10.00")).Code);
        (_, JsonObject permitted, _) = await stack.RunAsync("status");
        Assert.Equal("2", permitted["countLeft"]!.ToJsonString());

        await stack.Server.KillAsync();
        string paid = await StoredAsync(stack, "12.50"), refused = await StoredAsync(stack, "12.05");
        (int third, JsonObject over, string output) = await stack.SaleAsync("1.00");
        Assert.True(third == 4, output);
        Assert.Equal("OFFLINE_LIMIT_REACHED", Text(over, "reason", "code"));
        (_, JsonObject waits, _) = await stack.RunAsync("status");
        Assert.Equal([paid, refused], waits["waiting"]!.AsArray().Select(sale => sale!["paymentId"]!.GetValue<string>()));
        Assert.Equal(2, Authorisations(stack).Count);

        // Back again: what waits goes first, in its order, then the sale of now.
        await stack.StartServerAsync();
        (int online, JsonObject now, output) = await stack.SaleAsync("11.00");
        Assert.True(online == 0, output);
        Assert.Equal("Approved", Text(now, "outcome"));
        Assert.Equal([1000L, 1000L, 1250L, 1205L, 1100L], Authorisations(stack));
        (int first, JsonObject approved, output) = await stack.RunAsync("status", paid);
        Assert.True(first == 0, output);
        Assert.Equal(("Approved", "1"), (Text(approved, "outcome"), approved["answer"]!["offline"]!["sequence"]!.ToJsonString()));
        (int second, JsonObject declined, output) = await stack.RunAsync("status", refused);
        Assert.True(second == 3, output);
        Assert.Equal(("OFFLINE_DECLINED", "05"), (Text(declined, "reason", "code"), Text(declined, "answer", "responseCode")));

        // Once, whatever comes after; and a new permission is there.
        Assert.Equal(0, (await stack.SaleAsync("11.00")).Code);
        Assert.Equal(6, Authorisations(stack).Count);
        using SoftPosClient client = await ClientAsync(stack);
        OfflineView view = await client.OfflineAsync(Merchant, Cancel);
        OfflineTerminalView terminal = Assert.Single(view.Terminals);
        Assert.Equal((2L, 0L, 0L, null), (terminal.Forwarded, terminal.Outstanding, terminal.Missing, terminal.Closed));
        Assert.Equal([OfflineRisk.Lost, OfflineRisk.AuthorisedLate], view.Payments.Select(payment => payment.OfflineRisk!.Value));
        (_, permitted, _) = await stack.RunAsync("status");
        Assert.Equal("2", permitted["countLeft"]!.ToJsonString());
    }

    [Fact]
    [Requirement("OFF-03")]
    public async Task A_record_that_is_deleted_on_the_phone_is_missed_and_what_follows_waits_for_a_person()
    {
        await using Stack stack = await Stack.StartAsync();
        Assert.Equal(0, (await stack.SaleAsync("10.00")).Code);
        await PermitAsync(stack);
        Assert.Equal(0, (await stack.SaleAsync("10.00")).Code);
        await stack.Server.KillAsync();
        string deleted = await StoredAsync(stack, "12.50"), kept = await StoredAsync(stack, "12.60");
        File.Delete(Assert.Single(Directory.GetFiles(stack.Data, "*-offline-1", SearchOption.AllDirectories)));

        await stack.StartServerAsync();
        (int code, _, string output) = await stack.SaleAsync("11.00");
        Assert.True(code == 0, output);
        Assert.Contains("Refused", output.Split('\n').Single(line => line.Contains(deleted, StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Equal([1000L, 1000L, 1100L], Authorisations(stack));
        (int held, JsonObject review, output) = await stack.RunAsync("status", kept);
        Assert.True(held == 7, output);
        Assert.Equal(("InReview", "OFFLINE_IN_REVIEW"), (Text(review, "outcome"), Text(review, "reason", "code")));
        using SoftPosClient client = await ClientAsync(stack);
        OfflineTerminalView terminal = Assert.Single((await client.OfflineAsync(Merchant, Cancel)).Terminals);
        Assert.Equal((1L, 1L), (terminal.Forwarded, terminal.Missing));
        Assert.NotNull(terminal.Closed);

        // No permission until the operator has looked; then the held sale goes to the bank.
        (_, JsonObject closed, _) = await stack.RunAsync("status");
        Assert.Equal("0", closed["countLeft"]!.ToJsonString());
        using OperatorLink link = await OperatorLink.OpenAsync(stack.Port, stack.Data, Cancel);
        await link.PostAsync($"operator/v1/offline/terminals/{terminal.TerminalId}/reopen", null, Cancel);
        await link.PostAsync($"operator/v1/offline/payments/{kept}/release", null, Cancel);
        Assert.Equal([1000L, 1000L, 1100L, 1260L], Authorisations(stack));
        Assert.Equal(0, (await stack.SaleAsync("10.00")).Code);
        (_, JsonObject open, _) = await stack.RunAsync("status");
        Assert.Equal("2", open["countLeft"]!.ToJsonString());
    }

    [Fact]
    public async Task A_back_end_that_goes_away_between_attestation_and_sending_leaves_a_stored_sale()
    {
        await using Stack stack = await Stack.StartAsync();
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(
            new VirtualTerminalOptions { Backend = stack.Address, Folder = Path.Combine(stack.Folder, "phone") }, Cancel);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, Cancel)).CanPay);
        await PermitAsync(stack);
        PaymentResult sale = await phone.PayAsync(
            new PaymentOrder { AmountMinor = 1_250 },
            screen =>
            {
                if (screen.Stage == PaymentStage.PresentCard)
                {
                    stack.Server.KillAsync().GetAwaiter().GetResult();
                }
            },
            Cancel);
        Assert.Equal((PaymentOutcome.Deferred, ReasonCodes.OfflineStored), (sale.Outcome, sale.Reason.Code));
        await stack.StartServerAsync();
        Assert.True(await phone.Terminal.ForwardOfflineAsync(Cancel));
        Assert.Equal(PaymentOutcome.Approved, (await phone.StatusAsync(sale.PaymentId, Cancel)).Outcome);
        Assert.Equal([1250L], Authorisations(stack));
    }

    [Fact]
    public async Task A_provider_raises_a_hold_and_reads_batches_and_reconciliation_through_the_api()
    {
        await using Stack stack = await Stack.StartAsync();
        (int held, JsonObject hold, string output) = await stack.RunAsync("preauth", "30.00");
        Assert.True(held == 0, output);
        Guid payment = Guid.Parse(Text(hold, "paymentId"));
        using SoftPosClient client = await ClientAsync(stack);
        PaymentView more = await client.IncreaseAsync(payment, 500, "increase-1", Cancel);
        Assert.Equal((PaymentOperation.Increment, PaymentState.Approved, payment),
            (more.Operation, more.State, more.OriginalPaymentId!.Value));
        Assert.Equal(more.PaymentId, (await client.IncreaseAsync(payment, 500, "increase-1", Cancel)).PaymentId);
        Assert.Equal(PaymentState.Completed, (await client.CompleteAsync(payment, 3_500, "complete-1", Cancel)).State);
        Assert.Equal(0, (await CommandAsync(stack, "settle")).Code);
        Assert.Equal(3_500, Assert.Single((await client.AllBatchesAsync(null, Cancel)).Data).Totals[0].NetMinor);

        string file = Path.Combine(stack.Folder, "acquirer.csv");
        (int written, output) = await SoftPosProcess.RunAsync("acquirer-file", "--ledger", stack.LedgerPath, "--out", file);
        Assert.True(written == 0, output);
        string[] lines = File.ReadAllLines(file);
        int row = Array.FindIndex(lines, line => line.StartsWith("D,", StringComparison.Ordinal)
            && line.Contains(",charged,", StringComparison.Ordinal));
        lines[row] = lines[row].Replace(",3500,", ",3400,", StringComparison.Ordinal);
        lines[^1] = lines[^1].Replace(",3500,", ",3400,", StringComparison.Ordinal);
        File.WriteAllLines(file, lines);
        (int differs, output) = await CommandAsync(stack, "reconcile", file);
        Assert.True(differs == 6, output);
        ReconciliationView listed = Assert.Single((await client.ReconciliationsAsync(null, Cancel)).Data);
        Assert.Null(listed.Differences);
        ReconciliationView report = await client.ReconciliationAsync(listed.ReportId, Cancel);
        DifferenceView difference = Assert.Single(report.Differences!);
        Assert.Equal(("AmountDiffers", payment, 3_500L, 3_400L),
            (difference.Kind, difference.PaymentId!.Value, difference.HereMinor!.Value, difference.ThereMinor!.Value));
    }

    private static async Task PermitAsync(Stack stack)
    {
        (int code, string output) = await CommandAsync(
            stack, "merchants", "offline", Merchant, "--on", "--max-count", "2", "--max-total", "4000", "--max-amount", "2500");
        Assert.True(code == 0, output);
    }

    private static async Task<string> StoredAsync(Stack stack, string amount)
    {
        (int code, JsonObject sale, string output) = await stack.SaleAsync(amount);
        Assert.True(code == 7, output);
        Assert.Equal(("Deferred", "OFFLINE_STORED", "Unauthorised"),
            (Text(sale, "outcome"), Text(sale, "reason", "code"), Text(sale, "offline", "risk")));
        return Text(sale, "paymentId");
    }

    private static List<long> Authorisations(Stack stack) =>
        [.. stack.Ledger().Where(entry => entry["type"]?.GetValue<string>() == "0100")
            .Select(entry => entry["amountMinor"]!.GetValue<long>())];

    private static Task<(int Code, string Output)> CommandAsync(Stack stack, params string[] arguments) =>
        SoftPosProcess.RunAsync([.. arguments, "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data]);

    private static async Task<SoftPosClient> ClientAsync(Stack stack) =>
        new(stack.Address, await File.ReadAllTextAsync(Path.Combine(stack.Data, "sandbox-api.key"), Cancel));

    private static string Text(JsonObject json, params string[] path)
    {
        JsonNode? at = json;
        foreach (string step in path)
        {
            at = at?[step];
        }

        return at?.GetValue<string>() ?? string.Empty;
    }
}
