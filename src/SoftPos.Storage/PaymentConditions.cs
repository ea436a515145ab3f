using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>How much a terminal may take within a time.</summary>
/// <param name="Window">The time.</param>
/// <param name="MaxCount">Most payments; null for no bound of their count.</param>
/// <param name="MaxSumMinor">Highest sum in minor units; null for no bound of it.</param>
public sealed record VelocityLimit(TimeSpan Window, int? MaxCount, long? MaxSumMinor)
{
    /// <summary>Payments that a sum without a count looks at; beyond it the terminal counts as over its limit.</summary>
    public const int MaxCounted = 10_000;
}

/// <summary>
/// Conditions that payments of one card or terminal put on each other. They are checked in the transaction that writes, so that two requests
/// which race cannot both pass.
/// </summary>
public static class PaymentConditions
{
    // States of a refund that gives, or may have given, money back: received, sent, unknown, approved, being voided.
    private const string LiveRefunds = "FROM payment WHERE original_id = $1 AND kind = 2 AND state IN (0, 1, 2, 4, 7)";

    private const string Standing = "SELECT state, kind, amount, batch IS NOT NULL FROM payment WHERE payment_id = $1";

    /// <summary>The refunds of the original, with this one, stay within what was charged; the original is charged.</summary>
    public static Change RequireRefundRoom(this Change change, Guid originalId, long amountMinor) => change.Require((session, _) =>
    {
        if (session.First(Standing, Row, originalId.ToColumn()) is not { } original || !original.IsCharged)
        {
            return ChangeRefusal.OriginalClosed;
        }

        long refunded = session.First("SELECT coalesce(sum(amount), 0) " + LiveRefunds, static r => r.GetInt64(0), originalId.ToColumn());
        return refunded + amountMinor <= original.AmountMinor ? ChangeRefusal.None : ChangeRefusal.RefundTooHigh;
    });

    /// <summary>The payment is in no settlement batch, and no refund of it stands.</summary>
    public static Change RequireUnsettled(this Change change, Guid paymentId) => change.Require((session, _) =>
        session.First(Standing, Row, paymentId.ToColumn()) is { IsSettled: false }
        && session.First("SELECT count(*) " + LiveRefunds, static r => r.GetInt64(0), paymentId.ToColumn()) == 0
            ? ChangeRefusal.None
            : ChangeRefusal.PaymentSettled);

    /// <summary>The payment is a pre-authorisation that holds.</summary>
    public static Change RequireHeld(this Change change, Guid paymentId) => change.Require((session, _) =>
        session.First(Standing, Row, paymentId.ToColumn()) is { State: PaymentState.Approved, Operation: PaymentOperation.PreAuthorisation }
            ? ChangeRefusal.None
            : ChangeRefusal.OriginalClosed);

    /// <summary>The terminal stays within its limit with a payment of this amount. Payments that charge nothing do not count.</summary>
    public static Change RequireVelocity(this Change change, Guid terminalId, long amountMinor, VelocityLimit limit) => change.Require((session, now) =>
    {
        List<long> amounts = session.Rows(
            "SELECT amount FROM (SELECT amount, state, created FROM payment WHERE terminal_id = $1 ORDER BY seq DESC LIMIT $3) "
                + "WHERE created > $2 AND state NOT IN (3, 5, 6, 8)",
            static r => r.GetInt64(0),
            terminalId.ToColumn(),
            (now - limit.Window).ToColumn(),
            VelocityLimit.MaxCounted);
        bool within = amounts.Count < (limit.MaxCount ?? VelocityLimit.MaxCounted)
            && (limit.MaxSumMinor is not { } sum || amounts.Sum() + amountMinor <= sum);
        return within ? ChangeRefusal.None : ChangeRefusal.VelocityExceeded;
    });

    private static Stand Row(SqliteDataReader reader) => new(
        (PaymentState)reader.GetInt32(0), (PaymentOperation)reader.GetInt32(1), reader.GetInt64(2), reader.GetInt32(3) != 0);

    private sealed record Stand(PaymentState State, PaymentOperation Operation, long AmountMinor, bool IsSettled)
    {
        public bool IsCharged => State is PaymentState.Completed || (State is PaymentState.Approved && Operation is PaymentOperation.Sale);
    }
}
