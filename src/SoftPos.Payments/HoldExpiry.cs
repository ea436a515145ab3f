using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Lets pre-authorisations go that were not completed in time, with what was held in addition: the release is owed like a void and
/// repeated until the acquirer acknowledges it. From its end on a hold cannot be completed, whether or not a round has come to it.
/// </summary>
internal sealed class HoldExpiry(Database database, PaymentSteps steps, PaymentOptions options)
{
    /// <summary>Holds of one round; the next comes within seconds.</summary>
    private const int Page = 100;

    /// <summary>Whether a pre-authorisation has ended.</summary>
    public bool IsOver(PaymentRecord hold) => hold.CreatedAt + options.PreAuthorisationLife <= steps.Now;

    /// <summary>Ends what is over its time; gives how many holds.</summary>
    public async Task<int> RunAsync()
    {
        int ended = 0;
        foreach (StoredPayment hold in await database.Payments.HeldBeforeAsync(steps.Now - options.PreAuthorisationLife, Page)
            .ConfigureAwait(false))
        {
            if (!await EndAsync(hold).ConfigureAwait(false))
            {
                continue;
            }

            ended++;
            foreach (StoredPayment increment in await database.Payments.OfOriginalAsync(hold.Record.PaymentId).ConfigureAwait(false))
            {
                if (increment.Record is { Operation: PaymentOperation.Increment, State: PaymentState.Approved }
                    && increment.Sealed is not null)
                {
                    await EndAsync(increment).ConfigureAwait(false);
                }
            }
        }

        return ended;
    }

    private async Task<bool> EndAsync(StoredPayment stored) =>
        await steps.TakeAsync(await steps.StandAsync(stored).ConfigureAwait(false), new PaymentEvent.Expired())
            .ConfigureAwait(false) is not null;
}
