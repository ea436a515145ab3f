using SoftPos.Contract;

namespace SoftPos.Payments;

/// <summary>What a merchant may add to a sale for taking it by card.</summary>
internal static class Surcharge
{
    /// <summary>The highest surcharge on an amount: by the merchant's terms, and under the installation's cap whatever they say.</summary>
    /// <param name="merchant">Merchant.</param>
    /// <param name="goodsMinor">Amount of the goods in minor units: without tip, cash back and surcharge.</param>
    /// <param name="options">The installation's cap.</param>
    public static long Highest(MerchantRecord merchant, long goodsMinor, PaymentOptions options) => merchant.Surcharge is not { } terms ? 0
        : (terms with { CapHundredths = Math.Min(terms.CapHundredths, options.SurchargeCapHundredths) }).Of(goodsMinor);
}
