using System.Text.Json.Serialization;

namespace SoftPos.Contract;

/// <summary>Keys for one purpose, as they travel to the terminal.</summary>
public sealed record DeliveredKey
{
    /// <summary>AES DUKPT initial key identity, 8 bytes.</summary>
    public required byte[] KeyId { get; init; }

    /// <summary>SubjectPublicKeyInfo of the ephemeral P-256 key of this key's agreement.</summary>
    public required byte[] EphemeralKey { get; init; }

    /// <summary>Key block (X9.143 version D, usage B1) under the agreed wrapping key.</summary>
    public required string KeyBlock { get; init; }
}

/// <summary>Answer to an enrolment.</summary>
public sealed record ActivationAnswer
{
    /// <summary>Identity that the terminal has from now on.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Verdict; keys are there only when it is trusted or limited.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Findings, as the merchant may know them.</summary>
    public IReadOnlyList<MerchantFinding> Findings { get; init; } = [];

    /// <summary>Initial key for account data.</summary>
    public DeliveredKey? DataKey { get; init; }

    /// <summary>Initial key for PINs.</summary>
    public DeliveredKey? PinKey { get; init; }

    /// <summary>Merchant that the terminal now belongs to.</summary>
    public MerchantRecord? Merchant { get; init; }

    /// <summary>SubjectPublicKeyInfo of the P-256 key that signs reader configurations for this terminal.</summary>
    public byte[]? ConfigurationKey { get; init; }

    /// <summary>32 bytes by which the terminal proves each of its envelopes; null without an enrolment.</summary>
    public byte[]? ChannelSecret { get; init; }
}

/// <summary>Answer to evidence.</summary>
public sealed record AttestationAnswer
{
    /// <summary>Verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Findings, as the merchant may know them.</summary>
    public IReadOnlyList<MerchantFinding> Findings { get; init; } = [];

    /// <summary>Result token for payments; null when refused.</summary>
    public byte[]? ResultToken { get; init; }

    /// <summary>End of the token's life.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Commands wait for this terminal.</summary>
    public bool HasCommands { get; init; }

    /// <summary>The terminal's initial keys are near their end; it should ask for new ones.</summary>
    public bool KeysDue { get; init; }

    /// <summary>Version of the reader configuration that the terminal should have; null where none is published for it.</summary>
    public long? ReaderConfiguration { get; init; }

    /// <summary>Signed <see cref="Contract.OfflinePermission"/>; null where the merchant has none or it is closed.</summary>
    public byte[]? OfflinePermission { get; set; }

    /// <summary>What the merchant adds to a sale now; null for nothing.</summary>
    public SurchargeTerms? Surcharge { get; set; }
}

/// <summary>Answer to a question for new initial keys; empty to a confirmation.</summary>
public sealed record KeyReplacementAnswer
{
    /// <summary>Initial key for account data.</summary>
    public DeliveredKey? DataKey { get; init; }

    /// <summary>Initial key for PINs.</summary>
    public DeliveredKey? PinKey { get; init; }
}

/// <summary>What a payment is.</summary>
public enum PaymentOperation
{
    /// <summary>The cardholder pays.</summary>
    Sale,

    /// <summary>An amount is held; a completion charges it.</summary>
    PreAuthorisation,

    /// <summary>The cardholder gets money back.</summary>
    Refund,

    /// <summary>More is held on a pre-authorisation; has no card of its own.</summary>
    Increment,
}

/// <summary>State of a payment. Abandoned, declined, reversed, voided and completed are final; an approval can be followed up.</summary>
public enum PaymentState
{
    /// <summary>Durable, nothing sent yet.</summary>
    Received,

    /// <summary>Its exact bytes are durable and may be on the wire.</summary>
    Sent,

    /// <summary>No definite answer; a reversal is due.</summary>
    Unknown,

    /// <summary>Refused before anything was sent.</summary>
    Abandoned,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>Declined.</summary>
    Declined,

    /// <summary>Reversed; the cardholder is not charged.</summary>
    Reversed,

    /// <summary>Was approved; its cancellation is being sent until the acquirer acknowledges.</summary>
    Voiding,

    /// <summary>Cancelled by the merchant; the cardholder is not charged.</summary>
    Voided,

    /// <summary>A pre-authorisation whose completion is being sent until the acquirer acknowledges.</summary>
    Completing,

