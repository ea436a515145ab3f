using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>One evidence of the SDK with what the back end knows beside it.</summary>
public sealed record SdkEvidence
{
    /// <summary>The decoded claims, signature already verified.</summary>
    public required EvidenceClaims Claims { get; init; }

    /// <summary>Nonce that was redeemed for it.</summary>
    public required ReadOnlyMemory<byte> NonceBytes { get; init; }

    /// <summary>Seed of the same challenge, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> SeedBytes { get; init; }

    /// <summary>Terminal whose key verified it.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Last accepted sequence number; -1 before the first.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Probes that must report.</summary>
    public required IReadOnlyList<string> RequiredProbes { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }

    internal ReadOnlySpan<byte> Nonce => NonceBytes.Span;

    internal ReadOnlySpan<byte> Seed => SeedBytes.Span;
}
