using SoftPos.Contract;
using SoftPos.Emv;

namespace SoftPos.Terminal;

/// <summary>Makes one reader transaction for an amount.</summary>
internal delegate ICardSession CardSessionFactory(PaymentOrder order, string currency);

/// <summary>
/// One payment from the merchant's order to its result. The order of steps is the law of this class: attested, then reader on, then card
/// data sealed under a key whose state is durable, then the payment noted, then sent, then asked for until its answer is known.
/// </summary>
internal sealed class PaymentFlow
{
    /// <summary>The rest of a payment after the tap must find the attestation result still alive.</summary>
    private static readonly TimeSpan TokenMargin = TimeSpan.FromSeconds(10);

    /// <summary>How long the card is waited for when the issuer's answer is to be given to it.</summary>
    private static readonly TimeSpan IssuerUpdateTime = TimeSpan.FromSeconds(10);

    /// <summary>A waiting customer outlives a token a few times; each time the phone is attested anew.</summary>
    private const int MaxAttestations = 10;

    private readonly PaymentRoom _room;
    private PaymentOrder _order;
    private readonly PaymentScreens _screens;
    private readonly string _currency;
    private readonly Guid _paymentId;
    private IReadOnlyList<MerchantFinding> _findings = [];

    public PaymentFlow(PaymentRoom room, PaymentOrder order, IPaymentUi ui)
    {
        _room = room;
        _order = order;
        _currency = order.Currency ?? room.Enrolment.Merchant.Currency;
        _paymentId = order.OrderId ?? TimeOrderedId.Create(room.Platform.Clock, room.Platform.Randomness);
        _screens = new PaymentScreens(ui, _paymentId, _currency) { Order = order };
    }

    public async Task<PaymentResult> RunAsync(CancellationToken cancellation)
    {
        PaymentResult result;
        try
        {
            result = await ToResultAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Only what happens before sending takes this token.
            result = _room.Results.Refused(_paymentId, ReasonCodes.Cancelled);
        }

        result = result.Findings.Count == 0 ? result with { Findings = _findings } : result;
        _screens.Finish(result);
        return result;
    }

    private async Task<PaymentResult> ToResultAsync(CancellationToken cancellation)
    {
        DateTimeOffset cardBy = _room.Now + _room.CardTimeout;
        for (int attempt = 0; attempt < MaxAttestations; attempt++)
        {
            _screens.Show(PaymentStage.Preparing);
            LinkAnswer<AttestationAnswer> attested =
                await _room.Attestation.AttestAsync(_room.Enrolment, ChallengePurpose.Tap, cancellation).ConfigureAwait(false);
            if (attested is { Value: null, Problem: null } && OfflineSale.Fits(_order) && _room.Enrolment.Offline.HasPermission)
            {
                return await OfflineAsync(cardBy, cancellation).ConfigureAwait(false);
            }

            if (attested.Value is not { } answer)
            {
                return PaymentResults.Refused(_paymentId, TrustResult.Of(attested, _room.Language));
            }

            TrustResult trust = TrustResult.Of(answer.Verdict, answer.Findings, _room.Language);
            _findings = answer.Findings;
            if (!trust.CanPay)
            {
                return PaymentResults.Refused(_paymentId, trust);
            }

            if (answer.ResultToken is not { Length: > 0 and <= ResultToken.MaxLength } token || answer.ExpiresAt is not { } expires)
            {
                return _room.Results.Refused(_paymentId, ReasonCodes.NotAttested);
            }

            if (_room.Enrolment.Offline.Waiting.Count > 0)
            {
                // What waits goes first: the back end takes a terminal's key serial numbers in their order. It may take longer than the
                // token lives.
                if (await _room.Forwarding.RunAsync(_room.Enrolment, _room.Forwarded, cancellation)
                    .ConfigureAwait(false) == LinkEnd.Answered)
                {
                    continue;
                }

                return _room.Results.Refused(_paymentId, ReasonCodes.OfflineForwardFailed);
            }

            Surcharge();
            await _room.Reader.UpdateAsync(_room.Enrolment, answer.ReaderConfiguration, _room.Link, cancellation).ConfigureAwait(false);
            using ICardSession session = _room.OpenCard(_order, _currency);
            CardDeadlines deadlines = new(cardBy, expires - TokenMargin);
            CardSessionResult card = await session.RunAsync(deadlines, _screens.Show, cancellation).ConfigureAwait(false);
            if (card.End != CardSessionEnd.AttestationExpired)
            {
                return await AfterCardAsync(session, card, token, cancellation).ConfigureAwait(false);
            }
        }

        return _room.Results.Refused(_paymentId, ReasonCodes.CardTimeout);
    }

