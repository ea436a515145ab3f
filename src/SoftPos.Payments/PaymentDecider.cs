using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>What to do after a step.</summary>
/// <param name="Next">The payment as it shall stand.</param>
/// <param name="Kind">Kind of the journal entry.</param>
/// <param name="Content">Content of the journal entry.</param>
/// <param name="KeepSealed">The sealed bytes are still needed; else they are erased with the step.</param>
/// <param name="Answer">The terminal's answer becomes durable with the step.</param>
internal sealed record PaymentDecision(PaymentRecord Next, string Kind, JsonObject Content, bool KeepSealed, bool Answer);

/// <summary>
/// The states of a payment as a pure step function. Received → sent → approved, declined or unknown; unknown → reversed. An approval can be
/// followed up: approved → voiding → voided, → completing → completed, → adjusting → approved. A final state never changes: a late approval
/// stays an entry in the journal.
/// </summary>
internal static class PaymentDecider
{
    /// <summary>DE 39 of a reversal (1987): the customer cancelled.</summary>
    public const string CauseCancelled = "17";

    /// <summary>DE 39 of a reversal (1987): no answer in time.</summary>
    public const string CauseTimeout = "68";

    /// <summary>DE 39 of a reversal (1987): suspected malfunction, such as an answer that contradicts the request.</summary>
    public const string CauseMalfunction = "22";

    /// <summary>DE 39 of a reversal (1987): completed partially, which the merchant does not take.</summary>
    public const string CausePartial = "32";

    /// <summary>DE 39: incorrect PIN, and number of PIN tries exceeded.</summary>
    private const string WrongPin = "55", PinTriesExceeded = "75";

    /// <summary>Decides; null when the event has no meaning in the state and nothing is to be done.</summary>
    public static PaymentDecision? Step(PaymentRecord payment, PaymentEvent what, DateTimeOffset now, ReversalSchedule schedule) => (payment.State, what) switch
    {
        (PaymentState.Received, PaymentEvent.Refused e) => Abandon(payment, e.Reason, now),
        (PaymentState.Received, PaymentEvent.Restarted) => Abandon(payment, ReasonCodes.AcquirerUnavailable, now),
        (PaymentState.Received, PaymentEvent.Prepared e) => Send(payment, e, now),
        (PaymentState.Deferred, PaymentEvent.Prepared e) => Send(payment, e, now),
        (PaymentState.Deferred, PaymentEvent.Refused e) => DeferredDecider.Refuse(payment, e.Reason, now, schedule),
        (PaymentState.Sent, PaymentEvent.NotSent) when payment.Offline is not null => DeferredDecider.Postpone(payment, now, schedule),
        (PaymentState.InReview, PaymentEvent.Released e) => DeferredDecider.Release(payment, e.By, now),
        (PaymentState.Sent, PaymentEvent.NotSent) => Abandon(payment, ReasonCodes.AcquirerUnavailable, now),
        (PaymentState.Sent, PaymentEvent.Answered e) => TakeAnswer(payment, e.Answer, now),
        (PaymentState.Sent, PaymentEvent.NoAnswer) => ToUnknown(payment, "no answer", CauseTimeout, now),
        (PaymentState.Sent, PaymentEvent.Restarted) => ToUnknown(payment, "restart", CauseTimeout, now),
        (PaymentState.Approved, PaymentEvent.FollowedUp e) => OwedDecider.FollowUp(payment, e, now),
        (PaymentState.Approved, PaymentEvent.Expired) => OwedDecider.Expire(payment, now),
        (_, PaymentEvent.ReversalStarted e) when OwedDecider.Owes(payment.State) => OwedDecider.Start(payment, e, now, schedule),
        (_, PaymentEvent.ReversalNotSent) when OwedDecider.Owes(payment.State) => OwedDecider.KeepOwing(payment, now, schedule),
        (_, PaymentEvent.ReversalAnswered e) when OwedDecider.Owes(payment.State) => OwedDecider.TakeAnswer(payment, e.ResponseCode, now),
        (_, PaymentEvent.ReversalResumed) when OwedDecider.Owes(payment.State) => OwedDecider.Resume(payment, now),
        (not PaymentState.Received, PaymentEvent.AnsweredLate e) => Late(payment, e.ResponseCode),
        _ => null,
    };

