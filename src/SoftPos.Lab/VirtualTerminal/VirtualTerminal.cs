using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>The SDK on a lab phone: enrolment, heartbeat, sale, through the same code that runs on a real one.</summary>
public sealed class VirtualTerminal : IAsyncDisposable
{
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(2);

    private readonly CardReader _reader;
    private readonly VirtualTerminalOptions _options;
    private readonly RandomNumberGenerator _randomness;
    private readonly RandomNumberGenerator? _ownRandomness;

    private readonly LabPhone _phone;
    private readonly VirtualPinScreen _pinScreen;
    private IDisposable? _hold;

    private VirtualTerminal(
        SoftPosTerminal terminal, LabPhone phone, VirtualPinScreen pinScreen, CardReader reader, VirtualTerminalOptions options,
        RandomNumberGenerator randomness, RandomNumberGenerator? ownRandomness)
    {
        Terminal = terminal;
        _phone = phone;
        _pinScreen = pinScreen;
        _reader = reader;
        _options = options;
        _randomness = randomness;
        _ownRandomness = ownRandomness;
    }

    /// <summary>The terminal.</summary>
    public SoftPosTerminal Terminal { get; }

    /// <summary>Whether the phone of the folder is enrolled.</summary>
    public bool IsEnrolled => Terminal.TerminalId is not null;

    /// <summary>Opens the phone of a folder, or starts a new one there.</summary>
    /// <exception cref="ArgumentException">No phone or card of that name, or an address that cannot be used.</exception>
    /// <exception cref="HttpRequestException">The phone knows no channel key yet, and no sandbox answers that would give one.</exception>
    /// <exception cref="PhoneInUseException">Another process has the phone, and it was to be waited for.</exception>
    public static async Task<VirtualTerminal> OpenAsync(VirtualTerminalOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        IDisposable? hold = options.FolderPatience is { } patience
            ? await PhoneHold.TakeAsync(options.Folder, patience, options.Clock, cancellation).ConfigureAwait(false)
            : null;
        try
        {
            VirtualTerminal opened = await OpenHeldAsync(options, cancellation).ConfigureAwait(false);
            (opened._hold, hold) = (hold, null);
            return opened;
        }
        finally
        {
            hold?.Dispose();
        }
    }

    private static async Task<VirtualTerminal> OpenHeldAsync(VirtualTerminalOptions options, CancellationToken cancellation)
    {
        LabPhoneDescription description = LabPhoneDescription.Find(options.Phone)
            ?? throw new ArgumentException($"the lab has no phone named {options.Phone}", nameof(options));
        RandomNumberGenerator? own = options.Randomness is null ? RandomNumberGenerator.Create() : null;
        RandomNumberGenerator randomness = options.Randomness ?? own!;
        if (options.Reader is null && LabCardCatalogue.Find(options.Card) is null)
        {
            throw new ArgumentException($"the lab has no card named {options.Card}", nameof(options));
        }

        if (options.Pin is { } pin && !pin.All(char.IsAsciiDigit))
        {
            throw new ArgumentException("a PIN has digits only", nameof(options));
        }

        CardReader reader = options.Reader ?? new VirtualCardReader(options.Card, options.Clock);
        LabPhone phone = new(description, new LabAttestationAuthority(), options.Clock, randomness);
        VirtualPinScreen pinScreen = new(options.Pin, options.GuidedPin, options.Clock, randomness);
        TerminalOptions terminal = new()
        {
            Backend = options.Backend,
            ChannelKey = await ChannelKeyAsync(options, cancellation).ConfigureAwait(false),
            Platform = new VirtualPlatform(phone, reader, options.PinScreen ?? pinScreen, options.Folder),
            Language = options.Language,
            CardTimeout = options.CardTimeout,
            Taps = new TapDiagnostics { Recorded = options.Recorded, IsFull = options.FullRecordings && options.Reader is null },
        };
        SoftPosTerminal opened = await SoftPosTerminal.CreateAsync(terminal, cancellation).ConfigureAwait(false);
        return new VirtualTerminal(opened, phone, pinScreen, reader, options, randomness, own);
    }

    /// <summary>The channel key that the app was built with: here, that of the sandbox which the phone met first.</summary>
    private static async Task<byte[]> ChannelKeyAsync(VirtualTerminalOptions options, CancellationToken cancellation)
    {
        string path = Path.Combine(options.Folder, "app", "channel.der");
        if (options.ChannelKey is { } given)
        {
            return given;
        }

        if (File.Exists(path))
        {
            return await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        }

        byte[] key = await Sandbox.ChannelKeyAsync(options.Backend, cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, key, cancellation).ConfigureAwait(false);
        return key;
    }