    /// <summary>A pre-authorisation that was charged.</summary>
    Completed,

    /// <summary>A sale whose new amount is being sent until the acquirer acknowledges.</summary>
    Adjusting,

    /// <summary>Was taken offline and forwarded; the acquirer is asked as soon as it can be reached.</summary>
    Deferred,

    /// <summary>Was taken offline and is held back for a person; nothing is charged.</summary>
    InReview,
}

/// <summary>A trace that a payment left in the journal.</summary>
/// <param name="Index">Index of the leaf.</param>
/// <param name="Kind">Kind of entry, such as <c>payment.sent</c>.</param>
/// <param name="LeafHash">RFC 6962 leaf hash, lower-case hex.</param>
public sealed record JournalTrace(long Index, string Kind, string LeafHash);

/// <summary>Answer to a payment or to a question for its state.</summary>
public sealed record PaymentAnswer
{
    /// <summary>Identity of the payment.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>State.</summary>
    public required PaymentState State { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>Amount in minor units.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; init; }

    /// <summary>What the payment is.</summary>
    public PaymentOperation Operation { get; init; }

    /// <summary>Payment that a refund or an increment belongs to.</summary>
    public Guid? OriginalPaymentId { get; init; }

    /// <summary>What the issuer approved, where that is less than was asked; the rest is to be paid otherwise.</summary>
    public long? ApprovedMinor { get; init; }

    /// <summary>What remains to be paid after an approval of a part.</summary>
    public long? RemainingMinor { get; init; }

    /// <summary>What is charged after a completion or an adjustment.</summary>
    public long? FinalMinor { get; init; }

    /// <summary>Tip within the amount.</summary>
    public long? TipMinor { get; init; }

    /// <summary>Cash back within the amount.</summary>
    public long? OtherAmountMinor { get; init; }

    /// <summary>Surcharge within the amount.</summary>
    public long? SurchargeMinor { get; set; }

    /// <summary>First six and last four digits.</summary>
    public required string MaskedPan { get; init; }

    /// <summary>DE 38.</summary>
    public string? AuthorisationCode { get; init; }

    /// <summary>DE 39.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>DE 37.</summary>
    public string? RetrievalReference { get; init; }

    /// <summary>DE 11.</summary>
    public string? Stan { get; init; }

    /// <summary>Issuer data for the card (91, 71, 72), BER-TLV.</summary>
    public byte[]? IssuerData { get; init; }

    /// <summary>What is known of it where it was taken offline; else null.</summary>
    public OfflineFacts? Offline { get; set; }

    /// <summary>Receipt lines, masked.</summary>
    public IReadOnlyList<string> Receipt { get; init; } = [];

    /// <summary>Journal entries of this payment so far.</summary>
    public IReadOnlyList<JournalTrace> Journal { get; init; } = [];
}

/// <summary>Answer to a forwarded record: the back end holds it, or knows that it is lost. The same record gets the same answer.</summary>
public sealed record OfflineForwardAnswer
{
    /// <summary>Number of the last record that the back end has or has given up; the phone may forget up to there.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>The payment; null for a record that is none.</summary>
    public PaymentAnswer? Payment { get; set; }
}

/// <summary>JSON forms of everything that is not signed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(ActivationAnswer))]
[JsonSerializable(typeof(AttestationAnswer))]
[JsonSerializable(typeof(KeyReplacementAnswer))]
[JsonSerializable(typeof(PaymentAnswer))]
[JsonSerializable(typeof(OfflineForwardAnswer))]
[JsonSerializable(typeof(ReaderConfigurationAnswer))]
[JsonSerializable(typeof(PushedOrder))]
[JsonSerializable(typeof(PushedOrderAnswer))]
[JsonSerializable(typeof(TerminalRecord))]
[JsonSerializable(typeof(MerchantRecord))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(ResponseOrder))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(CommandRecord))]
[JsonSerializable(typeof(PolicyVersionRecord))]
[JsonSerializable(typeof(PolicyRollout))]
[JsonSerializable(typeof(RingPin))]
[JsonSerializable(typeof(PolicyException))]
[JsonSerializable(typeof(AlarmRecord))]
[JsonSerializable(typeof(AppealAnswer))]
[JsonSerializable(typeof(AppealRecord))]
public sealed partial class ContractJson : JsonSerializerContext;
