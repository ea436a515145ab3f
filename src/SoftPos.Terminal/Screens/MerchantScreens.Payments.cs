using SoftPos.Contract;

namespace SoftPos.Terminal.Screens;

/// <summary>Screens of a payment, and of what stands in its way.</summary>
public sealed partial class MerchantScreens
{
    /// <summary>A state of a payment. The last one is its result.</summary>
    public ScreenModel Payment(PaymentScreen state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state is { Stage: PaymentStage.Finished, Result: { } result })
        {
            return Result(result, state.AmountMinor, state.Currency);
        }

        bool isTap = state.Stage is PaymentStage.PresentCard or PaymentStage.PresentCardAgain or PaymentStage.PresentOneCardOnly or PaymentStage.SeePhone;
        bool canCancel = state.Stage is PaymentStage.Preparing || isTap;
        return new ScreenModel
        {
            Kind = ScreenKind.Payment,
            Language = _language,
            Title = Say("stage." + state.Stage),
            Lines = [new(LineRole.Amount, MoneyText.Of(state.AmountMinor, state.Currency)), .. isTap ? [Line("pin.offer")] : (ScreenLine[])[]],
            Sign = isTap ? ScreenSign.Tap : ScreenSign.Wait,
            ShowsAntenna = isTap,
            Pulse = state.Stage switch
            {
                PaymentStage.RemoveCard => ScreenPulse.Short,
                PaymentStage.PresentCardAgain or PaymentStage.PresentOneCardOnly or PaymentStage.SeePhone => ScreenPulse.Long,
                _ => ScreenPulse.None,
            },
            Actions = canCancel ? [new(ScreenActions.Cancel, Say("action.cancel"))] : [],
            IsPrivate = true,
        };
    }

    /// <summary>How a payment ended. "Not known" never offers to take it again: only to ask.</summary>
    public ScreenModel Result(PaymentResult result, long amountMinor, string currency)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool isGood = result.Outcome is PaymentOutcome.Approved or PaymentOutcome.Voided;
        bool isOpen = result.Outcome is PaymentOutcome.Unknown or PaymentOutcome.Deferred or PaymentOutcome.InReview;
        List<ScreenAction> actions = [];
        if (isOpen)
        {
            actions.Add(new(ScreenActions.State, Say("action.state"), IsMain: true));
        }

        if (result.Answer is { Receipt.Count: > 0 })
        {
            actions.Add(new(ScreenActions.Receipt, Say("receipt.title"), IsMain: isGood));
        }

        if (result is { Outcome: PaymentOutcome.Refused, Answer: null })
        {
            actions.Add(new(ScreenActions.Blocked, Say("blocked.title")));
        }

        actions.Add(new(ScreenActions.Done, Say("action.done"), IsMain: actions.Count == 0));
        return new ScreenModel
        {
            Kind = ScreenKind.Result,
            Language = _language,
            Title = Say("result." + result.Outcome),
            Lines =
            [
                new(LineRole.Amount, MoneyText.Of(result.Answer?.ApprovedMinor ?? result.Answer?.FinalMinor ?? amountMinor, currency)),
                .. Reason(result.Reason),
                .. result.Card is { } card ? [new(LineRole.Detail, $"{card.ApplicationLabel} {card.MaskedPan}".Trim())] : (ScreenLine[])[],
            ],
            Sign = isGood ? ScreenSign.Good : isOpen ? ScreenSign.Open : ScreenSign.Bad,
            Pulse = isGood ? ScreenPulse.Double : ScreenPulse.Long,
            Actions = actions,
            IsPrivate = true,
        };
    }

    /// <summary>The receipt, and a code by which the customer takes it along.</summary>
    /// <param name="answer">The back end's answer.</param>
    /// <param name="address">Address of the receipt's page; null where there is none, and then the code holds the lines.</param>
    public ScreenModel Receipt(PaymentAnswer answer, Uri? address)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new ScreenModel
        {
            Kind = ScreenKind.Receipt,
            Language = _language,
            Title = Say("receipt.title"),
            Lines = [.. answer.Receipt.Take(ScreenModel.MaxRows).Select(static line => new ScreenLine(LineRole.Receipt, line)), Line("receipt.scan")],
            Code = address?.AbsoluteUri ?? CodeOf(answer.Receipt),
            Actions =
            [
                new(ScreenActions.Done, Say("action.done"), IsMain: true),
                .. answer is { State: PaymentState.Approved, Operation: PaymentOperation.Sale }
                    ? [new(ScreenActions.Refund, Say("refund.title"))]
                    : (ScreenAction[])[],
            ],
            IsPrivate = true,
        };
    }

    /// <summary>Why payments are not possible: each finding with what to do, who can, and by when. Or that they are.</summary>
    public ScreenModel Blocked(TrustResult trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        List<ScreenLine> lines = [.. Reason(trust.Reason)];
        foreach (MerchantFinding finding in trust.Findings.Take(ScreenModel.MaxRows / 4))
        {
            lines.Add(new ScreenLine(LineRole.Fault, finding.Text));
            lines.Add(new ScreenLine(LineRole.Fix, finding.Fix));
            lines.Add(new ScreenLine(LineRole.Detail, Say("blocked.who", Say("owner." + finding.Owner))));
            if (finding.Deadline is { } deadline)
            {
                lines.Add(new ScreenLine(LineRole.Fix, Say("blocked.until", Time(deadline))));
            }

            lines.Add(new ScreenLine(LineRole.Detail, finding.Reason));
        }

        if (trust.CanPay)
        {
            lines.Insert(0, Line("blocked.fine"));
        }

        return new ScreenModel
        {
            Kind = ScreenKind.Blocked,
            Language = _language,
            Title = Say("blocked.title"),
            Lines = lines,
            Sign = trust.CanPay ? ScreenSign.Good : ScreenSign.Bad,
            Actions =
            [
                new(ScreenActions.Again, Say("blocked.again"), IsMain: true),
                .. trust.CanPay ? (ScreenAction[])[] : [new(ScreenActions.Appeal, Say("blocked.appeal"))],
                new(ScreenActions.Diagnostics, Say("diagnostics.title")),
                new(ScreenActions.Back, Say("action.back")),
            ],
        };
    }

    /// <summary>
    /// The text with which the merchant asks for a review: terminal, reasons, contact, own words; nothing else of the phone. A phone that never
    /// became a terminal has nobody to send it to but its provider.
    /// </summary>
    public ScreenModel Appeal(TrustResult trust, Guid? terminalId, string contact)
    {
        ArgumentNullException.ThrowIfNull(trust);
        bool canSend = terminalId is not null;
        return new ScreenModel
        {
            Kind = ScreenKind.Appeal,
            Language = _language,
            Title = Say("blocked.appeal"),
            Lines = [new(LineRole.Text, AppealText(trust, terminalId)), new(LineRole.Detail, contact)],
            Field = canSend ? new ScreenField("words", Say("appeal.say"), MaxWords) { IsLong = true } : null,
            Actions =
            [
                .. canSend ? [new(ScreenActions.AppealNow, Say("appeal.send"), IsMain: true)] : (ScreenAction[])[],
                new(ScreenActions.Share, Say("action.share"), IsMain: !canSend),
                new(ScreenActions.Back, Say("action.back")),
            ],
        };
    }

    /// <summary>What the provider gets: the merchant's own words, or those of the screen.</summary>
    internal string AppealWords(TrustResult trust, Guid? terminalId, string? words) =>
        AppealRequest.IsText(words) ? words!.Trim() : AppealText(trust, terminalId);

    /// <summary>The appeal was taken, or was not.</summary>
    public ScreenModel Appealed(AppealResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool isTaken = result.Reason is null;
        return new ScreenModel
        {
            Kind = ScreenKind.Appeal,
            Language = _language,
            Title = Say("blocked.appeal"),
            Lines = isTaken ? [new(LineRole.Text, Say("appeal.sent", result.Number!))] : [.. Reason(result.Reason)],
            Sign = isTaken ? ScreenSign.Good : ScreenSign.Bad,
            Pulse = isTaken ? ScreenPulse.Double : ScreenPulse.Long,
            Actions =
            [
                new(ScreenActions.Done, Say("action.done"), IsMain: isTaken),
                .. isTaken ? (ScreenAction[])[] : [new(ScreenActions.Appeal, Say("action.again"), IsMain: true)],
            ],
        };
    }

    private string AppealText(TrustResult trust, Guid? terminalId)
    {
        string reasons = string.Join(", ", ((string?[])[trust.Reason?.Code, .. trust.Findings.Select(static finding => finding.Reason)])
            .Where(static code => !string.IsNullOrEmpty(code)).Distinct().Take(ScreenModel.MaxRows));
        string text = Say("appeal.text", terminalId?.ToString() ?? "-", reasons);
        return text.Length <= AppealRequest.MaxText ? text : text[..AppealRequest.MaxText];
    }

    /// <summary>State of the terminal for a support case: states, versions and counts.</summary>
    public ScreenModel Diagnostics(IReadOnlyDictionary<string, string> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return new ScreenModel
        {
            Kind = ScreenKind.Diagnostics,
            Language = _language,
            Title = Say("diagnostics.title"),
            Lines =
            [
                .. facts.OrderBy(static fact => fact.Key, StringComparer.Ordinal).Take(ScreenModel.MaxRows)
                    .Select(static fact => new ScreenLine(LineRole.Detail, $"{fact.Key}: {fact.Value}")),
            ],
            Actions = [new(ScreenActions.Share, Say("action.share")), new(ScreenActions.Back, Say("action.back"), IsMain: true)],
        };
    }

    /// <summary>Own words of an appeal.</summary>
    private const int MaxWords = AppealRequest.MaxText;

    /// <summary>A QR code of more than this is not read by cheap cameras.</summary>
    private const int MaxCode = 900;

    private static string CodeOf(IReadOnlyList<string> receipt)
    {
        string text = string.Join('\n', receipt);
        return text.Length <= MaxCode ? text : text[..MaxCode];
    }
}
