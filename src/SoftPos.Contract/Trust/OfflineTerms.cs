namespace SoftPos.Contract;

/// <summary>
/// What a merchant's terminals may take while the back end cannot be reached. A merchant without terms takes nothing then.
/// </summary>
public sealed record OfflineTerms
{
    /// <summary>Most sales that may wait on one phone.</summary>
    public const int MostRecords = 50;

    /// <summary>Longest life of a permission: a day.</summary>
    public const int MostAttestationAgeMinutes = 24 * 60;

    /// <summary>Longest time until a sale must be forwarded: three days.</summary>
    public const int MostRecordAgeMinutes = 3 * 24 * 60;

    /// <summary>Most kernels.</summary>
    public const int MostKernels = 16;

    /// <summary>Most sales between two contacts with the back end.</summary>
    public int MaxCount { get; set; } = 5;

    /// <summary>Highest sum of them in minor units.</summary>
    public long MaxTotalMinor { get; set; } = 10_000;

    /// <summary>Highest amount of one sale in minor units.</summary>
    public long MaxAmountMinor { get; set; } = 2_500;

    /// <summary>How long a sale may wait until it is forwarded, in minutes.</summary>
    public int MaxRecordAgeMinutes { get; set; } = 24 * 60;

    /// <summary>How old the last good attestation may be at a tap, in minutes.</summary>
    public int MaxAttestationAgeMinutes { get; set; } = 60;

    /// <summary>Kernels whose cards are taken.</summary>
    public IReadOnlyList<int> Kernels { get; set; } = [2, 3];

    /// <summary>What is wrong with the terms; null when nothing is.</summary>
    public string? Fault() =>
        MaxCount is < 1 or > MostRecords ? $"maxCount: 1 to {MostRecords}"
        : MaxAmountMinor <= 0 ? "maxAmountMinor: a number above 0"
        : MaxTotalMinor < MaxAmountMinor ? "maxTotalMinor: at least maxAmountMinor"
        : MaxRecordAgeMinutes is < 1 or > MostRecordAgeMinutes ? $"maxRecordAgeMinutes: 1 to {MostRecordAgeMinutes}"
        : MaxAttestationAgeMinutes is < 1 or > MostAttestationAgeMinutes ? $"maxAttestationAgeMinutes: 1 to {MostAttestationAgeMinutes}"
        : Kernels is not { Count: > 0 and <= MostKernels } || Kernels.Any(static kernel => kernel is < 1 or > 255)
            ? "kernels: 1 to 16 numbers of kernels"
        : null;
}

/// <summary>
/// What was found wrong with a sale that was taken offline. A sale with one of these is not sent to the bank without a person.
/// </summary>
public enum OfflineFlag
{
    /// <summary>More sales than the permission allows.</summary>
    OverCount,

    /// <summary>Their sum is higher than the permission allows.</summary>
    OverTotal,

    /// <summary>The amount is higher than the permission allows.</summary>
    OverAmount,

    /// <summary>It was forwarded too late.</summary>
    TooOld,

    /// <summary>The permission is not one of this back end, or is for another terminal, merchant or currency.</summary>
    PermissionInvalid,

    /// <summary>It was tapped before or after the permission's time.</summary>
    PermissionExpired,

    /// <summary>The terminal has been denied, suspended or retired since.</summary>
    TerminalDenied,

    /// <summary>It does not follow the last record: records between them are missing, or it was made anew.</summary>
    ChainBroken,

    /// <summary>Another record of the same number was forwarded before.</summary>
    Forked,

    /// <summary>A payment of that identity is there already.</summary>
    Duplicate,

    /// <summary>The key serial number was used before, or an earlier one than the last.</summary>
    KeySerialSeen,

    /// <summary>The permission does not name the kernel.</summary>
    KernelNotAllowed,

    /// <summary>It is no plain sale, or carries or asks for a PIN.</summary>
    NotAllowedOffline,

    /// <summary>Amount, currency or kind are not what the card signed, or the card gave no online cryptogram.</summary>
    CardDataMismatch,

    /// <summary>The account data do not open, or are of another card.</summary>
    AccountDataInvalid,

    /// <summary>The bank was asked and did not answer; the question was reversed.</summary>
    NoAnswer,

    /// <summary>The acquirer could not be reached for a day.</summary>
    AcquirerUnreachable,

    /// <summary>The surcharge is higher than the merchant's terms allow.</summary>
    SurchargeNotAllowed,
}

/// <summary>Who bears what, of a sale that was taken offline.</summary>
public enum OfflineRisk
{
    /// <summary>The bank has not been asked. If it declines, the merchant loses the amount.</summary>
    Unauthorised,

    /// <summary>The bank approved it later. The cardholder's bank may still dispute a late authorisation.</summary>
    AuthorisedLate,

    /// <summary>The bank declined, or took it back: the merchant does not get the amount by card.</summary>
    Lost,

    /// <summary>It is held back for a person; until then the bank is not asked.</summary>
    HeldForReview,
}

/// <summary>What is known of a payment that was taken offline.</summary>
public sealed record OfflineFacts
{
    /// <summary>Number in the terminal's chain.</summary>
    public long Sequence { get; set; }

    /// <summary>Time of the tap, as the terminal says.</summary>
    public DateTimeOffset TakenAt { get; set; }

    /// <summary>When the back end got it.</summary>
    public DateTimeOffset ForwardedAt { get; set; }

    /// <summary>What is wrong with it; empty for nothing.</summary>
    public IReadOnlyList<OfflineFlag> Flags { get; set; } = [];

    /// <summary>How often the acquirer was tried and not reached.</summary>
    public int Attempts { get; set; }

    /// <summary>An operator let it go to the bank in spite of its flags.</summary>
    public bool Released { get; set; }

    /// <summary>Who bears what in a state.</summary>
    public static OfflineRisk RiskOf(PaymentState state) => state switch
    {
        PaymentState.Approved or PaymentState.Adjusting or PaymentState.Completed => OfflineRisk.AuthorisedLate,
        PaymentState.Deferred or PaymentState.Received or PaymentState.Sent => OfflineRisk.Unauthorised,
        PaymentState.InReview => OfflineRisk.HeldForReview,
        _ => OfflineRisk.Lost,
    };
}
