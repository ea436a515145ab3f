using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;
using SoftPos.Terminal.Links;
using SoftPos.Terminal.Screens;
using Phone = SoftPos.Lab.VirtualTerminal.VirtualTerminal;

namespace SoftPos.Lab.PhonePage;

/// <summary>
/// One phone of the page: the merchant app's flow of screens over the SDK on a lab phone. Presses come in, states go out to whoever watches.
/// Everything of the flow happens on one thread at a time, as on a phone.
/// </summary>
internal sealed class WebPhone : IMerchantPhone, IAsyncDisposable
{
    private const int MaxHistory = 64 * 1024;

    /// <summary>Host of the links that this app takes; no such host is ever asked.</summary>
    public const string LinkHost = "pay.example.com";

    private readonly ConcurrentExclusiveSchedulerPair _thread = new();
    private readonly Lock _lock = new();
    private readonly List<Channel<bool>> _watchers = [];
    private readonly Uri _backend;
    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _randomness = RandomNumberGenerator.Create();
    private readonly TappedReader _reader;
    private readonly WebPinScreen _pinScreen;
    private readonly AppRequestReader _links = new(new LinkRules { Hosts = [LinkHost] });
    private MerchantFlow _flow;
    private Theme _theme = PageThemes.Default;
    private PhoneState _state;
    private string _language;
    private Phone? _terminal;
    private string? _terminalLanguage;
    private CancellationTokenSource? _payment;
    private TaskCompletionSource<bool>? _proof;

    /// <summary>Makes the phone of a folder; nothing runs before <see cref="StartAsync"/>.</summary>
    public WebPhone(Uri backend, string folder, string language, TimeProvider clock)
    {
        _backend = backend;
        _folder = folder;
        _clock = clock;
        Directory.CreateDirectory(folder);
        _language = ScreenPhrases.Chosen(File.Exists(LanguagePath) ? File.ReadAllText(LanguagePath) : language);
        _state = new PhoneState { Phone = "good", Theme = Themed() };
        string counters = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? folder;
        _reader = new TappedReader(counters, clock, _randomness, wants => Change(state => state with { WantsCard = wants }));
        _pinScreen = new WebPinScreen(() => _language, clock, pad => Change(state => state with { Pin = pad }));
        _flow = new MerchantFlow(this, _language);
    }

    /// <inheritdoc/>
    public DateTimeOffset Now => _clock.GetLocalNow();

    /// <inheritdoc/>
    public string Contact =>
        string.Join("  ", ((string[])[_theme.Contact.Phone, _theme.Contact.Mail, _theme.Contact.Web]).Where(static way => way.Length > 0));

    /// <summary>What the page draws now.</summary>
    public PhoneState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>When a page last watched.</summary>
    public DateTimeOffset LastWatched { get; private set; }

