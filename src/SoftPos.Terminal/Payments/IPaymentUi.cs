namespace SoftPos.Terminal;

/// <summary>Where a payment stands.</summary>
public enum PaymentStage
{
    /// <summary>The phone is being attested; the reader is off.</summary>
    Preparing,

    /// <summary>Present the card.</summary>
    PresentCard,

    /// <summary>The card was read badly, or another presentment is needed.</summary>
    PresentCardAgain,

    /// <summary>More than one card is in the field.</summary>
    PresentOneCardOnly,

    /// <summary>The card is being read; hold it still.</summary>
    Reading,

    /// <summary>The card has been read and may be removed.</summary>
    RemoveCard,

    /// <summary>The cardholder must look at the own phone and present it again.</summary>
    SeePhone,

    /// <summary>The SDK's own PIN screen comes up: hand the phone to the cardholder. The host app must draw nothing until the next state.</summary>
    EnterPin,

    /// <summary>The back end and the card's bank are being asked.</summary>
    Authorising,

    /// <summary>The result is there.</summary>
    Finished,
}

/// <summary>What is to be shown now.</summary>
public sealed record PaymentScreen
{
    /// <summary>Where the payment stands.</summary>
    public required PaymentStage Stage { get; init; }

    /// <summary>Identity of the payment, by which <see cref="SoftPosTerminal.StatusAsync"/> finds it again.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>Amount in minor units.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>Tip within the amount, in minor units.</summary>
    public long TipMinor { get; init; }

    /// <summary>Cash back within the amount, in minor units.</summary>
    public long CashbackMinor { get; init; }

    /// <summary>Surcharge within the amount, in minor units: to be shown to the cardholder before the tap.</summary>
    public long SurchargeMinor { get; init; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; init; }

    /// <summary>
    /// The sale is taken without the back end. Say so before the tap: the bank is asked later, and the money is not sure.
    /// </summary>
    public bool IsOffline { get; init; }

    /// <summary>The result, at the last screen.</summary>
    public PaymentResult? Result { get; init; }
}

/// <summary>
/// The integrator's screen. It is told and cannot answer: no state of a payment waits for it, and what it throws changes nothing.
/// </summary>
public interface IPaymentUi
{
    /// <summary>Shows a state. Called in order, never concurrently.</summary>
    void Show(PaymentScreen screen);
}
