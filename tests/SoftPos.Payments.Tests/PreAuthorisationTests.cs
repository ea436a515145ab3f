using SoftPos.Contract;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Tests;

public sealed class PreAuthorisationTests
{
    [Fact]
    public async Task A_pre_authorisation_holds_and_its_completion_charges()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        PaymentAnswer held = await shop.SaleAsync(hold);
        Assert.Equal((PaymentState.Approved, PaymentOperation.PreAuthorisation), (held.State, held.Operation));
        Assert.Equal("06", shop.Acquirer.Messages.Last()[25]);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        PaymentAnswer completed = await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 4200);
        Assert.Equal((PaymentState.Completed, ReasonCodes.Completed, 4200L), (completed.State, completed.Reason, completed.FinalMinor));
        Assert.Contains("Charged: 42.00 EUR", completed.Receipt);
        Iso8583Message original = shop.Acquirer.Messages.First(), advice = shop.Acquirer.Messages.Last();
        Assert.Equal(("0220", "000000004200", "A1B2C3"), (advice.Type.ToString(), advice[4], advice[38]));
        Assert.Equal($"0100{original[11]}{original[7]}0000001234500000000000", advice[90]);
        Assert.False(advice.Has(55) || advice.Has(35));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(advice));
        Assert.Equal(4200, shop.Acquirer.ChargedMinor);
        Assert.Null(await shop.KeptAsync(hold.PaymentId));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 100));
    }

    [Fact]
    public async Task A_completion_without_an_answer_is_repeated_with_its_number_until_acknowledged()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        int tries = 0;
        shop.Acquirer.OnAdvice = message => Task.FromResult(++tries < 3 ? ScriptedAcquirer.NoAnswer : shop.Acquirer.Advise(message));
        PaymentAnswer answer = await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 5000);
        Assert.Equal((PaymentState.Completing, ReasonCodes.FollowUpBeingSent), (answer.State, answer.Reason));
        await shop.RestartAsync();
        for (int i = 0; i < 2; i++)
        {
            shop.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        }

        Assert.Equal(["0100", "0220", "0221", "0221"], shop.Acquirer.Types);
        Iso8583Message first = shop.Acquirer.Messages.ElementAt(1), repeat = shop.Acquirer.Messages.ElementAt(2);
        Assert.Equal(Convert.ToHexString(first.Encode())[8..], Convert.ToHexString(repeat.Encode())[8..]);
        Assert.Equal(PaymentState.Completed, (await shop.StateAsync(hold.PaymentId)).State);
        Assert.Equal(5000, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task A_completion_stays_within_what_is_held_and_its_tolerance()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { CompletionTolerancePercent = 15 });
        PaymentRequest hold = shop.Request(1000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        Assert.Equal(ReasonCodes.AmountAboveLimit, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 1151));
        Assert.Equal(PaymentState.Completed, (await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 1150)).State);
    }

    [Fact]
    public async Task An_increment_is_a_payment_of_its_own_without_chip_data_and_raises_what_may_be_completed()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(1000, PaymentOperation.PreAuthorisation);
        PaymentAnswer held = await shop.SaleAsync(hold);
        PaymentAnswer more = await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Increase, 500);
        Assert.Equal((PaymentState.Approved, PaymentOperation.Increment, hold.PaymentId), (more.State, more.Operation, more.OriginalPaymentId!.Value));
        Iso8583Message message = shop.Acquirer.Messages.Last();
        Assert.Equal(("0100", "000000000500", held.RetrievalReference), (message.Type.ToString(), message[4], message[62]));
        Assert.False(message.Has(55) || message.Has(35));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(message));
        Assert.Equal(ReasonCodes.AmountAboveLimit, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 1501));
        Assert.Equal(PaymentState.Completed, (await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 1500)).State);
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Increase, 500));
    }

    [Fact]
    public async Task An_increment_without_an_answer_is_reversed_alone_and_the_same_request_is_not_sent_twice()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(1000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        byte[] request = shop.FollowUp(hold.PaymentId, FollowUpAction.Increase, 500);
        PaymentReply reply = await shop.Gateway.FollowUpAsync(request);
        Assert.Equal(reply.Body!, (await shop.Gateway.FollowUpAsync(request)).Body!);
        PaymentAnswer unknown = Shop.Read(reply);
        Assert.Equal(PaymentState.Unknown, unknown.State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(["0100", "0100", "0400"], shop.Acquirer.Types);
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(unknown.PaymentId)).State);
        Assert.Equal(PaymentState.Approved, (await shop.StateAsync(hold.PaymentId)).State);
        Assert.Equal(ReasonCodes.AmountAboveLimit, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 1001));
    }

    [Fact]
    public async Task A_voided_pre_authorisation_lets_its_increments_go_too()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(1000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        PaymentAnswer more = await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Increase, 500);
        Assert.Equal(PaymentState.Voided, (await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Void)).State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(PaymentState.Voided, (await shop.StateAsync(more.PaymentId)).State);
        Assert.Equal(["0100", "0100", "0400", "0400"], shop.Acquirer.Types);
    }

    [Fact]
    public async Task A_tip_after_the_tap_is_charged_within_its_limit_and_once()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1000);
        await shop.SaleAsync(sale);
        Assert.Equal(ReasonCodes.AmountAboveLimit, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Adjust, 1251));
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Adjust, 999));
        PaymentAnswer adjusted = await shop.ChangeAsync(sale.PaymentId, FollowUpAction.Adjust, 1200);
        Assert.Equal((PaymentState.Approved, ReasonCodes.Approved, 1200L), (adjusted.State, adjusted.Reason, adjusted.FinalMinor));
        Assert.Contains("Tip after: 2.00 EUR", adjusted.Receipt);
        Assert.Equal(1200, shop.Acquirer.ChargedMinor);
        Assert.Equal(ReasonCodes.FollowUpNotPossible, await shop.ChangeRefusedAsync(sale.PaymentId, FollowUpAction.Adjust, 1250));
        Assert.Equal(PaymentState.Voided, (await shop.ChangeAsync(sale.PaymentId, FollowUpAction.Void)).State);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task Cash_back_is_a_part_of_the_amount_and_stands_in_its_fields()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentAnswer answer = await shop.SaleAsync(shop.Request(3000, PaymentOperation.Sale, cashbackMinor: 2000));
        Assert.Equal((PaymentState.Approved, 2000L), (answer.State, answer.OtherAmountMinor));
        Iso8583Message message = shop.Acquirer.Messages.Last();
        Assert.Equal(("090000", "000000003000", "0040978D000000002000"), (message[3], message[4], message[54]));
        PaymentReply hidden = await shop.PayAsync(shop.Request(3000, PaymentOperation.Sale, cashbackMinor: 2000) with { OtherAmountMinor = 1000 });
        Assert.Equal(ReasonCodes.AmountMismatch, hidden.Refusal!.Reason);
        PaymentReply all = await shop.PayAsync(shop.Request(2000, PaymentOperation.Sale, cashbackMinor: 2000));
        Assert.Equal(ReasonCodes.RequestMalformed, all.Refusal!.Reason);
    }

    [Fact]
    public async Task A_part_is_taken_when_the_terminal_says_that_it_can()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "10", a => a[4] = "000000000600"));
        PaymentRequest sale = shop.Request(1000, PaymentOperation.Sale, partial: true);
        PaymentAnswer answer = await shop.SaleAsync(sale);
        Assert.Equal((PaymentState.Approved, ReasonCodes.PartlyApproved), (answer.State, answer.Reason));
        Assert.Equal((1000L, 600L, 400L), (answer.AmountMinor, answer.ApprovedMinor, answer.RemainingMinor));
        Assert.Contains("Remaining: 4.00 EUR", answer.Receipt);
        PaymentReply refund = await shop.PayAsync(shop.Request(601, PaymentOperation.Refund, sale.PaymentId));
        Assert.Equal(ReasonCodes.RefundExceedsOriginal, refund.Refusal!.Reason);
    }

    [Theory]
    [InlineData("000000001000")]
    [InlineData("000000000000")]
    [InlineData("000000001001")]
    public async Task A_part_that_is_none_is_taken_back(string amount)
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "10", a => a[4] = amount));
        Assert.Equal(PaymentState.Unknown, (await shop.SaleAsync(shop.Request(1000, PaymentOperation.Sale, partial: true))).State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal("32", shop.Acquirer.Messages.Last()[39]);
    }
}
