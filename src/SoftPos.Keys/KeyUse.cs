using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>The two halves of a crypto-period (SP 800-57 part 1, 5.3.5).</summary>
public enum KeyUsePurpose
{
    /// <summary>Protecting anew: initial keys for terminals, PIN blocks for an acquirer.</summary>
    Apply,

    /// <summary>Opening what was protected before.</summary>
    Process,
}

/// <summary>Whether a key may be used now. Pure.</summary>
public static class KeyUse
{
    /// <summary>
    /// An initial key lives at most so long on a phone; so a base derivation key opens for that long after the last one was derived from it.
    /// </summary>
    public static readonly TimeSpan ProcessingTail = TimeSpan.FromDays(90);

    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);

    /// <summary>Default crypto-period of a purpose.</summary>
    public static TimeSpan PeriodOf(string purpose) => ZoneKeys.Is(purpose) ? TimeSpan.FromDays(7) : TwoYears;

    /// <summary>True when the key may do this now.</summary>
    public static bool May(KeyRecord record, KeyUsePurpose purpose, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.SealedKey is not null && (record.State, purpose) switch
        {
            (KeyState.Active, KeyUsePurpose.Apply) => record.ExpiresAt is not { } end || now < end,
            (KeyState.Active or KeyState.Retired, KeyUsePurpose.Process) => record.ExpiresAt is not { } end || now < end + ProcessingTail,
            _ => false,
        };
    }

    /// <summary>Throws when the key may not do this now.</summary>
    /// <exception cref="KeyRefusedException">It may not.</exception>
    public static void Require(KeyRecord record, KeyUsePurpose purpose, DateTimeOffset now)
    {
        if (May(record, purpose, now))
        {
            return;
        }

        bool isOver = record.State is KeyState.Active or KeyState.Retired && record.ExpiresAt < now;
        throw new KeyRefusedException($"key {record.Name} is {(isOver ? "past its period" : record.State.ToString().ToLowerInvariant())}");
    }
}
