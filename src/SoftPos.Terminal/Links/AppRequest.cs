namespace SoftPos.Terminal.Links;

/// <summary>What another app or a link may ask of the merchant app. It fills a screen; the merchant decides there.</summary>
public abstract record AppRequest
{
    private AppRequest()
    {
    }

    /// <summary>Set up with a code: fills the field, the merchant touches the button.</summary>
    /// <param name="Code">Code from the provider.</param>
    public sealed record SetUp(string Code) : AppRequest;

    /// <summary>Take a payment: fills the keypad, the merchant touches the button.</summary>
    /// <param name="AmountMinor">Minor units.</param>
    /// <param name="Currency">ISO 4217 numeric currency; null for the merchant's.</param>
    /// <param name="Reference">The other app's own reference, handed back with the result.</param>
    public sealed record Pay(long AmountMinor, string? Currency, string Reference) : AppRequest;

    /// <summary>Show why payments are not possible.</summary>
    public sealed record Explain : AppRequest;

    /// <summary>Show how payments are taken.</summary>
    public sealed record Teach : AppRequest;

    /// <summary>Show the payments; the app's own lock applies.</summary>
    public sealed record ShowPayments : AppRequest;
}

/// <summary>A request, or why it was refused.</summary>
/// <param name="Request">The request; null when refused.</param>
/// <param name="Refusal">Names field and rule, and repeats nothing that was sent; null when taken.</param>
public sealed record AppRequestReading(AppRequest? Request, string? Refusal)
{
    internal static AppRequestReading Taken(AppRequest request) => new(request, null);

    internal static AppRequestReading Refused(string why) => new(null, why);
}

/// <summary>Another app that may ask for payments.</summary>
/// <param name="Package">Package name.</param>
/// <param name="SignerDigest">SHA-256 of its signing certificate, 32 bytes.</param>
public sealed record KnownCaller(string Package, byte[] SignerDigest);

/// <summary>Who is calling, as the system says. A referrer is no caller: any app can set it.</summary>
/// <param name="Package">Package name; null when the system does not say.</param>
/// <param name="SignerDigests">SHA-256 of its signing certificates.</param>
public sealed record Caller(string? Package, IReadOnlyList<byte[]> SignerDigests);

/// <summary>What a deployment allows.</summary>
public sealed record LinkRules
{
    /// <summary>Hosts of the deployment's own links.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Apps that may ask for payments.</summary>
    public IReadOnlyList<KnownCaller> Callers { get; init; } = [];
}
