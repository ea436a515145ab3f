using SoftPos.Attestation.Android;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>One signed evidence of an enrolled terminal, and what the back end knows beside it.</summary>
public sealed record HeartbeatEvidence
{
    /// <summary>Result of <see cref="EvidenceVerifier"/>.</summary>
    public required VerifiedEvidence Evidence { get; init; }

    /// <summary>The terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Nonce that was redeemed for it.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Seed of the same challenge, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Seed { get; init; }

    /// <summary>Last accepted sequence number; -1 before the first.</summary>
    public required long LastSequence { get; init; }

    /// <summary>What the hardware attested at enrolment.</summary>
    public EnrolledFacts Enrolled { get; init; } = EnrolledFacts.None;

    /// <summary>High-water marks.</summary>
    public TerminalHistory History { get; init; } = TerminalHistory.None;

    /// <summary>When each rule's finding was first seen on this terminal.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> FirstSeen { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>What is remembered of its health.</summary>
    public HealthTrend Trend { get; init; } = HealthTrend.None;

    /// <summary>Since when each rule that asks how long has failed without a break.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> FailingSince { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Exceptions that hold for it.</summary>
    public IReadOnlyList<PolicyException> Exceptions { get; init; } = [];

    /// <summary>Status list; null when there is none.</summary>
    public StatusList? StatusList { get; init; }

    /// <summary>Ring of the terminal.</summary>
    public string Ring { get; init; } = AppraisalContext.Production;

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>Appraises heartbeats.</summary>
public sealed class HeartbeatAppraiser(CompiledPolicy policy)
{
    private readonly Appraiser _appraiser = new(policy);

    /// <summary>The policy that appraises.</summary>
    public CompiledPolicy Policy => policy;

    /// <summary>Appraises one evidence.</summary>
    public (AppraisalResult Result, ClaimSet Claims) Appraise(HeartbeatEvidence heartbeat)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        ClaimSet claims = new();
        AppraisalContext context = new()
        {
            Time = heartbeat.Time,
            Ring = heartbeat.Ring,
            EvidenceHash = heartbeat.Evidence.EvidenceHash,
            FirstSeen = heartbeat.FirstSeen,
            FailingSince = heartbeat.FailingSince,
            Exceptions = heartbeat.Exceptions,
        };
        if (heartbeat.Evidence.Claims is not { } said)
        {
            return (_appraiser.Appraise(PolicyStage.None, claims, [heartbeat.Evidence.Problem!], context), claims);
        }

        SdkClaims.Fill(claims, new SdkEvidence
        {
            Claims = said,
            NonceBytes = heartbeat.Nonce,
            SeedBytes = heartbeat.Seed,
            TerminalId = heartbeat.TerminalId,
            LastSequence = heartbeat.LastSequence,
            RequiredProbes = policy.RequiredProbes,
            Time = heartbeat.Time,
        });
        HealthClaims.Fill(claims, heartbeat.Trend.After(said, heartbeat.Time));
        BaselineClaims.Fill(
            claims, policy.Baseline, said.Model, said.OsVersion,
            PatchLevel.From((ulong)Math.Max(said.OsPatch, 0)).AgeInMonths(heartbeat.Time), heartbeat.Time);
        SdkClaims.FillContradictions(claims, heartbeat.Enrolled);
        HistoryClaims.Fill(claims, heartbeat.History);
        StatusEntry? listed = heartbeat.StatusList?.FindWorst(heartbeat.Enrolled.CertificateSerials);
        HistoryClaims.FillRevocation(claims, heartbeat.StatusList, listed, heartbeat.Time);
        AttestationProblem[] problems = listed?.Status is CertificateStatus.Revoked ? [RevokedSince(listed)] : [];
        return (_appraiser.Appraise(PolicyStage.Evidence, claims, problems, context), claims);
    }

    /// <summary>As at enrolment, no policy can allow a key that its maker has withdrawn.</summary>
    private static AttestationProblem RevokedSince(StatusEntry entry) => new(
        "android.revocation.revoked", ReasonCodes.ChainRevoked, $"listed as {entry.Serial} since the terminal was enrolled: revoked {entry.Reason}".TrimEnd());
}
