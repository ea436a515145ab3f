using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>
/// What terminals took while the back end was away, and how far it is here: for a merchant's provider, and for the operator over all.
/// </summary>
internal static class OfflineReport
{
    /// <param name="database">Store.</param>
    /// <param name="merchantId">Only of this merchant, or null for all.</param>
    /// <param name="links">Receipt pages.</param>
    /// <param name="address">Address of this back end.</param>
    /// <param name="cancellation">Cancellation.</param>
    public static async Task<OfflineView> OfAsync(
        Database database, string? merchantId, ReceiptLinks links, Uri address, CancellationToken cancellation)
    {
        List<OfflineChain> chains = await database.Offline.ChainsAsync(merchantId, cancellation);
        List<StoredPayment> payments = await database.Offline.PaymentsAsync(merchantId, cancellation);
        return new OfflineView
        {
            Terminals = [.. chains.Select(static chain => new OfflineTerminalView
            {
                TerminalId = chain.TerminalId, MerchantId = chain.MerchantId, Forwarded = chain.Acknowledged - chain.Missing,
                Outstanding = Math.Max(0, chain.Reported - chain.Acknowledged), Missing = chain.Missing, Closed = chain.Closed,
            })],
            Payments = [.. payments.Select(payment => PaymentApi.View(payment, links, address))],
        };
    }
}
