using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>How a payment ended.</summary>
public enum PaymentOutcome
{
    /// <summary>Nothing was charged: refused, cancelled, or no card.</summary>
    Refused,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>Declined.</summary>
    Declined,

    /// <summary>Not known now. Never take a second payment for it; ask with <see cref="SoftPosTerminal.StatusAsync"/>.</summary>
    Unknown,

    /// <summary>Reversed; the cardholder is not charged.</summary>
    Reversed,

    /// <summary>Cancelled by the merchant; the cardholder is not charged.</summary>
    Voided,

    /// <summary>
    /// Taken while the back end was away; the bank has not answered. The money is not sure. Never take a second payment for it.
    /// </summary>
    Deferred,

    /// <summary>Taken while the back end was away, and held back for a check by the provider.</summary>
    InReview,
}

/// <summary>What is known of the card; never more than a receipt may show.</summary>
/// <param name="MaskedPan">First six and last four digits.</param>
/// <param name="Aid">Application identifier, upper-case hex.</param>
/// <param name="ApplicationLabel">Label or preferred name.</param>
/// <param name="KernelId">Kernel that ran.</param>
/// <param name="CardholderVerification">How the cardholder was verified.</param>
public sealed record CardSummary(string MaskedPan, string Aid, string ApplicationLabel, int KernelId, string CardholderVerification);

/// <summary>The result of a payment.</summary>
public sealed record PaymentResult
{
    /// <summary>Identity of the payment, a UUIDv7; never used for a second one.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>How it ended.</summary>
    public required PaymentOutcome Outcome { get; init; }

    /// <summary>Why, and what to do.</summary>
    public required TerminalReason Reason { get; init; }

    /// <summary>Findings of the attestation where it refused or noticed something.</summary>
    public IReadOnlyList<MerchantFinding> Findings { get; init; } = [];

    /// <summary>The card, where one was read.</summary>
    public CardSummary? Card { get; init; }

    /// <summary>The sale as it was stored on the phone, where it was taken while the back end was away; else null.</summary>
    public WaitingSale? Offline { get; init; }

    /// <summary>The back end's answer with receipt and journal entries; null where there is none.</summary>
    public PaymentAnswer? Answer { get; init; }
}
