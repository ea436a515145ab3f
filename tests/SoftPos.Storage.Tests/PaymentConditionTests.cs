using SoftPos.Contract;

namespace SoftPos.Storage.Tests;

public sealed class PaymentConditionTests
{
    private static readonly Guid Terminal = new("0193a000-0000-7000-8000-0000000000ff");

    [Fact]
    public async Task A_file_without_operations_and_batches_is_brought_on_and_its_open_payments_go_on()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        PaymentRecord open = Payment(1, scratch) with { State = PaymentState.Unknown, ReversalDueAt = scratch.Clock.GetUtcNow() };
        await scratch.Database.CommitAsync(new Change().Add(open));
        Assert.False(await RecordTests.FileHoldsAsync(scratch, "\"operation\""));
        await scratch.Database.DisposeAsync();
        DatabaseTests.Execute(
            scratch,
            """
            DROP INDEX payment_due; DROP INDEX payment_original; DROP INDEX payment_unsettled; DROP INDEX payment_batch; DROP TABLE batch;
            ALTER TABLE payment DROP COLUMN kind; ALTER TABLE payment DROP COLUMN original_id; ALTER TABLE payment DROP COLUMN amount;
            ALTER TABLE payment DROP COLUMN batch; PRAGMA user_version=2;
            """);
        await scratch.ReopenAsync();
        StoredPayment due = Assert.Single(await scratch.Database.Payments.DueAsync(scratch.Clock.GetUtcNow(), 10));
        Assert.True((await scratch.Database.CommitAsync(new Change().Move(due.Record, due.Record with { State = PaymentState.Approved }, null))).Done);
        OpenBatch batch = await scratch.Database.Batches.OpenAsync("m1");
        Assert.Equal(new BatchTotal("978", 1, 1_000, 0, 0), Assert.Single(batch.Totals));
    }

    [Fact]
    public async Task Refunds_have_room_up_to_what_is_charged_and_block_a_void()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        PaymentRecord sale = Payment(1, scratch) with { State = PaymentState.Approved, ApprovedMinor = 800 };
        await database.CommitAsync(new Change().Add(sale));
        Assert.True((await database.CommitAsync(new Change().RequireUnsettled(sale.PaymentId))).Done);
        Assert.Equal(ChangeRefusal.None, await RefundAsync(2, 500));
        Assert.Equal(ChangeRefusal.RefundTooHigh, await RefundAsync(3, 301));
        Assert.Equal(ChangeRefusal.None, await RefundAsync(4, 300));
        Assert.Equal(ChangeRefusal.PaymentSettled, (await database.CommitAsync(new Change().RequireUnsettled(sale.PaymentId))).Refusal);
        Assert.Equal(ChangeRefusal.OriginalClosed, (await database.CommitAsync(new Change().RequireRefundRoom(Id(9), 1))).Refusal);
        Assert.Equal(ChangeRefusal.OriginalClosed, (await database.CommitAsync(new Change().RequireHeld(sale.PaymentId))).Refusal);

        async Task<ChangeRefusal> RefundAsync(byte n, long amount) => (await database.CommitAsync(new Change()
            .Add(Payment(n, scratch) with { Operation = PaymentOperation.Refund, OriginalPaymentId = sale.PaymentId, AmountMinor = amount })
            .RequireRefundRoom(sale.PaymentId, amount))).Refusal;
    }

    [Fact]
    public async Task A_batch_closes_over_what_was_read_or_not_at_all()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        PaymentRecord sale = Payment(1, scratch) with { State = PaymentState.Approved };
        await database.CommitAsync(new Change().Add(sale));
        OpenBatch open = await database.Batches.OpenAsync("m1");
        PaymentRecord voiding = sale with { State = PaymentState.Voiding };
        await database.CommitAsync(new Change().Move(sale, voiding, [1]));
        BatchRecord batch = new()
        {
            BatchId = "m1-1", MerchantId = "m1", Acquirer = "1", Number = 1, ClosedAt = scratch.Clock.GetUtcNow(), Totals = open.Totals,
        };
        Assert.Equal(ChangeRefusal.BatchMoved, (await database.CommitAsync(new Change().Close(batch, open.LastSequence))).Refusal);
        await database.CommitAsync(new Change().Move(voiding, sale, [1]));
        Assert.True((await database.CommitAsync(new Change().Close(batch, open.LastSequence))).Done);
        StoredPayment settled = Assert.Single(await database.Batches.PaymentsAsync("m1-1", 0));
        Assert.Equal((null, "m1-1"), (settled.Sealed, settled.Batch));
        Assert.Equal(ChangeRefusal.PaymentSettled, (await database.CommitAsync(new Change().RequireUnsettled(sale.PaymentId))).Refusal);
        Assert.Empty((await database.Batches.OpenAsync("m1")).Totals);
        Assert.Equivalent(batch, await database.Batches.FindAsync("m1-1"), strict: true);
    }

    private static Guid Id(byte n) => new($"0193a000-0000-7000-8000-0000000002{n:x2}");

    private static PaymentRecord Payment(byte n, Scratch scratch) => new()
    {
        PaymentId = Id(n), TerminalId = Terminal, MerchantId = "m1", State = PaymentState.Received, Reason = ReasonCodes.Internal, RequestHash = [1],
        AmountMinor = 1_000, Currency = "978", MaskedPan = "476173******0119", CreatedAt = scratch.Clock.GetUtcNow(), ChangedAt = scratch.Clock.GetUtcNow(),
    };
}
