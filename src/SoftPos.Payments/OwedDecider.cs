using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Messages that the acquirer must get: the reversal of an unknown payment, the void, the completion, the adjustment. Each is sent and repeated
/// until it is acknowledged, refused for good, or parked for a person; so a silent acquirer never leaves a payment between two states for ever.
/// </summary>
internal static class OwedDecider
{
    /// <summary>In this state a message is owed.</summary>
    public static bool Owes(PaymentState state) =>
        state is PaymentState.Unknown or PaymentState.Voiding or PaymentState.Completing or PaymentState.Adjusting;

    /// <summary>The message that is owed is an advice of an amount, not a reversal.</summary>
    public static bool IsAdvice(PaymentState state) => state is PaymentState.Completing or PaymentState.Adjusting;

    /// <summary>From an approval to the state that owes; null when this kind of payment cannot be followed up so.</summary>
    public static PaymentDecision? FollowUp(PaymentRecord payment, PaymentEvent.FollowedUp e, DateTimeOffset now)
    {
        PaymentState? next = (e.Action, payment.Operation) switch
        {
            (FollowUpAction.Void, _) => PaymentState.Voiding,
            (FollowUpAction.Complete, PaymentOperation.PreAuthorisation) => PaymentState.Completing,
            (FollowUpAction.Adjust, PaymentOperation.Sale) when payment.FinalMinor is null => PaymentState.Adjusting,
            _ => null,
        };
        return next is not { } state ? null : new(
            payment with
            {
                State = state,
                Reason = ReasonCodes.FollowUpBeingSent,
                FollowUpId = e.RequestId,
                FollowUpHash = e.RequestHash,
                PendingMinor = IsAdvice(state) ? e.AmountMinor : null,
                ReversalCause = state == PaymentState.Voiding ? PaymentDecider.CauseCancelled : null,
                ReversalAttempts = 0,
                ReversalStan = null,
                ReversalTime = null,
                ReversalDueAt = now,
                ChangedAt = now,
            },
            $"payment.{Word(state)}-asked",
            IsAdvice(state)
                ? new JsonObject { ["request"] = e.RequestId.ToString(), ["amountMinor"] = e.AmountMinor }
                : new JsonObject { ["request"] = e.RequestId.ToString() },
            KeepSealed: true,
            Answer: false);
    }

    /// <summary>A hold that ended: its release is owed from now on; null for what holds nothing.</summary>
    public static PaymentDecision? Expire(PaymentRecord payment, DateTimeOffset now) =>
        payment is { ExpiredAt: null, Operation: PaymentOperation.PreAuthorisation or PaymentOperation.Increment }
            ? new(
                payment with
                {
                    State = PaymentState.Voiding,
                    Reason = ReasonCodes.PreAuthorisationExpired,
                    ExpiredAt = now,
                    ReversalCause = PaymentDecider.CauseCancelled,
                    ReversalAttempts = 0,
                    ReversalStan = null,
                    ReversalTime = null,
                    ReversalDueAt = now,
                    ChangedAt = now,
                },
                "payment.expired",
                new JsonObject { ["heldMinor"] = payment.StandingMinor, ["since"] = payment.CreatedAt },
                KeepSealed: true,
                Answer: false)
            : null;

    /// <summary>A message goes out, or is parked after the last try.</summary>
    public static PaymentDecision Start(PaymentRecord payment, PaymentEvent.ReversalStarted e, DateTimeOffset now, ReversalSchedule schedule)
    {
        if (payment.ReversalAttempts >= schedule.MaxAttempts)
        {
            return new(
                payment with { ReversalDueAt = null },
                $"payment.{Word(payment.State)}-parked",
                new JsonObject { ["attempts"] = payment.ReversalAttempts },
                KeepSealed: true,
                Answer: false);
        }

        int attempt = payment.ReversalAttempts + 1;
        PaymentRecord next = payment with
        {
            ReversalAttempts = attempt,
            ReversalStan = payment.ReversalStan ?? e.Stan,
            ReversalTime = payment.ReversalTime ?? e.Time,
            ReversalDueAt = now + schedule.PauseAfter(attempt),
        };
        return new(
            next,
            $"payment.{Word(payment.State)}-sent",
            new JsonObject { ["attempt"] = attempt, ["stan"] = next.ReversalStan },
            KeepSealed: true,
            Answer: false);
    }

