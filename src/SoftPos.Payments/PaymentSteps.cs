using System.Text;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Carries a decision out: journal entry, record, sealed bytes and answer in one commit.</summary>
internal sealed class PaymentSteps(Database database, PaymentOptions options, TimeProvider clock)
{
    /// <summary>A payment between steps: its record, what is sealed beside it, and its traces so far.</summary>
    public sealed record Standing(PaymentRecord Record, byte[]? Sealed, MerchantRecord? Merchant, IReadOnlyList<JournalTrace> Traces, byte[]? Answer = null);

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Takes a step; null when the event has no meaning in the state or another got there first. <paramref name="sealedBytes"/> are kept from
    /// this step on where it is the one that makes them; empty ones erase what was kept.
    /// </summary>
    public async Task<Standing?> TakeAsync(Standing from, PaymentEvent what, byte[]? sealedBytes = null) =>
        (await TryTakeAsync(from, what, sealedBytes).ConfigureAwait(false)).Standing;

    /// <summary>As <see cref="TakeAsync"/>, with further conditions and the reason of a refusal.</summary>
    public async Task<(Standing? Standing, ChangeRefusal Refusal)> TryTakeAsync(
        Standing from, PaymentEvent what, byte[]? sealedBytes = null, Action<Change>? conditions = null)
    {
        PaymentDecision? decision = PaymentDecider.Step(from.Record, what, Now, options.Reversal);
        if (decision is null)
        {
            return (null, ChangeRefusal.PaymentMoved);
        }

        byte[]? keep = (decision.KeepSealed ? sealedBytes ?? from.Sealed : null) is { Length: > 0 } kept ? kept : null;
        byte[]? answer = from.Answer;
        Change change = new Change()
            .Append(decision.Kind, decision.Next.PaymentId, decision.Content)
            .Move(from.Record, decision.Next, keep, decision.Answer
                ? traces => answer = PaymentAnswers.Encode(decision.Next, from.Merchant, [.. from.Traces, .. traces])
                : null);
        if (decision.Next is { Offline: not null, State: PaymentState.Approved or PaymentState.Declined })
        {
            // The bank has answered: the account data of the record must not outlive that (PCI DSS 3.3).
            change.EraseOffline(decision.Next.PaymentId);
        }

        conditions?.Invoke(change);
        Commit commit = await database.CommitAsync(change).ConfigureAwait(false);
        return commit.Done
            ? (new Standing(decision.Next, keep, from.Merchant, [.. from.Traces, .. commit.Traces], answer), ChangeRefusal.None)
            : (null, commit.Refusal);
    }

    /// <summary>Reads a stored payment with what its steps need.</summary>
    public async Task<Standing> StandAsync(StoredPayment stored)
    {
        MerchantRecord? merchant = await database.Merchants.FindAsync(stored.Record.MerchantId).ConfigureAwait(false);
        List<JournalEntry> entries = await database.Journal.OfSubjectAsync(stored.Record.PaymentId.ToString()).ConfigureAwait(false);
        return new Standing(stored.Record, stored.Sealed, merchant, [.. entries.Select(static e => e.Trace)], stored.Answer);
    }

    /// <summary>What sealed request bytes are bound to: they open for this payment and this use alone.</summary>
    public static byte[] BoundTo(Guid paymentId) =>
        [.. paymentId.ToByteArray(bigEndian: true), .. Encoding.ASCII.GetBytes("acquirer-request")];
}
