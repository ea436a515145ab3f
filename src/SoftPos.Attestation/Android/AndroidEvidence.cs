using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Android;

/// <summary>What verification of one chain needs.</summary>
public sealed record AndroidEvidence
{
    /// <summary>DER certificates, leaf first.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; init; }

    /// <summary>The challenge that was given out; null when freshness is judged elsewhere.</summary>
    public ReadOnlyMemory<byte>? Challenge { get; init; }

    /// <summary>Keys that the chain may end in.</summary>
    public TrustAnchors Anchors { get; init; } = TrustAnchors.Google;

    /// <summary>Status list; null when there is none.</summary>
    public StatusList? StatusList { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }
}
