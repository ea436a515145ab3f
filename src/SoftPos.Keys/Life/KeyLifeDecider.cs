using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>What a ceremony does. The numbers rest in the database.</summary>
public enum KeyAction
{
    /// <summary>Makes a key inside the vault; it waits to be activated.</summary>
    Generate = 1,

    /// <summary>Takes a key in: key block, components or shares; it waits to be activated.</summary>
    Import = 2,

    /// <summary>Puts a waiting or suspended key into use.</summary>
    Activate = 3,

    /// <summary>Makes the next version of a base derivation key, active at once; the one before only opens.</summary>
    Rotate = 4,

    /// <summary>Takes a key out of use for the time being.</summary>
    Suspend = 5,

    /// <summary>Ends the use of a key, and of every key that came in under it, for ever.</summary>
    Compromise = 6,

    /// <summary>Removes the key's bytes.</summary>
    Destroy = 7,

    /// <summary>Admits a custodian.</summary>
    Enrol = 8,
}

/// <summary>Why a step of a key's life is refused.</summary>
public enum KeyLifeRefusal
{
    None,

    /// <summary>A key of that name exists.</summary>
    NameTaken,

    /// <summary>There is no key of that name.</summary>
    UnknownKey,

    /// <summary>The key's state does not allow it.</summary>
    State,

    /// <summary>Only base derivation keys have versions.</summary>
    NotVersioned,

    /// <summary>Past its period: a key that is over does not come back.</summary>
    Expired,

    /// <summary>The same person twice; dual control needs two.</summary>
    SamePerson,

    /// <summary>The ceremony was ended before, or lay for too long.</summary>
    Over,

    /// <summary>Not a name, purpose or length that the key store takes.</summary>
    Malformed,

    /// <summary>The check value is not the expected one.</summary>
    CheckValue,

    /// <summary>Production refuses a published or patterned key.</summary>
    TestKey,

    /// <summary>Not a custodian, or another passphrase.</summary>
    UnknownPerson,
}

/// <summary>The answer: the state that the key goes to, or why not.</summary>
/// <param name="Next">The new state; null when refused or when the key vanishes into another.</param>
/// <param name="Refusal">Why not.</param>
public readonly record struct KeyLifeStep(KeyState? Next, KeyLifeRefusal Refusal);

/// <summary>States of a key and the ways between them (SP 800-57 part 1, 7). Pure.</summary>
public static class KeyLifeDecider
{
    /// <summary>A proposal that nobody approved for so long is void: who proposed it may no longer know why.</summary>
    public static readonly TimeSpan ProposalLife = TimeSpan.FromDays(7);

    /// <summary>Longest name.</summary>
    private const int LongestName = 64;

    /// <summary>What an action makes of a key.</summary>
    /// <param name="key">The key, or null when there is none of that name.</param>
    /// <param name="action">What is to be done.</param>
    /// <param name="now">The time.</param>
    public static KeyLifeStep Decide(KeyRecord? key, KeyAction action, DateTimeOffset now)
    {
        if (action is KeyAction.Generate or KeyAction.Import)
        {
            return key is null ? To(KeyState.Pending) : Refuse(KeyLifeRefusal.NameTaken);
        }

        if (key is null)
        {
            return Refuse(KeyLifeRefusal.UnknownKey);
        }

        return (action, key.State) switch
        {
            (KeyAction.Activate, KeyState.Pending or KeyState.Suspended) =>
                key.ExpiresAt <= now ? Refuse(KeyLifeRefusal.Expired) : To(KeyState.Active),
            (KeyAction.Rotate, KeyState.Active) => KeyNames.LineOfPurpose(key.Purpose) is null ? Refuse(KeyLifeRefusal.NotVersioned) : To(KeyState.Retired),
            (KeyAction.Suspend, KeyState.Active or KeyState.Retired) => To(KeyState.Suspended),
            (KeyAction.Compromise, KeyState.Pending or KeyState.Active or KeyState.Retired or KeyState.Suspended) => To(KeyState.Compromised),

            // An active key is first retired, suspended or compromised: destroying what a fleet hangs on is a slip, not a wish.
            (KeyAction.Destroy, KeyState.Pending or KeyState.Retired or KeyState.Suspended or KeyState.Compromised) => To(KeyState.Destroyed),
            _ => Refuse(KeyLifeRefusal.State),
        };
    }

    /// <summary>Whether this person may approve that ceremony now.</summary>
    public static KeyLifeRefusal MayApprove(CeremonyRecord ceremony, string approver, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ceremony);
        return ceremony.State is not CeremonyState.Proposed || now - ceremony.CreatedAt > ProposalLife ? KeyLifeRefusal.Over
            : string.Equals(ceremony.Proposer, approver, StringComparison.OrdinalIgnoreCase) ? KeyLifeRefusal.SamePerson
            : KeyLifeRefusal.None;
    }

    /// <summary>All keys that fall with a compromised one: it, and whatever came in under it, at any depth.</summary>
    public static IReadOnlyList<KeyRecord> Falling(KeyRecord compromised, IReadOnlyList<KeyRecord> all)
    {
        ArgumentNullException.ThrowIfNull(compromised);
        ArgumentNullException.ThrowIfNull(all);
        List<KeyRecord> falling = [compromised];
        for (int i = 0; i < falling.Count; i++)
        {
            string parent = falling[i].Name;
            falling.AddRange(all.Where(key => key.Parent == parent
                && key.State is not (KeyState.Compromised or KeyState.Destroyed)
                && falling.TrueForAll(other => other.Name != key.Name)));
        }

        return falling;
    }

    /// <summary>Whether a key may have this name and purpose: base derivation keys are named by line and version, others freely but not so.</summary>
    public static bool IsNameFor(string name, string purpose)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isPlain = name.Length is > 0 and <= LongestName
            && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
        bool isRoot = KeyNames.TryReadRoot(name, out _);
        return isPlain && KeyPurposes.All.Contains(purpose)
            && (KeyNames.LineOfPurpose(purpose) is { } line
                ? isRoot && name.StartsWith(line, StringComparison.Ordinal)
                : !name.StartsWith("bdk.", StringComparison.Ordinal));
    }

    private static KeyLifeStep To(KeyState state) => new(state, KeyLifeRefusal.None);

    private static KeyLifeStep Refuse(KeyLifeRefusal refusal) => new(null, refusal);
}
