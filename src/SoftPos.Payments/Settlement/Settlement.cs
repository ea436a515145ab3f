using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Cut-over: closes the batch of a merchant at the acquirer. What is charged goes into it, once; what still owes the acquirer a message waits for the
/// next. From then on a payment is refunded, not voided.
/// </summary>
public sealed class Settlement(Database database, PaymentOptions options, TimeProvider clock)
{
    /// <summary>Sales go on while a batch closes; so often a moved one is read anew.</summary>
    private const int MaxTries = 10;

    /// <summary>Closes the batch of a merchant; null when there is nothing in it.</summary>
    public async Task<BatchRecord?> CloseAsync(string merchantId, CancellationToken cancellation = default)
    {
        for (int i = 0; i < MaxTries; i++)
        {
            OpenBatch open = await database.Batches.OpenAsync(merchantId, cancellation).ConfigureAwait(false);
            if (open.Totals.Count == 0)
            {
                return null;
            }

            long number = await database.Batches.NextNumberAsync(merchantId, cancellation).ConfigureAwait(false);
            BatchRecord batch = new()
            {
                BatchId = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{merchantId}-{number:D6}"),
                MerchantId = merchantId,
                Acquirer = options.AcquiringInstitution,
                Number = number,
                ClosedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
                Totals = open.Totals,
            };
            Commit commit = await database.CommitAsync(new Change().Close(batch, open.LastSequence), cancellation).ConfigureAwait(false);
            if (commit.Done)
            {
                return batch;
            }
        }

        throw new InvalidOperationException($"the batch of {merchantId} moved {MaxTries} times while it was being closed");
    }

    /// <summary>Closes the batches of all merchants; gives those that had something in them.</summary>
    public async Task<IReadOnlyList<BatchRecord>> CloseAllAsync(CancellationToken cancellation = default)
    {
        List<BatchRecord> closed = [];
        string? after = null;
        while (await database.Merchants.PageAsync(after, MerchantStore.MaxPage, cancellation).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (MerchantRecord merchant in page)
            {
                if (await CloseAsync(merchant.MerchantId, cancellation).ConfigureAwait(false) is { } batch)
                {
                    closed.Add(batch);
                }
            }

            after = page[^1].MerchantId;
        }

        return closed;
    }

    /// <summary>The payments of a batch, in the order in which they came.</summary>
    public async IAsyncEnumerable<PaymentRecord> PaymentsAsync(
        string batchId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        long after = 0;
        while (await database.Batches.PaymentsAsync(batchId, after, cancellation).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (StoredPayment payment in page)
            {
                yield return payment.Record;
            }

            after = page[^1].Sequence;
        }
    }
}
