using SoftPos.Contract;
using SoftPos.Terminal.Links;

namespace SoftPos.Terminal.Screens;

/// <summary>
/// The way through the merchant app's screens: which comes after which, and what a touch does. The same for whatever draws them. One call at a
/// time; what is touched while something is under way is not done, but for cancelling.
/// </summary>
public sealed class MerchantFlow
{
    private readonly IMerchantPhone _phone;
    private readonly PaymentHistory _history;
    private MerchantScreens _screens;
    private AmountEntry _amount = AmountEntry.Empty(NoCurrency);
    private MerchantTerminal _terminal = new(null, null, new Dictionary<string, string>());
    private TrustResult? _trust;
    private PaymentResult? _result;
    private HistoryEntry? _chosen;
    private ScreenModel? _shown;
    private string? _reference;
    private int _lesson = 1;
    private bool _isBusy;

    /// <summary>"No currency" of ISO 4217: before the terminal is set up.</summary>
    private const string NoCurrency = "999";

    /// <summary>Starts a flow.</summary>
    /// <param name="phone">The app.</param>
    /// <param name="language">Tag of the merchant's language.</param>
    public MerchantFlow(IMerchantPhone phone, string language)
    {
        ArgumentNullException.ThrowIfNull(phone);
        _phone = phone;
        _screens = new MerchantScreens(language);
        _history = PaymentHistory.Read(phone.LoadHistory());
    }

    /// <summary>The first screen: set-up, keypad, or what a validated request asks for.</summary>
    public async Task StartAsync(AppRequestReading? asked = null)
    {
        _terminal = await _phone.StateAsync().ConfigureAwait(true);
        _amount = AmountEntry.Empty(_terminal.Currency ?? NoCurrency);
        if (asked?.Refusal is { } refusal)
        {
            Show(_screens.RefusedRequest(refusal));
            return;
        }

        switch (asked?.Request)
        {
            case AppRequest.Pay pay when _terminal.TerminalId is not null:
                _reference = pay.Reference;
                _amount = new AmountEntry(pay.AmountMinor, pay.Currency ?? _amount.Currency);
                Show(_screens.Keypad(_amount));
                break;
            case AppRequest.Explain:
                await BlockedAsync().ConfigureAwait(true);
                break;
            case AppRequest.Teach:
                Teach(1);
                break;
            case AppRequest.ShowPayments when await _phone.ProveAsync(_screens.History([]).Title).ConfigureAwait(true):
                Show(_screens.History(_history.Entries));
                break;
            case AppRequest.SetUp setUp when _terminal.TerminalId is null:
                // The code is filled in, and the person before the phone touches the button.
                ScreenModel screen = _screens.SetUp();
                Show(screen with { Field = screen.Field! with { Value = setUp.Code } });
                break;
            default:
                Home();
                break;
        }
    }

