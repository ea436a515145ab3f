using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Apple;

/// <summary>What an App Attest attestation is held against.</summary>
public sealed record AppAttestationEvidence
{
    /// <summary>The CBOR attestation object.</summary>
    public required ReadOnlyMemory<byte> Attestation { get; init; }

    /// <summary>SHA-256 of the client data that held the challenge, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> ClientDataHash { get; init; }

    /// <summary>Key identity as the app sent it, 32 bytes; null when only the attestation's own is known.</summary>
    public ReadOnlyMemory<byte>? KeyId { get; init; }

    /// <summary>Team identity, a dot, bundle identity.</summary>
    public required string AppId { get; init; }

    /// <summary><c>production</c> or <c>development</c>; null accepts either.</summary>
    public string? Environment { get; init; }

    /// <summary>Roots.</summary>
    public TrustAnchors Anchors { get; init; } = TrustAnchors.AppAttest;

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>What an attestation says, and what is wrong with it.</summary>
public sealed record AppAttestation
{
    /// <summary>Certificates, leaf first.</summary>
    public IReadOnlyList<AttestationCertificate> Certificates { get; init; } = [];

    /// <summary>Key identity.</summary>
    public ReadOnlyMemory<byte>? KeyId { get; init; }

    /// <summary>The attested P-256 key; store it for assertions.</summary>
    public PublicKeyInfo? Key => Certificates.Count > 0 ? Certificates[0].Key : null;

    /// <summary>Counter; 0 in a genuine attestation.</summary>
    public uint? Counter { get; init; }

    /// <summary><c>production</c>, <c>development</c> or <c>unknown</c>.</summary>
    public string? Environment { get; init; }

    /// <summary>Whether the environment is the expected one; null when any is.</summary>
    public bool? IsEnvironmentExpected { get; init; }

    /// <summary>Operating system version by the certificate; null when absent.</summary>
    public string? OsVersion { get; init; }

    /// <summary>The receipt, PKCS #7.</summary>
    public ReadOnlyMemory<byte>? Receipt { get; init; }

    /// <summary>What cannot be allowed.</summary>
    public required IReadOnlyList<AttestationProblem> Problems { get; init; }

    /// <summary>SHA-256 of the object, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }
}
