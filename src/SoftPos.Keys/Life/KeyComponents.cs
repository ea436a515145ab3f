using System.Security.Cryptography;

namespace SoftPos.Keys;

/// <summary>Full-length components: the key is their exclusive or, so that all but one of them say nothing about it. Never halves.</summary>
public static class KeyComponents
{
    /// <summary>Fewest and most components.</summary>
    public const int Fewest = 2;

    /// <summary>Most components.</summary>
    public const int Most = 3;

    /// <summary>Check value of a component or key, 5 bytes by CMAC (X9.24-1 annex A) under the algorithm of the purpose.</summary>
    public static byte[] CheckValue(string purpose, ReadOnlySpan<byte> key) => BaseDerivationKey.CheckValue(KindOf(purpose), key);

    /// <summary>True when a key of this purpose may have so many bytes.</summary>
    public static bool LengthFits(string purpose, int length) => purpose switch
    {
        KeyPurposes.AccountData or KeyPurposes.Pin or KeyPurposes.KeyBlockProtection => length == BaseDerivationKey.Length,
        KeyPurposes.ZonePinTdes => length is 16 or 24,
        _ => length is 16 or 24 or 32,
    };

    /// <summary>Combines components; the caller zeroes the answer.</summary>
    /// <returns>Null when there are too few or too many, of different lengths, or two are equal, for these would cancel out.</returns>
    public static byte[]? TryCombine(IReadOnlyList<byte[]> components)
    {
        ArgumentNullException.ThrowIfNull(components);
        bool isSound = components.Count is >= Fewest and <= Most && components.All(part => part.Length == components[0].Length);
        for (int i = 0; isSound && i < components.Count; i++)
        {
            isSound = !components.Skip(i + 1).Any(other => CryptographicOperations.FixedTimeEquals(other, components[i]));
        }

        if (!isSound)
        {
            return null;
        }

        byte[] key = GC.AllocateArray<byte>(components[0].Length, pinned: true);
        foreach (byte[] component in components)
        {
            for (int i = 0; i < key.Length; i++)
            {
                key[i] ^= component[i];
            }
        }

        return key;
    }

    internal static VaultKeyKind KindOf(string purpose) => purpose switch
    {
        KeyPurposes.AccountData or KeyPurposes.Pin => VaultKeyKind.BaseDerivation,
        KeyPurposes.ZonePinAes => VaultKeyKind.ZonePinAes,
        KeyPurposes.ZonePinTdes => VaultKeyKind.ZonePinTdes,
        KeyPurposes.KeyBlockProtection => VaultKeyKind.KeyBlockProtection,
        _ => throw new ArgumentException("not a purpose of the key store", nameof(purpose)),
    };
}