    /// <summary>A state of the payment that runs, for as long as the SDK's own screens are not in front.</summary>
    public void Follow(PaymentScreen state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Stage is not PaymentStage.Finished)
        {
            Show(_screens.Payment(state));
        }
    }

    /// <summary>The operator tells the merchant something; it waits while a payment runs.</summary>
    public void Tell(MerchantNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (!_isBusy)
        {
            Show(_screens.Notice(notice));
        }
    }

    /// <summary>A key of the amount.</summary>
    public void Type(int digit)
    {
        if (!_isBusy && _shown?.HasKeypad is true && _reference is null)
        {
            _amount = _amount.Type(digit);
            Show(_screens.Keypad(_amount));
        }
    }

    /// <summary>An action was touched. One that the screen does not have, or that cannot be touched now, does nothing.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="text">Text of the field, where there is one.</param>
    public async Task ActAsync(string id, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id == ScreenActions.Cancel)
        {
            await _phone.CancelAsync().ConfigureAwait(true);
            return;
        }

        ScreenAction? action = _shown?.Actions.FirstOrDefault(offered => offered.Id == id);
        if (_isBusy || action is not { IsEnabled: true })
        {
            return;
        }

        _isBusy = true;
        try
        {
            if (!action.NeedsProof || await _phone.ProveAsync(action.Label).ConfigureAwait(true))
            {
                await DoAsync(id, text).ConfigureAwait(true);
            }
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task DoAsync(string id, string? text)
    {
        (string what, string of) = id.Split(':', 2) is [var first, var second] ? (first, second) : (id, string.Empty);
        switch (what)
        {
            case ScreenActions.SetUp: await SetUpAsync(text).ConfigureAwait(true); break;
            case ScreenActions.Pay: await PayAsync(new PaymentOrder { AmountMinor = _amount.AmountMinor, Currency = _amount.Currency }).ConfigureAwait(true); break;
            case ScreenActions.Erase: Erase(); break;
            case ScreenActions.State: await StateAsync().ConfigureAwait(true); break;
            case ScreenActions.Receipt: ShowReceipt(); break;
            case ScreenActions.History: Show(_screens.History(_history.Entries)); break;
            case ScreenActions.Open when Guid.TryParse(of, out Guid payment): await OpenAsync(payment).ConfigureAwait(true); break;
            case ScreenActions.Refund when _chosen is not null: Show(_screens.Refund(_chosen)); break;
            case ScreenActions.RefundNow when _chosen is not null: await RefundAsync(_chosen).ConfigureAwait(true); break;
            case ScreenActions.Blocked or ScreenActions.Again: await BlockedAsync().ConfigureAwait(true); break;
            case ScreenActions.Appeal when _trust is not null: Show(_screens.Appeal(_trust, _terminal.TerminalId, _phone.Contact)); break;
            case ScreenActions.AppealNow when _trust is not null: await AppealAsync(_trust, text).ConfigureAwait(true); break;
            case ScreenActions.Share: _phone.Share(string.Join('\n', _shown!.Lines.Select(static line => line.Text))); break;
            case ScreenActions.Diagnostics: await DiagnoseAsync().ConfigureAwait(true); break;
            case ScreenActions.Education: Teach(1); break;
            case ScreenActions.Next: Teach(_lesson + 1); break;
            case ScreenActions.Settings: Show(_screens.Settings()); break;
            case ScreenActions.Language: SetLanguage(of); break;
            case ScreenActions.Remove: Show(_screens.Remove()); break;
            case ScreenActions.RemoveNow: await RemoveAsync().ConfigureAwait(true); break;
            case ScreenActions.Done or ScreenActions.Back: Leave(); break;
            default: break;
        }
    }

    /// <summary>An amount that another app asks for is not changed: it is taken as it is, or left.</summary>
    private void Erase()
    {
        if (_reference is null)
        {
            _amount = _amount.Erase();
            Show(_screens.Keypad(_amount));
        }
    }

    private async Task SetUpAsync(string? code)
    {
        TrustResult trust = string.IsNullOrWhiteSpace(code)
            ? TrustResult.Refused(TerminalReason.Of(ReasonCodes.ActivationCodeInvalid, _screens.Language))
            : await _phone.ActivateAsync(code).ConfigureAwait(true);
        if (!trust.CanPay)
        {
            Show(_screens.SetUp(trust.Reason));
            return;
        }

        _terminal = await _phone.StateAsync().ConfigureAwait(true);
        _amount = AmountEntry.Empty(_terminal.Currency ?? NoCurrency);
        Teach(1);
    }

    private async Task PayAsync(PaymentOrder order)
    {
        PaymentResult result = await _phone.PayAsync(order).ConfigureAwait(true);
        Ended(result, order.AmountMinor, order.Currency ?? _amount.Currency);
    }

    private Task RefundAsync(HistoryEntry payment) => PayAsync(new PaymentOrder
    {
        AmountMinor = payment.AmountMinor, Currency = payment.Currency, Kind = PaymentKind.Refund, OriginalPaymentId = payment.PaymentId,
    });

    private async Task StateAsync()
    {
        if (_chosen is { } payment)
        {
            Ended(await _phone.StatusAsync(payment.PaymentId).ConfigureAwait(true), payment.AmountMinor, payment.Currency);
        }
    }

    private async Task OpenAsync(Guid paymentId)
    {
        if (_history.Find(paymentId) is { } payment)
        {
            _chosen = payment;
            PaymentResult result = await _phone.StatusAsync(paymentId).ConfigureAwait(true);
            Ended(result with { PaymentId = paymentId }, payment.AmountMinor, payment.Currency);
        }
    }

    private void Ended(PaymentResult result, long amountMinor, string currency)
    {
        _result = result;
        bool isKnown = _history.Find(result.PaymentId) is not null;
        _chosen = new HistoryEntry(result.PaymentId, amountMinor, currency, result.Outcome, _history.Find(result.PaymentId)?.At ?? _phone.Now);

        // What was refused before it was sent is no payment; one that could not be asked for keeps what was known of it.
        if (result.Answer is not null || (result.Outcome is not PaymentOutcome.Refused && !isKnown))
        {
            _phone.SaveHistory(_history.Put(_chosen));
        }

        Show(_screens.Result(result, amountMinor, currency));
    }

    private void ShowReceipt()
    {
        if (_result?.Answer is { } answer)
        {
            Show(_screens.Receipt(answer, address: null));
        }
    }

    private async Task BlockedAsync()
    {
        _trust = await _phone.PreflightAsync().ConfigureAwait(true);
        Show(_screens.Blocked(_trust));
    }

    private async Task AppealAsync(TrustResult trust, string? words) =>
        Show(_screens.Appealed(await _phone.AppealAsync(_screens.AppealWords(trust, _terminal.TerminalId, words)).ConfigureAwait(true)));

    private async Task DiagnoseAsync()
    {
        _terminal = await _phone.StateAsync().ConfigureAwait(true);
        Show(_screens.Diagnostics(_terminal.Facts));
    }

    private void Teach(int lesson)
    {
        _lesson = Math.Min(lesson, MerchantScreens.LastLesson);
        Show(_screens.Education(_lesson));
    }

    private void SetLanguage(string language)
    {
        _screens = new MerchantScreens(language);
        _phone.SetLanguage(ScreenPhrases.Chosen(language));
        Show(_screens.Settings());
    }

    private async Task RemoveAsync()
    {
        await _phone.WipeAsync().ConfigureAwait(true);
        _terminal = await _phone.StateAsync().ConfigureAwait(true);
        Home();
    }

    /// <summary>Done, back and OK: home, or back to the app that asked.</summary>
    private void Leave()
    {
        if (_reference is { } reference)
        {
            _reference = null;
            _phone.Return(reference, _result);
        }

        _result = null;
        _chosen = null;
        _amount = _amount.Clear();
        Home();
    }

    private void Home() => Show(_terminal.TerminalId is null ? _screens.SetUp() : _screens.Keypad(_amount));

    private void Show(ScreenModel screen)
    {
        _shown = screen;
        _phone.Show(screen);
    }
}
