namespace SoftPos.Contract;

/// <summary>How far an exception has come.</summary>
public enum PolicyExceptionState
{
    /// <summary>One person wants it.</summary>
    Proposed,

    /// <summary>A second person agreed: it holds until its end.</summary>
    Standing,

    /// <summary>Its time is over.</summary>
    Ended,

    /// <summary>A person took it back before its end.</summary>
    Lifted,
}

/// <summary>
/// A rule of the policy that is not held against some terminals until an instant. What the rule finds is written down all the same, marked
/// with the exception's number.
/// </summary>
/// <remarks>Setters, not initializers: the JSON generator would overwrite the defaults of the latter.</remarks>
public sealed record PolicyException
{
    /// <summary>The longest that an exception may hold: what is needed for longer is a change of the policy.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Number; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>State.</summary>
    public required PolicyExceptionState State { get; init; }

    /// <summary>Identity of the rule, such as <c>sdk.patch</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What the value names: a terminal, a model, a version, a signer or a merchant, never the whole installation.</summary>
    public required ResponseScope Scope { get; init; }

    /// <summary>Who is meant, in the form that the scope asks for.</summary>
    public required string Value { get; init; }

    /// <summary>The instant at which it ends by itself.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Why.</summary>
    public required string Note { get; init; }

    /// <summary>Who proposed it.</summary>
    public required string Proposer { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>Who approved it: never the proposer.</summary>
    public string? Approver { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Who took it back.</summary>
    public string? LiftedBy { get; set; }

    /// <summary>When it was taken back or its end was written down.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>ES256 of the monitoring key over all that two persons stand for; made at the approval.</summary>
    public byte[]? Signature { get; set; }

    /// <summary>Whether it holds at that time: its end counts, whether it was written down or not.</summary>
    public bool HoldsAt(DateTimeOffset now) => State is PolicyExceptionState.Standing && now < Until;
}

/// <summary>What an exception may be about, as an evidence shows it.</summary>
/// <param name="TerminalId">Identity; null before there is one.</param>
/// <param name="MerchantId">Merchant.</param>
/// <param name="Model">Brand and model.</param>
/// <param name="OsVersion">Version of the operating system.</param>
/// <param name="OsPatch">Patch level, YYYYMM.</param>
/// <param name="SdkVersion">Version of the SDK.</param>
/// <param name="AppSigner">Signer of the app, lower-case hex.</param>
public sealed record ExceptionSubject(
    Guid? TerminalId, string MerchantId, string Model, string OsVersion, int OsPatch, string SdkVersion, string AppSigner)
{
    /// <summary>What it shows under a scope; null where that says nothing.</summary>
    public string? KeyOf(ResponseScope scope) => scope switch
    {
        ResponseScope.Terminal => TerminalId?.ToString(),
        ResponseScope.SdkVersion => SdkVersion,
        ResponseScope.Model => Model,
        ResponseScope.OsVersion => OsVersion,
        ResponseScope.OsBuild => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{OsVersion}/{OsPatch}"),
        ResponseScope.Signer => AppSigner,
        ResponseScope.Merchant => MerchantId,
        _ => null,
    };
}
