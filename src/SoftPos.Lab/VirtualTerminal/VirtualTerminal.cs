using System.Buffers.Binary;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>The SDK on a lab phone: enrolment, heartbeat, sale, through the same code that runs on a real one.</summary>
public sealed class VirtualTerminal : IAsyncDisposable
{
    private readonly CardReader _reader;
    private readonly RandomNumberGenerator? _ownRandomness;

    private VirtualTerminal(SoftPosTerminal terminal, CardReader reader, RandomNumberGenerator? ownRandomness)
    {
        Terminal = terminal;
        _reader = reader;
        _ownRandomness = ownRandomness;
    }

    /// <summary>The terminal.</summary>
    public SoftPosTerminal Terminal { get; }

    /// <summary>Whether the phone of the folder is enrolled.</summary>
    public bool IsEnrolled => Terminal.TerminalId is not null;

    /// <summary>Opens the phone of a folder, or starts a new one there.</summary>
    /// <exception cref="ArgumentException">No phone or card of that name, or an address that cannot be used.</exception>
    public static async Task<VirtualTerminal> OpenAsync(VirtualTerminalOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabPhoneDescription description = LabPhoneDescription.Find(options.Phone)
            ?? throw new ArgumentException($"the lab has no phone named {options.Phone}", nameof(options));
        RandomNumberGenerator? own = options.Randomness is null ? RandomNumberGenerator.Create() : null;
        RandomNumberGenerator randomness = options.Randomness ?? own!;
        FolderStore folder = new(options.Folder);
        CardReader reader = options.Reader ?? ReaderOf(options, folder, randomness);
        LabPhone phone = new(description, new LabAttestationAuthority(), options.Clock, randomness);
        TerminalOptions terminal = new()
        {
            Backend = options.Backend,
            Platform = new VirtualPlatform(phone, reader, options.Folder),
            Language = options.Language,
            CardTimeout = options.CardTimeout,
        };
        return new VirtualTerminal(await SoftPosTerminal.CreateAsync(terminal, cancellation).ConfigureAwait(false), reader, own);
    }

    /// <summary>Enrols the phone with a one-time code.</summary>
    public Task<TrustResult> ActivateAsync(string code, CancellationToken cancellation = default) => Terminal.ActivateAsync(code, cancellation);

    /// <summary>Sends the evidence of an open app.</summary>
    public Task<TrustResult> HeartbeatAsync(CancellationToken cancellation = default) =>
        Terminal.AttestAsync(ChallengePurpose.Heartbeat, cancellation);

    /// <summary>Takes a payment.</summary>
    /// <param name="order">Amount, currency, kind.</param>
    /// <param name="show">Is told each screen; null for nobody.</param>
    /// <param name="cancellation">Cancels until the payment is sent.</param>
    public Task<PaymentResult> PayAsync(PaymentOrder order, Action<PaymentScreen>? show = null, CancellationToken cancellation = default) =>
        Terminal.PayAsync(order, new Screen(show), cancellation);

    /// <summary>Asks what became of a payment.</summary>
    public Task<PaymentResult> StatusAsync(Guid paymentId, CancellationToken cancellation = default) => Terminal.StatusAsync(paymentId, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
        _ownRandomness?.Dispose();
    }

    private static VirtualCardReader ReaderOf(VirtualTerminalOptions options, FolderStore folder, RandomNumberGenerator randomness)
    {
        string counterName = $"card-{options.Card}";
        byte[]? stored = LabCardCatalogue.Find(options.Card) is null ? null : folder.Read(counterName);
        int counter = Math.Max(stored is { Length: 4 } ? BinaryPrimitives.ReadInt32BigEndian(stored) : 0, CounterOf(options.Clock));
        VirtualCard card = VirtualCard.Create(options.Card, counter, bytes => randomness.GetBytes(bytes))
            ?? throw new ArgumentException($"the lab has no card named {options.Card}", nameof(options));
        return new VirtualCardReader(card, options.Clock, used =>
        {
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, used);
            folder.Write(counterName, bytes);
        });
    }

    /// <summary>
    /// The same card may be tapped on phones of other folders, and the issuer remembers its counter: the start grows by one every 15 minutes
    /// of a year and a half, within the 65,000 that a counter has.
    /// </summary>
    private static int CounterOf(TimeProvider clock)
    {
        const int QuartersInRange = 52_000;
        long quarters = clock.GetUtcNow().ToUnixTimeSeconds() / (15 * 60);
        return (int)(quarters % QuartersInRange);
    }

    private sealed class Screen(Action<PaymentScreen>? show) : IPaymentUi
    {
        public void Show(PaymentScreen screen) => show?.Invoke(screen);
    }
}
