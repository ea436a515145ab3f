using SoftPos.Contract;

namespace SoftPos.Payments;

/// <summary>What became of a forwarded record: an answer, or a refusal of what is no message of a terminal.</summary>
/// <param name="Answer">The answer; null when refused.</param>
/// <param name="Refusal">Why not; null when answered.</param>
public sealed record OfflineReply(OfflineForwardAnswer? Answer, PaymentRefusal? Refusal);
