using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>An exception that is asked for.</summary>
public sealed record ExceptionRequest
{
    /// <summary>Identity of the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>What the value names.</summary>
    public required ResponseScope Scope { get; init; }

    /// <summary>Who is meant.</summary>
    public required string Value { get; init; }

    /// <summary>The instant at which it ends by itself.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Why.</summary>
    public required string Note { get; init; }

    /// <summary>Who proposes it.</summary>
    public required string By { get; init; }
}

/// <summary>What exceptions may be proposed, approved and taken back. Pure.</summary>
internal static class ExceptionDecider
{
    /// <summary>What is wrong with what is asked for; null when nothing is.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="policies">Policies in force and on their way.</param>
    /// <param name="now">The time.</param>
    public static Refusal? FaultOf(ExceptionRequest request, IEnumerable<CompiledPolicy> policies, DateTimeOffset now)
    {
        PolicyRule[] rules = [.. policies.Select(policy => policy.Rules.FirstOrDefault(rule => rule.Id == request.Rule)).OfType<PolicyRule>()];
        return rules.Length == 0 ? Refusal.Malformed("rule", "the policy in force has no rule of that name; softpos policy explain names them")
            : rules.Select(ExceptableRule.WhyNot).FirstOrDefault(static why => why is not null) is { } why ? Refusal.Malformed("rule", why)
            : !Enum.IsDefined(request.Scope) || request.Scope is ResponseScope.Installation
                ? Refusal.Malformed("scope", "a terminal, model, version, build, signer or merchant; for all terminals change the policy")
            : ResponseDecider.ValueFault(request.Scope, request.Value) is { } value ? Refusal.Malformed("value", value)
            : request.Until <= now || request.Until > now + PolicyException.Longest
                ? Refusal.Malformed("until", $"a time to come, at most {PolicyException.Longest.TotalDays:0} days ahead")
            : ResponseDecider.PersonFault(request.By, request.Note);
    }

    /// <summary>The exception that two persons stand for, or why not.</summary>
    public static (PolicyException? Next, Refusal? Fault) Approve(
        PolicyException proposed, string approver, IEnumerable<CompiledPolicy> policies, DateTimeOffset now)
    {
        Refusal? fault = PolicyVersions.PersonFault(approver)
            ?? (proposed.State is not PolicyExceptionState.Proposed ? Refusal.Malformed("number", "only a proposed exception can be approved")
                : proposed.Proposer == approver ? Refusal.Malformed("by", "another person than the one who proposed it")
                : FaultOf(
                    new ExceptionRequest
                    {
                        Rule = proposed.Rule, Scope = proposed.Scope, Value = proposed.Value, Until = proposed.Until, Note = proposed.Note,
                        By = approver,
                    },
                    policies, now));
        return fault is not null
            ? (null, fault)
            : (proposed with { State = PolicyExceptionState.Standing, Approver = approver, ApprovedAt = now }, null);
    }

    /// <summary>The exception taken back, or why not.</summary>
    public static (PolicyException? Next, Refusal? Fault) Lift(PolicyException open, string by, string note, DateTimeOffset now) =>
        ResponseDecider.PersonFault(by, note) is { } fault ? (null, fault)
        : open.State is PolicyExceptionState.Proposed or PolicyExceptionState.Standing
            ? (open with { State = PolicyExceptionState.Lifted, LiftedBy = by, EndedAt = now }, null)
            : (null, Refusal.Malformed("number", "this exception is over"));
}
