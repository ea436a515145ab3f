namespace SoftPos.Attestation.Appraisal;

/// <summary>High-water marks of one terminal and what the fleet knows of its attestation key. All null for a terminal at first sight.</summary>
public sealed record TerminalHistory
{
    /// <summary>A terminal at first sight.</summary>
    public static TerminalHistory None { get; } = new();

    /// <summary>The terminal has been seen before.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Highest operating system version, MMmmss.</summary>
    public double? OsVersion { get; init; }

    /// <summary>Highest OS patch level, YYYYMM.</summary>
    public double? OsPatch { get; init; }

    /// <summary>Highest vendor patch level, YYYYMM.</summary>
    public double? VendorPatch { get; init; }

    /// <summary>Highest boot patch level, YYYYMM.</summary>
    public double? BootPatch { get; init; }

    /// <summary>Highest version code of the app.</summary>
    public double? AppVersion { get; init; }

    /// <summary>Boot key pinned at first sight, lower-case hex.</summary>
    public string? BootKey { get; init; }

    /// <summary>Brand and model at first sight.</summary>
    public string? Model { get; init; }

    /// <summary>Terminals that used the same attestation certificate of a factory chain.</summary>
    public double? TerminalsOnAttestationKey { get; init; }

    /// <summary>Brands that used the same attestation certificate of a factory chain; more than one means a leaked key.</summary>
    public double? BrandsOnAttestationKey { get; init; }

    /// <summary>The model is known to come with remotely provisioned chains only.</summary>
    public bool? IsModelRemotelyProvisioned { get; init; }

    /// <summary>The marks after this evidence was accepted: each number rises or stays, each pin stays.</summary>
    public TerminalHistory After(Claims.ClaimSet claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        return this with
        {
            IsKnown = true,
            OsVersion = Higher(OsVersion, claims["android.osVersion"]),
            OsPatch = Higher(Higher(OsPatch, claims["android.osPatch"]), claims["sdk.osPatch"]),
            VendorPatch = Higher(VendorPatch, claims["android.vendorPatch"]),
            BootPatch = Higher(BootPatch, claims["android.bootPatch"]),
            AppVersion = Higher(AppVersion, claims["android.app.version"]),
            BootKey = BootKey ?? TextOf(claims["android.rootOfTrust.verifiedBootKey"]),
            Model = Model ?? TextOf(claims["sdk.model"]),
        };
    }

    private static double? Higher(double? mark, Claims.ClaimValue now) =>
        now.Kind is Claims.ClaimKind.Number ? Math.Max(mark ?? double.MinValue, now.Number) : mark;

    private static string? TextOf(Claims.ClaimValue now) => now.Kind is Claims.ClaimKind.Text ? now.Text : null;
}
