using System.Globalization;
using SoftPos.Contract;
using SoftPos.Iso7816;

namespace SoftPos.Terminal;

/// <summary>The amount that is shown before the tap is the one that the card signs and the back end gets, whatever it is made of.</summary>
public sealed class AmountTests
{
    private static readonly SurchargeTerms Surcharge = new() { PercentHundredths = 150, FixedMinor = 10, CapHundredths = 300 };

    [Theory]
    [InlineData("visa")]
    [InlineData("mastercard")]
    [Requirement("ACC-06", Partly = true)]
    public async Task What_is_shown_is_what_is_signed_and_sent(string card)
    {
        SeededNumbers numbers = new(0xACC0606);
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms with { MaxTotalMinor = 1_000_000, MaxCount = 50 },
            Surcharge);
        stand.Reader.Card = card;
        for (int i = 0; i < 25; i++)
        {
            stand.Screens.Clear();
            bool away = stand.Backend.Away = numbers.OneIn(4);
            long goods = 100 + numbers.Below(1_500), tip = numbers.OneIn(2) ? numbers.Below(300) : 0;
            long cash = !away && card == "visa" && numbers.OneIn(3) ? numbers.Below(500) : 0;
            PaymentResult result = await stand.SaleAsync(goods + tip + cash, tip, cash);
            Assert.Equal(away ? PaymentOutcome.Deferred : PaymentOutcome.Approved, result.Outcome);
            stand.Backend.Away = false;
            await stand.Terminal.ForwardOfflineAsync(TestContext.Current.CancellationToken);
            PaymentRequest request = away ? stand.Backend.Sales[^1].Request : stand.Backend.Payments.Last();
            PaymentScreen shown = stand.Screens.Last(screen => screen.Stage == PaymentStage.PresentCard);
            Assert.True(TlvMap.TryParse(request.EmvData, out TlvMap? signed, out _));
            long expected = goods + tip + cash + Surcharge.Of(goods);
            Assert.Equal(expected, shown.AmountMinor);
            Assert.Equal(expected, request.AmountMinor);
            Assert.Equal(expected, long.Parse(Convert.ToHexString(signed[0x9F02]!), CultureInfo.InvariantCulture));
            Assert.Equal((Surcharge.Of(goods), tip, cash), (shown.SurchargeMinor, shown.TipMinor, shown.CashbackMinor));
            Assert.Equal((shown.SurchargeMinor, shown.TipMinor, shown.CashbackMinor),
                (request.SurchargeMinor, request.TipMinor, request.OtherAmountMinor));
        }
    }

    [Fact]
    public async Task Terms_that_change_hold_from_the_next_attestation_on()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync();
        await stand.SaleAsync(10_00);
        Assert.Equal((1_000L, 0L), (stand.Backend.Payments.Last().AmountMinor, stand.Backend.Payments.Last().SurchargeMinor));
        stand.Backend.Surcharge = Surcharge;
        await stand.SaleAsync(10_00);
        Assert.Equal((1_025L, 25L), (stand.Backend.Payments.Last().AmountMinor, stand.Backend.Payments.Last().SurchargeMinor));
        stand.Backend.Surcharge = null;
        await stand.SaleAsync(10_00);
        Assert.Equal(0, stand.Backend.Payments.Last().SurchargeMinor);
    }

    [Fact]
    public async Task A_currency_that_the_reader_configuration_does_not_have_is_refused_and_the_field_stays_off()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync();
        PaymentResult refused = await stand.SaleAsync(1_000, currency: "978");
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.CurrencyNotSupported, 0),
            (refused.Outcome, refused.Reason.Code, stand.Reader.FieldOn));
    }
}
