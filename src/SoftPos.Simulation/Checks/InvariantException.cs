namespace SoftPos.Simulation.Checks;

/// <summary>Something that must always hold does not.</summary>
/// <param name="invariant">Which.</param>
/// <param name="detail">What was found.</param>
internal sealed class InvariantException(string invariant, string detail) : Exception($"{invariant}: {detail}")
{
    public string Invariant { get; } = invariant;

    public string Detail { get; } = detail;
}

/// <summary>Names of what must always hold.</summary>
internal static class Invariant
{
    public const string OneApproval = "at most one approval per key";
    public const string Durable = "an answer is durable before its byte leaves";
    public const string Definite = "every sent payment ends definite";
    public const string SameBytes = "the same key gives the same bytes";
    public const string CounterOnce = "a key serial number is taken once";
    public const string NonceOnce = "a nonce is taken once";
    public const string StaleVerdict = "a stale verdict never admits";
    public const string Grows = "the log only grows";
    public const string NoSecret = "no secret is outside";
    public const string Bounds = "bounds hold";
    public const string ReversedOnce = "a payment is reversed under one number";
    public const string Money = "what is charged is what was approved";
    public const string NoFault = "no operation ends in a fault of ours";
}
