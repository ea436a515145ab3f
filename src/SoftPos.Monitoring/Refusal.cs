using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>A terminal's message was refused: an outcome, with a reason of the catalogue.</summary>
/// <param name="Reason">Code in the catalogue.</param>
/// <param name="Detail">What was expected; never a value that came in.</param>
/// <param name="Field">Field at fault, when there is one.</param>
public sealed record Refusal(string Reason, string? Detail = null, string? Field = null)
{
    internal static Refusal Malformed(string field, string detail) => new(ReasonCodes.RequestMalformed, detail, field);

    internal static Refusal Of(Redemption redemption) =>
        new(redemption is Redemption.Expired ? ReasonCodes.NonceExpired : ReasonCodes.NonceInvalid, Field: "nonce");
}
