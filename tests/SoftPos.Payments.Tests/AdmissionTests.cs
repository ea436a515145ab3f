using SoftPos.Contract;
using SoftPos.Iso7816;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>Each refusal happens before any key is touched, leaves no payment and an entry in the journal.</summary>
public sealed class AdmissionTests
{
    public static TheoryData<string, string> Tokens() => new()
    {
        { "another audience", ReasonCodes.ResultTokenInvalid },
        { "another terminal", ReasonCodes.ResultTokenInvalid },
        { "another device key", ReasonCodes.ResultTokenInvalid },
        { "heartbeat", ReasonCodes.ResultTokenInvalid },
        { "enrolment", ReasonCodes.ResultTokenInvalid },
        { "long life", ReasonCodes.ResultTokenInvalid },
        { "from the future", ReasonCodes.ResultTokenInvalid },
        { "expired", ReasonCodes.ResultTokenExpired },
        { "denied", ReasonCodes.AttestationDenied },
        { "unknown", ReasonCodes.NotAttested },
    };

    [Theory]
    [Requirement("ATT-11")]
    [Requirement("ATT-12")]
    [MemberData(nameof(Tokens))]
    public async Task A_token_that_does_not_fit_is_refused(string fault, string reason)
    {
        await using Shop shop = await Shop.OpenAsync();
        DateTimeOffset now = shop.Clock.GetUtcNow();
        byte[] token = shop.Token(t => fault switch
        {
            "another audience" => t with { Audience = "monitoring" },
            "another terminal" => t with { TerminalId = Guid.Empty },
            "another device key" => t with { DeviceKeyHash = new byte[32] },
            "heartbeat" => t with { Purpose = ChallengePurpose.Heartbeat },
            "enrolment" => t with { Purpose = ChallengePurpose.Enrolment },
            "long life" => t with { ExpiresAt = now.AddHours(1) },
            "from the future" => t with { IssuedAt = now.AddSeconds(30) },
            "expired" => t with { IssuedAt = now.AddSeconds(-60), ExpiresAt = now },
            "denied" => t with { Verdict = Verdict.Denied },
            _ => t with { Verdict = Verdict.Unknown },
        });
        await Refused(shop, shop.Request() with { ResultToken = token }, reason);
    }

