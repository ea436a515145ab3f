namespace SoftPos.Contract;

/// <summary>How far an order that was pushed to a terminal has come.</summary>
public enum PushedOrderState
{
    /// <summary>Durable; the terminal has not asked for it yet.</summary>
    Created,

    /// <summary>The terminal has it.</summary>
    Delivered,

    /// <summary>The terminal shows the amount and waits for the card.</summary>
    InProgress,

    /// <summary>The card was tapped: the payment of the same identity tells the rest.</summary>
    Paying,

    /// <summary>The terminal gave it back without a payment; the reason says why. Final.</summary>
    Failed,

    /// <summary>Nobody tapped in time. Final.</summary>
    Expired,

    /// <summary>Taken back by the integrator before a tap. Final.</summary>
    Cancelled,
}

/// <summary>
/// A payment that an integrator asks a terminal to take. Its identity becomes the payment's: so the result is found under it, and it cannot be
/// taken twice.
/// </summary>
public sealed record PushedOrder
{
    /// <summary>Identity of the order and of the payment, UUIDv7.</summary>
    public required Guid OrderId { get; set; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; set; }

    /// <summary>Terminal that shall take it.</summary>
    public required Guid TerminalId { get; set; }

    /// <summary>State.</summary>
    public PushedOrderState State { get; set; }

    /// <summary>Sale, pre-authorisation or refund.</summary>
    public PaymentOperation Operation { get; set; }

    /// <summary>Amount in minor units, with tip and cash back.</summary>
    public required long AmountMinor { get; set; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; set; }

    /// <summary>Tip within the amount.</summary>
    public long TipMinor { get; set; }

    /// <summary>Cash back within the amount.</summary>
    public long CashbackMinor { get; set; }

    /// <summary>An approval of a part is taken.</summary>
    public bool AcceptsPartialApproval { get; set; }

    /// <summary>Payment that a refund gives back.</summary>
    public Guid? OriginalPaymentId { get; set; }

    /// <summary>The integrator's own name for it, such as a till's number.</summary>
    public string? Reference { get; set; }

    /// <summary>Reason code of a failure.</summary>
    public string? Reason { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends by itself: to be accepted until then, and once accepted to be tapped until then.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>Answer to a terminal that asks for orders.</summary>
public sealed record PushedOrderAnswer
{
    /// <summary>The order, or null when there is none.</summary>
    public PushedOrder? Order { get; set; }
}
