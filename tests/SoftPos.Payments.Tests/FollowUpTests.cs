using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class FollowUpTests
{
    [Fact]
    public async Task A_void_takes_the_sale_back_and_names_it()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1250);
        await shop.SaleAsync(sale);
        PaymentAnswer answer = await shop.ChangeAsync(sale.PaymentId, FollowUpAction.Void);
        Assert.Equal((PaymentState.Voided, ReasonCodes.Voided), (answer.State, answer.Reason));
        Assert.Equal(["payment.void-asked", "payment.void-sent", "payment.voided"], answer.Journal.Select(t => t.Kind).Skip(3));
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        Iso8583Message original = shop.Acquirer.Messages.First(), message = shop.Acquirer.Messages.Last();
        Assert.Equal(("0400", "17", "A1B2C3"), (message.Type.ToString(), message[39], message[38]));
        Assert.Equal($"0100{original[11]}{original[7]}0000001234500000000000", message[90]);
        Assert.Equal((original[2], original[4], original[37]), (message[2], message[4], message[37]));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(message));
        Assert.Null(await shop.KeptAsync(sale.PaymentId));
    }

    [Fact]
    public async Task A_voided_sale_is_neither_voided_nor_refunded_again_and_the_same_request_gets_its_state()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1250);
        await shop.SaleAsync(sale);
        byte[] request = shop.FollowUp(sale.PaymentId, FollowUpAction.Void);
        PaymentReply[] replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.Gateway.FollowUpAsync(request)));
        Assert.All(replies, reply => Assert.Equal(PaymentState.Voided, Shop.Read(reply).State));
        Assert.Equal(PaymentState.Voided, Shop.Read(await shop.Gateway.FollowUpAsync(request)).State);
        Assert.Equal(["0100", "0400"], shop.Acquirer.Types);
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Void));
        PaymentReply refund = await shop.PayAsync(shop.Request(100, PaymentOperation.Refund, sale.PaymentId));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, refund.Refusal!.Reason);
        Assert.Contains("payment.follow-up-refused", await shop.KindsAsync(sale.PaymentId));
    }

    [Fact]
    public async Task A_void_with_a_silent_acquirer_ends_definite_after_restarts()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1250);
        await shop.SaleAsync(sale);
        shop.Acquirer.OnReversal = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        PaymentAnswer answer = await shop.ChangeAsync(sale.PaymentId, FollowUpAction.Void);
        Assert.Equal((PaymentState.Voiding, ReasonCodes.FollowUpBeingSent), (answer.State, answer.Reason));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Void));
        await shop.RestartAsync();
        shop.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        shop.Acquirer.OnReversal = message => Task.FromResult(shop.Acquirer.Reverse(message));
        shop.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(PaymentState.Voided, (await shop.StateAsync(sale.PaymentId)).State);
        Assert.Equal(["0100", "0400", "0401", "0401"], shop.Acquirer.Types);
        Assert.Single(shop.Acquirer.Messages.Skip(1).Select(m => m[11]).Distinct());
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task A_void_that_the_acquirer_refuses_leaves_the_sale_approved()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1250);
        await shop.SaleAsync(sale);
        shop.Acquirer.OnReversal = message => Task.FromResult(ScriptedAcquirer.Answer(message, "12"));
        PaymentAnswer answer = await shop.ChangeAsync(sale.PaymentId, FollowUpAction.Void);
        Assert.Equal((PaymentState.Approved, ReasonCodes.FollowUpRefused), (answer.State, answer.Reason));
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
        Assert.NotNull(await shop.KeptAsync(sale.PaymentId));
    }

    [Fact]
    public async Task Only_a_payment_of_the_merchant_that_was_approved_is_voided()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal(ReasonCodes.PaymentUnknown, await shop.ChangeRefusedAsync(Guid.CreateVersion7(shop.Clock.GetUtcNow()), FollowUpAction.Void));
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "05"));
        PaymentRequest declined = shop.Request();
        await shop.SaleAsync(declined);
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(declined.PaymentId, FollowUpAction.Void));
        byte[] other = shop.FollowUp(declined.PaymentId, FollowUpAction.Void);
        other[^1] ^= 1;
        Assert.Equal(ReasonCodes.SignatureInvalid, (await shop.Gateway.FollowUpAsync(other)).Refusal!.Reason);
    }

    [Fact]
    public async Task Without_the_keys_room_an_approval_stands_and_keeps_nothing()
    {
        await using Shop shop = await Shop.OpenAsync();
        int seals = 0;
        shop.Keys.Before = use => use == "seal" && ++seals == 2 ? throw new InvalidOperationException("module gone") : Task.CompletedTask;
        PaymentRequest sale = shop.Request();
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(sale)).State);
        Assert.Null(await shop.KeptAsync(sale.PaymentId));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Void));
    }

    [Fact]
    public async Task Refunds_give_back_no_more_than_was_paid()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1000);
        PaymentAnswer paid = await shop.SaleAsync(sale);
        PaymentAnswer first = await shop.SaleAsync(shop.Request(600, PaymentOperation.Refund, sale.PaymentId));
        Assert.Equal((PaymentState.Approved, PaymentOperation.Refund, sale.PaymentId), (first.State, first.Operation, first.OriginalPaymentId!.Value));
        Iso8583Message message = shop.Acquirer.Messages.Last();
        Assert.Equal(("200000", "000000000600", paid.RetrievalReference), (message[3], message[4], message[62]));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(message));
        Assert.Contains("Refund: 6.00 EUR", first.Receipt);
        PaymentReply more = await shop.PayAsync(shop.Request(401, PaymentOperation.Refund, sale.PaymentId));
        Assert.Equal(ReasonCodes.RefundExceedsOriginal, more.Refusal!.Reason);
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Void));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(400, PaymentOperation.Refund, sale.PaymentId))).State);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task Refunds_that_race_cannot_both_take_the_rest()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1000);
        await shop.SaleAsync(sale);
        PaymentRequest[] requests = [.. Enumerable.Range(0, 12).Select(_ => shop.Request(300, PaymentOperation.Refund, sale.PaymentId))];
        PaymentReply[] replies = [];
        foreach (PaymentRequest[] wave in requests.Chunk(4))
        {
            replies = [.. replies, .. await Task.WhenAll(wave.Select(shop.PayAsync))];
        }

        Assert.Equal(3, replies.Count(reply => reply.Body is not null && Shop.Read(reply).State == PaymentState.Approved));
        Assert.Equal(100, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task A_declined_refund_leaves_its_room_and_another_card_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1000);
        await shop.SaleAsync(sale);
        Func<Iso8583Message, Task<AcquirerAnswer>> approving = shop.Acquirer.OnAuthorisation;
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "05"));
        Assert.Equal(PaymentState.Declined, (await shop.SaleAsync(shop.Request(1000, PaymentOperation.Refund, sale.PaymentId))).State);
        shop.Acquirer.OnAuthorisation = approving;
        PaymentReply other = await shop.PayAsync(shop.Request(1000, PaymentOperation.Refund, sale.PaymentId) with { MaskedPan = "476173******0127" });
        Assert.Equal(ReasonCodes.RefundNotPermitted, other.Refusal!.Reason);
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(1000, PaymentOperation.Refund, sale.PaymentId))).State);
    }

    [Fact]
    public async Task A_refund_without_its_payment_needs_the_merchants_permission()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal(ReasonCodes.RefundNotPermitted, (await shop.PayAsync(shop.Request(100, PaymentOperation.Refund))).Refusal!.Reason);
        await shop.Database.CommitAsync(new Change().Put(shop.Merchant with { AllowsUnlinkedRefunds = true }));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(100, PaymentOperation.Refund))).State);
        Assert.False(shop.Acquirer.Messages.Last().Has(62));
    }
}
