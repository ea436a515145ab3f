using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>
/// What is deleted, cut off, put in another order, made anew or copied shows, and closes the terminal's chain until a person has looked.
/// </summary>
public sealed class OfflineChainTests
{
    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_record_that_was_deleted_leaves_a_gap()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        phone.Take(permission, 100);
        PaymentAnswer after = (await phone.SaleAsync(permission, 200)).Payment!;
        Assert.Equal((PaymentState.InReview, OfflineFlag.ChainBroken), (after.State, Assert.Single(after.Offline!.Flags)));
        await ClosedAsync(shop, acknowledged: 2, missing: 1, "offline.gap");
        Assert.Empty(shop.Acquirer.Messages);

        // What follows is held too, until an operator has looked.
        Assert.Equal([OfflineFlag.ChainBroken], (await phone.SaleAsync(permission, 300)).Payment!.Offline!.Flags);
        Assert.True(await shop.Gateway.Offline.ReopenAsync(shop.Terminal.TerminalId, "operator"));
        Assert.Empty((await phone.SaleAsync(phone.Permit(), 400)).Payment!.Offline!.Flags);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_record_that_the_phone_cannot_read_any_more_is_given_up_and_counted()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        (_, byte[] record, _) = phone.Take(permission, 100);
        OfflineForwardAnswer lost = (await phone.ForwardAsync(1, [])).Answer!;
        Assert.Equal((1L, ReasonCodes.OfflineRecordInvalid, true), (lost.Acknowledged, lost.Reason, lost.Payment is null));
        await ClosedAsync(shop, acknowledged: 1, missing: 1, "offline.record-missing");

        // Found again, it is not simply taken.
        Assert.Equal([OfflineFlag.Forked], (await phone.ForwardAsync(1, record)).Answer!.Payment!.Offline!.Flags);
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_record_with_one_byte_changed_is_none()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        (_, byte[] record, _) = phone.Take(phone.Permit(), 100);
        record[record.Length / 2] ^= 1;
        Assert.Equal(ReasonCodes.OfflineRecordInvalid, (await phone.ForwardAsync(1, record)).Answer!.Reason);
        await ClosedAsync(shop, acknowledged: 1, missing: 1, "offline.record-invalid");
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task Records_in_another_order_are_held_all()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        (_, byte[] first, _) = phone.Take(permission, 100);
        (_, byte[] second, _) = phone.Take(permission, 200);
        Assert.Equal([OfflineFlag.ChainBroken], (await phone.ForwardAsync(2, second)).Answer!.Payment!.Offline!.Flags);
        OfflineForwardAnswer late = (await phone.ForwardAsync(1, first)).Answer!;
        Assert.Equal([OfflineFlag.Forked, OfflineFlag.KeySerialSeen], late.Payment!.Offline!.Flags);
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_record_that_was_made_anew_under_its_number_is_a_fork()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        byte[] genesis = phone.Head;
        await phone.SaleAsync(permission, 100);
        phone.PutBack(0, genesis);
        PaymentAnswer fork = (await phone.SaleAsync(permission, 200)).Payment!;
        Assert.Equal((PaymentState.InReview, OfflineFlag.Forked), (fork.State, Assert.Single(fork.Offline!.Flags)));
        await ClosedAsync(shop, acknowledged: 1, missing: 0, "offline.forked");
        Assert.Equal(100, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_store_that_was_cut_off_shows_by_the_number_that_was_told_before()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        byte[] genesis = phone.Head;
        (_, byte[] first, _) = phone.Take(permission, 100);
        byte[] afterFirst = phone.Head;
        phone.Take(permission, 200);
        OfflineChain told = (await shop.Gateway.Offline.ReportAsync(shop.Terminal, 2))!;
        Assert.Equal((0L, 2L), (told.Acknowledged, told.Reported));

        // The second sale is deleted, and the phone's book with it.
        phone.PutBack(1, afterFirst);
        Assert.NotNull((await phone.ForwardAsync(1, first, head: 1)).Answer);
        await ClosedAsync(shop, acknowledged: 1, missing: 1, "offline.rolled-back");

        // Deleted altogether, the next evidence shows it.
        phone.PutBack(0, genesis);
        OfflineChain none = (await shop.Gateway.Offline.ReportAsync(shop.Terminal, 0))!;
        Assert.Equal((0L, true), (none.Reported, none.Closed is not null));
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_copy_of_a_payment_that_was_made_online_is_no_second_payment()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        PaymentRequest online = shop.Request();
        await shop.SaleAsync(online);
        OfflineForwardAnswer copy = await phone.SaleAsync(phone.Permit(), change: r => r with { PaymentId = online.PaymentId });
        Assert.Equal((1L, PaymentState.Approved), (copy.Acknowledged, copy.Payment!.State));
        Assert.Contains("offline.duplicate", await shop.KindsAsync(online.PaymentId));
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
        Assert.Single(shop.Acquirer.Messages);
    }

