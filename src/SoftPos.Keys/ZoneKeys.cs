using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>Purposes of keys, as the key store writes them down.</summary>
public static class KeyPurposes
{
    /// <summary>Base derivation key for account data.</summary>
    public const string AccountData = "account data";

    /// <summary>Base derivation key for PINs.</summary>
    public const string Pin = "PIN";

    /// <summary>AES PIN key shared with an acquirer.</summary>
    public const string ZonePinAes = "zone PIN, AES";

    /// <summary>TDES PIN key shared with an acquirer.</summary>
    public const string ZonePinTdes = "zone PIN, TDES";

    /// <summary>Protects other keys on their way in (X9.143 version D).</summary>
    public const string KeyBlockProtection = "key block protection";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [AccountData, Pin, ZonePinAes, ZonePinTdes, KeyBlockProtection];
}

/// <summary>Zone PIN keys by their purpose.</summary>
internal static class ZoneKeys
{
    public static bool Is(string purpose) => purpose is KeyPurposes.ZonePinAes or KeyPurposes.ZonePinTdes;

    public static PinCipher CipherOf(string purpose) => purpose switch
    {
        KeyPurposes.ZonePinAes => PinCipher.Aes,
        KeyPurposes.ZonePinTdes => PinCipher.Tdes,
        _ => throw new KeyRefusedException($"a key for {purpose} is no zone PIN key"),
    };
}
