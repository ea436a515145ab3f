using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>How journal and file differ over one payment.</summary>
public enum DifferenceKind
{
    /// <summary>The acquirer has it, the journal does not.</summary>
    MissingHere,

    /// <summary>The journal has it, the acquirer does not.</summary>
    MissingThere,

    /// <summary>Amount, currency or direction differ.</summary>
    AmountDiffers,

    /// <summary>The state differs.</summary>
    StateDiffers,

    /// <summary>The acquirer has it more than once.</summary>
    Doubled,
}

/// <summary>One difference, explained.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Reference">DE 37.</param>
/// <param name="Terminal">DE 41.</param>
/// <param name="PaymentId">The payment in the journal, or null.</param>
/// <param name="Here">How it stands here, or null.</param>
/// <param name="HereMinor">Amount here.</param>
/// <param name="There">How it stands at the acquirer, or null.</param>
/// <param name="ThereMinor">Amount there.</param>
/// <param name="Explanation">What it means and what is to be done.</param>
public sealed record Difference(
    DifferenceKind Kind, string Reference, string Terminal, Guid? PaymentId, PaymentState? Here, long? HereMinor, AcquirerState? There, long? ThereMinor,
    string Explanation);

/// <summary>Result of holding the journal against the acquirer's file.</summary>
/// <param name="Acquirer">Acquiring institution of the file.</param>
/// <param name="From">Begin of the period.</param>
/// <param name="To">End of the period.</param>
/// <param name="Rows">Payments in the file.</param>
/// <param name="Agreed">Payments over which both agree.</param>
/// <param name="HereNetMinor">Charges less refunds in the journal, of all currencies.</param>
/// <param name="ThereNetMinor">The same in the file.</param>
/// <param name="Differences">Every difference.</param>
public sealed record ReconciliationReport(
    string Acquirer, DateTimeOffset From, DateTimeOffset To, int Rows, int Agreed, long HereNetMinor, long ThereNetMinor,
    IReadOnlyList<Difference> Differences);

/// <summary>Holds the journal against the acquirer's file and explains every difference. Pure but for the reading of the journal.</summary>
public static class Reconciliation
{
    /// <summary>Both clocks stamp the same payment; near the edges of the period it may be in only one of the two lists.</summary>
    private static readonly TimeSpan Edge = TimeSpan.FromMinutes(5);

    /// <summary>Reads the journal's payments of the file's period and compares.</summary>
    public static async Task<ReconciliationReport> RunAsync(Database database, AcquirerFile file, CancellationToken cancellation = default)
    {
        List<PaymentRecord> payments = [];
        long after = 0;
        while (await database.Payments.CreatedAsync(file.From - Edge, file.To + Edge, after, PaymentStore.MaxPage, cancellation).ConfigureAwait(false)
            is { Count: > 0 } page)
        {
            payments.AddRange(page.Select(static stored => stored.Record));
            after = page[^1].Sequence;
        }

        return Compare(payments, file);
    }

    /// <summary>Compares payments with a file.</summary>
    public static ReconciliationReport Compare(IReadOnlyList<PaymentRecord> payments, AcquirerFile file)
    {
        ArgumentNullException.ThrowIfNull(payments);
        ArgumentNullException.ThrowIfNull(file);
        Dictionary<(string, string), PaymentRecord> here = [];
        foreach (PaymentRecord payment in payments.Where(static p => p.RetrievalReference is not null))
        {
            here[(payment.RetrievalReference!, payment.AcquirerTerminalId)] = payment;
        }

        List<Difference> differences = [];
        HashSet<(string, string)> seen = [];
        int agreed = 0;
        foreach (AcquirerRow row in file.Rows)
        {
            (string, string) key = (row.Reference, row.Terminal);
            PaymentRecord? payment = here.GetValueOrDefault(key);
            Difference? difference = !seen.Add(key) ? Doubled(row, payment) : payment is null ? MissingHere(row) : Explain(row, payment);
            agreed += difference is null ? 1 : 0;
            if (difference is not null)
            {
                differences.Add(difference);
            }
        }

        differences.AddRange(here.Where(pair => !seen.Contains(pair.Key) && pair.Value.CreatedAt >= file.From && pair.Value.CreatedAt < file.To)
            .Select(static pair => MissingThere(pair.Value)).OfType<Difference>());
        long hereNet = payments.Where(p => p.CreatedAt >= file.From && p.CreatedAt < file.To && StandOf(p) == Stand.Charged).Sum(Signed);
        long thereNet = file.Rows.Where(static r => r.State == AcquirerState.Charged).Sum(static r => r.IsRefund ? -r.AmountMinor : r.AmountMinor);
        return new ReconciliationReport(file.Acquirer, file.From, file.To, file.Rows.Count, agreed, hereNet, thereNet, differences);
    }

    /// <summary>What the acquirer should have of a payment.</summary>
    private enum Stand
    {
        Nothing,
        Charged,
        Held,
        TakenBack,
        Open,
    }

    private static Stand StandOf(PaymentRecord payment) => payment.State switch
    {
        PaymentState.Completed => Stand.Charged,
        PaymentState.Approved => payment.Operation is PaymentOperation.PreAuthorisation or PaymentOperation.Increment ? Stand.Held : Stand.Charged,
        PaymentState.Reversed or PaymentState.Voided or PaymentState.InReview => Stand.TakenBack,
        PaymentState.Declined or PaymentState.Abandoned => Stand.Nothing,
        _ => Stand.Open,
    };

