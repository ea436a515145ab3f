using SoftPos.Cryptography;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Under which key and in which form an acquirer takes PINs.</summary>
/// <param name="Key">Name of the zone key in the key store.</param>
/// <param name="Format">0 or 3 under TDES, 4 under AES.</param>
public sealed record PinZone(string Key, PinBlockFormat Format);

/// <summary>How payments are admitted and sent.</summary>
public sealed record PaymentOptions
{
    /// <summary>Dialect of the acquirer.</summary>
    public required Iso8583Dialect Dialect { get; init; }

    /// <summary>DE 32, acquiring institution, up to 11 digits.</summary>
    public required string AcquiringInstitution { get; init; }

    /// <summary>How PINs go to the acquirer (DE 52); null for an acquirer that takes none.</summary>
    public PinZone? Pin { get; init; }

    /// <summary>Highest amount in minor units from a terminal whose verdict is limited.</summary>
    public long LimitedAmountMinor { get; init; } = 5_000;

    /// <summary>How much one terminal may take within a time; null for no bound.</summary>
    public VelocityLimit? Velocity { get; init; }

    /// <summary>By how many hundredths a completion may exceed what was authorised.</summary>
    public int CompletionTolerancePercent { get; init; }

    /// <summary>How long a pre-authorisation can be completed; after that it is let go.</summary>
    public TimeSpan PreAuthorisationLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>ISO 4217 numeric currencies that the acquirer's link takes; empty for any.</summary>
    public IReadOnlySet<string> Currencies { get; init; } = new HashSet<string>();

    /// <summary>Highest surcharge as a part of the goods' amount, in hundredths of a percent, whatever a merchant's terms say.</summary>
    public int SurchargeCapHundredths { get; init; } = 500;

    /// <summary>Highest tip after the tap, in hundredths of the amount.</summary>
    public int TipLimitPercent { get; init; } = 25;

    /// <summary>
    /// Computes the MAC of a message, where the acquirer's dialect wants DE 64 or DE 128; null where it does not. It is made by whoever holds the
    /// key; the key itself does not come here.
    /// </summary>
    public MacFunction? Mac { get; init; }

    /// <summary>Longest life of a result token that is believed, whatever the token says.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How far the clocks of monitoring and payments may differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How old a signed question for a payment's state may be.</summary>
    public TimeSpan StatusQuestionLife { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>SubjectPublicKeyInfo of the key that signs offline permissions; empty where none are given, and then none holds.</summary>
    public byte[] OfflineKey { get; init; } = [];

    /// <summary>When reversals are sent and repeated.</summary>
    public ReversalSchedule Reversal { get; init; } = new();
}

/// <summary>When reversals are sent and repeated.</summary>
public sealed record ReversalSchedule
{
    /// <summary>Pause after the first; doubled each time.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages after which it is parked for a person, with an alarm: about a day of five-minute pauses.</summary>
    public int MaxAttempts { get; init; } = 300;

    /// <summary>Messages at the same time: enough to catch up after an outage, few enough to leave the link to sales.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>Pause after a number of attempts, from 1.</summary>
    public TimeSpan PauseAfter(int attempts)
    {
        double factor = Math.Pow(2, Math.Clamp(attempts - 1, 0, 30));
        TimeSpan pause = FirstPause * factor;
        return pause < LongestPause ? pause : LongestPause;
    }
}
