using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Takes requests that change an approved payment without its card: void, completion, adjustment, increase. What the acquirer is to be told is
/// owed durably first, sent at once, and repeated by the worker until it is acknowledged.
/// </summary>
internal sealed class FollowUps(
    Database database, Admission admission, PaymentSteps steps, Authorisation authorisation, ReversalWorker owed, HoldExpiry holds,
        PaymentOptions options)
{
    /// <summary>Why a change of the store was refused, for the terminal.</summary>
    public static PaymentRefusal RefusalOf(ChangeRefusal refusal) => refusal switch
    {
        ChangeRefusal.KeySerialSeen => new PaymentRefusal(ReasonCodes.KsnRefused, "the key serial number was used before"),
        ChangeRefusal.RefundTooHigh => new PaymentRefusal(ReasonCodes.RefundExceedsOriginal, "the refunds would exceed the payment"),
        ChangeRefusal.VelocityExceeded => new PaymentRefusal(ReasonCodes.VelocityExceeded, "count or sum of this terminal's payments"),
        ChangeRefusal.PaymentSettled => NotPossible("the payment was settled or refunded"),
        ChangeRefusal.OrderClosed => new PaymentRefusal(ReasonCodes.OrderClosed, "paymentId: the order of that identity is not open, or is over something else"),
        ChangeRefusal.OriginalClosed => NotPossible("the original payment does not stand"),
        _ => NotPossible("the payment was changed meanwhile"),
    };

    /// <summary>Takes a request; a copy that comes later finds what the first did.</summary>
    /// <param name="request">The request.</param>
    /// <param name="hash">SHA-256 of it.</param>
    /// <param name="terminal">Terminal that asks, or that took the payment.</param>
    /// <param name="ofTerminal">The terminal itself asks, and must be fit to; else its provider does.</param>
    public async Task<PaymentReply> TakeAsync(PaymentFollowUpRequest request, byte[] hash, TerminalRecord terminal, bool ofTerminal = true)
    {
        MerchantRecord? merchant = await database.Merchants.FindAsync(terminal.MerchantId).ConfigureAwait(false);
        StoredPayment? stored = await database.Payments.FindAsync(request.PaymentId).ConfigureAwait(false);
        if (stored is null || stored.Record.MerchantId != terminal.MerchantId)
        {
            return PaymentReply.Refuse(ReasonCodes.PaymentUnknown, "no payment of this merchant has that identity");
        }

        if (await FormerAsync(request, hash, stored).ConfigureAwait(false) is { } former)
        {
            return former;
        }

        PaymentRefusal? refusal = (ofTerminal ? admission.Check(request, terminal, merchant) : null) ?? await CheckAsync(request, stored).ConfigureAwait(false);
        if (refusal is not null)
        {
            return await RefuseAsync(request, terminal, refusal).ConfigureAwait(false);
        }

        return request.Action == FollowUpAction.Increase
            ? await IncreaseAsync(request, hash, stored, terminal, merchant!).ConfigureAwait(false)
            : await ChangeAsync(request, hash, stored, terminal).ConfigureAwait(false);
    }

    private static PaymentRefusal NotPossible(string detail) => new(ReasonCodes.FollowUpNotPossible, detail);

    /// <summary>The reply to a request that was taken before, or a conflict; null for a new one.</summary>
    private async Task<PaymentReply?> FormerAsync(PaymentFollowUpRequest request, byte[] hash, StoredPayment stored)
    {
        if (request.Action == FollowUpAction.Increase)
        {
            return await database.Payments.FindAsync(request.RequestId).ConfigureAwait(false) is not { } made ? null
                : !made.Record.RequestHash.AsSpan().SequenceEqual(hash) ? Conflict()
                : made.Answer is { } answer ? PaymentReply.Of(answer)
                : PaymentReply.Refuse(ReasonCodes.RateLimited, "the payment is being worked on; ask for its state");
        }

        return stored.Record.FollowUpId != request.RequestId ? null
            : stored.Record.FollowUpHash.AsSpan().SequenceEqual(hash) ? PaymentReply.Of(PaymentAnswers.Encode(await steps.StandAsync(stored).ConfigureAwait(false)))
            : Conflict();

        static PaymentReply Conflict() => PaymentReply.Refuse(ReasonCodes.IdempotencyConflict, "the identity belongs to another request");
    }

    private async Task<PaymentRefusal?> CheckAsync(PaymentFollowUpRequest request, StoredPayment stored)
    {
        PaymentRecord payment = stored.Record;
        if (payment.State != PaymentState.Approved)
        {
            return NotPossible($"the payment is {payment.State}");
        }

        if (stored.Batch is not null || stored.Sealed is null)
        {
            return NotPossible(stored.Batch is not null ? "the payment was settled" : "what a change needs was not kept");
        }

        if (request.Action is FollowUpAction.Complete or FollowUpAction.Increase && payment.Operation == PaymentOperation.PreAuthorisation
            && holds.IsOver(payment))
        {
            return new PaymentRefusal(ReasonCodes.PreAuthorisationExpired, "the hold has ended and is let go");
        }

        (bool fits, long highest) = request.Action switch
        {
            FollowUpAction.Void => (payment.Operation != PaymentOperation.Increment, 0L),
            FollowUpAction.Complete => (payment.Operation == PaymentOperation.PreAuthorisation, await HeldAsync(payment).ConfigureAwait(false)),
            FollowUpAction.Adjust => (
                payment is { Operation: PaymentOperation.Sale, ApprovedMinor: null, FinalMinor: null } && request.AmountMinor > payment.AmountMinor,
                Raised(payment.AmountMinor, options.TipLimitPercent)),
            _ => (payment.Operation == PaymentOperation.PreAuthorisation, long.MaxValue),
        };
        return !fits ? NotPossible($"{request.Action} does not apply to this {payment.Operation}")
            : request.AmountMinor > highest ? new PaymentRefusal(ReasonCodes.AmountAboveLimit, $"amountMinor: at most {highest}")
            : null;
    }

    /// <summary>What may be charged of a pre-authorisation: it, its increments, and the tolerance.</summary>
    private async Task<long> HeldAsync(PaymentRecord payment)
    {
        List<StoredPayment> followers = await database.Payments.OfOriginalAsync(payment.PaymentId).ConfigureAwait(false);
        long increments = followers.Select(static f => f.Record)
            .Where(static r => r is { Operation: PaymentOperation.Increment, State: PaymentState.Approved })
            .Sum(static r => r.StandingMinor);
        return Raised(payment.StandingMinor + increments, options.CompletionTolerancePercent);
    }

    private static long Raised(long amountMinor, int percent) => amountMinor + (long)((decimal)amountMinor * percent / 100);

    private async Task<PaymentReply> ChangeAsync(PaymentFollowUpRequest request, byte[] hash, StoredPayment stored, TerminalRecord terminal)
    {
        PaymentSteps.Standing standing = await steps.StandAsync(stored).ConfigureAwait(false);
        PaymentEvent.FollowedUp what = new(request.RequestId, hash, request.Action, request.AmountMinor);
        (PaymentSteps.Standing? taken, ChangeRefusal refused) = await steps
            .TryTakeAsync(standing, what, conditions: change => change.RequireUnsettled(request.PaymentId)).ConfigureAwait(false);
        if (taken is null)
        {
            return await RefuseAsync(request, terminal, RefusalOf(refused)).ConfigureAwait(false);
        }

        if (request.Action == FollowUpAction.Void && stored.Record.Operation == PaymentOperation.PreAuthorisation)
        {
            await VoidIncrementsAsync(request, hash).ConfigureAwait(false);
        }

        await owed.SendNowAsync(request.PaymentId).ConfigureAwait(false);
        StoredPayment now = (await database.Payments.FindAsync(request.PaymentId).ConfigureAwait(false))!;
        return PaymentReply.Of(PaymentAnswers.Encode(await steps.StandAsync(now).ConfigureAwait(false)));
    }

    /// <summary>What was held in addition is let go with the pre-authorisation; the worker sends it.</summary>
    private async Task VoidIncrementsAsync(PaymentFollowUpRequest request, byte[] hash)
    {
        foreach (StoredPayment increment in await database.Payments.OfOriginalAsync(request.PaymentId).ConfigureAwait(false))
        {
            if (increment.Record is { Operation: PaymentOperation.Increment, State: PaymentState.Approved } && increment.Sealed is not null)
            {
                PaymentSteps.Standing standing = await steps.StandAsync(increment).ConfigureAwait(false);
                await steps.TakeAsync(standing, new PaymentEvent.FollowedUp(request.RequestId, hash, FollowUpAction.Void, 0)).ConfigureAwait(false);
            }
        }
    }

    private async Task<PaymentReply> IncreaseAsync(
        PaymentFollowUpRequest request, byte[] hash, StoredPayment stored, TerminalRecord terminal, MerchantRecord merchant)
    {
        (ChangeRefusal refused, PaymentRecord record, JournalTrace? trace) =
            await authorisation.ReceiveIncrementAsync(request, hash, stored.Record, terminal, merchant).ConfigureAwait(false);
        return refused == ChangeRefusal.None
            ? PaymentReply.Of(await authorisation.AuthoriseIncrementAsync(stored, merchant, record, trace!).ConfigureAwait(false))
            : await RefuseAsync(request, terminal, RefusalOf(refused)).ConfigureAwait(false);
    }

    private async Task<PaymentReply> RefuseAsync(PaymentFollowUpRequest request, TerminalRecord terminal, PaymentRefusal refusal)
    {
        Change change = new Change().Append("payment.follow-up-refused", request.PaymentId, new JsonObject
        {
            ["terminal"] = terminal.TerminalId.ToString(), ["action"] = request.Action.ToString(), ["reason"] = refusal.Reason, ["detail"] = refusal.Detail,
        });
        await database.CommitAsync(change).ConfigureAwait(false);
        return PaymentReply.Refuse(refusal);
    }
}