    private static long Signed(PaymentRecord payment) =>
        payment.Operation == PaymentOperation.Refund ? -payment.StandingMinor : payment.StandingMinor;

    private static Difference? Explain(AcquirerRow row, PaymentRecord payment)
    {
        string? state = (StandOf(payment), row.State) switch
        {
            (Stand.Charged, AcquirerState.Reversed) =>
                "The acquirer took back what the journal has as charged: the merchant would be paid for nothing. Find who reversed it; charge again only with the card.",
            (Stand.Charged, AcquirerState.Held) => payment.Operation == PaymentOperation.PreAuthorisation
                ? "The completion was acknowledged but is not booked: present the completion again by hand."
                : "The acquirer holds what the journal has as charged: ask it to book the sale.",
            (Stand.Held, AcquirerState.Charged) => "The acquirer charges what is only held here: a completion that the journal does not know. Ask it for the message.",
            (Stand.Held, AcquirerState.Reversed) => "The acquirer let go what is held here: a completion will fail. Authorise anew with the card.",
            (Stand.TakenBack, AcquirerState.Charged) => "The cardholder is charged although the acquirer acknowledged the reversal: send it again by hand.",
            (Stand.TakenBack, AcquirerState.Held) => "The amount is still held although the acquirer acknowledged the reversal: send it again by hand.",
            (Stand.Nothing, not AcquirerState.Reversed) =>
                $"The journal has it as {payment.State}: no approval came here. The cardholder must get the amount back; reverse it by hand.",
            (Stand.Open, AcquirerState.Charged or AcquirerState.Held) when payment.State is PaymentState.Unknown or PaymentState.Voiding =>
                $"The reversal is still owed ({payment.ReversalAttempts} sent{(payment.ReversalDueAt is null ? ", parked: let it go on" : ", goes on by itself")}).",
            (Stand.Open, AcquirerState.Held) when payment.State == PaymentState.Completing =>
                $"The completion is still owed ({payment.ReversalAttempts} sent{(payment.ReversalDueAt is null ? ", parked: let it go on" : ", goes on by itself")}).",
            (Stand.Open, not AcquirerState.Reversed) when payment.State is PaymentState.Received or PaymentState.Sent =>
                "The payment is being worked on; compare again in a minute.",
            _ => null,
        };
        if (state is not null)
        {
            return new Difference(
                DifferenceKind.StateDiffers, row.Reference, row.Terminal, payment.PaymentId, payment.State, payment.StandingMinor, row.State, row.AmountMinor, state);
        }

        if (StandOf(payment) is not (Stand.Charged or Stand.Held) && payment.State is not (PaymentState.Adjusting or PaymentState.Completing))
        {
            return null;
        }

        // While an adjustment or completion is owed, the acquirer may have the one amount or the other.
        bool amount = row.AmountMinor == payment.StandingMinor || row.AmountMinor == payment.PendingMinor;
        bool same = amount && row.Currency == payment.Currency && row.IsRefund == (payment.Operation == PaymentOperation.Refund);
        string explanation = !amount ? "The amounts differ: hold the acquirer's message against the journal's entries; the cardholder agreed to the amount here."
            : row.Currency != payment.Currency ? $"The currencies differ: {payment.Currency} here, {row.Currency} there."
            : "One side has a refund, the other a charge.";
        return same ? null : new Difference(
            DifferenceKind.AmountDiffers, row.Reference, row.Terminal, payment.PaymentId, payment.State, payment.StandingMinor, row.State, row.AmountMinor, explanation);
    }

    private static Difference MissingHere(AcquirerRow row) => new(
        DifferenceKind.MissingHere, row.Reference, row.Terminal, null, null, null, row.State, row.AmountMinor,
        row.State == AcquirerState.Reversed
            ? "The journal does not know it; the acquirer took it back, so nothing is charged. Ask where it came from."
            : "The journal does not know it: another terminal under our name, or a journal that lost an entry. Verify the journal, then ask the acquirer.");

    private static Difference Doubled(AcquirerRow row, PaymentRecord? payment) => new(
        DifferenceKind.Doubled, row.Reference, row.Terminal, payment?.PaymentId, payment?.State, payment?.StandingMinor, row.State, row.AmountMinor,
        $"Line {row.Line} books the payment once more: the cardholder may be charged twice. Ask the acquirer to take one back.");

    private static Difference? MissingThere(PaymentRecord payment) => StandOf(payment) switch
    {
        Stand.Charged => new Difference(
            DifferenceKind.MissingThere, payment.RetrievalReference!, payment.AcquirerTerminalId, payment.PaymentId, payment.State, payment.StandingMinor, null,
            null, "The journal has an approval that the acquirer does not book: the merchant would not be paid. Present it with its authorisation code."),
        Stand.Held => new Difference(
            DifferenceKind.MissingThere, payment.RetrievalReference!, payment.AcquirerTerminalId, payment.PaymentId, payment.State, payment.StandingMinor, null,
            null, "The acquirer does not hold what is held here: a completion may be refused."),
        _ => null,
    };
}
