namespace SoftPos.Terminal;

/// <summary>Something that the operator tells the merchant on this terminal.</summary>
/// <param name="Text">What it says.</param>
/// <param name="IsUpdateRequired">The app must be updated; the text says to what.</param>
/// <param name="At">Time of the phone when it came.</param>
public sealed record MerchantNotice(string Text, bool IsUpdateRequired, DateTimeOffset At);
