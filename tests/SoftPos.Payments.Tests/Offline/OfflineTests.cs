using System.Text;
using System.Text.Json;
using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>Sales that a phone took while the back end was away: taken once, asked of the bank, held where anything is wrong.</summary>
public sealed class OfflineTests
{
    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_forwarded_sale_is_asked_of_the_bank_once_with_the_time_of_its_tap()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        (PaymentRequest request, byte[] record, long sequence) = phone.Take(phone.Permit());
        shop.Clock.Advance(TimeSpan.FromMinutes(30));
        OfflineReply reply = await phone.ForwardAsync(sequence, record);
        Assert.Equal((1L, ReasonCodes.Approved), (reply.Answer!.Acknowledged, reply.Answer.Reason));
        PaymentAnswer payment = reply.Answer.Payment!;
        Assert.Equal((PaymentState.Approved, 1L), (payment.State, payment.Offline!.Sequence));
        Assert.Equal(OfflineRisk.AuthorisedLate, OfflineFacts.RiskOf(payment.State));
        Iso8583Message message = Assert.Single(shop.Acquirer.Messages);
        Assert.Equal(("0100", "080000", "1124", "DEFERRED"), (message.Type.ToString(), message[12], message[13], message[60]));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(message));
        Assert.Contains("Date: 2026-11-24 08:00:00 UTC", payment.Receipt);
        Assert.Equal(["payment.offline-received", "payment.sent", "payment.approved"], await shop.KindsAsync(request.PaymentId));

        // A lost answer: the same record again gets the same answer, and no second message goes to the bank.
        byte[] first = JsonSerializer.SerializeToUtf8Bytes(reply.Answer, ContractJson.Default.OfflineForwardAnswer);
        for (int i = 0; i < 3; i++)
        {
            OfflineReply again = await phone.ForwardAsync(sequence, record);
            Assert.Equal(first, JsonSerializer.SerializeToUtf8Bytes(again.Answer!, ContractJson.Default.OfflineForwardAnswer));
        }

        Assert.Single(shop.Acquirer.Messages);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);

        // The account data do not outlive the bank's answer.
        Assert.Null((await shop.Database.Offline.OfPaymentAsync(request.PaymentId))!.Message);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task Copies_that_come_at_once_are_one_sale()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        (_, byte[] record, long sequence) = phone.Take(phone.Permit());
        OfflineReply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => phone.ForwardAsync(sequence, record)));
        Assert.All(replies, reply => Assert.Equal(1, reply.Answer!.Acknowledged));
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Single(shop.Acquirer.Messages);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task A_declined_sale_is_told_as_lost_and_one_without_an_answer_is_reversed_and_held()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "51"));
        PaymentAnswer declined = (await phone.SaleAsync(permission)).Payment!;
        Assert.Equal((PaymentState.Declined, ReasonCodes.OfflineDeclined), (declined.State, declined.Reason));
        Assert.Equal(OfflineRisk.Lost, OfflineFacts.RiskOf(declined.State));
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        PaymentAnswer unknown = (await phone.SaleAsync(permission)).Payment!;
        Assert.Equal(PaymentState.Unknown, unknown.State);
        await shop.Gateway.Reversals.RunDueAsync();
        PaymentAnswer held = await shop.StateAsync(unknown.PaymentId);
        Assert.Equal((PaymentState.InReview, ReasonCodes.OfflineInReview), (held.State, held.Reason));
        Assert.Equal([OfflineFlag.NoAnswer], held.Offline!.Flags);
        Assert.Equal(["0100", "0100", "0400"], shop.Acquirer.Types);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task While_the_acquirer_is_away_a_sale_stays_deferred_and_is_asked_when_it_is_back()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NotSent);
        PaymentAnswer deferred = (await phone.SaleAsync(phone.Permit())).Payment!;
        Assert.Equal((PaymentState.Deferred, ReasonCodes.OfflineDeferred, 1),
            (deferred.State, deferred.Reason, deferred.Offline!.Attempts));
        await shop.RestartAsync();
        Assert.Equal(PaymentState.Deferred, (await shop.StateAsync(deferred.PaymentId)).State);
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(shop.Acquirer.Approve(message));
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(PaymentState.Approved, (await shop.StateAsync(deferred.PaymentId)).State);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task An_acquirer_that_is_away_for_good_leaves_the_sale_to_a_person()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Reversal = new ReversalSchedule { MaxAttempts = 3 } });
        OfflinePhone phone = new(shop);
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NotSent);
        Guid payment = (await phone.SaleAsync(phone.Permit())).Payment!.PaymentId;
        for (int i = 0; i < 5; i++)
        {
            shop.Clock.Advance(TimeSpan.FromMinutes(10));
            await shop.Gateway.Reversals.RunDueAsync();
        }

        PaymentAnswer held = await shop.StateAsync(payment);
        Assert.Equal((PaymentState.InReview, OfflineFlag.AcquirerUnreachable), (held.State, Assert.Single(held.Offline!.Flags)));
    }

    [Fact]
    public async Task An_operator_lets_a_held_sale_go_to_the_bank()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        PaymentAnswer held = (await phone.SaleAsync(phone.Permit(), 2_501)).Payment!;
        Assert.Equal((PaymentState.InReview, OfflineFlag.OverAmount), (held.State, Assert.Single(held.Offline!.Flags)));
        Assert.Empty(shop.Acquirer.Messages);
        Assert.True(await shop.Gateway.Offline.ReleaseAsync(held.PaymentId, "operator"));
        PaymentAnswer released = await shop.StateAsync(held.PaymentId);
        Assert.Equal((PaymentState.Approved, true), (released.State, released.Offline!.Released));
        Assert.Contains("payment.offline-released", await shop.KindsAsync(held.PaymentId));
        Assert.False(await shop.Gateway.Offline.ReleaseAsync(held.PaymentId, "operator"));
        Assert.Equal(2_501, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task Account_data_that_do_not_open_are_held_and_nothing_is_sent()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        PaymentAnswer held = (await phone.SaleAsync(phone.Permit(), change: r => r with { SealedAccountData = new byte[64] })).Payment!;
        Assert.Equal((PaymentState.InReview, OfflineFlag.AccountDataInvalid), (held.State, Assert.Single(held.Offline!.Flags)));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    [Requirement("ACC-03", Partly = true)]
    public async Task A_pin_in_a_record_is_never_kept_and_no_card_number_is_in_the_files()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] pin = Encoding.ASCII.GetBytes("PINBLOCKPINBLOCK");
        OfflineForwardAnswer answer = await phone.SaleAsync(
            phone.Permit(), change: r => r with { CardholderVerification = "OnlinePin", PinBlock = pin, PinKsn = r.DataKsn });
        Assert.Contains(OfflineFlag.NotAllowedOffline, answer.Payment!.Offline!.Flags);
        Assert.Null((await shop.Database.Offline.OfPaymentAsync(answer.Payment.PaymentId))!.Message);
        Assert.False(await shop.Gateway.Offline.ReleaseAsync(answer.Payment.PaymentId, "operator"));
        await phone.SaleAsync(phone.Permit());
        byte[][] canaries = [pin, Encoding.ASCII.GetBytes(Shop.Pan), Convert.FromHexString(Shop.Pan)];
        foreach (byte[] file in ((string[])["", "-wal"]).Select(suffix => File.ReadAllBytes(shop.OpenPath + suffix)))
        {
            Assert.All(canaries, canary => Assert.Equal(-1, file.AsSpan().IndexOf(canary)));
        }
    }

    [Fact]
    public async Task What_is_no_message_of_a_terminal_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        Assert.Equal(ReasonCodes.RequestMalformed, (await shop.Gateway.Offline.TakeAsync(new byte[] { 1, 2, 3 })).Refusal!.Reason);
        using SoftwareDeviceKey stranger = new();
        (_, byte[] record, long sequence) = phone.Take(phone.Permit());
        byte[] payload = new OfflineForward
        {
            Sequence = sequence, Record = record, HeadSequence = sequence, Head = phone.Head, DeviceTime = shop.Clock.GetUtcNow(),
        }.Encode();
        byte[] forged = SignedMessage.Sign(stranger, OfflineForward.ContentType, shop.Terminal.TerminalId.ToByteArray(bigEndian: true),
            payload);
        Assert.Equal(ReasonCodes.SignatureInvalid, (await shop.Gateway.Offline.TakeAsync(forged)).Refusal!.Reason);
        Assert.Null(await shop.Database.Offline.ChainAsync(shop.Terminal.TerminalId));
    }

    [Fact]
    public async Task An_offline_request_is_no_online_payment_and_the_other_way_round()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        PaymentReply online = await shop.PayAsync(shop.Request() with { ResultToken = phone.Permit() });
        Assert.Equal(ReasonCodes.ResultTokenInvalid, online.Refusal!.Reason);
        PaymentAnswer offline = (await phone.SaleAsync(shop.Token())).Payment!;
        Assert.Equal([OfflineFlag.PermissionInvalid], offline.Offline!.Flags);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("seal")]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_crash_before_the_bank_is_asked_loses_nothing_and_asks_once(string boundary)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        string? image = null;
        shop.Keys.Before = at => Task.FromResult(at == boundary ? image ??= CrashTests.Copy(shop) : image);
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NotSent);
        (PaymentRequest request, byte[] record, long sequence) = phone.Take(phone.Permit());
        await phone.ForwardAsync(sequence, record);
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(shop.Acquirer.Approve(message));

        await CrashTests.StartFromAsync(shop, image!);
        await shop.Gateway.RecoverAsync();
        shop.Clock.Advance(TimeSpan.FromMinutes(3));
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(PaymentState.Approved, (await shop.StateAsync(request.PaymentId)).State);
        Assert.Equal(PaymentState.Approved, (await phone.ForwardAsync(sequence, record)).Answer!.Payment!.State);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_crash_after_the_message_left_ends_in_a_reversal_and_is_held()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        string? image = null;
        shop.Acquirer.OnAuthorisation = message =>
        {
            image = CrashTests.Copy(shop);
            return Task.FromResult(shop.Acquirer.Approve(message));
        };
        (PaymentRequest request, byte[] record, long sequence) = phone.Take(phone.Permit());
        await phone.ForwardAsync(sequence, record);
        await CrashTests.StartFromAsync(shop, image!);
        Assert.Equal((0, 1), await shop.Gateway.RecoverAsync());
        await shop.Gateway.Reversals.RunDueAsync();
        PaymentAnswer held = (await phone.ForwardAsync(sequence, record)).Answer!.Payment!;
        Assert.Equal((request.PaymentId, PaymentState.InReview), (held.PaymentId, held.State));
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }
}
