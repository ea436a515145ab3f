using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>A terminal's message was refused: an outcome, with a reason of the catalogue.</summary>
/// <param name="Reason">Code in the catalogue.</param>
/// <param name="Detail">What was expected; never a value that came in.</param>
/// <param name="Field">Field at fault, when there is one.</param>
/// <param name="Cause">Finer code for the journal and the operator, such as <c>nonce.used</c>; never told to the terminal.</param>
public sealed record Refusal(string Reason, string? Detail = null, string? Field = null, string? Cause = null)
{
    internal static Refusal Malformed(string field, string detail) => new(ReasonCodes.RequestMalformed, detail, field);

    internal static Refusal Of(Redemption redemption) => redemption switch
    {
        Redemption.Expired => new(ReasonCodes.NonceExpired, Field: "nonce", Cause: "nonce.expired"),
        Redemption.Used => new(ReasonCodes.NonceInvalid, Field: "nonce", Cause: "nonce.used"),
        Redemption.OtherSession => new(ReasonCodes.NonceInvalid, Field: "nonce", Cause: "nonce.other-session"),
        _ => new(ReasonCodes.NonceInvalid, Field: "nonce", Cause: "nonce.unknown"),
    };
}
