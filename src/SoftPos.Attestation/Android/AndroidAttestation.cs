using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Android;

/// <summary>Everything that one Android key attestation chain says, and everything that is wrong with it before any policy.</summary>
public sealed record AndroidAttestation
{
    /// <summary>Certificates as read, leaf first; ends before the first unreadable one.</summary>
    public required IReadOnlyList<AttestationCertificate> Certificates { get; init; }

    /// <summary>What the leaf's extension says; null when it is absent or unreadable.</summary>
    public AndroidKeyDescription? Description { get; init; }

    /// <summary>Factory or remotely provisioned.</summary>
    public ChainKind Kind { get; init; }

    /// <summary>Where the chain ends; null when in no known key.</summary>
    public TrustAnchor? Anchor { get; init; }

    /// <summary>The chain came without its root.</summary>
    public bool IsRootOmitted { get; init; }

    /// <summary>Security level that the attestation certificate itself names; null when it names none.</summary>
    public SecurityLevel? ChainLevel { get; init; }

    /// <summary>Remote provisioning information; null when absent.</summary>
    public ProvisioningInfo? Provisioning { get; init; }

    /// <summary>Whether the challenge is ours; null when none was given to compare with.</summary>
    public bool? IsChallengeOurs { get; init; }

    /// <summary>Whether a status list was at hand.</summary>
    public bool IsRevocationChecked { get; init; }

    /// <summary>Age of the status list; null without a list or without its time.</summary>
    public TimeSpan? StatusListAge { get; init; }

    /// <summary>Entries of the status list that name a certificate of this chain.</summary>
    public required IReadOnlyList<StatusEntry> Listed { get; init; }

    /// <summary>What cannot be allowed.</summary>
    public required IReadOnlyList<AttestationProblem> Problems { get; init; }

    /// <summary>SHA-256 over all certificates as received, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>When it was verified.</summary>
    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>The attested key; null when the leaf cannot be read.</summary>
    public PublicKeyInfo? Key => Certificates.Count > 0 ? Certificates[0].Key : null;

    /// <summary>
    /// The level that is proven: the weakest of what the leaf claims for itself and for the key; a StrongBox that the chain does not
    /// name counts as a trusted environment only.
    /// </summary>
    public SecurityLevel? Level => Description is null ? null
        : Description.Level is SecurityLevel.StrongBox && ChainLevel is not SecurityLevel.StrongBox ? SecurityLevel.TrustedEnvironment
        : Description.Level;
}
