using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// The card terminal in an ordinary phone. Every decision is the back end's; this class gathers evidence, reads cards, seals what they say
/// and asks. Methods may be called from any thread; one works at a time.
/// </summary>
public sealed partial class SoftPosTerminal : IAsyncDisposable
{
    /// <summary>Evidence while the app is open; silence is a finding.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMinutes(5);

    private readonly TerminalOptions _options;
    private readonly BackendLink _link;
    private readonly AttestationClient _attestation;
    private readonly StatusClient _status;
    private readonly PaymentResults _results;
    private readonly CardSessionFactory _openCard;
    private readonly ReaderSettings _reader;
    private readonly RemoteControl _remote;
    private readonly OfflineForwarding _forwarding;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private Task _heartbeat = Task.CompletedTask;
    private Enrolment? _enrolment;

    private SoftPosTerminal(TerminalOptions options, CardSessionFactory openCard, ReaderSettings reader)
    {
        _reader = reader;
        _options = options;
        _openCard = openCard;
        _link = BackendLink.Open(options, options.Platform.Clock);
        _link.Sender = () => _enrolment?.Sender;
        _attestation = new AttestationClient(_link, options.Platform, options.Taps.Counters);
        _status = new StatusClient(_link, options.Platform.Clock, _attestation);
        _results = new PaymentResults(options.Language);
        _forwarding = new OfflineForwarding(_link, options.Platform, _results);
        _remote = new RemoteControl(_link, options.Platform, new RemoteActions
        {
            Wipe = Wipe,
            Restart = Reopen,
            Attest = AttestAsync,
            Activate = EnrolAsync,
            Notify = notice => Noticed?.Invoke(notice),
        });
    }

    /// <summary>
    /// Raised when the operator tells the merchant something. Comes on the thread of the call or of the heartbeat that fetched it, inside the
    /// terminal: the handler returns at once and calls no method of this class.
    /// </summary>
    public event Action<MerchantNotice>? Noticed;

    /// <summary>Identity of this terminal; null before activation.</summary>
    public Guid? TerminalId => _enrolment?.TerminalId;

    /// <summary>The merchant that this terminal belongs to; null before activation.</summary>
    public MerchantRecord? Merchant => _enrolment?.Merchant;

    /// <summary>Version of the reader configuration in force; 0 for the one that the platform was built with.</summary>
    public long ReaderConfigurationVersion => _reader.Version;

    /// <summary>Why the last reader configuration that the back end gave was not taken; null when it was.</summary>
    public string? ReaderConfigurationFault => _reader.Fault;

    /// <summary>Payments whose result has not come back yet; each wants <see cref="StatusAsync"/>.</summary>
    public IReadOnlyList<Guid> OpenPayments => _enrolment?.OpenPayments ?? [];

    /// <summary>Opens the terminal on this phone, enrolled or not. Does not use the network.</summary>
    /// <exception cref="ArgumentException">The options cannot be used; the message says which.</exception>
    public static Task<SoftPosTerminal> CreateAsync(TerminalOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ReaderSettings reader = new(options.Platform);
        return CreateAsync(options, ContactlessSession.Factory(options.Platform, options.Taps, reader), cancellation, reader);
    }

    internal static Task<SoftPosTerminal> CreateAsync(
        TerminalOptions options, CardSessionFactory openCard, CancellationToken cancellation, ReaderSettings? reader = null)
    {
        cancellation.ThrowIfCancellationRequested();
        if (BackendLink.FaultOf(options) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        SoftPosTerminal terminal = new(options, openCard, reader ?? new ReaderSettings(options.Platform)) { _enrolment = Enrolment.Open(options.Platform) };
        terminal._heartbeat = terminal.KeepHeartbeatAsync();
        return Task.FromResult(terminal);
    }

    /// <summary>Gathers the evidence that a payment would and asks the back end, whose enforcing engine answers with its reasons.</summary>
    public Task<TrustResult> PreflightAsync(CancellationToken cancellation = default) =>
        AttestAsync(ChallengePurpose.Heartbeat, cancellation);

    /// <summary>Enrols this phone with a one-time code.</summary>
    /// <param name="code">Code from the provider; spaces around it do not count.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<TrustResult> ActivateAsync(string code, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        return await EnrolAsync(code, cancellation).ConfigureAwait(false);
    }

