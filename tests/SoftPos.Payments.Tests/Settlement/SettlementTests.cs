using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class SettlementTests
{
    [Fact]
    public async Task A_batch_takes_what_is_charged_once_and_leaves_what_is_open()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1_000);
        await shop.SaleAsync(sale);
        await shop.SaleAsync(shop.Request(300, PaymentOperation.Refund, sale.PaymentId));
        PaymentRequest hold = shop.Request(500, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        PaymentRequest held = shop.Request(600, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(held);
        await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 450);
        PaymentRequest voided = shop.Request(77);
        await shop.SaleAsync(voided);
        await shop.ChangeAsync(voided.PaymentId, FollowUpAction.Void);
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        PaymentRequest unknown = shop.Request(88);
        await shop.SaleAsync(unknown);
        Settlement settlement = new(shop.Database, shop.Options, shop.Clock);
        BatchRecord batch = Assert.Single(await settlement.CloseAllAsync());
        Assert.Equal(("m1-000001", "m1", "12345", 1L), (batch.BatchId, batch.MerchantId, batch.Acquirer, batch.Number));
        BatchTotal total = Assert.Single(batch.Totals);
        Assert.Equal(new BatchTotal("978", 2, 1_450, 1, 300), total);
        Assert.Equal(1_150, total.NetMinor);
        Assert.Null(await settlement.CloseAsync("m1"));
        Assert.Equal("m1-000001", (await shop.Database.Payments.FindAsync(sale.PaymentId))!.Batch);
        Assert.Null((await shop.Database.Payments.FindAsync(unknown.PaymentId))!.Batch);
        Assert.Null(await shop.KeptAsync(sale.PaymentId));
        Assert.NotNull(await shop.KeptAsync(held.PaymentId));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Void));
        Assert.Equal(["settlement.closed"], (await shop.Database.Journal.OfSubjectAsync("m1-000001")).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_settled_sale_is_refunded_in_the_next_batch()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1_000);
        await shop.SaleAsync(sale);
        Settlement settlement = new(shop.Database, shop.Options, shop.Clock);
        await settlement.CloseAsync("m1");
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(1_000, PaymentOperation.Refund, sale.PaymentId))).State);
        BatchRecord second = (await settlement.CloseAsync("m1"))!;
        Assert.Equal((2L, -1_000L), (second.Number, second.Totals[0].NetMinor));
        Assert.Equal([2L, 1L], (await shop.Database.Batches.NewestAsync(10)).Select(b => b.Number));
    }

    [Fact]
    public async Task A_batch_is_exported_as_lines_and_as_a_statement()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1_000);
        await shop.SaleAsync(sale);
        await shop.SaleAsync(shop.Request(300, PaymentOperation.Refund, sale.PaymentId));
        Settlement settlement = new(shop.Database, shop.Options, shop.Clock);
        BatchRecord batch = (await settlement.CloseAsync("m1"))!;
        using StringWriter csv = new(CultureInfo.InvariantCulture);
        await SettlementExport.WriteCsvAsync(batch, settlement.PaymentsAsync(batch.BatchId), csv);
        string[] lines = csv.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"m1-000001,m1,{sale.PaymentId},2026-11-24T08:00:00.000Z,sale,10.00,978,476173******0119,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",refund,-3.00,978,", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",net,7.00,978,,,,", lines[3], StringComparison.Ordinal);
        JsonNode statement = (await SettlementExport.ToJsonAsync(batch, settlement.PaymentsAsync(batch.BatchId)))["Stmt"]!;
        Assert.Equal(["CRDT", "DBIT"], statement["Ntry"]!.AsArray().Select(e => e!["CdtDbtInd"]!.GetValue<string>()));
        Assert.Equal("7.00", statement["TxsSummry"]![0]!["TtlNetNtryAmt"]!.GetValue<string>());
    }

    [Fact]
    public async Task Sales_go_on_while_a_batch_closes_and_each_is_in_one_batch()
    {
        await using Shop shop = await Shop.OpenAsync();
        Settlement settlement = new(shop.Database, shop.Options, shop.Clock);
        List<BatchRecord> batches = [];
        Task selling = Task.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                await shop.SaleAsync(shop.Request(100));
            }
        });
        while (!selling.IsCompleted)
        {
            batches.AddRange(await settlement.CloseAllAsync());
        }

        await selling;
        batches.AddRange(await settlement.CloseAllAsync());
        Assert.Equal(40, batches.Sum(b => b.Totals.Sum(t => t.SaleCount)));
        Assert.Equal(4_000, batches.Sum(b => b.Totals.Sum(t => t.NetMinor)));
        Assert.Equal(Enumerable.Range(1, batches.Count).Select(n => (long)n), batches.Select(b => b.Number));
    }
}
