using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>One payment in a list.</summary>
/// <param name="Sequence">For paging: the last one of a page is where the next begins.</param>
/// <param name="Record">The payment.</param>
public sealed record PaymentRow(long Sequence, PaymentRecord Record);

/// <summary>One payment with its steps.</summary>
/// <param name="Record">The payment.</param>
/// <param name="Merchant">Its merchant, or null.</param>
/// <param name="Receipt">Receipt lines.</param>
/// <param name="Steps">Journal entries, oldest first.</param>
public sealed record PaymentHistory(PaymentRecord Record, MerchantRecord? Merchant, IReadOnlyList<string> Receipt, IReadOnlyList<JournalEntry> Steps);

/// <summary>Payments for the console and for integrators.</summary>
public sealed class PaymentQueries(Database database)
{
    /// <summary>The newest payments, newest first.</summary>
    /// <param name="merchantId">Only of this merchant, or null.</param>
    /// <param name="terminalId">Only of this terminal, or null.</param>
    /// <param name="count">How many, up to <see cref="PaymentStore.MaxPage"/>.</param>
    /// <param name="before">Sequence of the last of the page before.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<IReadOnlyList<PaymentRow>> NewestAsync(
        string? merchantId = null, Guid? terminalId = null, int count = 50, long before = long.MaxValue, CancellationToken cancellation = default)
    {
        List<StoredPayment> page = await database.Payments.NewestAsync(merchantId, terminalId, count, before, cancellation).ConfigureAwait(false);
        return [.. page.Select(static p => new PaymentRow(p.Sequence, p.Record))];
    }

    /// <summary>One payment and how it came to stand as it does; null when there is none.</summary>
    public async Task<PaymentHistory?> FindAsync(Guid paymentId, CancellationToken cancellation = default)
    {
        if (await database.Payments.FindAsync(paymentId, cancellation).ConfigureAwait(false) is not { Record: { } record })
        {
            return null;
        }

        MerchantRecord? merchant = await database.Merchants.FindAsync(record.MerchantId, cancellation).ConfigureAwait(false);
        List<JournalEntry> steps = await database.Journal.OfSubjectAsync(paymentId.ToString(), cancellation: cancellation).ConfigureAwait(false);
        return new PaymentHistory(record, merchant, Receipt.Lines(record, merchant), steps);
    }
}
