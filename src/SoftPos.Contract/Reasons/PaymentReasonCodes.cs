namespace SoftPos.Contract;

/// <summary>Codes of what can be done with a payment beyond a sale.</summary>
public static partial class ReasonCodes
{
    /// <summary>Approved by the issuer for a part of the amount.</summary>
    public const string PartlyApproved = "PARTLY_APPROVED";

    /// <summary>The payment was cancelled before it was settled.</summary>
    public const string Voided = "VOIDED";

    /// <summary>The pre-authorisation was charged.</summary>
    public const string Completed = "COMPLETED";

    /// <summary>A void, completion or adjustment is owed to the acquirer and is repeated until acknowledged.</summary>
    public const string FollowUpBeingSent = "FOLLOW_UP_BEING_SENT";

    /// <summary>The payment is not in a state that allows the change, or was settled.</summary>
    public const string FollowUpNotPossible = "FOLLOW_UP_NOT_POSSIBLE";

    /// <summary>The acquirer refused a void, completion or adjustment for good.</summary>
    public const string FollowUpRefused = "FOLLOW_UP_REFUSED";

    /// <summary>The sum of refunds would exceed the original payment.</summary>
    public const string RefundExceedsOriginal = "REFUND_EXCEEDS_ORIGINAL";

    /// <summary>A refund without its payment, or with another card, is not permitted.</summary>
    public const string RefundNotPermitted = "REFUND_NOT_PERMITTED";

    /// <summary>The amount is above a configured limit, or above that of the terminal's verdict.</summary>
    public const string AmountAboveLimit = "AMOUNT_ABOVE_LIMIT";

    /// <summary>Count or sum of the terminal's payments within the hour would pass its limit.</summary>
    public const string VelocityExceeded = "VELOCITY_EXCEEDED";

    /// <summary>Something that may see the PIN is active on the phone.</summary>
    public const string PinBlocked = "PIN_BLOCKED";

    /// <summary>The cardholder cancelled the PIN, or the screen was left.</summary>
    public const string PinCancelled = "PIN_CANCELLED";

    /// <summary>PIN entry took too long.</summary>
    public const string PinTimedOut = "PIN_TIMED_OUT";

    /// <summary>The issuer says that the PIN is wrong.</summary>
    public const string PinWrong = "PIN_WRONG";

    /// <summary>The issuer takes no more tries.</summary>
    public const string PinTriesExceeded = "PIN_TRIES_EXCEEDED";

    /// <summary>A PIN is missing where the card asked for one, or is there where it did not.</summary>
    public const string PinRequired = "PIN_REQUIRED";

    /// <summary>The PIN block does not open under this terminal's key and this card.</summary>
    public const string PinInvalid = "PIN_INVALID";

    /// <summary>A pre-authorisation was not completed in time and was let go.</summary>
    public const string PreAuthorisationExpired = "PRE_AUTHORISATION_EXPIRED";

    /// <summary>Merchant, reader configuration or acquirer do not have the currency.</summary>
    public const string CurrencyNotSupported = "CURRENCY_NOT_SUPPORTED";

    /// <summary>The surcharge is higher than the merchant's terms allow.</summary>
    public const string SurchargeNotAllowed = "SURCHARGE_NOT_ALLOWED";
}
