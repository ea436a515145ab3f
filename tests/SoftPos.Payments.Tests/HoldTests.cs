using SoftPos.Contract;

namespace SoftPos.Payments.Tests;

/// <summary>A pre-authorisation that is not completed in time ends, with what was held in addition, by a reversal.</summary>
public sealed class HoldTests
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    [Fact]
    public async Task A_hold_that_was_not_completed_in_time_is_let_go_with_its_increments()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        Guid increment = (await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Increase, 500)).PaymentId;
        shop.Clock.Advance(Life - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await shop.Gateway.EndHoldsAsync());
        shop.Clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(1, await shop.Gateway.EndHoldsAsync());
        Assert.Equal(2, await shop.Gateway.Reversals.RunDueAsync());
        foreach (Guid id in (Guid[])[hold.PaymentId, increment])
        {
            PaymentAnswer ended = await shop.StateAsync(id);
            Assert.Equal((PaymentState.Voided, ReasonCodes.PreAuthorisationExpired), (ended.State, ended.Reason));
            Assert.Equal(["payment.expired", "payment.void-sent", "payment.voided"], (await shop.KindsAsync(id))[^3..]);
        }

        Assert.Equal(["0100", "0100", "0400", "0400"], shop.Acquirer.Types);
        Assert.Equal(0, await shop.Gateway.EndHoldsAsync());
    }

    [Theory]
    [InlineData(FollowUpAction.Complete)]
    [InlineData(FollowUpAction.Increase)]
    public async Task A_hold_that_has_ended_is_neither_charged_nor_raised_before_a_round_has_come_to_it(FollowUpAction action)
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        shop.Clock.Advance(Life);
        Assert.Equal(ReasonCodes.PreAuthorisationExpired, await shop.ChangeRefusedAsync(hold.PaymentId, action, 100));
        Assert.Equal(["0100"], shop.Acquirer.Types);
    }

    [Fact]
    public async Task A_release_without_an_answer_is_repeated_and_one_that_is_refused_is_not_begun_again()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        shop.Clock.Advance(Life);
        shop.Acquirer.OnReversal = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        await shop.Gateway.EndHoldsAsync();
        await shop.Gateway.Reversals.RunDueAsync();
        await shop.RestartAsync();
        shop.Acquirer.OnReversal = message => Task.FromResult(ScriptedAcquirer.Answer(message, "58"));
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await shop.Gateway.Reversals.RunDueAsync();
        PaymentAnswer refused = await shop.StateAsync(hold.PaymentId);
        Assert.Equal((PaymentState.Approved, ReasonCodes.FollowUpRefused), (refused.State, refused.Reason));
        Assert.Equal(0, await shop.Gateway.EndHoldsAsync());
        Assert.Equal(["0100", "0400", "0401"], shop.Acquirer.Types);
        Assert.Equal(ReasonCodes.PreAuthorisationExpired, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 100));
    }

    [Fact]
    public async Task What_was_completed_in_time_or_is_being_completed_is_left_alone()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest done = shop.Request(5000, PaymentOperation.PreAuthorisation),
        owed = shop.Request(3000, PaymentOperation.PreAuthorisation);
        PaymentRequest sale = shop.Request(1000);
        await shop.SaleAsync(done);
        await shop.SaleAsync(owed);
        await shop.SaleAsync(sale);
        await shop.ChangeAsync(done.PaymentId, FollowUpAction.Complete, 5000);
        shop.Acquirer.OnAdvice = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        await shop.ChangeAsync(owed.PaymentId, FollowUpAction.Complete, 3000);
        shop.Clock.Advance(Life * 2);
        Assert.Equal(0, await shop.Gateway.EndHoldsAsync());
        Assert.Equal(PaymentState.Completed, (await shop.StateAsync(done.PaymentId)).State);
        Assert.Equal(PaymentState.Completing, (await shop.StateAsync(owed.PaymentId)).State);
        Assert.Equal(PaymentState.Approved, (await shop.StateAsync(sale.PaymentId)).State);
    }
}
