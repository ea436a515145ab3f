namespace SoftPos.Contract.Integrators;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record Page<T>
{
    /// <summary>The entries.</summary>
    public required IReadOnlyList<T> Data { get; set; }

    /// <summary>Value of <c>cursor</c> for the next page; null at the end.</summary>
    public string? NextCursor { get; set; }
}

/// <summary>A merchant to be taken on.</summary>
public sealed record MerchantInput
{
    /// <summary>Identity: 3 to 40 of a–z, 0–9 and hyphen. Stands in the address, not in the body.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string MerchantId { get; set; } = string.Empty;

    /// <summary>Name on the receipt, up to 25 characters (DE 43).</summary>
    public required string Name { get; set; }

    /// <summary>City, up to 13 characters (DE 43).</summary>
    public required string City { get; set; }

    /// <summary>ISO 3166-1 alpha-2 country.</summary>
    public required string Country { get; set; }

    /// <summary>DE 42, up to 15 letters and digits, as the acquirer gave it.</summary>
    public required string CardAcceptorId { get; set; }

    /// <summary>Merchant category code, 4 digits.</summary>
    public required string CategoryCode { get; set; }

    /// <summary>ISO 4217 numeric currency, 3 digits.</summary>
    public required string Currency { get; set; }

    /// <summary>Surcharge on sales by card; null for none. Bounded by the cap of the installation.</summary>
    public SurchargeTerms? Surcharge { get; set; }

    /// <summary>Limits.</summary>
    public MerchantLimits? Limits { get; set; }

    /// <summary>Branding of receipts.</summary>
    public MerchantBranding? Branding { get; set; }
}

/// <summary>A place where a merchant sells.</summary>
public sealed record Store
{
    /// <summary>Identity within the merchant: 1 to 40 of a–z, 0–9 and hyphen.</summary>
    public string StoreId { get; set; } = string.Empty;

    /// <summary>Name, up to 60 characters; stands on receipts of its terminals.</summary>
    public required string Name { get; set; }

    /// <summary>Address in one line, up to 120 characters.</summary>
    public string? Address { get; set; }
}

/// <summary>What a person at a merchant may do.</summary>
public enum MerchantRole
{
    /// <summary>Takes payments.</summary>
    Cashier,

    /// <summary>Also takes terminals into use.</summary>
    Supervisor,
}

/// <summary>A person at a merchant: who a terminal was given to.</summary>
public sealed record MerchantUser
{
    /// <summary>Identity within the merchant: 1 to 40 of a–z, 0–9 and hyphen.</summary>
    public string UserId { get; set; } = string.Empty;

    /// <summary>Name, up to 60 characters.</summary>
    public required string Name { get; set; }

    /// <summary>Role; only a supervisor is given activation codes.</summary>
    public MerchantRole Role { get; set; }

    /// <summary>Gets no more codes.</summary>
    public bool Disabled { get; set; }
}

/// <summary>What an activation code is for.</summary>
public sealed record ActivationCodeInput
{
    /// <summary>Store that the terminal will stand in.</summary>
    public string? StoreId { get; set; }

    /// <summary>Supervisor whom the code is given to.</summary>
    public string? UserId { get; set; }

    /// <summary>Life in minutes, 1 to 1440.</summary>
    public int LifeMinutes { get; set; } = 60;
}

/// <summary>A one-time activation code. It is shown in this answer only.</summary>
public sealed record ActivationCodeOutput
{
    /// <summary>The code.</summary>
    public required string Code { get; set; }

    /// <summary>Text for a QR code that the merchant app reads: address of the back end and the code.</summary>
    public required string QrPayload { get; set; }

    /// <summary>End of its life.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A terminal as an integrator sees it.</summary>
public sealed record TerminalView
{
    /// <summary>Identity.</summary>
    public Guid TerminalId { get; set; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; set; }

    /// <summary>Store, where the activation code named one.</summary>
    public string? StoreId { get; set; }

    /// <summary>State.</summary>
    public TerminalState State { get; set; }

    /// <summary>Last verdict; its findings are the operator's.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>DE 41.</summary>
    public required string AcquirerTerminalId { get; set; }

    /// <summary>Phone model as the phone says.</summary>
    public string? Model { get; set; }

    /// <summary>When it was enrolled.</summary>
    public DateTimeOffset EnrolledAt { get; set; }

    /// <summary>When it last reported.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }
}

/// <summary>A payment.</summary>
public sealed record PaymentView
{
    /// <summary>Identity.</summary>
    public Guid PaymentId { get; set; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; set; }

    /// <summary>Terminal.</summary>
    public Guid TerminalId { get; set; }

    /// <summary>What it is.</summary>
    public PaymentOperation Operation { get; set; }

    /// <summary>State.</summary>
    public PaymentState State { get; set; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; set; }

    /// <summary>Amount that was asked, in minor units.</summary>
    public long AmountMinor { get; set; }

    /// <summary>Amount that stands: completed or adjusted, else approved, else asked.</summary>
    public long StandingMinor { get; set; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; set; }

    /// <summary>Tip within the amount.</summary>
    public long TipMinor { get; set; }

    /// <summary>Cash back within the amount.</summary>
    public long CashbackMinor { get; set; }

    /// <summary>Surcharge within the amount.</summary>
    public long SurchargeMinor { get; set; }

    /// <summary>What is known of it where it was taken while the back end was away; else null.</summary>
    public OfflineFacts? Offline { get; set; }

    /// <summary>Who bears what of such a payment; null for one that was taken online.</summary>
    public OfflineRisk? OfflineRisk { get; set; }

