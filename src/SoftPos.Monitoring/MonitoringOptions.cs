using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Monitoring;

/// <summary>By what terminals are appraised.</summary>
public sealed record MonitoringOptions
{
    /// <summary>The policy in force.</summary>
    public required LivePolicy Policy { get; init; }

    /// <summary>Keys that attestation chains may end in; a lab key only in a sandbox.</summary>
    public required TrustAnchors Anchors { get; init; }

    /// <summary>Revocation status list; null where there is none.</summary>
    public StatusList? StatusList { get; init; }

    /// <summary>Ring of the terminals.</summary>
    public string Ring { get; init; } = AppraisalContext.Production;

    /// <summary>Life of a result token: at most a minute for a tap.</summary>
    public TimeSpan ResultLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of a result for PIN entry.</summary>
    public TimeSpan PinResultLifetime { get; init; } = TimeSpan.FromSeconds(15);
}
