using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>A key as the vault gives it to the store: what rests in the database, and its CMAC check value (X9.24-1 annex A, 5 bytes).</summary>
public sealed record VaultKey(byte[] Resting, byte[] CheckValue);

/// <summary>Where key bytes live: this process's memory under a master key, or a token. One implementation for each.</summary>
public interface IKeyVault : IDisposable
{
    /// <summary>Makes a base derivation key (AES-256) of that name.</summary>
    VaultKey Generate(string name);

    /// <summary>Takes a key over; the caller zeroes its bytes.</summary>
    /// <param name="name">Name in the key store; the resting bytes are bound to it.</param>
    /// <param name="kind">What it will do.</param>
    /// <param name="key">16, 24 or 32 bytes.</param>
    VaultKey Import(string name, VaultKeyKind kind, ReadOnlySpan<byte> key);

    /// <summary>Opens a base derivation key.</summary>
    /// <exception cref="InvalidDataException">The resting bytes do not belong to this vault.</exception>
    IDukptRoot OpenRoot(KeyRecord record, uint id);

    /// <summary>Opens a zone PIN key for one translation.</summary>
    /// <exception cref="InvalidDataException">The resting bytes do not belong to this vault.</exception>
    PinEncryptionKey OpenZoneKey(KeyRecord record);

    /// <summary>Opens a key block protection key for one import.</summary>
    /// <exception cref="InvalidDataException">The resting bytes do not belong to this vault.</exception>
    KeyBlockProtectionKey OpenProtectionKey(KeyRecord record);

    /// <summary>Removes what the vault itself holds of a key; the store removes the resting bytes.</summary>
    void Destroy(KeyRecord record);

    /// <summary>Seals bytes for the database under a key of this purpose.</summary>
    byte[] Seal(string purpose, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associatedData);

    /// <summary>Opens what <see cref="Seal"/> sealed; null when it does not open. The caller zeroes the answer.</summary>
    byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData);
}

/// <summary>What an imported key does.</summary>
public enum VaultKeyKind
{
    /// <summary>Base derivation key of AES DUKPT.</summary>
    BaseDerivation,

    /// <summary>PIN key shared with an acquirer, AES.</summary>
    ZonePinAes,

    /// <summary>PIN key shared with an acquirer, TDES.</summary>
    ZonePinTdes,

    /// <summary>Protects other keys on their way in.</summary>
    KeyBlockProtection,
}

/// <summary>One base derivation key behind the vault: gives what hangs below it, never itself.</summary>
public interface IDukptRoot : IDisposable
{
    /// <summary>First four bytes of the key serial numbers under it.</summary>
    uint Id { get; }

    /// <summary>Derives an initial key and wraps it to a terminal's attested agreement key.</summary>
    /// <exception cref="InvalidOperationException">The agreement key, which was attested, is not a P-256 key.</exception>
    WrappedInitialKey Wrap(ulong initialKeyId, ReadOnlySpan<byte> agreementKey, ReadOnlySpan<byte> transcript);

    /// <summary>Opens what a terminal sealed under usage 3000; null when it does not open. The caller zeroes the answer.</summary>
    byte[]? OpenData(KeySerialNumber serial, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedData);

    /// <summary>Deciphers a PIN block of format 4 under usage 1000.</summary>
    /// <param name="serial">Key serial number.</param>
    /// <param name="block">16 bytes.</param>
    /// <param name="pan">PAN in decimal digits.</param>
    /// <param name="pin">Receives up to 12 digits; the caller clears it.</param>
    /// <param name="length">Digits.</param>
    bool TryDecipherPin(KeySerialNumber serial, ReadOnlySpan<byte> block, ReadOnlySpan<char> pan, Span<char> pin, out int length);
}
