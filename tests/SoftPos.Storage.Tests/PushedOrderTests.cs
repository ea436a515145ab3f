using SoftPos.Contract;

namespace SoftPos.Storage.Tests;

public sealed class PushedOrderTests
{
    private static readonly Guid Id = new("0193a000-0000-7000-8000-000000000001"), Terminal = new("0193a000-0000-7000-8000-0000000000ff");

    [Fact]
    public async Task A_payment_is_bound_to_the_order_of_its_identity_once_and_only_over_the_same_thing()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        DateTimeOffset now = scratch.Clock.GetUtcNow();
        PushedOrder order = new()
        {
            OrderId = Id, MerchantId = "m1", TerminalId = Terminal, AmountMinor = 1_000, Currency = "978", TipMinor = 100, CreatedAt = now, ChangedAt = now,
            ExpiresAt = now.AddMinutes(1),
        };
        Assert.True((await scratch.Database.CommitAsync(new Change().Add(order))).Done);
        Assert.Equal(ChangeRefusal.Exists, (await scratch.Database.CommitAsync(new Change().Add(order))).Refusal);
        PaymentRecord payment = Payment(now);
        Assert.Equal(ChangeRefusal.OrderClosed, await TakeAsync(payment));
        PushedOrder accepted = order with { State = PushedOrderState.InProgress };
        Assert.True((await scratch.Database.CommitAsync(new Change().Move(order, accepted, "order.accepted"))).Done);
        Assert.Equal(ChangeRefusal.OrderClosed, (await scratch.Database.CommitAsync(new Change().Move(order, accepted, "order.accepted"))).Refusal);
        PaymentRecord[] others =
        [
            payment with { AmountMinor = 1_001 }, payment with { Currency = "840" }, payment with { TerminalId = Id }, payment with { MerchantId = "m2" },
            payment with { TipMinor = 0 }, payment with { OtherAmountMinor = 1 }, payment with { Operation = PaymentOperation.Refund },
            payment with { OriginalPaymentId = Id }, payment with { AcceptsPartialApproval = true },
        ];
        foreach (PaymentRecord other in others)
        {
            Assert.Equal(ChangeRefusal.OrderClosed, await TakeAsync(other));
        }

        Assert.Equal(ChangeRefusal.None, await TakeAsync(payment));
        Assert.Equal(PushedOrderState.Paying, (await scratch.Database.Orders.FindAsync(Id))!.Order.State);
        Assert.Equal(ChangeRefusal.OrderClosed, await TakeAsync(payment));
        Assert.Equal(ChangeRefusal.None, await TakeAsync(payment with { PaymentId = Terminal }));

        async Task<ChangeRefusal> TakeAsync(PaymentRecord record) => (await scratch.Database.CommitAsync(new Change().TakeOrder(record))).Refusal;
    }

    [Fact]
    public async Task An_order_whose_time_is_over_is_not_paid_and_is_found_to_be_ended()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        DateTimeOffset now = scratch.Clock.GetUtcNow();
        PushedOrder order = new()
        {
            OrderId = Id, MerchantId = "m1", TerminalId = Terminal, State = PushedOrderState.InProgress, AmountMinor = 1_000, Currency = "978", TipMinor = 100,
            CreatedAt = now, ChangedAt = now, ExpiresAt = now,
        };
        await scratch.Database.CommitAsync(new Change().Add(order));
        Assert.Equal(ChangeRefusal.OrderClosed, (await scratch.Database.CommitAsync(new Change().TakeOrder(Payment(now)))).Refusal);
        Assert.Equal(Id, Assert.Single(await scratch.Database.Orders.ExpiredAsync(now, 10)).Order.OrderId);
    }

    private static PaymentRecord Payment(DateTimeOffset now) => new()
    {
        PaymentId = Id, TerminalId = Terminal, MerchantId = "m1", State = PaymentState.Received, Reason = ReasonCodes.Internal, RequestHash = [1], AmountMinor = 1_000,
        TipMinor = 100, Currency = "978", MaskedPan = "476173******0119", CreatedAt = now, ChangedAt = now,
    };
}
