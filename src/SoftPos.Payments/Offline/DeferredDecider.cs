using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// The states of a sale that was taken offline, until the bank is asked: deferred → sent → as any payment; in review → deferred when a
/// person lets it go. While the acquirer is away it stays deferred; it is never abandoned, and a reversed one waits for a person.
/// </summary>
internal static class DeferredDecider
{
    /// <summary>What could not be prepared: our own fault is tried again, account data that do not open never do.</summary>
    public static PaymentDecision Refuse(PaymentRecord payment, string reason, DateTimeOffset now, ReversalSchedule schedule) =>
        reason == ReasonCodes.Internal
        ? Postpone(payment, now, schedule)
        : Hold(payment, OfflineFlag.AccountDataInvalid, now);

    /// <summary>No byte left: it is tried again, with growing pauses, for about a day.</summary>
    public static PaymentDecision Postpone(PaymentRecord payment, DateTimeOffset now, ReversalSchedule schedule)
    {
        int attempts = payment.Offline!.Attempts + 1;
        return attempts >= schedule.MaxAttempts ? Hold(payment, OfflineFlag.AcquirerUnreachable, now) : new(
            payment with
            {
                State = PaymentState.Deferred,
                Reason = ReasonCodes.OfflineDeferred,
                Stan = null,
                RetrievalReference = null,
                ReversalDueAt = now + schedule.PauseAfter(attempts),
                Offline = payment.Offline with { Attempts = attempts },
                ChangedAt = now,
            },
            "payment.deferred",
            new JsonObject { ["attempts"] = attempts },
            KeepSealed: false,
            Answer: false);
    }

    /// <summary>A person lets it go to the bank.</summary>
    public static PaymentDecision Release(PaymentRecord payment, string by, DateTimeOffset now) => new(
        payment with
        {
            State = PaymentState.Deferred,
            Reason = ReasonCodes.OfflineDeferred,
            Stan = null,
            RetrievalReference = null,
            ReversalAttempts = 0,
            ReversalStan = null,
            ReversalTime = null,
            ReversalCause = null,
            ReversalDueAt = now,
            Offline = payment.Offline! with { Released = true, Attempts = 0 },
            ChangedAt = now,
        },
        "payment.offline-released",
        new JsonObject { ["by"] = by },
        KeepSealed: false,
        Answer: false);

    /// <summary>The payment as it is held, with one flag more.</summary>
    public static PaymentRecord Held(PaymentRecord payment, OfflineFlag flag) => payment with
    {
        State = PaymentState.InReview,
        Reason = ReasonCodes.OfflineInReview,
        Offline = payment.Offline! with { Flags = payment.Offline.Flags.Contains(flag) ? payment.Offline.Flags
            : [.. payment.Offline.Flags, flag] },
    };

    private static PaymentDecision Hold(PaymentRecord payment, OfflineFlag flag, DateTimeOffset now) => new(
        Held(payment, flag) with { ReversalDueAt = null, ChangedAt = now },
        "payment.offline-held",
        new JsonObject { ["flags"] = new JsonArray(flag.ToString()) },
        KeepSealed: false,
        Answer: false);
}
