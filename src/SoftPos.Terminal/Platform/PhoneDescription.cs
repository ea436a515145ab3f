namespace SoftPos.Terminal;

/// <summary>What the phone says of itself and the app. Soft claims: the back end holds them against the hardware's.</summary>
internal sealed record PhoneDescription
{
    /// <summary>Brand and model.</summary>
    public required string Model { get; init; }

    /// <summary>Operating system version.</summary>
    public required string OsVersion { get; init; }

    /// <summary>OS security patch as year and month, such as 202611; 0 when unknown.</summary>
    public int OsPatch { get; init; }

    /// <summary>Package name of the app.</summary>
    public required string Package { get; init; }

    /// <summary>SHA-256 of the app's signing certificate, 32 bytes.</summary>
    public required byte[] SignerDigest { get; init; }

    /// <summary>Package that installed the app, empty when unknown.</summary>
    public string Installer { get; init; } = string.Empty;
}