    private async Task<PaymentResult> AfterCardAsync(ICardSession session, CardSessionResult card, byte[] token, CancellationToken cancellation)
    {
        if (card.Outcome is not { } outcome)
        {
            return _room.Results.Refused(_paymentId, CardReasons.Of(card.End));
        }

        using CardAccount? account = outcome.Account;
        CardSummary? summary = CardReasons.Summary(outcome);
        IPinScreen? pinScreen = outcome.Cvm == CvmKind.OnlinePin ? _room.Platform.PinScreen : null;
        if (CardReasons.Refusal(outcome, hasPinPad: pinScreen is not null) is { } refusal)
        {
            return _room.Results.Refused(_paymentId, refusal, card: summary);
        }

        if (account is null || summary is null || outcome.DataRecord is null)
        {
            return _room.Results.Refused(_paymentId, ReasonCodes.CardUnreadable, card: summary);
        }

        using PanShares? shares = pinScreen is null ? null : PanShares.Cut(account, _room.Platform.Randomness);
        if (pinScreen is not null && shares is null)
        {
            return _room.Results.Refused(_paymentId, ReasonCodes.CardUnreadable, card: summary);
        }

        if (Seal(outcome, account, summary, token) is not { } request)
        {
            return _room.Results.Refused(_paymentId, ReasonCodes.KeysExhausted, card: summary);
        }

        if (pinScreen is not null)
        {
            _screens.Show(PaymentStage.EnterPin);
            PinPrompt prompt = new(_room.Enrolment.Merchant.Name, _order.AmountMinor, _currency);
            (CapturedPin? pin, PaymentResult? refused) =
                await new PinFlow(_room, pinScreen, _paymentId, prompt, summary).RunAsync(shares!, cancellation).ConfigureAwait(false);
            if (pin is null)
            {
                return refused!;
            }

            request = request with { PinKsn = pin.Ksn, PinBlock = pin.Block, ResultToken = pin.Token };
        }

        return await SendAsync(session, outcome, request, summary).ConfigureAwait(false);
    }

    private async Task<PaymentResult> SendAsync(ICardSession session, Outcome outcome, PaymentRequest request, CardSummary summary)
    {
        if (!_room.Enrolment.TryOpenPayment(_paymentId))
        {
            return _room.Results.Refused(_paymentId, ReasonCodes.ResultOutstanding, card: summary);
        }

        _screens.Show(PaymentStage.Authorising);
        byte[] message = _room.Enrolment.Sign(MessageType.Payment, request.Encode());
        LinkAnswer<PaymentAnswer> answer = StatusClient.Matching(
            await _room.Link.SendAsync(Paths.Payments, message, ContractJson.Default.PaymentAnswer, Paths.PaymentPatience, CancellationToken.None)
                .ConfigureAwait(false),
            _paymentId);
        bool isOpen = StatusClient.IsOpen(answer)
            || answer.Value is { State: PaymentState.Received or PaymentState.Sent };
        if (isOpen)
        {
            answer = await _room.Status.AskUntilSettledAsync(_room.Enrolment, _paymentId, CancellationToken.None).ConfigureAwait(false);
        }
        else if (answer.End == LinkEnd.NothingSent)
        {
            _room.Enrolment.ClosePayment(_paymentId);
            return StoreUnsent(outcome, request, summary) ?? _room.Results.Refused(_paymentId, ReasonCodes.BackendUnreachable,
                card: summary);
        }

        _room.Close(_paymentId, answer);
        await DeliverAsync(session, outcome, answer.Value).ConfigureAwait(false);
        return _room.Results.Of(_paymentId, answer, summary);
    }

