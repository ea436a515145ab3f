namespace SoftPos.Attestation.Certificates;

/// <summary>How a certificate is signed.</summary>
public enum SignatureScheme
{
    /// <summary>Anything that attestation chains have no business with, SHA-1 included.</summary>
    Unknown,

    /// <summary>RSA PKCS #1 v1.5 with SHA-256.</summary>
    RsaSha256,

    /// <summary>RSA PKCS #1 v1.5 with SHA-384.</summary>
    RsaSha384,

    /// <summary>RSA PKCS #1 v1.5 with SHA-512.</summary>
    RsaSha512,

    /// <summary>ECDSA with SHA-256.</summary>
    EcdsaSha256,

    /// <summary>ECDSA with SHA-384.</summary>
    EcdsaSha384,

    /// <summary>ECDSA with SHA-512.</summary>
    EcdsaSha512,

    /// <summary>ML-DSA-44, -65 or -87 (FIPS 204).</summary>
    MlDsa,
}
