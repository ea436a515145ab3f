using SoftPos.Contract;
using SoftPos.Emv;

namespace SoftPos.Terminal;

/// <summary>What the end of a card session means for the merchant.</summary>
internal static class CardReasons
{
    public static string Of(CardSessionEnd end) => end switch
    {
        CardSessionEnd.CardTimeout => ReasonCodes.CardTimeout,
        CardSessionEnd.Cancelled => ReasonCodes.Cancelled,
        CardSessionEnd.ReaderFailed => ReasonCodes.ReaderUnavailable,
        CardSessionEnd.CurrencyNotSupported => ReasonCodes.CurrencyNotSupported,
        _ => ReasonCodes.CardUnreadable,
    };

    /// <summary>
    /// Why the outcome leads to no authorisation; null when it does. An offline approval is none: this terminal asks the bank, if need be
    /// later.
    /// </summary>
    public static string? Refusal(Outcome outcome, bool hasPinPad) => outcome.Kind switch
    {
        // Track data instead of a cryptogram: no acquirer message carries them yet.
        OutcomeKind.OnlineRequest when outcome.Reason is OutcomeReason.MagStripeOnline => ReasonCodes.CardNotAccepted,
        OutcomeKind.OnlineRequest => outcome.Cvm == CvmKind.OnlinePin && !hasPinPad ? ReasonCodes.CardNotAccepted : null,
        OutcomeKind.Declined => outcome.Reason is OutcomeReason.AuthenticationFailed or OutcomeReason.BadCardData or OutcomeReason.MissingCardData
            ? ReasonCodes.CardUnreadable
            : ReasonCodes.CardDeclined,
        OutcomeKind.Approved or OutcomeKind.TryAnotherInterface => ReasonCodes.CardNotAccepted,
        _ => outcome.Reason switch
        {
            OutcomeReason.NoApplication or OutcomeReason.ContactlessNotAllowed or OutcomeReason.LimitExceeded
                or OutcomeReason.MagStripeNotSupported or OutcomeReason.OtherInterfaceAsked => ReasonCodes.CardNotAccepted,
            OutcomeReason.Stopped => ReasonCodes.Cancelled,
            _ => ReasonCodes.CardUnreadable,
        },
    };

    public static CardSummary? Summary(Outcome outcome) => outcome is { Account: { } account, Application: { } application }
        ? new CardSummary(
            account.MaskedPan,
            application.Aid,
            ClaimText.Bound(application.PreferredName ?? application.Label ?? string.Empty, MaxLabel),
            application.Kernel,
            outcome.Cvm.ToString())
        : null;

    // Bound of the payment message; a label on a card has at most 16 characters.
    private const int MaxLabel = 32;
}
