namespace SoftPos.Contract;

/// <summary>What an operator orders against a part of the fleet, mildest first.</summary>
public enum ResponseAction
{
    /// <summary>The merchant is told.</summary>
    Notice,

    /// <summary>No PIN, low amounts.</summary>
    Limit,

    /// <summary>No payment until fresh evidence of after the order is good.</summary>
    Reattest,

    /// <summary>No payment while the order stands.</summary>
    Deny,

    /// <summary>No payment and no attestation while the order stands.</summary>
    Suspend,

    /// <summary>Suspended, and the terminal destroys its keys. Cannot be taken back.</summary>
    Wipe,
}

/// <summary>Which terminals an order is about.</summary>
public enum ResponseScope
{
    /// <summary>One terminal, by its identity.</summary>
    Terminal,

    /// <summary>All with this version of the SDK.</summary>
    SdkVersion,

    /// <summary>All phones of this brand and model.</summary>
    Model,

    /// <summary>All on this version of the operating system.</summary>
    OsVersion,

    /// <summary>All on this version and patch level, such as <c>16/202611</c>.</summary>
    OsBuild,

    /// <summary>All whose app is signed by this certificate: SHA-256, lower-case hex.</summary>
    Signer,

    /// <summary>All of this merchant.</summary>
    Merchant,

    /// <summary>All of this installation; the value is <c>all</c>.</summary>
    Installation,
}

/// <summary>An order of an operator: what, against whom, why, by whom, and until when.</summary>
public sealed record ResponseOrder
{
    /// <summary>The value of an order against the whole installation.</summary>
    public const string Everyone = "all";

    /// <summary>Number; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>What is ordered.</summary>
    public required ResponseAction Action { get; init; }

    /// <summary>What the value names.</summary>
    public required ResponseScope Scope { get; init; }

    /// <summary>Who is meant, in the form that the scope asks for.</summary>
    public required string Value { get; init; }

    /// <summary>Code in the reason catalogue, which the merchant is told.</summary>
    public required string Reason { get; init; }

    /// <summary>Why, for operators.</summary>
    public required string Note { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Has no effect; what it would have done is written down.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>When it was lifted; null while it stands.</summary>
    public DateTimeOffset? LiftedAt { get; init; }

    /// <summary>Who lifted it.</summary>
    public string? LiftedBy { get; init; }

    /// <summary>What a terminal shows of itself under a scope; an order covers it when this equals the order's value.</summary>
    public static string KeyOf(ResponseScope scope, TerminalRecord terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        return scope switch
        {
            ResponseScope.Terminal => terminal.TerminalId.ToString(),
            ResponseScope.SdkVersion => terminal.SdkVersion,
            ResponseScope.Model => terminal.Model,
            ResponseScope.OsVersion => terminal.OsVersion,
            ResponseScope.OsBuild => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{terminal.OsVersion}/{terminal.OsPatch}"),
            ResponseScope.Signer => terminal.AppSigner,
            ResponseScope.Merchant => terminal.MerchantId,
            _ => Everyone,
        };
    }

    /// <summary>Whether it stands at that time.</summary>
    public bool StandsAt(DateTimeOffset now) => LiftedAt is null && (ExpiresAt is not { } end || now < end);

    /// <summary>Whether it is about the terminal.</summary>
    public bool Covers(TerminalRecord terminal) => KeyOf(Scope, terminal) == Value;
}