    /// <summary>How often the PIN pad was drawn.</summary>
    public int PinPadsDrawn => _pinScreen.Opened;

    /// <summary>The phone turns into another one of the catalogue while the app runs.</summary>
    /// <exception cref="ArgumentException">The lab has none of that name.</exception>
    public void Become(string phone) => _phone.Become(
        LabPhoneDescription.Find(phone) ?? throw new ArgumentException($"the lab has no phone named {phone}", nameof(phone)));

    /// <summary>Enrols the phone with a one-time code.</summary>
    public Task<TrustResult> ActivateAsync(string code, CancellationToken cancellation = default) =>
        Terminal.ActivateAsync(code, cancellation);

    /// <summary>Sends the evidence of an open app.</summary>
    public Task<TrustResult> HeartbeatAsync(CancellationToken cancellation = default) =>
        Terminal.AttestAsync(ChallengePurpose.Heartbeat, cancellation);

    /// <summary>
    /// The merchant closes the app: the back end is told that no evidence is to be expected. It is not waited for longer than that takes.
    /// </summary>
    public async Task CloseAsync()
    {
        using CancellationTokenSource patience = new(ClosingPatience, _options.Clock);
        try
        {
            await Terminal.CloseAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Then it is silent at the back end until it reports again.
        }
    }

    /// <summary>Takes a payment.</summary>
    /// <param name="order">Amount, currency, kind.</param>
    /// <param name="show">Is told each screen; null for nobody.</param>
    /// <param name="cancellation">Cancels until the payment is sent.</param>
    public async Task<PaymentResult> PayAsync(PaymentOrder order, Action<PaymentScreen>? show = null, CancellationToken cancellation = default)
    {
        await PlaceCardAsync(cancellation).ConfigureAwait(false);
        return await Terminal.PayAsync(order, new Screen(show), cancellation).ConfigureAwait(false);
    }

    /// <summary>Accepts a pushed order and takes its payment with the card on the antenna.</summary>
    /// <param name="order">The order.</param>
    /// <param name="show">Is told each screen; null for nobody.</param>
    /// <param name="cancellation">Cancels until the payment is sent.</param>
    public async Task<PaymentResult> TakeOrderAsync(PushedOrder order, Action<PaymentScreen>? show = null, CancellationToken cancellation = default)
    {
        await PlaceCardAsync(cancellation).ConfigureAwait(false);
        return await Terminal.TakeOrderAsync(order, new Screen(show), cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts a card of the options' name on the antenna, for one payment that is asked of <see cref="Terminal"/> itself.</summary>
    public async Task PlaceCardAsync(CancellationToken cancellation = default)
    {
        if (_reader is VirtualCardReader antenna)
        {
            string beside = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_options.Folder))) ?? _options.Folder;
            int counter = await new CardCounterFile(beside, _options.Card, _options.Clock).ReserveAsync(cancellation).ConfigureAwait(false);
            antenna.Place(VirtualCard.Create(_options.Card, counter, bytes => _randomness.GetBytes(bytes))!);
        }
    }

    /// <summary>Takes an approved payment back.</summary>
    public Task<PaymentResult> VoidAsync(Guid paymentId, CancellationToken cancellation = default) =>
        Terminal.VoidAsync(paymentId, cancellation);

    /// <summary>Charges a pre-authorisation.</summary>
    public Task<PaymentResult> CompleteAsync(Guid paymentId, long amountMinor, CancellationToken cancellation = default) =>
        Terminal.CompleteAsync(paymentId, amountMinor, cancellation);

    /// <summary>Charges a sale with a tip after the tap.</summary>
    public Task<PaymentResult> AdjustAsync(Guid paymentId, long totalMinor, CancellationToken cancellation = default) =>
        Terminal.AdjustAsync(paymentId, totalMinor, cancellation);

    /// <summary>Holds more on a pre-authorisation.</summary>
    public Task<PaymentResult> IncreaseAsync(Guid paymentId, long addedMinor, CancellationToken cancellation = default) =>
        Terminal.IncreaseAsync(paymentId, addedMinor, cancellation);

    /// <summary>Asks what became of a payment.</summary>
    public Task<PaymentResult> StatusAsync(Guid paymentId, CancellationToken cancellation = default) =>
        Terminal.StatusAsync(paymentId, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
        _ownRandomness?.Dispose();
        _hold?.Dispose();
    }

    private sealed class Screen(Action<PaymentScreen>? show) : IPaymentUi
    {
        public void Show(PaymentScreen screen) => show?.Invoke(screen);
    }
}