    private static PaymentDecision Abandon(PaymentRecord payment, string reason, DateTimeOffset now) => new(
        payment with { State = PaymentState.Abandoned, Reason = reason, ChangedAt = now },
        "payment.abandoned",
        new JsonObject { ["reason"] = reason },
        KeepSealed: false,
        Answer: true);

    private static PaymentDecision Send(PaymentRecord payment, PaymentEvent.Prepared e, DateTimeOffset now) => new(
        payment with { State = PaymentState.Sent, Stan = e.Stan, RetrievalReference = e.RetrievalReference, ReversalDueAt = null,
            ChangedAt = now },
        "payment.sent",
        new JsonObject { ["stan"] = e.Stan, ["retrievalReference"] = e.RetrievalReference },
        KeepSealed: true,
        Answer: false);

    private static PaymentDecision TakeAnswer(PaymentRecord payment, AuthorisationAnswer answer, DateTimeOffset now)
    {
        PaymentRecord known = payment with
        {
            ResponseCode = answer.ResponseCode, AuthorisationCode = answer.AuthorisationCode, IssuerData = answer.IssuerData, ChangedAt = now,
        };
        JsonObject content = new() { ["responseCode"] = answer.ResponseCode, ["authorisationCode"] = answer.AuthorisationCode };
        switch (answer.Class)
        {
            case AnswerClass.Approved:
                // What is sealed from here on is without track and chip data: it serves a void or a completion (PCI DSS 3.3).
                return new(known with { State = PaymentState.Approved, Reason = ReasonCodes.Approved }, "payment.approved", content, true, true);
            case AnswerClass.PartlyApproved when payment.AcceptsPartialApproval && answer.AmountMinor is { } part && part > 0 && part < payment.AmountMinor:
                content["approvedMinor"] = part;
                return new(
                    known with { State = PaymentState.Approved, Reason = ReasonCodes.PartlyApproved, ApprovedMinor = part },
                    "payment.approved",
                    content,
                    true,
                    true);
            case AnswerClass.PartlyApproved:
                // The merchant cannot take a part: the whole is taken back (ISO 8583, DE 39 = 10).
                return ToUnknown(known, "partial approval", CausePartial, now);
            case AnswerClass.Unknown when answer.Contradiction is { } field:
                return ToUnknown(known, $"field {field} contradicts the request", CauseMalfunction, now);
            case AnswerClass.Unknown:
                return ToUnknown(known, $"response code {answer.ResponseCode}", CauseMalfunction, now);
            default:
                string reason = answer.ResponseCode switch
                {
                    WrongPin => ReasonCodes.PinWrong,
                    PinTriesExceeded => ReasonCodes.PinTriesExceeded,
                    _ => payment.Offline is null ? ReasonCodes.Declined : ReasonCodes.OfflineDeclined,
                };
                return new(known with { State = PaymentState.Declined, Reason = reason }, "payment.declined", content, false, true);
        }
    }

    private static PaymentDecision ToUnknown(PaymentRecord payment, string cause, string code, DateTimeOffset now) => new(
        payment with
        {
            State = PaymentState.Unknown, Reason = ReasonCodes.UnknownBeingReversed, ReversalCause = code, ReversalDueAt = now, ChangedAt = now,
        },
        "payment.unknown",
        new JsonObject { ["cause"] = cause },
        KeepSealed: true,
        Answer: true);

    private static PaymentDecision Late(PaymentRecord payment, string code) => new(
        payment,
        "payment.late-answer",
        new JsonObject { ["responseCode"] = code, ["state"] = payment.State.ToString() },
        KeepSealed: payment.State is PaymentState.Sent or PaymentState.Approved || OwedDecider.Owes(payment.State),
        Answer: false);
}
