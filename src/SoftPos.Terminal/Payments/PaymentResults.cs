using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Makes results of what came back, in one place.</summary>
internal sealed class PaymentResults(string language)
{
    public PaymentResult Refused(Guid paymentId, string reason, BackendProblem? problem = null, CardSummary? card = null) => new()
    {
        PaymentId = paymentId,
        Outcome = PaymentOutcome.Refused,
        Reason = TerminalReason.Of(reason, language, problem),
        Card = card,
    };

    public static PaymentResult Refused(Guid paymentId, TrustResult trust) => new()
    {
        PaymentId = paymentId,
        Outcome = PaymentOutcome.Refused,
        Reason = trust.Reason ?? throw new InvalidOperationException("a refusal without a reason"),
        Findings = trust.Findings,
    };

    /// <summary>The result of an answer; the want of one is "unknown", unless the back end says that it never got the payment.</summary>
    public PaymentResult Of(Guid paymentId, LinkAnswer<PaymentAnswer> answer, CardSummary? card)
    {
        if (answer.Value is { } value)
        {
            return new PaymentResult
            {
                PaymentId = paymentId,
                Outcome = OutcomeOf(value.State),
                Reason = TerminalReason.Of(value.Reason, language),
                Card = card,
                Answer = value,
            };
        }

        if (answer.Problem is { } problem)
        {
            // A payment whose card was just read and that the back end does not know has never arrived there.
            bool neverArrived = problem.Code == ReasonCodes.PaymentUnknown && card is not null;
            return Refused(paymentId, neverArrived ? ReasonCodes.BackendUnreachable : problem.Code, problem, card);
        }

        return new PaymentResult
        {
            PaymentId = paymentId,
            Outcome = PaymentOutcome.Unknown,
            Reason = TerminalReason.Of(ReasonCodes.ResultOutstanding, language),
            Card = card,
        };
    }

    /// <summary>The result of a sale that rests on the phone.</summary>
    public PaymentResult Stored(WaitingSale sale, CardSummary? card) => new()
    {
        PaymentId = sale.PaymentId,
        Outcome = PaymentOutcome.Deferred,
        Reason = TerminalReason.Of(ReasonCodes.OfflineStored, language),
        Card = card,
        Offline = sale,
    };

    /// <summary>Whether the payment's own answer is definite; what follows an approval up has its own.</summary>
    public static bool IsFinal(PaymentState state) =>
        state is not (PaymentState.Received or PaymentState.Sent or PaymentState.Unknown or PaymentState.Deferred);

    private static PaymentOutcome OutcomeOf(PaymentState state) => state switch
    {
        PaymentState.Approved or PaymentState.Completing or PaymentState.Completed or PaymentState.Adjusting => PaymentOutcome.Approved,
        PaymentState.Voided => PaymentOutcome.Voided,
        PaymentState.Declined => PaymentOutcome.Declined,
        PaymentState.Reversed => PaymentOutcome.Reversed,
        PaymentState.Abandoned => PaymentOutcome.Refused,
        PaymentState.Deferred => PaymentOutcome.Deferred,
        PaymentState.InReview => PaymentOutcome.InReview,
        _ => PaymentOutcome.Unknown,
    };
}
