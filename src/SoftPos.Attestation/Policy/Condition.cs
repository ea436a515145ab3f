using SoftPos.Attestation.Claims;

namespace SoftPos.Attestation.Policy;

/// <summary>A compiled condition over claims. Pure and allocation-free to evaluate.</summary>
internal abstract class Condition
{
    public abstract bool Holds(ClaimSet claims);

    /// <summary>The claim that decides when the condition does not hold.</summary>
    public abstract Claim DecidingClaim(ClaimSet claims);

    /// <summary>In words.</summary>
    public abstract string Describe();
}

/// <summary>One claim against one test.</summary>
/// <param name="claim">What is tested.</param>
/// <param name="whenMissing">What a missing claim counts as; false unless a policy says otherwise.</param>
/// <param name="test">Tests a value that is there.</param>
/// <param name="words">The test in words.</param>
internal sealed class ClaimCondition(Claim claim, bool whenMissing, Func<ClaimValue, bool> test, string words) : Condition
{
    public override bool Holds(ClaimSet claims)
    {
        ClaimValue value = claims[claim.Index];
        return value.Kind is ClaimKind.Missing ? whenMissing : test(value);
    }

    public override Claim DecidingClaim(ClaimSet claims) => claim;

    public override string Describe() => $"{claim.Name} {words}{(whenMissing ? ", or is missing" : string.Empty)}";
}

/// <summary>Whether a claim is there.</summary>
internal sealed class PresenceCondition(Claim claim, bool present) : Condition
{
    public override bool Holds(ClaimSet claims) => claims[claim.Index].Kind is not ClaimKind.Missing == present;

    public override Claim DecidingClaim(ClaimSet claims) => claim;

    public override string Describe() => $"{claim.Name} is {(present ? "there" : "missing")}";
}

/// <summary>All or any of several conditions.</summary>
internal sealed class JoinedCondition(Condition[] parts, bool all) : Condition
{
    public override bool Holds(ClaimSet claims)
    {
        foreach (Condition part in parts)
        {
            if (part.Holds(claims) != all)
            {
                return !all;
            }
        }

        return all;
    }

    public override Claim DecidingClaim(ClaimSet claims)
    {
        foreach (Condition part in parts)
        {
            if (!part.Holds(claims))
            {
                return part.DecidingClaim(claims);
            }
        }

        return parts[0].DecidingClaim(claims);
    }

    public override string Describe() => "(" + string.Join(all ? " and " : " or ", parts.Select(part => part.Describe())) + ")";
}

/// <summary>The opposite of a condition.</summary>
internal sealed class NegatedCondition(Condition part) : Condition
{
    public override bool Holds(ClaimSet claims) => !part.Holds(claims);

    public override Claim DecidingClaim(ClaimSet claims) => part.DecidingClaim(claims);

    public override string Describe() => "not " + part.Describe();
}
