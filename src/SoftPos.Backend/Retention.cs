using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// How long what is kept. The journal (every verdict, sale, key event and act of an operator) is never shortened; raw evidence, whose hash the
/// journal holds, goes after its time. All of it is at hand at once: there is no slower store for older entries.
/// </summary>
internal sealed class Retention(Database database, TimeSpan evidence, TimeProvider clock)
{
    /// <summary>Least time that records of security events are kept (PCI DSS 10.5.1: twelve months, the newest three at hand).</summary>
    public static readonly TimeSpan Least = TimeSpan.FromDays(366);

    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a sale that was taken offline and is held can be let go to the bank; after that its account data are erased.
    /// </summary>
    private static readonly TimeSpan OfflineReview = TimeSpan.FromDays(30);

    /// <exception cref="BackendStartException">The time is shorter than the least.</exception>
    public static Retention Create(Database database, TimeSpan evidence, TimeProvider clock) => evidence >= Least
        ? new Retention(database, evidence, clock)
        : throw new BackendStartException($"evidence for {evidence.TotalDays} days: records are kept for {Least.TotalDays} days at least");

    /// <summary>Removes what is over its time; once a day.</summary>
    public async Task RunAsync(ILogger logger, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                try
                {
                    await RoundAsync(cancellation);
                }
                catch (StorageException fault)
                {
                    logger.LogError("old evidence could not be removed and will be tried again: {Fault}", fault.Failure);
                }

                await Task.Delay(Period, clock, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    /// <summary>One round; the journal says how much went.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        DateTimeOffset before = clock.GetUtcNow() - evidence;
        int removed = await database.Evidence.PruneAsync(before, cancellation);
        int erased = await database.Offline.EraseBeforeAsync(clock.GetUtcNow() - OfflineReview, cancellation);
        if (erased > 0)
        {
            JsonObject offline = new() { ["erased"] = erased, ["olderThanDays"] = OfflineReview.TotalDays };
            (await database.CommitAsync(new Change().Append("retention.offline-erased", "offline", offline), cancellation)).Require();
        }

        if (removed > 0)
        {
            JsonObject entry = new() { ["removed"] = removed, ["before"] = before };
            (await database.CommitAsync(new Change().Append("retention.evidence-removed", "evidence", entry), cancellation)).Require();
        }

        return removed;
    }
}
