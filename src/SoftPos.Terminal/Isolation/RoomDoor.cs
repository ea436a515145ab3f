namespace SoftPos.Terminal;

/// <summary>
/// The one door of the SDK's own process: takes requests of the host app's process, does them with the terminal, and answers. Requests are
/// hostile bytes; a bad one costs its sender an answer and nothing else.
/// </summary>
internal sealed class RoomDoor : IDisposable
{
    /// <summary>Requests under way at the same time; the terminal works on one, the others wait.</summary>
    private const int MaxWaiting = 8;

    private readonly SoftPosTerminal _terminal;
    private readonly Action<byte[]> _send;
    private readonly Action<PaymentScreen> _present;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _payment;
    private int _waiting;

    /// <summary>Opens the door.</summary>
    /// <param name="terminal">The terminal behind it.</param>
    /// <param name="send">Sends an answer to the host; what it throws is the host's loss.</param>
    /// <param name="present">Shows a state of the payment on the SDK's own tap screen.</param>
    public RoomDoor(SoftPosTerminal terminal, Action<byte[]> send, Action<PaymentScreen> present)
    {
        _terminal = terminal;
        _send = send;
        _present = present;
        terminal.Noticed += OnNoticed;
    }

    /// <summary>Takes one message of the host.</summary>
    public async Task ReceiveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        if (!RoomCodec.TryRead(message.Span, out RoomRequest? request, out string fault))
        {
            Send(new RoomAnswer { Fault = fault });
            return;
        }

        if (request.Command is RoomCommand.Cancel)
        {
            Cancel();
            Send(new RoomAnswer { Number = request.Number, State = State() });
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            Send(new RoomAnswer { Number = request.Number, Fault = $"at most {MaxWaiting} requests at the same time" });
            return;
        }

        try
        {
            Send(await AnswerAsync(request, cancellation).ConfigureAwait(false));
        }
        catch (Exception fault2) when (fault2 is not OutOfMemoryException)
        {
            // The host learns that it failed; what failed is this process's matter and may hold what the host must not see.
            Send(new RoomAnswer { Number = request.Number, Fault = $"not done: {fault2.GetType().Name}" });
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The tap screen's own cancel button, or its life cycle.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            _payment?.Cancel();
        }
    }

    public void Dispose()
    {
        _terminal.Noticed -= OnNoticed;
        Cancel();
    }

    private async Task<RoomAnswer> AnswerAsync(RoomRequest request, CancellationToken cancellation) => request.Command switch
    {
        RoomCommand.Preflight => new RoomAnswer
        {
            Number = request.Number, Trust = await _terminal.PreflightAsync(cancellation).ConfigureAwait(false),
        },
        RoomCommand.Activate => new RoomAnswer
        {
            Number = request.Number, Trust = await _terminal.ActivateAsync(request.Code!, cancellation).ConfigureAwait(false),
        },
        RoomCommand.Pay => new RoomAnswer { Number = request.Number, Payment = await PayAsync(request, cancellation).ConfigureAwait(false) },
        RoomCommand.Status => new RoomAnswer
        {
            Number = request.Number, Payment = await _terminal.StatusAsync(request.PaymentId!.Value, cancellation).ConfigureAwait(false),
        },
        RoomCommand.Void => new RoomAnswer
        {
            Number = request.Number, Payment = await _terminal.VoidAsync(request.PaymentId!.Value, cancellation).ConfigureAwait(false),
        },
        RoomCommand.Appeal => new RoomAnswer
        {
            Number = request.Number, Appeal = await _terminal.AppealAsync(request.Words!, cancellation).ConfigureAwait(false),
        },
        RoomCommand.Wipe => await WipeAsync(request, cancellation).ConfigureAwait(false),
        _ => new RoomAnswer { Number = request.Number, State = State() },
    };

    private async Task<PaymentResult> PayAsync(RoomRequest request, CancellationToken cancellation)
    {
        using CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_lock)
        {
            if (_payment is not null)
            {
                throw new InvalidOperationException("a payment is under way");
            }

            _payment = own;
        }

        try
        {
            PaymentOrder order = new()
            {
                AmountMinor = request.AmountMinor!.Value,
                Currency = request.Currency,
                Kind = request.Kind ?? PaymentKind.Purchase,
                OriginalPaymentId = request.OriginalPaymentId,
            };
            return await _terminal.PayAsync(order, new Ui(this), own.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _payment = null;
            }
        }
    }

    private async Task<RoomAnswer> WipeAsync(RoomRequest request, CancellationToken cancellation)
    {
        await _terminal.WipeAsync(cancellation).ConfigureAwait(false);
        return new RoomAnswer { Number = request.Number, State = State() };
    }

    private RoomState State() => new()
    {
        TerminalId = _terminal.TerminalId,
        MerchantName = _terminal.Merchant?.Name,
        Currency = _terminal.Merchant?.Currency,
        OpenPayments = _terminal.OpenPayments,
        SdkVersion = Sdk.Version,
        ReaderConfigurationVersion = _terminal.ReaderConfigurationVersion,
    };

    private void OnNoticed(MerchantNotice notice) => Send(new RoomAnswer { Notice = notice });

    private void Send(RoomAnswer answer)
    {
        try
        {
            _send(RoomCodec.Write(answer));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The host's process died or does not listen: a payment goes on, and its state is asked for later.
        }
    }

    private sealed class Ui(RoomDoor door) : IPaymentUi
    {
        public void Show(PaymentScreen screen)
        {
            door._present(screen);
            door.Send(new RoomAnswer { Screen = screen with { Result = null } });
        }
    }
}
