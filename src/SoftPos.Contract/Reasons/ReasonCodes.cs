namespace SoftPos.Contract;

/// <summary>The codes that code itself names. The catalogue holds them all; a test holds the two equal.</summary>
public static partial class ReasonCodes
{
    /// <summary>A fault of ours.</summary>
    public const string Internal = "INTERNAL";

    /// <summary>Nothing can be made durable now: the store is locked, full or failing.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>The request does not have the form that its documentation gives.</summary>
    public const string RequestMalformed = "REQUEST_MALFORMED";

    /// <summary>The request is larger than its limit.</summary>
    public const string RequestTooLarge = "REQUEST_TOO_LARGE";

    /// <summary>The signature over the request does not verify under the terminal's key.</summary>
    public const string SignatureInvalid = "SIGNATURE_INVALID";

    /// <summary>No terminal of that identity is enrolled.</summary>
    public const string TerminalUnknown = "TERMINAL_UNKNOWN";

    /// <summary>The activation code is unknown, used or expired.</summary>
    public const string ActivationCodeInvalid = "ACTIVATION_CODE_INVALID";

    /// <summary>The nonce is unknown, already used or of another session.</summary>
    public const string NonceInvalid = "NONCE_INVALID";

    /// <summary>The nonce is older than its lifetime.</summary>
    public const string NonceExpired = "NONCE_EXPIRED";

    /// <summary>The token of the person at the machine is missing or wrong.</summary>
    public const string OperatorUnknown = "OPERATOR_UNKNOWN";

    /// <summary>Too many requests.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>There is no current positive attestation result.</summary>
    public const string NotAttested = "NOT_ATTESTED";

    /// <summary>The attestation result was refused by its appraisal.</summary>
    public const string AttestationDenied = "ATTESTATION_DENIED";

    /// <summary>The result token is malformed, of another issuer, audience or key.</summary>
    public const string ResultTokenInvalid = "RESULT_TOKEN_INVALID";

    /// <summary>The result token is older than its lifetime.</summary>
    public const string ResultTokenExpired = "RESULT_TOKEN_EXPIRED";

    /// <summary>The terminal has been suspended.</summary>
    public const string TerminalSuspended = "TERMINAL_SUSPENDED";

    /// <summary>The terminal does not belong to the merchant.</summary>
    public const string TerminalMerchantMismatch = "TERMINAL_MERCHANT_MISMATCH";

    /// <summary>The key serial number was used before, regresses or is malformed.</summary>
    public const string KsnRefused = "KSN_REFUSED";

    /// <summary>The initial key has passed its crypto-period.</summary>
    public const string KeysExpired = "KEYS_EXPIRED";

    /// <summary>The sealed account data do not open.</summary>
    public const string AccountDataInvalid = "ACCOUNT_DATA_INVALID";

    /// <summary>The same payment identity came with another body.</summary>
    public const string IdempotencyConflict = "IDEMPOTENCY_CONFLICT";

    /// <summary>No payment of that identity is known.</summary>
    public const string PaymentUnknown = "PAYMENT_UNKNOWN";

    /// <summary>The amount shown is not the amount in the card's data.</summary>
    public const string AmountMismatch = "AMOUNT_MISMATCH";

    /// <summary>Approved by the issuer.</summary>
    public const string Approved = "APPROVED";

    /// <summary>Declined by the issuer.</summary>
    public const string Declined = "DECLINED";

    /// <summary>No answer: the result is unknown, and the payment is being reversed.</summary>
    public const string UnknownBeingReversed = "UNKNOWN_BEING_REVERSED";

    /// <summary>The payment had no definite answer and has been reversed.</summary>
    public const string Reversed = "REVERSED";

    /// <summary>The acquirer cannot be reached; nothing was sent.</summary>
    public const string AcquirerUnavailable = "ACQUIRER_UNAVAILABLE";

    /// <summary>Declined by the card.</summary>
    public const string CardDeclined = "CARD_DECLINED";

    /// <summary>The card cannot be read.</summary>
    public const string CardUnreadable = "CARD_UNREADABLE";

    /// <summary>No accepted application on the card.</summary>
    public const string CardNotAccepted = "CARD_NOT_ACCEPTED";

    /// <summary>No card came within the time.</summary>
    public const string CardTimeout = "CARD_TIMEOUT";

    /// <summary>The back end cannot be reached.</summary>
    public const string BackendUnreachable = "BACKEND_UNREACHABLE";

    /// <summary>The payment was sent and its result is not known to the terminal yet.</summary>
    public const string ResultOutstanding = "RESULT_OUTSTANDING";

    /// <summary>Cancelled before anything was sent.</summary>
    public const string Cancelled = "CANCELLED";

    /// <summary>The contactless reader does not work.</summary>
    public const string ReaderUnavailable = "READER_UNAVAILABLE";

    /// <summary>The terminal has not been activated.</summary>
    public const string NotActivated = "NOT_ACTIVATED";

    /// <summary>The terminal's keys are spent or expired.</summary>
    public const string KeysExhausted = "KEYS_EXHAUSTED";
}
