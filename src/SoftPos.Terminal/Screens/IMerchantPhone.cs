namespace SoftPos.Terminal.Screens;

/// <summary>What is known of the terminal behind the screens.</summary>
/// <param name="TerminalId">Identity; null before it is set up.</param>
/// <param name="Currency">ISO 4217 numeric currency of the merchant; null before it is set up.</param>
/// <param name="Facts">Versions and counts for a support case.</param>
public sealed record MerchantTerminal(Guid? TerminalId, string? Currency, IReadOnlyDictionary<string, string> Facts);

/// <summary>
/// What the flow of screens needs of the app that shows them: a surface, the terminal behind its door, and the phone's lock. Whatever draws the
/// screens implements it: Android, a web page, a test.
/// </summary>
public interface IMerchantPhone
{
    /// <summary>Now, for the list of payments.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Whom the merchant turns to.</summary>
    string Contact { get; }

    /// <summary>Shows a screen.</summary>
    void Show(ScreenModel screen);

    /// <summary>Asks the person to prove by the phone's lock to be allowed; false without a lock, and when it was not proven.</summary>
    Task<bool> ProveAsync(string title);

    /// <summary>Hands a text to another app of the merchant's choice.</summary>
    void Share(string text);

    /// <summary>The request of another app is done: its result, or null when the merchant cancelled.</summary>
    void Return(string reference, PaymentResult? result);

    /// <summary>Remembers the language.</summary>
    void SetLanguage(string language);

    /// <summary>The list of payments as it was kept last, or null.</summary>
    byte[]? LoadHistory();

    /// <summary>Keeps the list of payments on this phone.</summary>
    void SaveHistory(byte[] history);

    /// <summary>The terminal now.</summary>
    Task<MerchantTerminal> StateAsync();

    /// <summary>Asks the back end whether payments are possible.</summary>
    Task<TrustResult> PreflightAsync();

    /// <summary>Sends the merchant's word against a refusal.</summary>
    Task<AppealResult> AppealAsync(string text);

    /// <summary>Sets the terminal up.</summary>
    Task<TrustResult> ActivateAsync(string code);

    /// <summary>Takes a payment.</summary>
    Task<PaymentResult> PayAsync(PaymentOrder order);

    /// <summary>Cancels the payment that runs, while it can be cancelled.</summary>
    Task CancelAsync();

    /// <summary>Asks what became of a payment.</summary>
    Task<PaymentResult> StatusAsync(Guid paymentId);

    /// <summary>Destroys the terminal on this phone.</summary>
    Task WipeAsync();
}
