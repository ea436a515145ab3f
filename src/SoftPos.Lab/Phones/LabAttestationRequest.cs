using SoftPos.Attestation.Android;

namespace SoftPos.Lab.Phones;

/// <summary>What the lab's secure hardware is to say of one key.</summary>
public sealed record LabAttestationRequest
{
    /// <summary>SubjectPublicKeyInfo of the P-256 key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>Attestation challenge.</summary>
    public required byte[] Challenge { get; init; }

    /// <summary>What the key may do: 2 sign, 6 agree.</summary>
    public required int Purpose { get; init; }

    /// <summary>Package name of the app.</summary>
    public required string Package { get; init; }

    /// <summary>Version code of the app.</summary>
    public long AppVersion { get; init; } = 1;

    /// <summary>SHA-256 of the app's signing certificate, 32 bytes; null leaves the set empty, as a crashed system server does.</summary>
    public byte[]? SignerDigest { get; init; }

    /// <summary>Where the key lives.</summary>
    public SecurityLevel Level { get; init; } = SecurityLevel.TrustedEnvironment;

    /// <summary>The boot loader is locked.</summary>
    public bool DeviceLocked { get; init; } = true;

    /// <summary>How the phone booted.</summary>
    public VerifiedBootState BootState { get; init; } = VerifiedBootState.Verified;

    /// <summary>Hash of the boot key, 32 bytes.</summary>
    public required byte[] BootKey { get; init; }

    /// <summary>Digest of the verified system, 32 bytes.</summary>
    public required byte[] BootHash { get; init; }

    /// <summary>Operating system version, MMmmss.</summary>
    public int OsVersion { get; init; } = 160000;

    /// <summary>OS patch level, YYYYMM.</summary>
    public required int OsPatch { get; init; }

    /// <summary>Vendor patch level, YYYYMMDD.</summary>
    public required int VendorPatch { get; init; }

    /// <summary>Boot patch level, YYYYMMDD.</summary>
    public required int BootPatch { get; init; }

    /// <summary>How the key came to be.</summary>
    public KeyOrigin Origin { get; init; } = KeyOrigin.Generated;

    /// <summary>Time of the lab.</summary>
    public required DateTimeOffset Time { get; init; }
}
