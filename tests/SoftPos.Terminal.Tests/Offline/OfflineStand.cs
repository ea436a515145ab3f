using SoftPos.Contract;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;

namespace SoftPos.Terminal;

/// <summary>A phone with a lab card on its antenna, and a back end that can be away.</summary>
internal sealed class OfflineStand : IAsyncDisposable
{
    private OfflineStand(ScriptedBackend backend, TestPlatform platform, LabReaderOfTests reader)
    {
        Backend = backend;
        Platform = platform;
        Reader = reader;
    }

    public ScriptedBackend Backend { get; }

    public TestPlatform Platform { get; private set; }

    public LabReaderOfTests Reader { get; }

    public SoftPosTerminal Terminal { get; private set; } = null!;

    public List<PaymentScreen> Screens { get; } = [];

    public List<PaymentResult> Forwarded { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An enrolled phone; with terms it has a permission.</summary>
    public static async Task<OfflineStand> OpenAsync(OfflineTerms? terms = null, SurchargeTerms? surcharge = null)
    {
        LabReaderOfTests reader = new();
        TestPlatform platform = new() { OwnConfiguration = LabReader.AtTheMarketStall(), OwnReader = reader };
        ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.Offline = terms;
        backend.Surcharge = surcharge;
        OfflineStand stand = new(backend, platform, reader);
        await stand.StartAsync();
        Assert.True((await stand.Terminal.ActivateAsync(ScriptedBackend.Code, Cancel)).CanPay);
        await stand.Terminal.PreflightAsync(Cancel);
        return stand;
    }

    public static OfflineTerms Terms => new() { MaxCount = 2, MaxTotalMinor = 4_000, MaxAmountMinor = 2_500, MaxAttestationAgeMinutes = 60,
        Kernels = [2, 3] };

    /// <summary>The app dies and is opened again on what the phone has kept.</summary>
    public async Task RestartAsync()
    {
        await Terminal.DisposeAsync();
        Platform.Blobs.OnWrite = null;
        await StartAsync();
    }

    public async Task<PaymentResult> SaleAsync(long amountMinor = 1_250, long tipMinor = 0, long cashbackMinor = 0, string? currency = null)
    {
        // A card's time off the field is told by the phone's clock, which stands still here.
        Platform.Time.Advance(TimeSpan.FromSeconds(5));
        Reader.Place();
        PaymentOrder order = new() { AmountMinor = amountMinor, TipMinor = tipMinor, CashbackMinor = cashbackMinor, Currency = currency };
        return await Terminal.PayAsync(order, new Screen(Screens), Cancel);
    }

    /// <summary>The stored blob of a name, in place.</summary>
    public string BlobName(string suffix) => Platform.Blobs.Blobs.Keys.Single(name =>
        name.EndsWith("-" + suffix, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync();
        await Backend.DisposeAsync();
        Reader.Dispose();
    }

    private async Task StartAsync()
    {
        Terminal = await SoftPosTerminal.CreateAsync(Backend.Options(Platform), Cancel);
        Terminal.Forwarded += Forwarded.Add;
    }

    private sealed class Screen(List<PaymentScreen> screens) : IPaymentUi
    {
        public void Show(PaymentScreen screen) => screens.Add(screen);
    }
}

/// <summary>A lab card on the antenna, a new one of the same account for each sale.</summary>
internal sealed class LabReaderOfTests : CardReader
{
    private VirtualCard? _card;
    private int _counter = 10;

    /// <summary>Name of the card in the lab's catalogue.</summary>
    public string Card { get; set; } = "visa";

    /// <summary>How often the field was turned on.</summary>
    public int FieldOn { get; private set; }

    public override string Name => "test reader";

    public void Place() => _card = VirtualCard.Create(Card, _counter += 2);

    internal override ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        FieldOn++;
        _card!.EnterField();
        return ValueTask.FromResult<CardChannel>(new Channel(_card));
    }

    private sealed class Channel(VirtualCard card) : CardChannel
    {
        public override ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation) =>
            ValueTask.FromResult(card.Transceive(command.Span));

        public override ValueTask WaitForRemovalAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