    [Fact]
    public async Task A_key_that_was_used_before_is_held()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        PaymentRequest online = shop.Request();
        await shop.SaleAsync(online);
        PaymentAnswer held = (await phone.SaleAsync(phone.Permit(), change: r => r with { DataKsn = online.DataKsn })).Payment!;
        Assert.Equal([OfflineFlag.KeySerialSeen], held.Offline!.Flags);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task Every_record_of_a_run_ends_as_something_and_the_journal_verifies()
    {
        await using Shop shop = await Shop.OpenAsync();
        SeededNumbers numbers = new(0x0FF);
        OfflinePhone phone = new(shop);
        List<Guid> taken = [];
        for (int round = 0; round < 12; round++)
        {
            byte[] permission = phone.Permit();
            List<(PaymentRequest Request, byte[] Record, long Sequence)> waiting = [];
            for (int i = numbers.Below(4); i >= 0; i--)
            {
                waiting.Add(phone.Take(permission, 100 + numbers.Below(3_000)));
                taken.Add(waiting[^1].Request.PaymentId);
            }

            bool silent = numbers.OneIn(5), refuses = numbers.OneIn(5);
            shop.Acquirer.OnAuthorisation = message => Task.FromResult(
                silent ? ScriptedAcquirer.NoAnswer : refuses ? ScriptedAcquirer.Answer(message, "51") : shop.Acquirer.Approve(message));
            foreach ((_, byte[] record, long sequence) in waiting)
            {
                for (int copies = 1 + numbers.Below(2); copies > 0; copies--)
                {
                    Assert.Null((await phone.ForwardAsync(sequence, record)).Refusal);
                }
            }
        }

        await shop.Gateway.Reversals.RunDueAsync();
        long charged = 0;
        foreach (Guid id in taken)
        {
            PaymentAnswer end = await shop.StateAsync(id);
            Assert.Contains(end.State, (PaymentState[])[PaymentState.Approved, PaymentState.Declined, PaymentState.InReview]);
            charged += end.State == PaymentState.Approved ? end.AmountMinor : 0;
        }

        Assert.Equal(charged, shop.Acquirer.ChargedMinor);
        Assert.Equal(taken.Count, (await shop.Database.Offline.ChainAsync(shop.Terminal.TerminalId))!.Acknowledged);
        Assert.Equal(taken.Count, (await shop.Database.Offline.PaymentsAsync(shop.Merchant.MerchantId)).Count);
    }

    private static async Task ClosedAsync(Shop shop, long acknowledged, long missing, string kind)
    {
        OfflineChain chain = (await shop.Database.Offline.ChainAsync(shop.Terminal.TerminalId))!;
        Assert.Equal((acknowledged, missing), (chain.Acknowledged, chain.Missing));
        Assert.NotNull(chain.Closed);
        JournalEntry entry = Assert.Single(await shop.Database.Journal.OfSubjectAsync(shop.Terminal.TerminalId.ToString()), e =>
            e.Kind == kind);
        Assert.NotNull(JsonNode.Parse(entry.Content!));
    }
}
