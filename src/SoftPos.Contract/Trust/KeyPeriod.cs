namespace SoftPos.Contract;

/// <summary>Crypto-period of a terminal's initial keys.</summary>
public static class KeyPeriod
{
    /// <summary>Beyond this age a payment under them is refused.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);
}