    [Fact]
    [Requirement("ATT-06")]
    [Requirement("ATT-11")]
    [Requirement("ATT-12")]
    public async Task A_token_of_another_signer_or_without_form_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        using SoftwareDeviceKey stranger = new();
        await Refused(shop, shop.Request() with { ResultToken = shop.Token(signer: stranger) }, ReasonCodes.ResultTokenInvalid);
        await Refused(shop, shop.Request() with { ResultToken = [1] }, ReasonCodes.ResultTokenInvalid);
    }

    public static TheoryData<string, string> Terminals() => new()
    {
        { "suspended", ReasonCodes.TerminalSuspended },
        { "refused", ReasonCodes.AttestationDenied },
        { "denied", ReasonCodes.AttestationDenied },
        { "unknown", ReasonCodes.NotAttested },
        { "other merchant", ReasonCodes.TerminalMerchantMismatch },
        { "no keys", ReasonCodes.KsnRefused },
    };

    [Theory]
    [Requirement("ATT-15", Partly = true)]
    [MemberData(nameof(Terminals))]
    public async Task The_present_trust_status_goes_before_an_unexpired_token(string fault, string reason)
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest request = shop.Request();
        await shop.SaleAsync();
        TerminalRecord changed = fault switch
        {
            "suspended" => shop.Terminal with { State = TerminalState.Suspended },
            "refused" => shop.Terminal with { State = TerminalState.Refused },
            "denied" => shop.Terminal with { Verdict = Verdict.Denied },
            "unknown" => shop.Terminal with { Verdict = Verdict.Unknown },
            "other merchant" => shop.Terminal with { MerchantId = "nobody" },
            _ => shop.Terminal with { DataKeyId = null },
        };
        await shop.Database.CommitAsync(new Change().Put(changed));
        await Refused(shop, request, reason, opened: 1);
    }

    [Theory]
    [Requirement("KEY-08")]
    [InlineData(90, null)]
    [InlineData(91, ReasonCodes.KeysExpired)]
    public async Task Keys_beyond_their_period_are_refused(int days, string? reason)
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.Database.CommitAsync(new Change().Put(shop.Terminal with { KeysDeliveredAt = shop.Clock.GetUtcNow() - TimeSpan.FromDays(days) }));
        if (reason is null)
        {
            Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(1_250))).State);
        }
        else
        {
            await Refused(shop, shop.Request(1_250), reason, opened: 0);
        }
    }

    [Fact]
    public async Task A_limited_terminal_pays_up_to_its_limit()
    {
        await using Shop shop = await Shop.OpenAsync();
        byte[] limited = shop.Token(t => t with { Verdict = Verdict.Limited });
        await Refused(shop, shop.Request(5_001) with { ResultToken = limited }, ReasonCodes.AmountAboveLimit);
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(shop.Request(5_000) with { ResultToken = limited })).State);
    }

    [Theory]
    [Requirement("ACC-06")]
    [InlineData(0x9F02u, "000000001251")]
    [InlineData(0x9F02u, "00000001250")]
    [InlineData(0x5F2Au, "0840")]
    [InlineData(0x9Cu, "20")]
    public async Task An_amount_currency_or_type_that_the_card_did_not_agree_to_is_refused(uint tag, string value)
    {
        await using Shop shop = await Shop.OpenAsync();
        TlvMap emv = Shop.Emv(1250);
        emv[tag] = Convert.FromHexString(value.Length % 2 == 0 ? value : value + "0");
        await Refused(shop, shop.Request(1250) with { EmvData = emv.Encode() }, ReasonCodes.AmountMismatch, journaled: true);
    }

    [Theory]
    [Requirement("ACC-01")]
    [InlineData(0x57u)]
    [InlineData(0x5Au)]
    [InlineData(0x5F20u)]
    public async Task Account_data_outside_the_seal_are_refused(uint tag)
    {
        await using Shop shop = await Shop.OpenAsync();
        TlvMap emv = Shop.Emv(1250);
        emv[tag] = [0x47, 0x61];
        await Refused(shop, shop.Request(1250) with { EmvData = emv.Encode() }, ReasonCodes.RequestMalformed);
    }

    [Fact]
    public async Task Broken_emv_data_another_currency_a_refund_and_no_amount_are_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        await Refused(shop, shop.Request() with { EmvData = [0x9F] }, ReasonCodes.RequestMalformed);
        await Refused(shop, shop.Request() with { Currency = "840" }, ReasonCodes.RequestMalformed);
        await Refused(shop, shop.Request() with { TransactionType = 20 }, ReasonCodes.RequestMalformed);
        await Refused(shop, shop.Request(0), ReasonCodes.RequestMalformed);
    }

    [Fact]
    [Requirement("KEY-07")]
    public async Task A_key_serial_of_another_key_or_one_seen_before_is_refused()
    {
        await using Shop shop = await Shop.OpenAsync();
        await Refused(shop, shop.Request() with { DataKsn = new byte[12] }, ReasonCodes.KsnRefused);
        PaymentRequest first = shop.Request(), second = shop.Request();
        await shop.SaleAsync(second);
        await Refused(shop, shop.Request() with { DataKsn = second.DataKsn }, ReasonCodes.KsnRefused, opened: 1);
        await Refused(shop, first, ReasonCodes.KsnRefused, opened: 1);
        await shop.RestartAsync();
        await Refused(shop, shop.Request() with { DataKsn = second.DataKsn }, ReasonCodes.KsnRefused, opened: 1);
    }

    [Fact]
    [Requirement("PBE-04")]
    public async Task An_envelope_of_a_stranger_is_refused_and_leaves_nothing()
    {
        await using Shop shop = await Shop.OpenAsync();
        using SoftwareDeviceKey stranger = new();
        PaymentRequest request = shop.Request();
        Assert.Equal(ReasonCodes.SignatureInvalid, (await shop.Gateway.PayAsync(shop.Sign(request, stranger))).Refusal!.Reason);
        Assert.Equal(ReasonCodes.RequestMalformed, (await shop.Gateway.PayAsync(new byte[] { 1, 2 })).Refusal!.Reason);
        byte[] unknown = SignedMessage.Sign(stranger, MessageType.Payment, Guid.Empty.ToByteArray(), request.Encode());
        Assert.Equal(ReasonCodes.TerminalUnknown, (await shop.Gateway.PayAsync(unknown)).Refusal!.Reason);
        Assert.Empty(await shop.KindsAsync(request.PaymentId));
    }

    [Fact]
    public async Task Account_data_that_do_not_open_or_are_of_another_card_abandon_the_payment()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest other = shop.Request();
        PaymentAnswer closed = await shop.SaleAsync(shop.Request() with { SealedAccountData = other.SealedAccountData });
        Assert.Equal((PaymentState.Abandoned, ReasonCodes.AccountDataInvalid), (closed.State, closed.Reason));
        PaymentAnswer masked = await shop.SaleAsync(shop.Request() with { MaskedPan = "400000******0002" });
        Assert.Equal((PaymentState.Abandoned, ReasonCodes.AccountDataInvalid), (masked.State, masked.Reason));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Fact]
    [Requirement("PBE-04")]
    public async Task A_terminal_learns_of_its_own_payments_only()
    {
        await using Shop shop = await Shop.OpenAsync();
        using SoftwareDeviceKey key = new();
        TerminalRecord second = shop.Terminal with { TerminalId = new Guid("0193a000-0000-7000-8000-000000000002"), DeviceKey = key.PublicKey };
        await shop.Database.CommitAsync(new Change().Put(second));
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        byte[] Ask(Guid payment, DateTimeOffset at) => SignedMessage.Sign(
            key,
            MessageType.PaymentStatus,
            second.TerminalId.ToByteArray(bigEndian: true),
            new PaymentStatusRequest { PaymentId = payment, DeviceTime = at }.Encode());
        DateTimeOffset now = shop.Clock.GetUtcNow();
        Assert.Equal(ReasonCodes.PaymentUnknown, (await shop.Gateway.StatusAsync(Ask(request.PaymentId, now))).Refusal!.Reason);
        Assert.Equal("CLOCK_SKEW", (await shop.Gateway.StatusAsync(Ask(request.PaymentId, now.AddMinutes(-6)))).Refusal!.Reason);
    }

    private static async Task Refused(Shop shop, PaymentRequest request, string reason, int opened = 0, bool journaled = true)
    {
        PaymentReply reply = await shop.PayAsync(request);
        Assert.Equal(reason, reply.Refusal?.Reason);
        Assert.Equal(opened, shop.Keys.Opened);
        Assert.Equal(opened, shop.Acquirer.Messages.Count);
        Assert.Null(await shop.Database.Payments.FindAsync(request.PaymentId));
        Assert.Equal(journaled ? ["payment.refused"] : [], await shop.KindsAsync(request.PaymentId));
    }
}