    private async Task<TrustResult> EnrolAsync(string code, CancellationToken cancellation)
    {
        if (_enrolment is { } former && await _forwarding.RunAsync(former, Tell, cancellation).ConfigureAwait(false) != LinkEnd.Answered)
        {
            // A new enrolment destroys what the former one sealed; sales that wait must not go with it.
            return TrustResult.Refused(TerminalReason.Of(ReasonCodes.OfflineForwardFailed, _options.Language));
        }

        ActivationFlow flow = new(_link, _options.Platform, _options.Language);
        (TrustResult result, Enrolment? enrolment) = await flow.RunAsync(code, cancellation).ConfigureAwait(false);
        if (enrolment is not null)
        {
            _enrolment?.Dispose();
            _enrolment = enrolment;
        }

        return result;
    }

    /// <summary>Takes a payment.</summary>
    /// <param name="order">What the merchant asks for.</param>
    /// <param name="ui">Is told each state.</param>
    /// <param name="cancellation">Cancels until the payment is sent; from then on it is ignored, because the result must be found out.</param>
    /// <exception cref="ArgumentException">The order is not one: amount or currency out of range.</exception>
    public async Task<PaymentResult> PayAsync(PaymentOrder order, IPaymentUi ui, CancellationToken cancellation = default)
    {
        Check(order);
        ArgumentNullException.ThrowIfNull(ui);
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        if (_enrolment is not { } enrolment)
        {
            Guid paymentId = TimeOrderedId.Create(_options.Platform.Clock, _options.Platform.Randomness);
            return _results.Refused(paymentId, ReasonCodes.NotActivated);
        }

        PaymentRoom room = RoomOf(enrolment);
        return await new PaymentFlow(room, order, ui).RunAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks what became of a payment.</summary>
    public async Task<PaymentResult> StatusAsync(Guid paymentId, CancellationToken cancellation = default)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        if (_enrolment is not { } enrolment)
        {
            return _results.Refused(paymentId, ReasonCodes.NotActivated);
        }

        if (enrolment.Offline.Waiting.Any(sale => sale.PaymentId == paymentId))
        {
            await _forwarding.RunAsync(enrolment, Tell, cancellation).ConfigureAwait(false);
            if (enrolment.Offline.Waiting.FirstOrDefault(sale => sale.PaymentId == paymentId) is { } waits)
            {
                return _results.Stored(waits, card: null);
            }
        }

        LinkAnswer<PaymentAnswer> answer = await _status.AskAsync(enrolment, paymentId, cancellation).ConfigureAwait(false);
        if (answer.Problem?.Code == ReasonCodes.PaymentUnknown && enrolment.OpenPayments.Contains(paymentId))
        {
            // It was sent: one "unknown" may only mean that the request is still on its way.
            answer = await _status.AskUntilSettledAsync(enrolment, paymentId, cancellation).ConfigureAwait(false);
        }

        RoomOf(enrolment).Close(paymentId, answer);
        return _results.Of(paymentId, answer, card: null);
    }

    /// <summary>Takes an approved payment back before it is settled. Without an answer of the acquirer it goes on by itself.</summary>
    public Task<PaymentResult> VoidAsync(Guid paymentId, CancellationToken cancellation = default) =>
        FollowUpAsync(paymentId, FollowUpAction.Void, 0, cancellation);

    /// <summary>Charges a pre-authorisation.</summary>
    /// <param name="paymentId">The pre-authorisation.</param>
    /// <param name="amountMinor">What is charged, in minor units.</param>
    /// <param name="cancellation">Cancels until the request is sent.</param>
    public Task<PaymentResult> CompleteAsync(Guid paymentId, long amountMinor, CancellationToken cancellation = default) =>
        FollowUpAsync(paymentId, FollowUpAction.Complete, Checked(amountMinor), cancellation);

    /// <summary>Charges a sale with a tip that was added after the tap.</summary>
    /// <param name="paymentId">The sale.</param>
    /// <param name="totalMinor">Amount with the tip, in minor units.</param>
    /// <param name="cancellation">Cancels until the request is sent.</param>
    public Task<PaymentResult> AdjustAsync(Guid paymentId, long totalMinor, CancellationToken cancellation = default) =>
        FollowUpAsync(paymentId, FollowUpAction.Adjust, Checked(totalMinor), cancellation);

    /// <summary>Holds more on a pre-authorisation. The result is of a payment of its own.</summary>
    /// <param name="paymentId">The pre-authorisation.</param>
    /// <param name="addedMinor">What is held in addition, in minor units.</param>
    /// <param name="cancellation">Cancels until the request is sent.</param>
    public Task<PaymentResult> IncreaseAsync(Guid paymentId, long addedMinor, CancellationToken cancellation = default) =>
        FollowUpAsync(paymentId, FollowUpAction.Increase, Checked(addedMinor), cancellation);

