using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class LimitTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task A_terminal_takes_so_many_payments_an_hour_and_no_more()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Velocity = new VelocityLimit(Hour, MaxCount: 2, MaxSumMinor: null) });
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "05"));
        Assert.Equal(PaymentState.Declined, (await shop.SaleAsync()).State);
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(shop.Acquirer.Approve(message));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync()).State);
        shop.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync()).State);
        Assert.Equal(ReasonCodes.VelocityExceeded, (await shop.PayAsync(shop.Request())).Refusal!.Reason);
        shop.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync()).State);
        Assert.Equal(ReasonCodes.VelocityExceeded, (await shop.PayAsync(shop.Request())).Refusal!.Reason);
    }

    [Fact]
    public async Task A_terminal_takes_so_much_an_hour_and_no_more()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Velocity = new VelocityLimit(Hour, MaxCount: null, MaxSumMinor: 2_000) });
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(1_500))).State);
        Assert.Equal(ReasonCodes.VelocityExceeded, (await shop.PayAsync(shop.Request(501))).Refusal!.Reason);
        PaymentRequest rest = shop.Request(500);
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(rest)).State);
        Assert.Equal(PaymentState.Voided, (await shop.ChangeAsync(rest.PaymentId, FollowUpAction.Void)).State);
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(400))).State);
    }

    [Fact]
    public async Task Payments_that_race_do_not_pass_the_limit_together()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Velocity = new VelocityLimit(Hour, MaxCount: 3, MaxSumMinor: null) });
        PaymentReply[] replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => shop.PayAsync(shop.Request())));
        Assert.InRange(replies.Count(reply => reply.Body is not null), 1, 3);
        Assert.All(replies.Where(reply => reply.Body is null), reply =>
            Assert.Contains(reply.Refusal!.Reason, (string[])[ReasonCodes.VelocityExceeded, ReasonCodes.KsnRefused]));
    }

    [Fact]
    public async Task A_limited_terminal_changes_payments_only_up_to_its_limit()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(9_000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        await shop.Database.CommitAsync(new Change().Put(shop.Terminal with { Verdict = Verdict.Limited }));
        Assert.Equal(ReasonCodes.AmountAboveLimit, await shop.ChangeRefusedAsync(hold.PaymentId, FollowUpAction.Complete, 5_001));
        Assert.Equal(PaymentState.Completed, (await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 5_000)).State);
    }

    /// <summary>A failing seed prints itself with the order.</summary>
    [Theory]
    [Requirement("ACC-06")]
    [InlineData(20261124u)]
    [InlineData(7u)]
    [InlineData(99u)]
    public async Task What_is_asked_is_what_the_card_signed_and_what_the_acquirer_gets(uint seed)
    {
        await using Shop shop = await Shop.OpenAsync();
        uint state = seed;
        int Next(int below) => (int)((state = unchecked((state * 1_664_525) + 1_013_904_223)) >> 8) % below;
        List<PaymentRequest> sales = [];
        for (int run = 0; run < 60; run++)
        {
            long amount = 2 + Next(900_000);
            PaymentRequest request = Next(5) switch
            {
                0 => shop.Request(amount, PaymentOperation.Sale, tipMinor: Next((int)amount - 1)),
                1 => shop.Request(amount, PaymentOperation.Sale, cashbackMinor: Next((int)amount - 1)),
                2 => shop.Request(amount, PaymentOperation.PreAuthorisation),
                3 when sales.Count > 0 => shop.Request(sales[^1].AmountMinor, PaymentOperation.Refund, sales[^1].PaymentId),
                _ => shop.Request(amount, PaymentOperation.Sale, partial: Next(2) == 0),
            };
            string about = $"seed {seed}, order {run}: {request.Operation} {request.AmountMinor}";
            PaymentReply lie = await shop.PayAsync(request with { AmountMinor = request.AmountMinor + 1 });
            Assert.True(lie.Refusal?.Reason is ReasonCodes.AmountMismatch, about);
            PaymentAnswer answer = await shop.SaleAsync(request);
            Iso8583Message sent = shop.Acquirer.Messages.Last();
            string digits = request.AmountMinor.ToString("D12", System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(answer.State == PaymentState.Approved && answer.AmountMinor == request.AmountMinor, about);
            Assert.True(sent[4] == digits && sent[55]!.Contains("9F0206" + digits, StringComparison.Ordinal), about);
            if (request.Operation == PaymentOperation.Refund)
            {
                sales.RemoveAt(sales.Count - 1);
            }
            else if (request.Operation == PaymentOperation.Sale)
            {
                sales.Add(request);
            }
        }
    }
}
