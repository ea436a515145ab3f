namespace SoftPos.Contract;

/// <summary>Life of a terminal.</summary>
public enum TerminalState
{
    /// <summary>Enrolled and in use.</summary>
    Active,

    /// <summary>Its enrolment was refused; it holds no keys.</summary>
    Refused,

    /// <summary>Suspended by an operator or a finding.</summary>
    Suspended,

    /// <summary>Retired; its keys are destroyed.</summary>
    Retired,
}

/// <summary>What the back end knows of one terminal; written by monitoring, read by payments as the trust status.</summary>
public sealed record TerminalRecord
{
    /// <summary>Identity, given at enrolment.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Identity of the merchant.</summary>
    public required string MerchantId { get; init; }

    /// <summary>SubjectPublicKeyInfo (DER) of the device-bound P-256 signing key.</summary>
    public required byte[] DeviceKey { get; init; }

    /// <summary>SubjectPublicKeyInfo (DER) of the device-bound P-256 key agreement key.</summary>
    public required byte[] AgreementKey { get; init; }

    /// <summary>State.</summary>
    public required TerminalState State { get; init; }

    /// <summary>Last verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>ISO 8583 DE 41, 8 characters.</summary>
    public required string AcquirerTerminalId { get; init; }

    /// <summary>AES DUKPT initial key identity (8 bytes) for account data; null without keys.</summary>
    public byte[]? DataKeyId { get; init; }

    /// <summary>AES DUKPT initial key identity (8 bytes) for PINs; null without keys.</summary>
    public byte[]? PinKeyId { get; init; }

    /// <summary>When these initial keys were delivered; null when that was the enrolment.</summary>
    public DateTimeOffset? KeysDeliveredAt { get; init; }

    /// <summary>Initial keys that were delivered to follow these; the terminal has not said yet that it holds them, so either set may be used.</summary>
    public NextKeys? NextKeys { get; init; }

    /// <summary>Brand and model, as the phone says.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>Operating system version, as the phone says.</summary>
    public string OsVersion { get; init; } = string.Empty;

    /// <summary>Version of the SDK.</summary>
    public string SdkVersion { get; init; } = string.Empty;

    /// <summary>SHA-256 of the app's signing certificate, lower-case hex; empty when not known.</summary>
    public string AppSigner { get; set; } = string.Empty;

    /// <summary>OS security patch as the phone says it, such as 202611; 0 when not known.</summary>
    public int OsPatch { get; init; }

    /// <summary>Last accepted sequence number of its evidence.</summary>
    public long EvidenceSequence { get; init; }

    /// <summary>Which of the 64 numbers up to <see cref="EvidenceSequence"/> were seen; the lowest bit is that number itself.</summary>
    public ulong EvidenceWindow { get; init; }

    /// <summary>Hash of verifiedBootKey at first sight, pinned; lower-case hex.</summary>
    public string? BootKey { get; init; }

    /// <summary>What the appraisals remember of this terminal (facts of its enrolment, high-water marks), as JSON of the attestation room.</summary>
    public string? AttestationMemory { get; init; }

    /// <summary>When it was enrolled.</summary>
    public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Last evidence that came, whatever its verdict.</summary>
    public DateTimeOffset? LastEvidenceAt { get; init; }

    /// <summary>Last evidence that was appraised as trusted or limited.</summary>
    public DateTimeOffset? LastTrustedAt { get; init; }

    /// <summary>Findings of the last appraisal.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Health figures of the last evidence, by name with the unit in it, such as <c>batteryTemperatureCelsius</c>.</summary>
    public IReadOnlyDictionary<string, double> Health { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether the terminal was given that PIN key and may use it.</summary>
    /// <param name="pinKeyId">Initial key identity, 8 bytes.</param>
    public bool HoldsPinKey(ReadOnlySpan<byte> pinKeyId) =>
        (PinKeyId is { } current && pinKeyId.SequenceEqual(current)) || (NextKeys is { } next && pinKeyId.SequenceEqual(next.PinKeyId));

    /// <summary>When the key set of that data key was delivered; null when the terminal was never given it.</summary>
    /// <param name="dataKeyId">Initial key identity, 8 bytes.</param>
    public DateTimeOffset? DeliveredAt(ReadOnlySpan<byte> dataKeyId) =>
        DataKeyId is { } current && dataKeyId.SequenceEqual(current) ? KeysDeliveredAt ?? EnrolledAt
        : NextKeys is { } next && dataKeyId.SequenceEqual(next.DataKeyId) ? next.DeliveredAt
        : null;
}

/// <summary>Initial keys on their way to replace those in use.</summary>
/// <param name="DataKeyId">Identity of the key for account data, 8 bytes.</param>
/// <param name="PinKeyId">Identity of the key for PINs, 8 bytes.</param>
/// <param name="DeliveredAt">When they were delivered.</param>
public sealed record NextKeys(byte[] DataKeyId, byte[] PinKeyId, DateTimeOffset DeliveredAt);

/// <summary>A merchant, as payments and receipts need it.</summary>
public sealed record MerchantRecord
{
    /// <summary>Identity.</summary>
    public required string MerchantId { get; init; }

    /// <summary>Name on the receipt.</summary>
    public required string Name { get; init; }

    /// <summary>City on the receipt and in DE 43.</summary>
    public required string City { get; init; }

    /// <summary>ISO 3166-1 alpha-2 country.</summary>
    public required string Country { get; init; }

    /// <summary>ISO 8583 DE 42, up to 15 characters.</summary>
    public required string CardAcceptorId { get; init; }

    /// <summary>Merchant category code, 4 digits.</summary>
    public required string CategoryCode { get; init; }

    /// <summary>ISO 4217 numeric currency, 3 digits.</summary>
    public required string Currency { get; init; }

    /// <summary>May give money back without naming the payment that it was paid with.</summary>
    public bool AllowsUnlinkedRefunds { get; init; }

    /// <summary>What the merchant may take; null for what the installation allows.</summary>
    public MerchantLimits? Limits { get; init; }

    /// <summary>What receipts show beside the facts; null for nothing.</summary>
    public MerchantBranding? Branding { get; init; }

    /// <summary>What it adds to a sale for taking it by card; null for nothing.</summary>
    public SurchargeTerms? Surcharge { get; set; }

    /// <summary>What its terminals may take while the back end cannot be reached; null for nothing.</summary>
    public OfflineTerms? Offline { get; set; }
}

/// <summary>The trust status that monitoring publishes and payments consults: a kill takes effect at the next request.</summary>
public interface ITrustStatus
{
    /// <summary>The terminal as it stands now, or null.</summary>
    ValueTask<TerminalRecord?> ReadAsync(Guid terminalId, CancellationToken cancellation);
}
