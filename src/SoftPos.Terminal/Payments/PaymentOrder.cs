using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What kind of payment it is.</summary>
public enum PaymentKind
{
    /// <summary>The cardholder pays.</summary>
    Purchase,

    /// <summary>The cardholder gets money back.</summary>
    Refund,

    /// <summary>An amount is held, and charged later with <see cref="SoftPosTerminal.CompleteAsync"/>.</summary>
    PreAuthorisation,
}

/// <summary>What the merchant asks for.</summary>
public sealed record PaymentOrder
{
    /// <summary>Largest amount in minor units: EMV amounts have twelve digits.</summary>
    public const long MaxAmountMinor = 999_999_999_999;

    /// <summary>Identity of the pushed order that this is, which becomes the payment's; null for an order of the merchant at the phone.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Amount in minor units, more than 0.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency, 3 digits; null takes the merchant's.</summary>
    public string? Currency { get; init; }

    /// <summary>Kind.</summary>
    public PaymentKind Kind { get; init; }

    /// <summary>Payment that a refund gives back; null for a refund without one, which the merchant needs a permission for.</summary>
    public Guid? OriginalPaymentId { get; init; }

    /// <summary>Cash that the cardholder gets, a part of the amount (9F03).</summary>
    public long CashbackMinor { get; init; }

    /// <summary>Tip, a part of the amount: what is shown is what is tapped for.</summary>
    public long TipMinor { get; init; }

    /// <summary>The merchant can take an approval of a part and ask for the rest otherwise.</summary>
    public bool AcceptsPartialApproval { get; init; }

    /// <summary>Surcharge within the amount; the terminal adds it by the merchant's terms.</summary>
    internal long SurchargeMinor { get; init; }

    /// <summary>The card is read without the back end.</summary>
    internal bool IsOffline { get; init; }

    /// <summary>
    /// The order with the merchant's surcharge on the goods; a pushed order is what its integrator made it, and only a sale has one.
    /// </summary>
    internal PaymentOrder With(SurchargeTerms? terms)
    {
        if (terms is null || Kind != PaymentKind.Purchase || OrderId is not null || SurchargeMinor > 0)
        {
            return this;
        }

        long surcharge = terms.Of(AmountMinor - TipMinor - CashbackMinor);
        return AmountMinor + surcharge > MaxAmountMinor ? this
            : this with { AmountMinor = AmountMinor + surcharge, SurchargeMinor = surcharge };
    }
}