    /// <summary>Destroys keys and state of this terminal on this phone.</summary>
    public async Task WipeAsync(CancellationToken cancellation = default)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        Wipe();
    }

    private void Wipe()
    {
        _enrolment?.Dispose();
        _enrolment = null;
        Enrolment.Wipe(_options.Platform);
    }

    private bool Reopen()
    {
        _enrolment?.Dispose();
        _enrolment = Enrolment.Open(_options.Platform);
        return _enrolment is not null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _heartbeat.ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        _enrolment?.Dispose();
        _link.Dispose();
        _gate.Dispose();
        _closing.Dispose();
    }

    internal async Task<TrustResult> AttestAsync(ChallengePurpose purpose, CancellationToken cancellation)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        if (_enrolment is not { } enrolment)
        {
            return TrustResult.Refused(TerminalReason.Of(ReasonCodes.NotActivated, _options.Language));
        }

        LinkAnswer<AttestationAnswer> answer = await _attestation.AttestAsync(enrolment, purpose, cancellation).ConfigureAwait(false);
        if (await ForwardAfterAsync(enrolment, answer, cancellation).ConfigureAwait(false))
        {
            // With nothing waiting any more there may be a new permission.
            answer = await _attestation.AttestAsync(enrolment, purpose, cancellation).ConfigureAwait(false);
        }

        // Sales that wait are sealed under the present keys and must reach the back end while it knows these.
        if (enrolment.Offline.Waiting.Count == 0 && (answer.Value?.KeysDue is true || enrolment.UnconfirmedKeyId is not null))
        {
            await new KeyReplacementFlow(_link).RunAsync(enrolment, cancellation).ConfigureAwait(false);
        }

        await _reader.UpdateAsync(enrolment, answer.Value?.ReaderConfiguration, _link, cancellation).ConfigureAwait(false);
        if (answer.Value?.HasCommands is true || answer.Problem?.Code is ReasonCodes.TerminalSuspended)
        {
            await _remote.RunAsync(enrolment, cancellation).ConfigureAwait(false);
        }

        return ResultOf(answer);
    }

    /// <summary>Evidence that a command asks for: commands are being carried out already.</summary>
    private async Task<TrustResult> AttestAsync(Enrolment enrolment, CancellationToken cancellation) =>
        ResultOf(await _attestation.AttestAsync(enrolment, ChallengePurpose.Heartbeat, cancellation).ConfigureAwait(false));

    private TrustResult ResultOf(LinkAnswer<AttestationAnswer> answer) => answer.Value is { } value
        ? TrustResult.Of(value.Verdict, value.Findings, _options.Language)
        : TrustResult.Of(answer, _options.Language);

    private async Task<PaymentResult> FollowUpAsync(Guid paymentId, FollowUpAction action, long amountMinor, CancellationToken cancellation)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        return _enrolment is { } enrolment
            ? await new FollowUpFlow(RoomOf(enrolment)).RunAsync(paymentId, action, amountMinor, cancellation).ConfigureAwait(false)
            : _results.Refused(paymentId, ReasonCodes.NotActivated);
    }

    private static long Checked(long amountMinor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amountMinor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amountMinor, PaymentOrder.MaxAmountMinor);
        return amountMinor;
    }

    private static void Check(PaymentOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order.AmountMinor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order.AmountMinor, PaymentOrder.MaxAmountMinor);
        if (order.Currency is { } currency && (currency.Length != 3 || !currency.All(char.IsAsciiDigit)))
        {
            throw new ArgumentException("a currency is three digits of ISO 4217", nameof(order));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(order.CashbackMinor);
        ArgumentOutOfRangeException.ThrowIfNegative(order.TipMinor);
        bool hasParts = order.CashbackMinor > 0 || order.TipMinor > 0;
        if (order.CashbackMinor + order.TipMinor >= order.AmountMinor || (hasParts && order.Kind != PaymentKind.Purchase))
        {
            throw new ArgumentException("tip and cash back are parts of a purchase", nameof(order));
        }
    }

    private PaymentRoom RoomOf(Enrolment enrolment) => new()
    {
        Platform = _options.Platform,
        Enrolment = enrolment,
        Link = _link,
        Attestation = _attestation,
        Status = _status,
        Results = _results,
        OpenCard = _openCard,
        Reader = _reader,
        Forwarding = _forwarding,
        Forwarded = Tell,
        Language = _options.Language,
        CardTimeout = _options.CardTimeout,
    };

    private async Task KeepHeartbeatAsync()
    {
        using PeriodicTimer timer = new(HeartbeatInterval, _options.Platform.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                if (_enrolment is not null && !_attestation.IsClosed)
                {
                    await AttestAsync(ChallengePurpose.Heartbeat, _closing.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The terminal is being closed.
        }
    }

    private async Task<Pass> EnterAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        return new Pass(_gate);
    }

    private readonly struct Pass(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
