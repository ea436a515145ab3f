namespace SoftPos.Terminal;

/// <summary>What the cardholder reads above the pad.</summary>
/// <param name="Merchant">Name of the merchant.</param>
/// <param name="AmountMinor">Amount in minor units.</param>
/// <param name="Currency">ISO 4217 numeric currency.</param>
internal sealed record PinPrompt(string Merchant, long AmountMinor, string Currency);

/// <summary>
/// The SDK's own PIN screen on this platform; the host app neither makes nor sees it. It is secured against capture and covering before it is
/// drawn, hands every touch to the pad, ticks it, and interrupts it when it is no longer alone before the cardholder.
/// </summary>
internal interface IPinScreen
{
    /// <summary>The cardholder asked for the guided entry before the screen opened.</summary>
    bool IsGuided { get; }

    /// <summary>Draws the pad and serves it until its entry has ended or the token is cancelled.</summary>
    Task ServeAsync(PinPad pad, PinPrompt prompt, CancellationToken cancellation);
}