    /// <summary>
    /// The back end went away between attestation and sending, and no byte left: what was tapped is a sale without it, where one is
    /// permitted.
    /// </summary>
    private PaymentResult? StoreUnsent(Outcome outcome, PaymentRequest request, CardSummary summary)
    {
        OfflineQueue queue = _room.Enrolment.Offline;
        bool permitted = OfflineSale.Fits(_order) && request.PinBlock is null && queue.Refusal(_order.AmountMinor, _currency) is null
            && OfflineSale.RefusalOf(outcome, queue.Permission()!) is null;
        return !permitted ? null
            : new OfflineSale(_room, _order, _currency, _screens).Store(request with { ResultToken = queue.PermissionMessage }, summary);
    }

    private Task<PaymentResult> OfflineAsync(DateTimeOffset cardBy, CancellationToken cancellation)
    {
        Surcharge();
        _room.Reader.Open(_room.Enrolment);
        return new OfflineSale(_room, _order, _currency, _screens).RunAsync(_paymentId, cardBy, Seal, cancellation);
    }

    /// <summary>Adds the surcharge by the terms that came last, and shows the whole before the tap.</summary>
    private void Surcharge()
    {
        _order = _order.With(_room.Enrolment.Merchant.Surcharge);
        _screens.Order = _order;
    }

    private PaymentRequest? Seal(Outcome outcome, CardAccount account, CardSummary summary, byte[] token) =>
        AccountSealing.Seal(account, _room.Enrolment.DataKeys, _paymentId, _room.Platform.Randomness) is { } sealedAccount
            ? RequestOf(outcome, summary, token, sealedAccount)
            : null;

    private async Task DeliverAsync(ICardSession session, Outcome outcome, PaymentAnswer? answer)
    {
        bool isAsked = outcome.OnlineResponseData == OnlineResponseData.Any
            || (outcome.OnlineResponseData == OnlineResponseData.EmvData && answer?.IssuerData is { Length: > 0 });
        if (isAsked && answer is { State: PaymentState.Approved or PaymentState.Declined })
        {
            bool isApproved = answer.State == PaymentState.Approved;
            await session.DeliverAsync(isApproved, answer.IssuerData, _room.Now + IssuerUpdateTime, _screens.Show).ConfigureAwait(false);
        }
    }

    private PaymentRequest RequestOf(Outcome outcome, CardSummary summary, byte[] token, SealedAccount sealedAccount) => new()
    {
        PaymentId = _paymentId,
        ResultToken = token,
        AmountMinor = _order.AmountMinor,
        Currency = _currency,
        TransactionType = _order.Kind == PaymentKind.Refund ? (byte)20 : _order.CashbackMinor > 0 ? (byte)9 : (byte)0,
        Operation = _order.Kind switch
        {
            PaymentKind.Refund => PaymentOperation.Refund,
            PaymentKind.PreAuthorisation => PaymentOperation.PreAuthorisation,
            _ => PaymentOperation.Sale,
        },
        OriginalPaymentId = _order.OriginalPaymentId,
        OtherAmountMinor = _order.CashbackMinor,
        TipMinor = _order.TipMinor,
        SurchargeMinor = _order.SurchargeMinor,
        AcceptsPartialApproval = _order.AcceptsPartialApproval,
        DataKsn = sealedAccount.Ksn,
        SealedAccountData = sealedAccount.Data,
        EmvData = AuthorisationData.Of(outcome.DataRecord!),
        MaskedPan = summary.MaskedPan,
        Aid = outcome.Application!.AdfName.ToArray(),
        ApplicationLabel = summary.ApplicationLabel,
        KernelId = summary.KernelId,
        CardholderVerification = summary.CardholderVerification,
        DeviceTime = _room.Now,
        ReaderConfiguration = _room.Reader.Version,
    };
}
