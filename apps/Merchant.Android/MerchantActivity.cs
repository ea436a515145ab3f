using System.Globalization;
using Android.Content;
using Android.OS;
using SoftPos.Terminal;
using SoftPos.Terminal.Android;
using SoftPos.Terminal.Links;
using SoftPos.Terminal.Screens;

namespace SoftPos.Merchant;

/// <summary>
/// A window with the merchant's screens. The flow decides what is shown; this draws it, carries touches back, and reaches the terminal in the
/// SDK's own process. Its state lives in memory: what the system kills starts again at the first screen, and open payments are asked for.
/// </summary>
public abstract class MerchantActivity : Activity, IMerchantPhone
{
    private const string HistoryName = "payments.json";
    private const int MaxHistory = 64 * 1024;

    private Theme? _theme;
    private ScreenView? _view;
    private TerminalConnection? _terminal;
    private MerchantFlow? _flow;

    /// <inheritdoc/>
    public DateTimeOffset Now => TimeProvider.System.GetLocalNow();

    /// <inheritdoc/>
    public string Contact => _theme is { Contact: var contact }
        ? string.Join("  ", ((string[])[contact.Phone, contact.Mail, contact.Web]).Where(static way => way.Length > 0))
        : string.Empty;

    /// <inheritdoc/>
    public abstract void Return(string reference, PaymentResult? result);

    /// <summary>What this window was opened for; null for nothing but itself.</summary>
    protected abstract AppRequestReading? ReadRequest();

    /// <inheritdoc/>
    protected override void OnCreate(Bundle? savedInstanceState)
    {
        base.OnCreate(null);
        SecureWindow.Apply(this);
        _theme = AndroidFiles.ReadTheme(this);
        _view = new ScreenView(this, _theme, Act) { DrawCode = CodePicture.Draw, Logo = AndroidFiles.ReadLogo(this, _theme) };
        SetContentView(_view);
        _terminal = new TerminalConnection(this);
        _flow = new MerchantFlow(this, AndroidFiles.LanguageOf(this));
        _terminal.Showed += OnShowed;
        _terminal.Noticed += OnNoticed;
        Run(() => _flow.StartAsync(ReadRequest()));
    }

    /// <inheritdoc/>
    protected override void OnDestroy()
    {
        if (_terminal is { } terminal)
        {
            terminal.Showed -= OnShowed;
            terminal.Noticed -= OnNoticed;
            terminal.Dispose();
        }

        base.OnDestroy();
    }

    /// <inheritdoc/>
    protected override void OnSaveInstanceState(Bundle outState) => outState.Clear();

    /// <inheritdoc/>
    public void Show(ScreenModel screen)
    {
        _view?.Show(screen);
        Pulses.Feel(this, screen.Pulse);
    }

    /// <inheritdoc/>
    public Task<bool> ProveAsync(string title) => PhoneLock.ProveAsync(this, title);

    /// <inheritdoc/>
    public void Share(string text)
    {
        using Intent send = new(Intent.ActionSend);
        send.SetType("text/plain");
        send.PutExtra(Intent.ExtraText, text);
        StartActivity(Intent.CreateChooser(send, string.Empty));
    }

    /// <inheritdoc/>
    public void SetLanguage(string language) => AndroidFiles.SetLanguage(this, language);

    /// <inheritdoc/>
    public byte[]? LoadHistory()
    {
        FileInfo file = new(HistoryPath);
        return file is { Exists: true, Length: <= MaxHistory } ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <inheritdoc/>
    public void SaveHistory(byte[] history)
    {
        File.WriteAllBytes(HistoryPath + ".new", history);
        File.Move(HistoryPath + ".new", HistoryPath, overwrite: true);
    }

    /// <inheritdoc/>
    public async Task<MerchantTerminal> StateAsync()
    {
        TerminalState state = await Terminal.StateAsync().ConfigureAwait(true);
        Dictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["terminal"] = state.TerminalId?.ToString() ?? "-",
            ["merchant"] = state.MerchantName ?? "-",
            ["sdk"] = state.SdkVersion,
            ["app"] = typeof(MerchantActivity).Assembly.GetName().Version?.ToString(3) ?? "-",
            ["android"] = Build.VERSION.Release,
            ["patch"] = Build.VERSION.SecurityPatch,
            ["phone"] = $"{Build.Brand} {Build.Model}",
            ["reader configuration"] = state.ReaderConfigurationVersion.ToString(CultureInfo.InvariantCulture),
            ["open payments"] = state.OpenPayments.Count.ToString(CultureInfo.InvariantCulture),
        };
        return new MerchantTerminal(state.TerminalId, state.Currency, facts);
    }

    /// <inheritdoc/>
    public Task<TrustResult> PreflightAsync() => Terminal.PreflightAsync();

    /// <inheritdoc/>
    public Task<AppealResult> AppealAsync(string text) => Terminal.AppealAsync(text);

    /// <inheritdoc/>
    public Task<TrustResult> ActivateAsync(string code) => Terminal.ActivateAsync(code);

    /// <inheritdoc/>
    public Task<PaymentResult> PayAsync(PaymentOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Terminal.PayAsync(order.AmountMinor, order.Currency, order.Kind, order.OriginalPaymentId);
    }

    /// <inheritdoc/>
    public Task CancelAsync() => Terminal.CancelAsync();

    /// <inheritdoc/>
    public Task<PaymentResult> StatusAsync(Guid paymentId) => Terminal.StatusAsync(paymentId);

    /// <inheritdoc/>
    public Task WipeAsync() => Terminal.WipeAsync();

    private TerminalConnection Terminal => _terminal ?? throw new InvalidOperationException("the window is not open");

    private string HistoryPath => Path.Combine(NoBackupFilesDir?.AbsolutePath ?? throw new InvalidOperationException("no private folder"), HistoryName);

    private void OnShowed(PaymentScreen state) => _flow?.Follow(state);

    private void OnNoticed(MerchantNotice notice) => _flow?.Tell(notice);

    private void Act(string id, string? text)
    {
        if (_flow is not { } flow)
        {
            return;
        }

        if (id.StartsWith("digit:", StringComparison.Ordinal))
        {
            flow.Type(id[^1] - '0');
            return;
        }

        Run(() => flow.ActAsync(id, text));
    }

    /// <summary>The SDK's process may die at any time: then the screens start again, and open payments are asked for.</summary>
    private async void Run(Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(true);
        }
        catch (InvalidOperationException) when (!IsDestroyed)
        {
            await Task.Yield();
            Recreate();
        }
    }
}
