using SoftPos.Contract;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;

namespace SoftPos.Terminal;

/// <summary>
/// Does what the contactless reader's step machine says, over the radio of the phone, and tells it what happened. All decisions are the
/// machine's; this class only carries, waits and counts.
/// </summary>
internal sealed class ContactlessSession : ICardSession
{
    /// <summary>Most steps of one run: the machine's own bounds end far below; this ends a fault in them.</summary>
    private const int MaxSteps = 16 * 256;

    private const int TenthsOfMsPerSecond = 10_000;
    private readonly TerminalPlatform _platform;
    private readonly TapRecorder _machine;
    private readonly TapDiagnostics _diagnostics;
    private readonly ReaderSettings _settings;
    private readonly TransactionRequest _request;
    private readonly Queue<ReaderEffect> _effects = new();
    private CardChannel? _channel;
    private readonly FieldRest _rest;
    private CardDeadlines _deadlines;

    private readonly bool _isOffline;

    private ContactlessSession(
        TerminalPlatform platform, ContactlessReader machine, TapDiagnostics diagnostics, ReaderSettings settings, FieldRest rest,
            TransactionRequest request, bool isOffline)
    {
        _isOffline = isOffline;
        _rest = rest;
        _platform = platform;
        _machine = new TapRecorder(machine, platform.Clock, diagnostics.IsFull);
        _diagnostics = diagnostics;
        _settings = settings;
        _request = request;
    }

    private DateTimeOffset Now => _platform.Clock.GetUtcNow();

