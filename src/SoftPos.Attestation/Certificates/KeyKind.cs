namespace SoftPos.Attestation.Certificates;

/// <summary>What a certificate's public key is.</summary>
public enum KeyKind
{
    /// <summary>An algorithm or curve that this library does not know.</summary>
    Unknown,

    /// <summary>RSA.</summary>
    Rsa,

    /// <summary>Elliptic curve P-256.</summary>
    P256,

    /// <summary>Elliptic curve P-384.</summary>
    P384,

    /// <summary>Elliptic curve with another named curve.</summary>
    OtherCurve,

    /// <summary>Ed25519 or X25519.</summary>
    Curve25519,

    /// <summary>ML-DSA (FIPS 204): carried, but not verifiable where the platform lacks it.</summary>
    MlDsa,
}
