namespace SoftPos.Attestation.Android;

/// <summary>Where a key lives, weakest first; the numbers are those of the attestation schema.</summary>
public enum SecurityLevel
{
    /// <summary>In software.</summary>
    Software = 0,

    /// <summary>In the trusted execution environment of the main processor.</summary>
    TrustedEnvironment = 1,

    /// <summary>In a separate secure element.</summary>
    StrongBox = 2,
}

/// <summary>How the phone booted; the numbers are those of the attestation schema.</summary>
public enum VerifiedBootState
{
    /// <summary>The maker's system, verified (green).</summary>
    Verified = 0,

    /// <summary>A system verified by a key that the owner set (yellow).</summary>
    SelfSigned = 1,

    /// <summary>Unlocked: nothing is verified (orange).</summary>
    Unverified = 2,

    /// <summary>Verification failed (red).</summary>
    Failed = 3,
}

/// <summary>How a key came to be; the numbers are those of the attestation schema.</summary>
public enum KeyOrigin
{
    /// <summary>Generated where it lives.</summary>
    Generated = 0,

    /// <summary>Derived.</summary>
    Derived = 1,

    /// <summary>Imported: it has been elsewhere.</summary>
    Imported = 2,

    /// <summary>Not known.</summary>
    Unknown = 3,

    /// <summary>Imported wrapped.</summary>
    SecurelyImported = 4,
}