    /// <summary>Sessions over the reader of a platform; the machine lives as long as the factory, with what it remembers of torn cards.</summary>
    public static CardSessionFactory Factory(TerminalPlatform platform, TapDiagnostics diagnostics, ReaderSettings settings)
    {
        ContactlessReader machine = new();
        FieldRest rest = new();
        return (order, currency) =>
        {
            DateTime local = platform.Clock.GetLocalNow().DateTime;
            TransactionKind kind = order.Kind == PaymentKind.Refund ? TransactionKind.Refund
                : order.CashbackMinor > 0 ? TransactionKind.PurchaseWithCashback : TransactionKind.Purchase;
            TransactionRequest request = new(kind, order.AmountMinor, DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local))
            {
                OtherAmountMinor = order.CashbackMinor,
                CurrencyCode = int.Parse(currency, System.Globalization.CultureInfo.InvariantCulture),
            };
            return new ContactlessSession(platform, machine, diagnostics, settings, rest, request, order.IsOffline);
        };
    }

    public async Task<CardSessionResult> RunAsync(CardDeadlines deadlines, Action<PaymentStage> show, CancellationToken cancellation)
    {
        _deadlines = deadlines;
        ReaderConfiguration configuration = _isOffline ? OfflineReader.Of(_settings.Configuration) : _settings.Configuration;
        if (!Has(configuration, _request.CurrencyCode))
        {
            return CardSessionEnd.CurrencyNotSupported;
        }

        Enqueue(_machine.Start(_request, configuration, UnpredictableNumber, nextSecret: Secret));
        try
        {
            return await WorkAsync(show, cancellation).ConfigureAwait(false);
        }
        catch (CardReaderException)
        {
            return CardSessionEnd.ReaderFailed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return CardSessionEnd.Cancelled;
        }
        catch (OperationCanceledException)
        {
            return Now >= deadlines.CardBy ? CardSessionEnd.CardTimeout : CardSessionEnd.AttestationExpired;
        }
        finally
        {
            await FieldOffAsync().ConfigureAwait(false);
        }
    }

    public async Task DeliverAsync(bool isApproved, ReadOnlyMemory<byte> issuerData, DateTimeOffset until, Action<PaymentStage> show)
    {
        if (!_machine.WaitsForHost)
        {
            return;
        }

        _deadlines = new CardDeadlines(until, until);
        Enqueue(_machine.Step(new ReaderEvent.OnlineResponse(isApproved, issuerData)));
        try
        {
            CardSessionResult end = await WorkAsync(show, CancellationToken.None).ConfigureAwait(false);
            end.Outcome?.Account?.Dispose();
        }
        catch (Exception fault) when (fault is CardReaderException or OperationCanceledException)
        {
            // The card did not come back; the authorisation stands as the host gave it (Book A, 6.1.3).
        }
        finally
        {
            await FieldOffAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (!_machine.IsDone)
        {
            _machine.Step(new ReaderEvent.Stop());
        }

        if (_machine.Take() is { } tap)
        {
            _diagnostics.Add(tap);
        }
    }

    private async Task<CardSessionResult> WorkAsync(Action<PaymentStage> show, CancellationToken cancellation)
    {
        for (int step = 0; step < MaxSteps && _effects.TryDequeue(out ReaderEffect? effect); step++)
        {
            if (effect is ReaderEffect.Finish finish)
            {
                _effects.Clear();
                Show(finish.Outcome.UiOnOutcome, show);
                return new CardSessionResult(CardSessionEnd.Outcome, finish.Outcome);
            }

            if (await DoAsync(effect, show, cancellation).ConfigureAwait(false) is { } happened)
            {
                Enqueue(_machine.Step(happened));
            }
        }

        throw new InvalidOperationException("the contactless reader neither asked for anything nor finished");
    }

    private async Task<ReaderEvent?> DoAsync(ReaderEffect effect, Action<PaymentStage> show, CancellationToken cancellation)
    {
        switch (effect)
        {
            case ReaderEffect.FieldOn:
                await FieldOnAsync(show, cancellation).ConfigureAwait(false);
                return new ReaderEvent.CardDetected();
            case ReaderEffect.FieldOff off:
                await FieldOffAsync().ConfigureAwait(false);
                _rest.Until = Now + TimeSpan.FromMilliseconds(off.HoldMs);
                return null;
            case ReaderEffect.SendCommand send:
                return await SendAsync(send, cancellation).ConfigureAwait(false);
            case ReaderEffect.Show request:
                Show(request.Request, show);
                return null;
            case ReaderEffect.Proceed:
                return new ReaderEvent.Proceed();
            case ReaderEffect.ExchangeData:
                // This terminal has nothing to exchange (C-2, 4.2): the kernel goes on without.
                return new ReaderEvent.TerminalTimeout();
            default:
                throw new InvalidOperationException($"unknown effect {effect.GetType().Name}");
        }
    }

    private async Task FieldOnAsync(Action<PaymentStage> show, CancellationToken cancellation)
    {
        await FieldOffAsync().ConfigureAwait(false);
        TimeSpan hold = _rest.Until - Now;
        if (hold > TimeSpan.Zero)
        {
            await Task.Delay(hold, _platform.Clock, cancellation).ConfigureAwait(false);
        }

        TimeSpan left = _deadlines.Earlier - Now;
        using CancellationTokenSource deadline = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, _platform.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        either.Token.ThrowIfCancellationRequested();
        _platform.Reader.CollisionChanged = isOn => Collide(isOn, show);
        try
        {
            _channel = await _platform.Reader.WaitForCardAsync(either.Token).ConfigureAwait(false);
            _diagnostics.Counters.Tap();
        }
        finally
        {
            _platform.Reader.CollisionChanged = null;
        }
    }

    /// <summary>Book B, 3.2.1.4 and 3.2.1.5: several cards are told, polling goes on.</summary>
    private void Collide(bool isOn, Action<PaymentStage> show)
    {
        foreach (ReaderEffect effect in _machine.Step(isOn ? new ReaderEvent.CollisionDetected() : new ReaderEvent.CollisionEnded()))
        {
            Show((effect as ReaderEffect.Show)?.Request, show);
        }
    }

    private async Task<ReaderEvent> SendAsync(ReaderEffect.SendCommand send, CancellationToken cancellation)
    {
        if (_channel is null)
        {
            return new ReaderEvent.FieldError();
        }

        long start = _platform.Clock.GetTimestamp();
        byte[]? response = await _channel.TransceiveAsync(send.Command.ToArray(), cancellation).ConfigureAwait(false);
        TimeSpan took = _platform.Clock.GetElapsedTime(start);
        if (response is null)
        {
            _diagnostics.Counters.Fail();
        }

        return response is null
            ? new ReaderEvent.FieldError(CommunicationFault.Timeout)
            : new ReaderEvent.CardResponse(response, (int)Math.Min(took.TotalSeconds * TenthsOfMsPerSecond, ushort.MaxValue));
    }

    private async Task FieldOffAsync()
    {
        if (_channel is { } channel)
        {
            _channel = null;
            await channel.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Until when the field must stay off; a card's time to notice that it is off does not end with a sale.</summary>
    private sealed class FieldRest
    {
        public DateTimeOffset Until { get; set; }
    }

    /// <summary>Limits of a configuration are amounts of its currency; under another currency they would say something else.</summary>
    private static bool Has(ReaderConfiguration configuration, int? currency) =>
        currency is not { } code || (code == configuration.Terminal.CurrencyCode
            && Currencies.Exponent(code.ToString("D3",
                System.Globalization.CultureInfo.InvariantCulture)) == configuration.Terminal.CurrencyExponent);

    private byte[] Secret(int length)
    {
        byte[] secret = new byte[length];
        _platform.Randomness.GetBytes(secret);
        return secret;
    }

    private byte[] UnpredictableNumber()
    {
        byte[] number = new byte[4];
        _platform.Randomness.GetBytes(number);
        return number;
    }

    private void Enqueue(IReadOnlyList<ReaderEffect> effects)
    {
        foreach (ReaderEffect effect in effects)
        {
            _effects.Enqueue(effect);
        }
    }

    private static void Show(UiRequest? request, Action<PaymentStage> show)
    {
        PaymentStage? stage = request?.Message switch
        {
            UiMessage.PresentCard or UiMessage.Welcome => PaymentStage.PresentCard,
            UiMessage.PresentCardAgain => PaymentStage.PresentCardAgain,
            UiMessage.PresentOneCardOnly => PaymentStage.PresentOneCardOnly,
            UiMessage.Processing => PaymentStage.Reading,
            UiMessage.CardReadOk or UiMessage.RemoveCard => PaymentStage.RemoveCard,
            UiMessage.SeePhone => PaymentStage.SeePhone,

            // Kernel 2 clears the display when it has read the card; a person still has to be told to take it away.
            _ when request?.Status is UiStatus.CardReadSuccessfully => PaymentStage.RemoveCard,
            _ => null,
        };
        if (stage is { } known)
        {
            show(known);
        }
    }
}