    /// <summary>Payment that a refund or increment belongs to.</summary>
    public Guid? OriginalPaymentId { get; set; }

    /// <summary>First six and last four digits.</summary>
    public required string MaskedPan { get; set; }

    /// <summary>Application label of the card.</summary>
    public string? ApplicationLabel { get; set; }

    /// <summary>DE 38.</summary>
    public string? AuthorisationCode { get; set; }

    /// <summary>DE 39.</summary>
    public string? ResponseCode { get; set; }

    /// <summary>DE 37.</summary>
    public string? RetrievalReference { get; set; }

    /// <summary>Settlement batch, once it is in one.</summary>
    public string? BatchId { get; set; }

    /// <summary>The cardholder's receipt page; whoever has the address may read it.</summary>
    public string? ReceiptUrl { get; set; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>Whether and what a merchant's terminals may take while the back end is away.</summary>
public sealed record OfflineInput
{
    /// <summary>The terms; null takes nothing.</summary>
    public OfflineTerms? Terms { get; set; }
}

/// <summary>How far the back end has what a terminal took while it was away.</summary>
public sealed record OfflineTerminalView
{
    /// <summary>Terminal.</summary>
    public Guid TerminalId { get; set; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; set; }

    /// <summary>Sales that were forwarded.</summary>
    public long Forwarded { get; set; }

    /// <summary>Sales that the terminal has told of and not forwarded yet.</summary>
    public long Outstanding { get; set; }

    /// <summary>Sales that are lost: deleted on the phone, unreadable, or never forwarded.</summary>
    public long Missing { get; set; }

    /// <summary>Why the terminal takes no more sales without the back end until the operator has looked; null when it does.</summary>
    public string? Closed { get; set; }
}

/// <summary>Sales that were taken while the back end was away.</summary>
public sealed record OfflineView
{
    /// <summary>Terminals that have taken such sales.</summary>
    public required IReadOnlyList<OfflineTerminalView> Terminals { get; set; }

    /// <summary>The newest such payments, newest first, in whatever state.</summary>
    public required IReadOnlyList<PaymentView> Payments { get; set; }
}

/// <summary>An amount to complete, adjust or increase a payment to or by.</summary>
public sealed record AmountInput
{
    /// <summary>Amount in minor units.</summary>
    public required long AmountMinor { get; set; }
}

/// <summary>A refund of a payment: its card is tapped once more.</summary>
public sealed record RefundInput
{
    /// <summary>Terminal that shall take the card.</summary>
    public required Guid TerminalId { get; set; }

    /// <summary>Amount in minor units; null for all of it.</summary>
    public long? AmountMinor { get; set; }
}

/// <summary>A payment to be pushed to a terminal.</summary>
public sealed record OrderInput
{
    /// <summary>Terminal that shall take it.</summary>
    public required Guid TerminalId { get; set; }

    /// <summary>Amount in minor units, tip and cash back included.</summary>
    public required long AmountMinor { get; set; }

    /// <summary>ISO 4217 numeric currency; null for the merchant's.</summary>
    public string? Currency { get; set; }

    /// <summary>Sale or pre-authorisation; a refund is asked at its payment.</summary>
    public PaymentOperation Operation { get; set; }

    /// <summary>Tip within the amount.</summary>
    public long TipMinor { get; set; }

    /// <summary>Cash back within the amount.</summary>
    public long CashbackMinor { get; set; }

    /// <summary>An approval of a part is taken.</summary>
    public bool AcceptsPartialApproval { get; set; }

    /// <summary>Own name for it, up to 64 characters.</summary>
    public string? Reference { get; set; }

    /// <summary>Life in seconds until a terminal has to accept it, 5 to 3600.</summary>
    public int LifeSeconds { get; set; } = 120;
}

/// <summary>A pushed order and what came of it.</summary>
public sealed record OrderView
{
    /// <summary>The order.</summary>
    public required PushedOrder Order { get; set; }

    /// <summary>The payment, once the card was tapped.</summary>
    public PaymentView? Payment { get; set; }
}

/// <summary>Totals of one currency in a batch, in minor units.</summary>
public sealed record BatchTotalView
{
    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; set; }

    /// <summary>Sales and completed pre-authorisations.</summary>
    public long SaleCount { get; set; }

    /// <summary>Their sum.</summary>
    public long SaleMinor { get; set; }

    /// <summary>Refunds.</summary>
    public long RefundCount { get; set; }

    /// <summary>Their sum.</summary>
    public long RefundMinor { get; set; }

    /// <summary>What the merchant is to get.</summary>
    public long NetMinor { get; set; }
}

/// <summary>A settlement batch.</summary>
public sealed record BatchView
{
    /// <summary>Identity.</summary>
    public required string BatchId { get; set; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; set; }

    /// <summary>Acquiring institution.</summary>
    public required string Acquirer { get; set; }

    /// <summary>Counts from 1 for each merchant.</summary>
    public long Number { get; set; }

    /// <summary>Time of the cut-over.</summary>
    public DateTimeOffset ClosedAt { get; set; }

    /// <summary>Totals by currency.</summary>
    public required IReadOnlyList<BatchTotalView> Totals { get; set; }
}

/// <summary>A receipt to be sent by e-mail. The address is used once and not kept.</summary>
public sealed record ReceiptMailInput
{
    /// <summary>One address.</summary>
    public required string To { get; set; }

    /// <summary>Language tag; null for English.</summary>
    public string? Language { get; set; }
}
