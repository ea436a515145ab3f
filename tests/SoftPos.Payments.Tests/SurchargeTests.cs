using System.Globalization;
using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>
/// Surcharge and currency by a merchant's terms: a part of the amount that the card signs, told apart, and never above its cap.
/// </summary>
public sealed class SurchargeTests
{
    private static readonly SurchargeTerms Terms = new() { PercentHundredths = 150, FixedMinor = 10, CapHundredths = 300 };

    [Theory]
    [InlineData(10_000, 160)]
    [InlineData(9_999, 159)]
    [InlineData(500, 15)]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    public void The_surcharge_is_rounded_down_and_capped(long goods, long surcharge) => Assert.Equal(surcharge, Terms.Of(goods));

    [Fact]
    public async Task A_surcharge_stands_in_the_amount_in_its_field_and_on_the_receipt()
    {
        await using Shop shop = await OpenAsync(Terms);
        PaymentAnswer answer = await shop.SaleAsync(With(shop, 10_160, surcharge: 160));
        Assert.Equal((PaymentState.Approved, 160L), (answer.State, answer.SurchargeMinor));
        Iso8583Message message = shop.Acquirer.Messages.Last();
        Assert.Equal(("000000010160", "0044978D000000000160"), (message[4], message[54]));
        Assert.True(PaymentGatewayTests.MessageProfileHolds(message));
        Assert.Contains("Surcharge within: 1.60 EUR", answer.Receipt);
        Assert.Equal(10_160, shop.Acquirer.ChargedMinor);
    }

    [Theory]
    [InlineData(10_160, 160, null)]
    [InlineData(10_000, 0, null)]
    [InlineData(10_161, 161, ReasonCodes.SurchargeNotAllowed)]
    [InlineData(160, 160, ReasonCodes.RequestMalformed)]
    public async Task A_surcharge_is_at_most_what_the_terms_allow(long amount, long surcharge, string? refused)
    {
        await using Shop shop = await OpenAsync(Terms);
        Assert.Equal(refused, (await shop.PayAsync(With(shop, amount, surcharge))).Refusal?.Reason);
    }

    [Fact]
    public async Task Without_terms_there_is_none_and_the_installations_cap_goes_before_the_terms()
    {
        await using Shop none = await OpenAsync(null);
        Assert.Equal(ReasonCodes.SurchargeNotAllowed, (await none.PayAsync(With(none, 10_001, 1))).Refusal?.Reason);
        await using Shop shop = await OpenAsync(Terms with { PercentHundredths = 1_000, CapHundredths = 1_000 });
        await shop.RestartAsync(shop.Options with { SurchargeCapHundredths = 100 });
        Assert.Null((await shop.PayAsync(With(shop, 10_100, 100))).Refusal);
        Assert.Equal(ReasonCodes.SurchargeNotAllowed, (await shop.PayAsync(With(shop, 10_101, 101))).Refusal?.Reason);
    }

    [Fact]
    [Requirement("ACC-06", Partly = true)]
    public async Task The_amount_that_the_card_signed_is_the_one_that_is_charged_with_every_mixture_of_parts()
    {
        SeededNumbers numbers = new(0xACC06);
        await using Shop shop = await OpenAsync(Terms);
        for (int i = 0; i < 60; i++)
        {
            long goods = 100 + numbers.Below(200_000), tip = numbers.OneIn(2) ? numbers.Below(5_000) : 0, cash = numbers.OneIn(3)
                ? numbers.Below(20_000) : 0;
            long surcharge = numbers.OneIn(4) ? 0 : Terms.Of(goods);
            long amount = goods + tip + cash + surcharge;
            PaymentRequest request = shop.Request(amount, PaymentOperation.Sale, cashbackMinor: cash, tipMinor: tip) with
            {
                SurchargeMinor = surcharge,
            };
            PaymentAnswer answer = await shop.SaleAsync(request);
            Iso8583Message message = shop.Acquirer.Messages.Last();
            Assert.True(SoftPos.Iso7816.TlvMap.TryParse(message.Content(55)!, out SoftPos.Iso7816.TlvMap? signed, out _));
            Assert.Equal(PaymentState.Approved, answer.State);
            Assert.Equal(amount, long.Parse(Convert.ToHexString(signed![0x9F02]!), CultureInfo.InvariantCulture));
            Assert.Equal(amount, long.Parse(message[4]!, CultureInfo.InvariantCulture));
            string groups = (cash > 0 ? $"0040978D{cash:D12}" : string.Empty) + (surcharge > 0 ? $"0044978D{surcharge:D12}" : string.Empty);
            Assert.Equal(groups, message[54] ?? string.Empty);

            // One cent more or less than what the card signed is no payment.
            PaymentRequest other = shop.Request(amount, PaymentOperation.Sale, cashbackMinor: cash, tipMinor: tip) with
            {
                SurchargeMinor = surcharge,
            };
            Assert.NotNull((await shop.PayAsync(other with { AmountMinor = amount + 1 })).Refusal);
        }
    }

    [Fact]
    public async Task A_currency_that_the_acquirers_link_does_not_take_is_refused_before_any_key_is_touched()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Currencies = new HashSet<string> { "710" } });
        Assert.Equal(ReasonCodes.CurrencyNotSupported, (await shop.PayAsync(shop.Request())).Refusal?.Reason);
        Assert.Equal(0, shop.Keys.Opened);
        await shop.RestartAsync(shop.Options with { Currencies = new HashSet<string> { "710", "978" } });
        Assert.Null((await shop.PayAsync(shop.Request())).Refusal);
    }

    [Theory]
    [InlineData("392", 1250, "1250 JPY")]
    [InlineData("414", 1250, "1.250 KWD")]
    [InlineData("710", 1250, "12.50 ZAR")]
    public void An_amount_is_written_with_the_exponent_of_its_currency(string currency, long minor, string text) =>
        Assert.Equal(text, Receipt.Money(minor, currency));

    private static async Task<Shop> OpenAsync(SurchargeTerms? terms)
    {
        Shop shop = await Shop.OpenAsync();
        await shop.Database.CommitAsync(new Change().Put(shop.Merchant with { Surcharge = terms }));
        return shop;
    }

    private static PaymentRequest With(Shop shop, long amount, long surcharge) => shop.Request(amount) with { SurchargeMinor = surcharge };
}
