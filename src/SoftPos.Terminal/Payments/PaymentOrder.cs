namespace SoftPos.Terminal;

/// <summary>What kind of payment it is.</summary>
public enum PaymentKind
{
    /// <summary>The cardholder pays.</summary>
    Purchase,

    /// <summary>The cardholder gets money back.</summary>
    Refund,
}

/// <summary>What the merchant asks for.</summary>
public sealed record PaymentOrder
{
    /// <summary>Largest amount in minor units: EMV amounts have twelve digits.</summary>
    public const long MaxAmountMinor = 999_999_999_999;

    /// <summary>Amount in minor units, more than 0.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency, 3 digits; null takes the merchant's.</summary>
    public string? Currency { get; init; }

    /// <summary>Kind.</summary>
    public PaymentKind Kind { get; init; }
}
