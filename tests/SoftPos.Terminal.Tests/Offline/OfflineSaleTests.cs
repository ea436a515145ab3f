using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>When a sale is taken while the back end is away, and what is told of it.</summary>
public sealed class OfflineSaleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("OFF-01")]
    public async Task Off_by_default_nothing_is_taken_and_the_field_is_never_on()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(terms: null);
        stand.Backend.Away = true;
        PaymentResult result = await stand.SaleAsync();
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.BackendUnreachable, 0),
            (result.Outcome, result.Reason.Code, stand.Reader.FieldOn));
        Assert.False(stand.Terminal.Offline.IsPermitted);
    }

    [Theory]
    [InlineData("visa")]
    [InlineData("mastercard")]
    [InlineData("visa-phone")]
    public async Task A_sale_is_stored_forwarded_once_and_never_called_approved_before_the_bank_says_so(string card)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Reader.Card = card;
        stand.Backend.Away = true;
        PaymentResult stored = await stand.SaleAsync();
        Assert.Equal((PaymentOutcome.Deferred, ReasonCodes.OfflineStored), (stored.Outcome, stored.Reason.Code));
        Assert.Contains("not sure", stored.Reason.Text, StringComparison.Ordinal);
        Assert.All(stand.Screens.Where(screen => screen.Stage is PaymentStage.PresentCard), screen => Assert.True(screen.IsOffline));
        Assert.Equal(PaymentOutcome.Deferred, (await stand.Terminal.StatusAsync(stored.PaymentId, Cancel)).Outcome);
        stand.Backend.Away = false;
        await stand.Terminal.PreflightAsync(Cancel);
        (long sequence, PaymentRequest request) = Assert.Single(stand.Backend.Sales);
        Assert.Equal((1L, stored.PaymentId, 1_250L), (sequence, request.PaymentId, request.AmountMinor));
        Assert.Equal((PaymentOutcome.Approved, stored.PaymentId), (Assert.Single(stand.Forwarded).Outcome, stand.Forwarded[0].PaymentId));
        Assert.Empty(stand.Terminal.Offline.Waiting);
        await stand.Terminal.PreflightAsync(Cancel);
        Assert.Single(stand.Backend.Forwards);
        Assert.Empty(stand.Backend.Payments);
    }

    [Fact]
    [Requirement("OFF-02")]
    public async Task Count_and_sum_hold_over_a_restart_and_end_only_when_everything_was_forwarded()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        Assert.Equal(PaymentOutcome.Deferred, (await stand.SaleAsync(2_000)).Outcome);
        await stand.RestartAsync();
        Assert.Equal((1, 2_000L), (stand.Terminal.Offline.CountLeft, stand.Terminal.Offline.LeftMinor));
        int field = stand.Reader.FieldOn;
        Assert.Equal(ReasonCodes.OfflineLimitReached, (await stand.SaleAsync(2_001)).Reason.Code);
        Assert.Equal(field, stand.Reader.FieldOn);
        Assert.Equal(PaymentOutcome.Deferred, (await stand.SaleAsync(2_000)).Outcome);
        Assert.Equal(ReasonCodes.OfflineLimitReached, (await stand.SaleAsync(1)).Reason.Code);
        stand.Backend.Away = false;
        Assert.Equal(PaymentOutcome.Approved, (await stand.SaleAsync(3_000)).Outcome);
        Assert.Equal([1L, 2L], stand.Backend.Forwards.Select(forward => forward.Sequence));
        Assert.Equal((2, 4_000L), (stand.Terminal.Offline.CountLeft, stand.Terminal.Offline.LeftMinor));
    }

    [Theory]
    [InlineData(2_500, true)]
    [InlineData(2_501, false)]
    [Requirement("OFF-02", Partly = true)]
    public async Task The_amount_of_one_sale(long amountMinor, bool taken)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        PaymentResult result = await stand.SaleAsync(amountMinor);
        Assert.Equal(taken ? ReasonCodes.OfflineStored : ReasonCodes.OfflineLimitReached, result.Reason.Code);
        Assert.Equal(taken ? 1 : 0, stand.Reader.FieldOn);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    [Requirement("OFF-01")]
    public async Task The_age_of_the_last_good_attestation(int minutes, bool taken)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        stand.Platform.Time.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(taken ? ReasonCodes.OfflineStored : ReasonCodes.OfflineNotPermitted, (await stand.SaleAsync()).Reason.Code);
    }

    [Fact]
    [Requirement("OFF-01", Partly = true)]
    public async Task A_clock_that_was_put_back_ends_the_permission()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        stand.Platform.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(PaymentOutcome.Deferred, (await stand.SaleAsync()).Outcome);
        stand.Platform.Time.AdjustTime(stand.Platform.Time.GetUtcNow().AddMinutes(-40));
        Assert.Equal(ReasonCodes.OfflineNotPermitted, (await stand.SaleAsync()).Reason.Code);
    }

    [Theory]
    [InlineData(Verdict.Denied)]
    [InlineData(Verdict.Limited)]
    [InlineData(Verdict.Unknown)]
    [Requirement("OFF-01", Partly = true)]
    public async Task Any_verdict_but_trusted_closes_the_permission_also_with_sales_waiting(Verdict verdict)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync();
        stand.Backend.Away = false;
        stand.Backend.Verdict = verdict;
        stand.Backend.Misdeeds.Enqueue(("offline", Misdeed.BreakAfterReading));
        await stand.Terminal.PreflightAsync(Cancel);
        stand.Backend.Away = true;
        PaymentResult refused = await stand.SaleAsync();
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.BackendUnreachable), (refused.Outcome, refused.Reason.Code));
        Assert.Equal(1, stand.Reader.FieldOn);
    }

    [Fact]
    [Requirement("OFF-01", Partly = true)]
    public async Task A_permission_of_another_signer_is_none()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(terms: null);
        stand.Backend.Offline = OfflineStand.Terms;
        stand.Backend.PermissionSigner = new SoftwareKey();
        await stand.Terminal.PreflightAsync(Cancel);
        stand.Backend.Away = true;
        Assert.Equal(ReasonCodes.BackendUnreachable, (await stand.SaleAsync()).Reason.Code);
    }

    /// <summary>12.50 is below the lab reader's CVM limit, 120.00 above it.</summary>
    [Theory]
    [InlineData("visa", 12_000)]
    [InlineData("mastercard", 12_000)]
    [InlineData("visa-declines", 1_250)]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_card_that_wants_what_cannot_be_done_is_refused_and_nothing_is_stored(string card, long amountMinor)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms with { MaxAmountMinor = 20_000,
            MaxTotalMinor = 20_000 });
        stand.Reader.Card = card;
        stand.Backend.Away = true;
        Assert.Equal(PaymentOutcome.Refused, (await stand.SaleAsync(amountMinor)).Outcome);
        Assert.Equal(1, stand.Reader.FieldOn);
        Assert.Empty(stand.Terminal.Offline.Waiting);
    }

    [Theory]
    [InlineData("visa-pin")]
    [InlineData("visa-phone")]
    [Requirement("OFF-03", Partly = true)]
    public async Task The_online_pin_is_not_offered_and_no_record_has_one(string card)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Reader.Card = card;
        stand.Backend.Away = true;
        PaymentResult stored = await stand.SaleAsync();
        Assert.Equal(PaymentOutcome.Deferred, stored.Outcome);
        Assert.NotEqual("OnlinePin", stored.Card!.CardholderVerification);
        stand.Backend.Away = false;
        await stand.Terminal.ForwardOfflineAsync(Cancel);
        PaymentRequest request = Assert.Single(stand.Backend.Sales).Request;
        Assert.True(request is { PinBlock: null, PinKsn: null });

        // TTQ as the card got it: b3 of byte 1 is the online PIN, b8 of byte 2 asks for the bank.
        Assert.True(Iso7816.TlvMap.TryParse(request.EmvData, out Iso7816.TlvMap? data, out _));
        Assert.Equal(0, data[0x9F66]![0] & 0x04);
        Assert.Equal(0x80, data[0x9F27]![0] & 0xC0);
    }

    [Fact]
    [Requirement("OFF-02", Partly = true)]
    public async Task A_kernel_that_the_terms_do_not_name_is_refused()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms with { Kernels = [2] });
        stand.Backend.Away = true;
        Assert.Equal(ReasonCodes.OfflineCardNotAllowed, (await stand.SaleAsync()).Reason.Code);
        stand.Reader.Card = "mastercard";
        Assert.Equal(ReasonCodes.OfflineStored, (await stand.SaleAsync()).Reason.Code);
    }

    [Fact]
    public async Task Cash_back_is_not_given_without_the_back_end()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        Assert.Equal(ReasonCodes.BackendUnreachable, (await stand.SaleAsync(2_000, cashbackMinor: 1_000)).Reason.Code);
        Assert.Equal(ReasonCodes.OfflineStored, (await stand.SaleAsync(2_000, tipMinor: 200)).Reason.Code);
    }

    [Fact]
    public async Task A_refused_forward_stops_other_payments_and_says_so()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync();
        stand.Backend.Away = false;
        stand.Backend.Misdeeds.Enqueue(("offline", Misdeed.InternalError));
        PaymentResult refused = await stand.SaleAsync();
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.OfflineForwardFailed), (refused.Outcome, refused.Reason.Code));
        Assert.Empty(stand.Backend.Payments);
        Assert.Equal(PaymentOutcome.Approved, (await stand.SaleAsync()).Outcome);
        Assert.Single(stand.Backend.Sales);
    }
}
