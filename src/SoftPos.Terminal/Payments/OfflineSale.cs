using SoftPos.Contract;
using SoftPos.Emv;

namespace SoftPos.Terminal;

/// <summary>
/// A sale while the back end is away. The card is read as ever and asks for its bank; nothing is approved here. What would have been sent
/// is stored, and the merchant is told that the money is not sure.
/// </summary>
internal sealed class OfflineSale(PaymentRoom room, PaymentOrder order, string currency, PaymentScreens screens)
{
    private const uint CardQualifiers = 0x9F6C, VerificationResults = 0x95;

    /// <summary>Whether an order can be taken offline at all: a plain sale of the merchant at the phone.</summary>
    public static bool Fits(PaymentOrder order) => order is
    {
        Kind: PaymentKind.Purchase, CashbackMinor: 0, AcceptsPartialApproval: false, OrderId: null, OriginalPaymentId: null,
    };

    /// <summary>Takes the sale, or says why not.</summary>
    /// <param name="paymentId">Its identity.</param>
    /// <param name="cardBy">How long a card is waited for.</param>
    /// <param name="cancellation">Cancels until the card was read.</param>
    /// <param name="seal">Seals what the card gave and makes the request of it; null when the keys are used up.</param>
    public async Task<PaymentResult> RunAsync(
        Guid paymentId, DateTimeOffset cardBy, Func<Outcome, CardAccount, CardSummary, byte[], PaymentRequest?> seal,
            CancellationToken cancellation)
    {
        OfflineQueue queue = room.Enrolment.Offline;
        if (queue.Refusal(order.AmountMinor, currency) is { } refusal)
        {
            return room.Results.Refused(paymentId, refusal);
        }

        OfflinePermission permission = queue.Permission()!;
        screens.IsOffline = true;
        screens.Show(PaymentStage.Preparing);
        using ICardSession session = room.OpenCard(order with { IsOffline = true }, currency);
        CardDeadlines deadlines = new(cardBy, room.Now + (permission.ExpiresAt - queue.BackendTime));
        CardSessionResult card = await session.RunAsync(deadlines, screens.Show, cancellation).ConfigureAwait(false);
        if (card.Outcome is not { } outcome)
        {
            string reason = card.End == CardSessionEnd.AttestationExpired ? ReasonCodes.OfflineNotPermitted : CardReasons.Of(card.End);
            return room.Results.Refused(paymentId, reason);
        }

        using CardAccount? account = outcome.Account;
        CardSummary? summary = CardReasons.Summary(outcome);
        string? refused = CardReasons.Refusal(outcome, hasPinPad: true) ?? RefusalOf(outcome, permission);
        if (refused is not null || account is null || summary is null || outcome.DataRecord is null)
        {
            return room.Results.Refused(paymentId, refused ?? ReasonCodes.CardUnreadable, card: summary);
        }

        return seal(outcome, account, summary, queue.PermissionMessage) is { } request
            ? Store(request, summary)
            : room.Results.Refused(paymentId, ReasonCodes.KeysExhausted, card: summary);
    }

    /// <summary>
    /// Why an outcome cannot be taken offline; null when it can. A card that wants a PIN or a signature, or whose cardholder should have been
    /// verified and was not, is refused though its kernel would go on: its bank would decline later, when the goods are gone.
    /// </summary>
    public static string? RefusalOf(Outcome outcome, OfflinePermission permission)
    {
        bool verified = outcome.Cvm is not (CvmKind.OnlinePin or CvmKind.ObtainSignature) && !WantsPin(outcome) && !IsUnverified(outcome);
        return verified && permission.Terms.Kernels.Contains(outcome.Application?.Kernel ?? 0) ? null : ReasonCodes.OfflineCardNotAllowed;
    }

    /// <summary>Card transaction qualifiers, byte 1, b8: online PIN required (C-3, A.2).</summary>
    private static bool WantsPin(Outcome outcome) => outcome.DataRecord?[CardQualifiers] is [>= 0x80, ..];

    /// <summary>Terminal verification results, byte 3, b8: cardholder verification was not successful (EMV Book 3, annex C5).</summary>
    private static bool IsUnverified(Outcome outcome) => outcome.DataRecord?[VerificationResults] is [_, _, >= 0x80, ..];

    /// <summary>Stores a request, durably, and gives the result that says so.</summary>
    public PaymentResult Store(PaymentRequest request, CardSummary summary)
    {
        WaitingSale sale = room.Enrolment.Offline.Add(request);
        return room.Results.Stored(sale, summary);
    }
}