    /// <summary>Whether a page watches.</summary>
    public bool IsWatched
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count > 0;
            }
        }
    }

    private string LanguagePath => Path.Combine(_folder, "language");

    private string HistoryPath => Path.Combine(_folder, "payments.json");

    /// <summary>The first screen.</summary>
    public Task StartAsync() => RunAsync(() => _flow.StartAsync());

    /// <summary>Carries a command out; what takes long goes on after the return.</summary>
    /// <returns>What is wrong with the command; null when nothing is.</returns>
    public string? Take(PhoneCommand command)
    {
        switch (command)
        {
            case { What: "act", Name: { } action }: _ = RunAsync(() => _flow.ActAsync(action, command.Text)); return null;
            case { What: "digit", Digit: >= 0 and <= 9 and var digit }: _ = RunAsync(() => Do(() => _flow.Type(digit))); return null;
            case { What: "touch", X: { } x, Y: { } y }: _pinScreen.Touch(x, y); return null;
            case { What: "hidden" }: _pinScreen.Interrupt(); return null;
            case { What: "tap", Name: { } card } when Cards.LabCardCatalogue.Find(card) is not null:
                _ = RunAsync(() => _reader.TapAsync(card, CancellationToken.None));
                return null;
            case { What: "become", Name: { } phone } when LabPhoneDescription.Find(phone) is not null: Become(phone); return null;
            case { What: "proof", IsProven: { } proven }: _proof?.TrySetResult(proven); return null;
            case { What: "link", Name: { } link }: _ = RunAsync(() => Reopen().StartAsync(_links.ReadLink(link))); return null;
            case { What: "theme" }: return SetTheme(command);
            case { What: "dismiss" }: Change(static state => state with { Shared = null, Fault = null }); return null;
            default: return "expected what, and the name, text, digit, place or proof that belongs to it";
        }
    }

    /// <summary>Waits for changes: one hint stands for all that came since.</summary>
    public ChannelReader<bool> Watch()
    {
        Channel<bool> hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        hints.Writer.TryWrite(true);
        lock (_lock)
        {
            _watchers.Add(hints);
        }

        return hints.Reader;
    }

    /// <summary>A page watches no more. A PIN pad that nobody sees is over.</summary>
    public void Unwatch(ChannelReader<bool> reader)
    {
        lock (_lock)
        {
            _watchers.RemoveAll(hints => hints.Reader == reader);
            LastWatched = _clock.GetUtcNow();
        }

        if (!IsWatched)
        {
            _pinScreen.Interrupt();
        }
    }

    /// <inheritdoc/>
    public void Show(ScreenModel screen) => Change(state => state with
    {
        Screen = screen, Dots = QrDots.Of(screen.Code), IsReviewed = ScreenPhrases.IsReviewed(_language), Fault = null,
    });

    /// <inheritdoc/>
    public async Task<bool> ProveAsync(string title)
    {
        _proof = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Change(state => state with { Proof = title });
        bool proven = await _proof.Task.ConfigureAwait(true);
        _proof = null;
        Change(static state => state with { Proof = null });
        return proven;
    }

    /// <inheritdoc/>
    public void Share(string text) => Change(state => state with { Shared = text });

    /// <inheritdoc/>
    public void Return(string reference, PaymentResult? result)
    {
        // No other app calls this one.
    }

    /// <inheritdoc/>
    public void SetLanguage(string language)
    {
        _language = language;
        File.WriteAllText(LanguagePath, language);
        Change(state => state with { Theme = Themed() });
    }

    /// <inheritdoc/>
    public byte[]? LoadHistory()
    {
        FileInfo file = new(HistoryPath);
        return file is { Exists: true, Length: <= MaxHistory } ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <inheritdoc/>
    public void SaveHistory(byte[] history) => File.WriteAllBytes(HistoryPath, history);

    /// <inheritdoc/>
    public async Task<MerchantTerminal> StateAsync()
    {
        SoftPosTerminal terminal = (await TerminalAsync().ConfigureAwait(true)).Terminal;
        LabPhoneDescription phone = LabPhoneDescription.Find(State.Phone)!;
        return new MerchantTerminal(terminal.TerminalId, terminal.Merchant?.Currency, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["terminal"] = terminal.TerminalId?.ToString() ?? "-",
            ["merchant"] = terminal.Merchant?.Name ?? "-",
            ["sdk"] = Sdk.Version,
            ["android"] = phone.OsVersion,
            ["phone"] = $"{phone.Model} ({phone.Name})",
            ["reader configuration"] = terminal.ReaderConfigurationVersion.ToString(CultureInfo.InvariantCulture),
            ["open payments"] = terminal.OpenPayments.Count.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <inheritdoc/>
    public async Task<TrustResult> PreflightAsync() => await (await TerminalAsync().ConfigureAwait(true)).HeartbeatAsync().ConfigureAwait(true);

    /// <inheritdoc/>
    public async Task<TrustResult> ActivateAsync(string code) =>
        await (await TerminalAsync().ConfigureAwait(true)).ActivateAsync(code).ConfigureAwait(true);

    /// <inheritdoc/>
    public async Task<AppealResult> AppealAsync(string text) =>
        await (await TerminalAsync().ConfigureAwait(true)).Terminal.AppealAsync(text).ConfigureAwait(true);

    /// <inheritdoc/>
    public async Task<PaymentResult> PayAsync(PaymentOrder order)
    {
        Phone terminal = await TerminalAsync().ConfigureAwait(true);
        using CancellationTokenSource own = new();
        _payment = own;
        _reader.Begin();
        try
        {
            return await terminal.PayAsync(order, screen => _ = RunAsync(() => Do(() => _flow.Follow(screen))), own.Token).ConfigureAwait(true);
        }
        finally
        {
            _payment = null;
        }
    }

    /// <inheritdoc/>
    public Task CancelAsync() => _payment?.CancelAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<PaymentResult> StatusAsync(Guid paymentId) =>
        await (await TerminalAsync().ConfigureAwait(true)).StatusAsync(paymentId).ConfigureAwait(true);

    /// <inheritdoc/>
    public async Task WipeAsync() => await (await TerminalAsync().ConfigureAwait(true)).Terminal.WipeAsync().ConfigureAwait(true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_payment is { } payment)
        {
            await payment.CancelAsync();
        }

        _proof?.TrySetResult(false);
        _pinScreen.Interrupt();
        if (_terminal is { } terminal)
        {
            await terminal.DisposeAsync();
        }

        _randomness.Dispose();
    }

    /// <summary>The terminal, opened anew after another language was chosen: the SDK speaks the one that it was opened with.</summary>
    private async Task<Phone> TerminalAsync()
    {
        if (_terminal is { } open && _terminalLanguage == _language)
        {
            return open;
        }

        if (_terminal is { } former)
        {
            await former.DisposeAsync().ConfigureAwait(true);
        }

        _terminalLanguage = _language;
        _terminal = await Phone.OpenAsync(new VirtualTerminalOptions
        {
            Backend = _backend, Folder = _folder, Phone = State.Phone, Language = _language, Clock = _clock, Reader = _reader, PinScreen = _pinScreen,
        }).ConfigureAwait(true);
        _terminal.Terminal.Noticed += notice => _ = RunAsync(() => Do(() => _flow.Tell(notice)));
        return _terminal;
    }

    private void Become(string phone)
    {
        Change(state => state with { Phone = phone });
        _ = RunAsync(() => Do(() => _terminal?.Become(phone)));
    }

    /// <summary>An app that was opened by a link starts at its first screen.</summary>
    private MerchantFlow Reopen() => _flow = new MerchantFlow(this, _language);

    private string? SetTheme(PhoneCommand command)
    {
        IReadOnlyList<string> faults = [];
        Theme? theme = command.Name is { } name ? PageThemes.Find(name) : null;
        if (command.Text is { } text)
        {
            faults = Theme.Read(Encoding.UTF8.GetBytes(text), out theme);
        }

        if (theme is null)
        {
            return faults.Count > 0 ? string.Join("; ", faults) : "expected the name of a theme of the page, or the text of a theme file";
        }

        _theme = theme;
        Change(state => state with { Theme = Themed() });
        return null;
    }

    private ThemeView Themed() => new()
    {
        Name = _theme.Name, Colours = _theme.Colours, Welcome = _theme.WelcomeIn(_language), Logo = PageThemes.HasLogo(_theme.Logo) ? _theme.Logo : string.Empty,
    };

    private void Change(Func<PhoneState, PhoneState> change)
    {
        lock (_lock)
        {
            _state = change(_state);
            _watchers.ForEach(static watcher => watcher.Writer.TryWrite(true));
        }
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    /// <summary>Everything of the flow, one after the other; a fault is shown and ends nothing.</summary>
    private async Task RunAsync(Func<Task> act)
    {
        try
        {
            await Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _thread.ExclusiveScheduler).Unwrap();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Change(state => state with { Fault = fault.GetType().Name });
        }
    }
}
