using SoftPos.Contract;

namespace SoftPos.Terminal.Screens;

/// <summary>An amount while it is typed, digit by digit from the right, as card terminals do. Every step gives a new one.</summary>
/// <param name="AmountMinor">Minor units so far.</param>
/// <param name="Currency">ISO 4217 numeric currency.</param>
public sealed record AmountEntry(long AmountMinor, string Currency)
{
    /// <summary>Nothing typed yet.</summary>
    public static AmountEntry Empty(string currency) => new(0, currency);

    /// <summary>The amount with its currency, for people.</summary>
    public string Text => MoneyText.Of(AmountMinor, Currency);

    /// <summary>There is something to pay.</summary>
    public bool CanPay => AmountMinor is > 0 and <= PaymentOrder.MaxAmountMinor;

    /// <summary>A digit more; one that would pass the largest amount is not taken.</summary>
    /// <param name="digit">0 to 9.</param>
    public AmountEntry Type(int digit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digit, 9);
        return AmountMinor > (PaymentOrder.MaxAmountMinor - digit) / 10 ? this : this with { AmountMinor = (AmountMinor * 10) + digit };
    }

    /// <summary>The last digit goes.</summary>
    public AmountEntry Erase() => this with { AmountMinor = AmountMinor / 10 };

    /// <summary>All digits go.</summary>
    public AmountEntry Clear() => this with { AmountMinor = 0 };
}
