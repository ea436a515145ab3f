using System.Globalization;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>What an appraisal needs to know besides claims.</summary>
public sealed record AppraisalContext
{
    /// <summary>Ring of a terminal that takes real payments.</summary>
    public const string Production = "production";

    /// <summary>Ring of the lab.</summary>
    public const string Sandbox = "sandbox";

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Ring of the terminal.</summary>
    public string Ring { get; init; } = Production;

    /// <summary>SHA-256 of the evidence, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>When each rule's finding was first seen on this terminal; starts the grace.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> FirstSeen { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Since when each rule that asks how long has failed without a break.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> FailingSince { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Exceptions that hold for this evidence.</summary>
    public IReadOnlyList<PolicyException> Exceptions { get; init; } = [];
}

/// <summary>Verdict and findings.</summary>
/// <param name="Verdict">What follows from all findings.</param>
/// <param name="Findings">Gravest response first.</param>
/// <param name="PolicyHash">SHA-256 of the policy that appraised, lower-case hex.</param>
public sealed record AppraisalResult(Verdict Verdict, IReadOnlyList<Finding> Findings, string PolicyHash)
{
    /// <summary>Rules that ask how long and fail now, whether for long enough or not.</summary>
    public IReadOnlyList<string> Failing { get; init; } = [];
}

/// <summary>Claims and problems in, verdict and findings out, under one policy. Pure.</summary>
public sealed class Appraiser(CompiledPolicy policy)
{
    private const int MaxValueLength = 200;

    /// <summary>A grace of a century is none of a person's making.</summary>
    private const double MaxGraceDays = 36_525;

    /// <summary>The policy that appraises.</summary>
    public CompiledPolicy Policy => policy;

    /// <summary>Appraises one evidence.</summary>
    /// <param name="stage">What kind of evidence it is.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="problems">What verification already holds against it; no policy can allow these.</param>
    /// <param name="context">Time, ring and history.</param>
    public AppraisalResult Appraise(PolicyStage stage, ClaimSet claims, IReadOnlyList<AttestationProblem> problems, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(context);
        List<Finding> findings = [];
        Conclusion conclusion = new();
        foreach (AttestationProblem problem in problems)
        {
            conclusion.Add(FindingResponse.Deny, problem.IsInconclusive);
            findings.Add(FindingOf(problem, context));
        }

        List<string>? failing = null;
        IReadOnlyList<PolicyRule> rules = policy.Rules;
        for (int i = 0; i < rules.Count; i++)
        {
            PolicyRule rule = rules[i];
            if (rule.AppliesTo(stage, context.Ring, context.Time) && (rule.If is null || rule.If.Holds(claims)) && !rule.Require.Holds(claims))
            {
                if (rule.Lasting is { } lasting)
                {
                    (failing ??= []).Add(rule.Id);
                    if (context.Time - context.FailingSince.GetValueOrDefault(rule.Id, context.Time) < lasting)
                    {
                        continue;
                    }
                }

                Finding finding = FindingOf(rule, claims, context);
                conclusion.Add(finding.Response, rule.IsInconclusive);
                findings.Add(finding);
            }
        }

        findings.Sort(static (one, other) => other.Response.CompareTo(one.Response));
        return new AppraisalResult(conclusion.Verdict, findings, policy.HashHex) { Failing = failing ?? [] };
    }

    private static Finding FindingOf(AttestationProblem problem, AppraisalContext context) => new()
    {
        Rule = problem.Rule,
        Reason = problem.Reason,
        Claim = problem.Certificate is { } index ? $"certificate[{index.ToString(CultureInfo.InvariantCulture)}]" : problem.Rule,
        EvidenceHash = context.EvidenceHash,
        Severity = problem.Severity,
        Response = FindingResponse.Deny,
        Detail = problem.Detail,
    };

    private static Finding FindingOf(PolicyRule rule, ClaimSet claims, AppraisalContext context)
    {
        Claim claim = rule.Require.DecidingClaim(claims);
        string value = claims[claim.Index].ToString();
        FindingResponse response = rule.IsReportOnly ? FindingResponse.Report : rule.Response;
        DateTimeOffset? deadline = null;
        if (MilderUntil(rule, context) is { } end && context.Time < end && !rule.IsReportOnly)
        {
            deadline = end;
            response = rule.DuringGrace;
        }

        if (rule.GraceClaim is { } until && !rule.IsReportOnly
            && claims[until.Index] is { Kind: ClaimKind.Number, Number: > 0 and < MaxGraceDays } days)
        {
            // The same day for everybody, wherever in the day the evidence came.
            deadline = new DateTimeOffset(context.Time.UtcDateTime.Date, TimeSpan.Zero).AddDays(days.Number);
            response = rule.DuringGrace;
        }

        PolicyException? exception = ExceptionOf(rule, context);
        if (exception is not null)
        {
            (response, deadline) = (FindingResponse.Report, null);
        }

        return new Finding
        {
            Rule = rule.Id,
            Reason = rule.Reason,
            Claim = claim.Name,
            Value = value.Length > MaxValueLength ? value[..MaxValueLength] : value,
            EvidenceHash = context.EvidenceHash,
            Severity = rule.Severity,
            Response = response,
            Deadline = deadline,
            Exception = exception?.Number,
            Detail = $"{(rule.Detail.Length > 0 ? rule.Detail + "; " : string.Empty)}expected that {rule.Require.Describe()}"
                + (rule.Lasting is { } time ? $", and it failed for {time.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes" : string.Empty)
                + (exception is not null ? $"; excepted until {exception.Until.UtcDateTime:u}" : string.Empty),
        };
    }

    /// <summary>
    /// The exception that covers a finding of the rule, the one that holds longest. The policy may have changed since it was granted: whether
    /// there can be one from this rule is asked of the rule as it is now.
    /// </summary>
    private static PolicyException? ExceptionOf(PolicyRule rule, AppraisalContext context) =>
        context.Exceptions.Count == 0 ? null
        : context.Exceptions.Where(one => one.Rule == rule.Id && one.HoldsAt(context.Time) && ExceptableRule.WhyNot(rule) is null)
            .MaxBy(static one => one.Until);

    /// <summary>
    /// Until when the milder response holds: a date for all, or a time from a terminal's first finding on, whichever is later.
    /// </summary>
    private static DateTimeOffset? MilderUntil(PolicyRule rule, AppraisalContext context)
    {
        DateTimeOffset? graced = rule.Grace is { } grace
            ? (context.FirstSeen.TryGetValue(rule.Id, out DateTimeOffset first) ? first : context.Time) + grace
            : null;
        return rule.Due is { } due && (graced is null || due > graced) ? due : graced;
    }

    /// <summary>
    /// The worst response decides; refusals that prove nothing leave the verdict unknown, which payments treat as a refusal too.
    /// </summary>
    private struct Conclusion
    {
        private bool _denied;
        private bool _inconclusive;
        private bool _limited;

        public readonly Verdict Verdict =>
            _denied ? Verdict.Denied : _inconclusive ? Verdict.Unknown : _limited ? Verdict.Limited : Verdict.Trusted;

        public void Add(FindingResponse response, bool inconclusive)
        {
            _denied |= response >= FindingResponse.Deny && !inconclusive;
            _inconclusive |= response >= FindingResponse.Deny && inconclusive;
            _limited |= response is FindingResponse.Limit;
        }
    }
}
