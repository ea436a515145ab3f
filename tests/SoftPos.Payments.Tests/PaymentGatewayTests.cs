using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class PaymentGatewayTests
{
    [Fact]
    public async Task A_sale_is_approved_with_its_codes_receipt_and_journal()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest request = shop.Request(1250);
        PaymentAnswer answer = await shop.SaleAsync(request);
        Assert.Equal(PaymentState.Approved, answer.State);
        Assert.Equal(ReasonCodes.Approved, answer.Reason);
        Assert.Equal(("A1B2C3", "00", "000001"), (answer.AuthorisationCode, answer.ResponseCode, answer.Stan));
        Assert.Equal("632808000001", answer.RetrievalReference);
        Assert.Equal("910A11223344556677880000", Convert.ToHexString(answer.IssuerData!));
        Assert.Equal(["payment.received", "payment.sent", "payment.approved"], answer.Journal.Select(t => t.Kind));
        Assert.Equal(answer.Journal, (await shop.StateAsync(request.PaymentId)).Journal);
        Assert.Contains("Sale: 12.50 EUR", answer.Receipt);
        Assert.Contains("Card: 476173******0119", answer.Receipt);
        Assert.Contains("AID: A0000000031010", answer.Receipt);
        Assert.Contains("Authorisation: A1B2C3", answer.Receipt);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);

        // What a void may need is kept; what must not outlive the authorisation is not.
        byte[] kept = (await shop.KeptAsync(request.PaymentId))!;
        Assert.True(Iso8583Message.TryDecode(kept, ShippedDialects.Lab, out Iso8583Message? message, out _));
        Assert.Equal((Shop.Pan, "000001"), (message[2], message[11]));
        Assert.False(message.Has(35) || message.Has(52) || message.Has(55));
    }

    [Fact]
    [Requirement("PBE-01")]
    public async Task The_authorisation_carries_what_the_card_and_the_merchant_say()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.SaleAsync(shop.Request(1250));
        Iso8583Message sent = shop.Acquirer.Messages.Single();
        Assert.Equal("0100", sent.Type.ToString());
        Assert.Equal(Shop.Pan, sent[2]);
        Assert.Equal("000000001250", sent[4]);
        Assert.Equal("1124080000", sent[7]);
        Assert.Equal(("2812", "5814", "428", "072", "001", "00"), (sent[14], sent[18], sent[19], sent[22], sent[23], sent[25]));
        Assert.Equal($"{Shop.Pan}=28122010000000000000", sent[35]);
        Assert.Equal("SP000001", sent[41]);
        Assert.Equal("SOFTPOS00000001", sent[42]);
        Assert.Equal("Kaf?                   Riga         LV  ", sent[43]);
        Assert.Equal("978", sent[49]);
        Assert.StartsWith("9F26081122334455667788", sent[55], StringComparison.Ordinal);
        Assert.True(MessageProfileHolds(sent));
    }

    [Theory]
    [InlineData("05")]
    [InlineData("51")]
    [InlineData("91")]
    public async Task A_declined_sale_says_so_and_keeps_the_code(string code)
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, code));
        PaymentAnswer answer = await shop.SaleAsync();
        Assert.Equal((PaymentState.Declined, ReasonCodes.Declined, code), (answer.State, answer.Reason, answer.ResponseCode));
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
    }

    [Fact]
    [Requirement("PBE-03")]
    public async Task The_same_request_gives_the_same_bytes_and_one_authorisation()
    {
        await using Shop shop = await Shop.OpenAsync();
        byte[] message = shop.Sign(shop.Request());
        PaymentReply[] replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shop.Gateway.PayAsync(message)));
        PaymentReply later = await shop.Gateway.PayAsync(message);
        Assert.All(replies, reply => Assert.Equal(later.Body!, reply.Body!));
        Assert.Single(shop.Acquirer.Messages);
        await shop.RestartAsync();
        Assert.Equal(later.Body!, (await shop.Gateway.PayAsync(message)).Body!);
        Assert.Single(shop.Acquirer.Messages);
    }

    [Fact]
    public async Task The_same_identity_with_another_body_is_refused_and_recorded()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest request = shop.Request(1250);
        await shop.SaleAsync(request);
        PaymentReply other = await shop.PayAsync(shop.Request(99) with { PaymentId = request.PaymentId });
        Assert.Equal(ReasonCodes.IdempotencyConflict, other.Refusal!.Reason);
        Assert.Contains("payment.conflict", await shop.KindsAsync(request.PaymentId));
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    [Requirement("PBE-03")]
    public async Task Without_an_answer_the_outcome_is_unknown_and_then_reversed()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message =>
        {
            shop.Acquirer.Approve(message);
            return Task.FromResult(ScriptedAcquirer.NoAnswer);
        };
        PaymentRequest request = shop.Request(1250);
        PaymentAnswer answer = await shop.SaleAsync(request);
        Assert.Equal((PaymentState.Unknown, ReasonCodes.UnknownBeingReversed), (answer.State, answer.Reason));
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        PaymentAnswer state = await shop.StateAsync(request.PaymentId);
        Assert.Equal((PaymentState.Reversed, ReasonCodes.Reversed), (state.State, state.Reason));
        Assert.Equal(
            ["payment.received", "payment.sent", "payment.unknown", "payment.reversal-sent", "payment.reversed"], state.Journal.Select(t => t.Kind));
        Assert.Null((await shop.Database.Payments.FindAsync(request.PaymentId))!.Sealed);
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
    }

    [Fact]
    public async Task A_reversal_names_the_original_and_repeats_differ_in_their_type_alone()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        int tries = 0;
        shop.Acquirer.OnReversal = message => Task.FromResult(++tries < 3 ? ScriptedAcquirer.NoAnswer : shop.Acquirer.Reverse(message));
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
        shop.Clock.Advance(TimeSpan.FromSeconds(15));
        await shop.RestartAsync();
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        shop.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(["0100", "0400", "0401", "0401"], shop.Acquirer.Types);
        Iso8583Message original = shop.Acquirer.Messages.First();
        Iso8583Message first = shop.Acquirer.Messages.ElementAt(1);
        Iso8583Message repeat = shop.Acquirer.Messages.ElementAt(2);
        Assert.Equal($"0100{original[11]}{original[7]}0000001234500000000000", first[90]);
        foreach (int field in (int[])[2, 3, 4, 12, 13, 22, 25, 37, 41, 42, 49])
        {
            Assert.Equal(original[field], first[field]);
        }

        Assert.NotEqual(original[11], first[11]);
        Assert.Equal("68", first[39]);
        Assert.Equal(Convert.ToHexString(first.Encode())[8..], Convert.ToHexString(repeat.Encode())[8..]);
        Assert.True(MessageProfileHolds(first));
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
    }

    [Fact]
    public async Task What_was_surely_not_sent_is_abandoned_without_a_reversal()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NotSent);
        PaymentAnswer answer = await shop.SaleAsync();
        Assert.Equal((PaymentState.Abandoned, ReasonCodes.AcquirerUnavailable), (answer.State, answer.Reason));
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
    }

    [Fact]
    public async Task An_answer_that_contradicts_the_request_is_no_approval_and_is_reversed()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "00", a => a[4] = "000000009999"));
        PaymentAnswer answer = await shop.SaleAsync();
        Assert.Equal(PaymentState.Unknown, answer.State);
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal("22", shop.Acquirer.Messages.Last()[39]);
    }

    [Fact]
    public async Task A_partial_approval_that_is_not_offered_is_taken_back()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, "10", a => a[4] = "000000000600"));
        Assert.Equal(PaymentState.Unknown, (await shop.SaleAsync()).State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal("32", shop.Acquirer.Messages.Last()[39]);
    }

    [Fact]
    [Requirement("PBE-03")]
    public async Task A_late_approval_is_written_down_and_changes_nothing()
    {
        await using Shop shop = await Shop.OpenAsync();
        ReadOnlyMemory<byte> late = default;
        shop.Acquirer.OnAuthorisation = message =>
        {
            late = shop.Acquirer.Approve(message).Bytes;
            return Task.FromResult(ScriptedAcquirer.NoAnswer);
        };
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        LateAnswers answers = new(shop.Database, shop.Options, shop.Clock);
        Assert.Equal(request.PaymentId, await answers.TakeAsync(late));
        Assert.Equal(PaymentState.Unknown, (await shop.StateAsync(request.PaymentId)).State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(request.PaymentId, await answers.TakeAsync(late));
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        Assert.Equal(2, (await shop.KindsAsync(request.PaymentId)).Count(k => k == "payment.late-answer"));
        Assert.Null(await answers.TakeAsync(new byte[] { 1, 2, 3 }));
    }

    [Fact]
    public async Task A_reversal_that_nobody_answers_is_parked_and_can_be_resumed()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        shop.Acquirer.OnReversal = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        for (int i = 0; i <= shop.Options.Reversal.MaxAttempts; i++)
        {
            Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
            shop.Clock.Advance(shop.Options.Reversal.LongestPause);
        }

        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal("payment.reversal-parked", (await shop.KindsAsync(request.PaymentId))[^1]);
        Assert.True(await shop.Gateway.Reversals.ResumeAsync(request.PaymentId));
        Assert.False(await shop.Gateway.Reversals.ResumeAsync(request.PaymentId));
        shop.Acquirer.OnReversal = message => Task.FromResult(shop.Acquirer.Reverse(message));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
    }

    [Fact]
    public async Task A_dead_keys_room_abandons_and_a_link_that_throws_leaves_nothing_open()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Keys.Before = static _ => throw new InvalidOperationException("module gone");
        Assert.Equal((PaymentState.Abandoned, ReasonCodes.Internal), await Outcome(shop));
        shop.Keys.Before = static _ => Task.CompletedTask;
        shop.Acquirer.OnAuthorisation = static _ => throw new InvalidOperationException("link bug");
        Assert.Equal((PaymentState.Unknown, ReasonCodes.UnknownBeingReversed), await Outcome(shop));

        static async Task<(PaymentState, string)> Outcome(Shop shop)
        {
            PaymentAnswer answer = await shop.SaleAsync();
            return (answer.State, answer.Reason);
        }
    }

    [Fact]
    public async Task The_worker_reverses_by_itself_until_it_is_stopped()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NoAnswer);
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        using CancellationTokenSource stop = new();
        using JournalSubscription entries = shop.Database.Journal.Subscribe();
        Task worker = shop.Gateway.Reversals.RunAsync(null, stop.Token);
        await foreach (JournalEntry entry in entries.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (entry.Kind == "payment.reversed")
            {
                break;
            }
        }

        await stop.CancelAsync();
        await worker;
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
    }

    [Fact]
    [Requirement("PBE-01")]
    public async Task With_a_mac_every_message_carries_one_and_an_answer_without_it_says_nothing()
    {
        static byte[] Mac(ReadOnlySpan<byte> covered) => System.Security.Cryptography.SHA256.HashData(covered)[..8];
        static Task<AcquirerAnswer> Sealed(AcquirerAnswer answer)
        {
            Assert.True(Iso8583Message.TryDecode(answer.Bytes.Span, ShippedDialects.Lab, out Iso8583Message? message, out _));
            return Task.FromResult(answer with { Bytes = MessageMac.Seal(message, Mac) });
        }

        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Mac = Mac });
        Assert.Equal(PaymentState.Unknown, (await shop.SaleAsync()).State);
        shop.Acquirer.OnAuthorisation = message => Sealed(shop.Acquirer.Approve(message));
        shop.Acquirer.OnReversal = message => Sealed(shop.Acquirer.Reverse(message));
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync()).State);
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(["0100", "0100", "0400"], shop.Acquirer.Types);
        Assert.All(shop.Acquirer.Messages, message => Assert.True(message.Has(64) != message.Has(128)));
        shop.Acquirer.OnAuthorisation = async message =>
        {
            byte[] bytes = (await Sealed(shop.Acquirer.Approve(message))).Bytes.ToArray();
            bytes[^1] ^= 1;
            return new AcquirerAnswer(AnswerKind.Answered, AnswerReason.None, bytes);
        };
        Assert.Equal(PaymentState.Unknown, (await shop.SaleAsync()).State);
    }

    [Fact]
    public async Task The_console_sees_payments_paged_and_their_steps()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest first = shop.Request(100), second = shop.Request(200);
        await shop.SaleAsync(first);
        await shop.SaleAsync(second);
        PaymentQueries queries = new(shop.Database);
        IReadOnlyList<PaymentRow> page = await queries.NewestAsync(count: 1);
        Assert.Equal(second.PaymentId, page.Single().Record.PaymentId);
        Assert.Equal(first.PaymentId, (await queries.NewestAsync("m1", before: page[0].Sequence)).Single().Record.PaymentId);
        PaymentHistory history = (await queries.FindAsync(first.PaymentId))!;
        Assert.Equal(3, history.Steps.Count);
        Assert.Equal("m1", history.Merchant!.MerchantId);
        Assert.Null(await queries.FindAsync(Guid.Empty));
    }

    internal static bool MessageProfileHolds(Iso8583Message message)
    {
        MessageProfile profile = message.Dialect.Messages[message.Type.ToString()];
        return profile.Required.All(message.Has) && message.Fields.ToList().All(f => profile.Required.Contains(f) || profile.Optional!.Contains(f));
    }
}