    public static PaymentDecision KeepOwing(PaymentRecord payment, DateTimeOffset now, ReversalSchedule schedule) => new(
        // No byte left: the next one is still the first of its kind, and its number is not used up.
        payment with { ReversalAttempts = payment.ReversalAttempts - 1, ReversalDueAt = now + schedule.FirstPause },
        $"payment.{Word(payment.State)}-not-sent",
        new JsonObject { ["attempt"] = payment.ReversalAttempts },
        KeepSealed: true,
        Answer: false);

    public static PaymentDecision TakeAnswer(PaymentRecord payment, string code, DateTimeOffset now)
    {
        ReversalAnswer answer = ResponseCode.OfReversal(code);
        JsonObject content = new() { ["responseCode"] = code, ["attempts"] = payment.ReversalAttempts };

        // Reversal and void: a host that does not know the original has charged nothing, which is all that they are for.
        bool done = answer == ReversalAnswer.Acknowledged || (answer == ReversalAnswer.OriginalUnknown && !IsAdvice(payment.State));
        if (done)
        {
            return new(End(payment) with { ReversalDueAt = null, PendingMinor = null, ChangedAt = now }, $"payment.{Done(payment.State)}", content, false, false)
            {
                KeepSealed = payment.State == PaymentState.Adjusting,
            };
        }

        if (payment.State != PaymentState.Unknown && IsRefusedForGood(code))
        {
            return new(
                payment with
                {
                    State = PaymentState.Approved, Reason = ReasonCodes.FollowUpRefused, ReversalDueAt = null, PendingMinor = null, ChangedAt = now,
                },
                $"payment.{Word(payment.State)}-refused",
                content,
                KeepSealed: true,
                Answer: false);
        }

        return new(payment, $"payment.{Word(payment.State)}-refused", new JsonObject { ["responseCode"] = code }, KeepSealed: true, Answer: false);
    }

    /// <summary>A person lets a parked message go on.</summary>
    public static PaymentDecision? Resume(PaymentRecord payment, DateTimeOffset now) => payment.ReversalDueAt is not null
        ? null
        : new(
            payment with { ReversalAttempts = 1, ReversalDueAt = now },
            $"payment.{Word(payment.State)}-resumed",
            [],
            KeepSealed: true,
            Answer: false);

    /// <summary>A void, completion or adjustment that was declined in itself; what is worth another try or an alarm is repeated and then parked.</summary>
    private static bool IsRefusedForGood(string code) =>
        ResponseCode.Of(code) is { Class: AnswerClass.Declined, Hint: not (AnswerHint.RetryLater or AnswerHint.Alert) };

    private static PaymentRecord End(PaymentRecord payment) => payment.State switch
    {
        PaymentState.Voiding => payment with
        {
            State = PaymentState.Voided, Reason = payment.ExpiredAt is null ? ReasonCodes.Voided : ReasonCodes.PreAuthorisationExpired,
        },
        PaymentState.Completing => payment with { State = PaymentState.Completed, Reason = ReasonCodes.Completed, FinalMinor = payment.PendingMinor },
        PaymentState.Adjusting => payment with { State = PaymentState.Approved, Reason = ReasonCodes.Approved, FinalMinor = payment.PendingMinor },
        PaymentState.Unknown when payment.Offline is not null => DeferredDecider.Held(payment, OfflineFlag.NoAnswer),
        _ => payment with { State = PaymentState.Reversed, Reason = ReasonCodes.Reversed },
    };

    private static string Word(PaymentState state) => state switch
    {
        PaymentState.Voiding => "void",
        PaymentState.Completing => "completion",
        PaymentState.Adjusting => "adjustment",
        _ => "reversal",
    };

    private static string Done(PaymentState state) => state switch
    {
        PaymentState.Voiding => "voided",
        PaymentState.Completing => "completed",
        PaymentState.Adjusting => "adjusted",
        _ => "reversed",
    };
}
