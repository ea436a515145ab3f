using SoftPos.Attestation.Android;
using SoftPos.Attestation.Baseline;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>The two chains of an enrolment and what they are held against.</summary>
public sealed record EnrolmentEvidence
{
    /// <summary>Chain of the signing key, leaf first, DER.</summary>
    public required IReadOnlyList<byte[]> SigningChain { get; init; }

    /// <summary>Chain of the key agreement key, leaf first, DER.</summary>
    public required IReadOnlyList<byte[]> AgreementChain { get; init; }

    /// <summary>Nonce that was redeemed; both chains must hold it as their challenge.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Keys that the chains may end in; with lab anchors in sandbox mode.</summary>
    public TrustAnchors Anchors { get; init; } = TrustAnchors.Google;

    /// <summary>Status list; null when there is none.</summary>
    public StatusList? StatusList { get; init; }

    /// <summary>What the fleet knows, such as terminals on the same factory key.</summary>
    public TerminalHistory History { get; init; } = TerminalHistory.None;

    /// <summary>Model as the phone says it, for where its hardware attests none.</summary>
    public string? StatedModel { get; init; }

    /// <summary>Exceptions that hold for it.</summary>
    public IReadOnlyList<PolicyException> Exceptions { get; init; } = [];

    /// <summary>Ring of the terminal.</summary>
    public string Ring { get; init; } = AppraisalContext.Production;

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>What came out of an enrolment's appraisal.</summary>
public sealed record EnrolmentResult
{
    /// <summary>The worse of both verdicts.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Findings of both chains, without repetitions.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>SHA-256 of the policy, 32 bytes as lower-case hex.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>Attestation of the signing key.</summary>
    public required AndroidAttestation Signing { get; init; }

    /// <summary>Attestation of the key agreement key.</summary>
    public required AndroidAttestation Agreement { get; init; }

    /// <summary>Claims of the signing key's chain.</summary>
    public required ClaimSet Claims { get; init; }

    /// <summary>SubjectPublicKeyInfo of the signing key; empty when it cannot be read.</summary>
    public byte[] SigningKey => Signing.Key?.Encoded.ToArray() ?? [];

    /// <summary>SubjectPublicKeyInfo of the key agreement key; empty when it cannot be read.</summary>
    public byte[] AgreementKey => Agreement.Key?.Encoded.ToArray() ?? [];
}

/// <summary>Appraises enrolments: two hardware keys of the same phone and the same app.</summary>
/// <param name="policy">The policy.</param>
/// <param name="issuers">Memory of verified issuers; null for none.</param>
public sealed class EnrolmentAppraiser(CompiledPolicy policy, VerifiedIssuers? issuers = null)
{
    private readonly AndroidAttestationVerifier _verifier = new(issuers);
    private readonly Appraiser _appraiser = new(policy);

    /// <summary>Appraises both chains; each alone must stand, and they must agree with one another.</summary>
    public EnrolmentResult Appraise(EnrolmentEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        AndroidAttestation signing = Verify(evidence.SigningChain, evidence);
        AndroidAttestation agreement = Verify(evidence.AgreementChain, evidence);
        List<AttestationProblem> together = [.. EnrolmentPair.Compare(signing, agreement)];
        (AppraisalResult first, ClaimSet claims) = Appraise(signing, together, evidence);
        (AppraisalResult second, _) = Appraise(agreement, [], evidence);
        return new EnrolmentResult
        {
            Verdict = Worse(first.Verdict, second.Verdict),
            Findings = [.. first.Findings.Concat(second.Findings).DistinctBy(finding =>
                (finding.Rule, finding.Claim, finding.Value)).OrderByDescending(finding => finding.Response)],
            PolicyHash = first.PolicyHash,
            Signing = signing,
            Agreement = agreement,
            Claims = claims,
        };
    }

    private AndroidAttestation Verify(IReadOnlyList<byte[]> chain, EnrolmentEvidence evidence) => _verifier.Verify(new AndroidEvidence
    {
        Chain = [.. chain.Select(certificate => (ReadOnlyMemory<byte>)certificate)],
        Challenge = evidence.Nonce,
        Anchors = evidence.Anchors,
        StatusList = evidence.StatusList,
        Time = evidence.Time,
    });

    private (AppraisalResult Result, ClaimSet Claims) Appraise(
        AndroidAttestation attestation, List<AttestationProblem> more, EnrolmentEvidence evidence)
    {
        ClaimSet claims = new();
        AndroidClaims.Fill(claims, attestation);
        HistoryClaims.Fill(claims, evidence.History);
        ClaimValue system = claims["android.osVersion"], patch = claims["android.osPatch"];
        PatchLevel level = PatchLevel.From(patch.Kind is ClaimKind.Number ? (ulong)Math.Max(patch.Number, 0) : 0);
        BaselineClaims.Fill(
            claims,
            policy.Baseline,
            evidence.StatedModel,
            PlatformBaseline.TextOf(system.Kind is ClaimKind.Number ? system.Number : null),
            level.AgeInMonths(evidence.Time),
            evidence.Time);
        AppraisalContext context = new()
        {
            Time = evidence.Time, Ring = evidence.Ring, EvidenceHash = attestation.EvidenceHash, Exceptions = evidence.Exceptions,
        };
        return (_appraiser.Appraise(PolicyStage.Enrolment, claims, [.. attestation.Problems, .. more], context), claims);
    }

    /// <summary>Denied is worse than unknown, though its number is higher.</summary>
    private static Verdict Worse(Verdict one, Verdict other) => Rank(one) < Rank(other) ? one : other;

    private static int Rank(Verdict verdict) => verdict switch
    {
        Verdict.Denied => 0,
        Verdict.Unknown => 1,
        Verdict.Limited => 2,
        _ => 3,
    };
}
