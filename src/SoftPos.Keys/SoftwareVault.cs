using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>Keys sealed under the master key, opened into this process's memory.</summary>
public sealed class SoftwareVault(MasterKey master) : IKeyVault
{
    private const string KeyPurpose = "key";

    /// <inheritdoc/>
    public VaultKey Generate(string name)
    {
        byte[] fresh = GC.AllocateUninitializedArray<byte>(BaseDerivationKey.Length, pinned: true);
        RandomNumberGenerator.Fill(fresh);
        VaultKey key = Import(name, VaultKeyKind.BaseDerivation, fresh);
        CryptographicOperations.ZeroMemory(fresh);
        return key;
    }

    /// <inheritdoc/>
    public VaultKey Import(string name, VaultKeyKind kind, ReadOnlySpan<byte> key) =>
        new(master.Seal(KeyPurpose, key, BaseDerivationKey.Binding(name)), BaseDerivationKey.CheckValue(kind, key));

    /// <inheritdoc/>
    public IDukptRoot OpenRoot(KeyRecord record, uint id) => new BaseDerivationKey(id, OpenKey(record));

    /// <inheritdoc/>
    public PinEncryptionKey OpenZoneKey(KeyRecord record)
    {
        byte[] key = OpenKey(record);
        PinEncryptionKey opened = PinEncryptionKey.Import(ZoneKeys.CipherOf(record.Purpose), key);
        CryptographicOperations.ZeroMemory(key);
        return opened;
    }

    /// <inheritdoc/>
    public KeyBlockProtectionKey OpenProtectionKey(KeyRecord record)
    {
        byte[] key = OpenKey(record);
        KeyBlockProtectionKey opened = new(key);
        CryptographicOperations.ZeroMemory(key);
        return opened;
    }

    /// <inheritdoc/>
    public void Destroy(KeyRecord record)
    {
        // The sealed bytes are all there is; the store removes them.
    }

    /// <inheritdoc/>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associatedData) =>
        master.Seal(purpose, clear, associatedData);

    /// <inheritdoc/>
    public byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData) =>
        master.Open(purpose, sealedBytes, associatedData);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The master key belongs to who opened it.
    }

    private byte[] OpenKey(KeyRecord record) => record.SealedKey is null
        ? throw new KeyRefusedException($"key {record.Name} was destroyed")
        : master.Open(KeyPurpose, record.SealedKey, BaseDerivationKey.Binding(record.Name)) ?? throw new InvalidDataException(
            $"key {record.Name} is not sealed under this master key; the database and the master key belong together");
}
