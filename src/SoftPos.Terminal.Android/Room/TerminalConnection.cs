using Android.Content;
using Android.OS;

namespace SoftPos.Terminal.Android;

/// <summary>What a host app may know of the terminal.</summary>
/// <param name="TerminalId">Identity; null before activation.</param>
/// <param name="MerchantName">Name of the merchant; null before activation.</param>
/// <param name="Currency">ISO 4217 numeric currency of the merchant; null before activation.</param>
/// <param name="OpenPayments">Payments whose result has not come back yet.</param>
/// <param name="SdkVersion">Version of the SDK.</param>
/// <param name="ReaderConfigurationVersion">Version of the reader configuration in force.</param>
public sealed record TerminalState(
    Guid? TerminalId, string? MerchantName, string? Currency, IReadOnlyList<Guid> OpenPayments, string SdkVersion, long ReaderConfigurationVersion);

/// <summary>
/// The terminal as a host app reaches it: through the SDK's own process. Nothing of a card, a key or a PIN is in the memory of the process
/// that holds this object. Events come on the main thread of the process.
/// </summary>
public sealed class TerminalConnection : IDisposable
{
    private readonly Context _context;
    private readonly RoomClient _client;
    private readonly Binding _binding;
    private readonly Messenger _inbox;
    private Messenger? _room;
    private TaskCompletionSource _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Binds the SDK's process; it is started when it does not run.</summary>
    /// <param name="context">Any context of the app.</param>
    public TerminalConnection(Context context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context.ApplicationContext ?? context;
        _client = new RoomClient(Send);
        _client.Showed += screen => Showed?.Invoke(screen);
        _client.Noticed += notice => Noticed?.Invoke(notice);
        _inbox = new Messenger(new Inbox(_client, Looper.MainLooper ?? throw new InvalidOperationException("this process has no main thread")));
        _binding = new Binding(this);
        _context.BindService(new Intent(_context, typeof(SecureRoom)), _binding, Bind.AutoCreate | Bind.Important);
    }

    /// <summary>A state of the payment that runs; its result comes from <see cref="PayAsync"/>.</summary>
    public event Action<PaymentScreen>? Showed;

    /// <summary>The operator tells the merchant something.</summary>
    public event Action<MerchantNotice>? Noticed;

    /// <summary>Who the terminal is and what is open.</summary>
    public async Task<TerminalState> StateAsync(CancellationToken cancellation = default) =>
        Of((await AskAsync(new RoomRequest { Command = RoomCommand.State }, cancellation).ConfigureAwait(false)).State);

    /// <summary>Asks the back end whether payments are possible, and why not.</summary>
    public async Task<TrustResult> PreflightAsync(CancellationToken cancellation = default) =>
        Found((await AskAsync(new RoomRequest { Command = RoomCommand.Preflight }, cancellation).ConfigureAwait(false)).Trust);

    /// <summary>Enrols this phone with a one-time code.</summary>
    public async Task<TrustResult> ActivateAsync(string code, CancellationToken cancellation = default) =>
        Found((await AskAsync(new RoomRequest { Command = RoomCommand.Activate, Code = code }, cancellation).ConfigureAwait(false)).Trust);

    /// <summary>Takes a payment. The SDK's own tap and PIN screens come up; nothing may be drawn over them.</summary>
    /// <param name="amountMinor">Minor units, more than 0.</param>
    /// <param name="currency">ISO 4217 numeric currency; null for the merchant's.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="original">Payment that a refund gives back.</param>
    /// <param name="cancellation">Ends the wait, not the payment; <see cref="CancelAsync"/> cancels.</param>
    public async Task<PaymentResult> PayAsync(
        long amountMinor, string? currency = null, PaymentKind kind = PaymentKind.Purchase, Guid? original = null, CancellationToken cancellation = default)
    {
        RoomRequest request = new()
        {
            Command = RoomCommand.Pay, AmountMinor = amountMinor, Currency = currency, Kind = kind, OriginalPaymentId = original,
        };
        return Found((await AskAsync(request, cancellation).ConfigureAwait(false)).Payment);
    }

    /// <summary>Cancels the payment that runs, while it can be cancelled.</summary>
    public Task CancelAsync(CancellationToken cancellation = default) => AskAsync(new RoomRequest { Command = RoomCommand.Cancel }, cancellation);

    /// <summary>Asks what became of a payment.</summary>
    public async Task<PaymentResult> StatusAsync(Guid paymentId, CancellationToken cancellation = default) =>
        Found((await AskAsync(new RoomRequest { Command = RoomCommand.Status, PaymentId = paymentId }, cancellation).ConfigureAwait(false)).Payment);

    /// <summary>Takes an approved payment back before it is settled.</summary>
    public async Task<PaymentResult> VoidAsync(Guid paymentId, CancellationToken cancellation = default) =>
        Found((await AskAsync(new RoomRequest { Command = RoomCommand.Void, PaymentId = paymentId }, cancellation).ConfigureAwait(false)).Payment);

    /// <summary>Asks a person at the provider to look at a refusal again.</summary>
    /// <param name="words">What the merchant says, 1 to 500 characters.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<AppealResult> AppealAsync(string words, CancellationToken cancellation = default) =>
        Found((await AskAsync(new RoomRequest { Command = RoomCommand.Appeal, Words = words }, cancellation).ConfigureAwait(false)).Appeal);

    /// <summary>Destroys keys and state of the terminal on this phone.</summary>
    public async Task<TerminalState> WipeAsync(CancellationToken cancellation = default) =>
        Of((await AskAsync(new RoomRequest { Command = RoomCommand.Wipe }, cancellation).ConfigureAwait(false)).State);

    /// <inheritdoc/>
    public void Dispose() => _context.UnbindService(_binding);

    private async Task<RoomAnswer> AskAsync(RoomRequest request, CancellationToken cancellation)
    {
        await _bound.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return await _client.AskAsync(request, cancellation).ConfigureAwait(false);
    }

    private void Send(byte[] bytes)
    {
        if (_room is null || RoomParcel.Of(bytes) is not { } message)
        {
            throw new InvalidOperationException("the payment process does not run");
        }

        message.ReplyTo = _inbox;
        try
        {
            _room.Send(message);
        }
        catch (DeadObjectException)
        {
            throw new InvalidOperationException("the payment process ended; ask for the state of open payments");
        }
    }

    private void OnBound(IBinder binder)
    {
        _room = new Messenger(binder);
        _bound.TrySetResult();
    }

    private void OnLost()
    {
        _room = null;
        _bound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Lose();
    }

    private static TerminalState Of(RoomState? state)
    {
        RoomState found = Found(state);
        return new TerminalState(
            found.TerminalId, found.MerchantName, found.Currency, found.OpenPayments, found.SdkVersion, found.ReaderConfigurationVersion);
    }

    private static T Found<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException("the payment process answered another question");

    private sealed class Inbox(RoomClient client, Looper looper) : Handler(looper)
    {
        public override void HandleMessage(Message msg)
        {
            if (msg.What == SecureRoom.MessageKind && msg.SendingUid == Process.MyUid() && RoomParcel.Read(msg) is { } bytes)
            {
                client.Receive(bytes);
            }
        }
    }

    private sealed class Binding(TerminalConnection connection) : Java.Lang.Object, IServiceConnection
    {
        public void OnServiceConnected(ComponentName? name, IBinder? service)
        {
            if (service is not null)
            {
                connection.OnBound(service);
            }
        }

        public void OnServiceDisconnected(ComponentName? name) => connection.OnLost();
    }
}
