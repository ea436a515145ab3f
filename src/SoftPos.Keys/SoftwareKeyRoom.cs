using System.Buffers.Binary;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// The key room in software: base derivation keys rest sealed under the master key and are opened into this process's memory. For sandboxes,
/// tests and small deployments. One base derivation key for account data, another for PINs; an initial key is derived for each installation
/// and never stored.
/// </summary>
public sealed class SoftwareKeyRoom : IKeyRoom, IDisposable
{
    private const string DataKeyName = "bdk.data.1";
    private const string PinKeyName = "bdk.pin.1";
    private const string StoragePurpose = "storage";
    private const string KeyPurpose = "key";

    private readonly Database _database;
    private readonly MasterKey _master;
    private readonly BaseDerivationKey _data;
    private readonly BaseDerivationKey _pin;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    private SoftwareKeyRoom(Database database, MasterKey master, BaseDerivationKey data, BaseDerivationKey pin)
    {
        _database = database;
        _master = master;
        _data = data;
        _pin = pin;
    }

    /// <summary>Opens the room: unseals its base derivation keys, or makes them in an empty database.</summary>
    /// <exception cref="InvalidDataException">The keys in the database are not sealed under this master key.</exception>
    public static async Task<SoftwareKeyRoom> OpenAsync(Database database, MasterKey master, TimeProvider clock, CancellationToken cancellation)
    {
        // Two identifiers, so that a serial number alone says which base derivation key it belongs to.
        BaseDerivationKey data = await OpenKeyAsync(database, master, clock, DataKeyName, "account data", 0x0D000001, cancellation);
        BaseDerivationKey pin = await OpenKeyAsync(database, master, clock, PinKeyName, "PIN", 0x0F000001, cancellation);
        return new SoftwareKeyRoom(database, master, data, pin);
    }

    /// <inheritdoc/>
    public async ValueTask<InitialKeys> DeliverInitialKeysAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
    {
        DeliveredKey data = await DeliverAsync(_data, KeyTranscript.Data, terminalId, agreementKey, nonce, cancellation);
        DeliveredKey pin = await DeliverAsync(_pin, KeyTranscript.Pin, terminalId, agreementKey, nonce, cancellation);
        return new InitialKeys { Data = data, Pin = pin };
    }

    /// <inheritdoc/>
    public ValueTask<AccountData?> OpenAccountDataAsync(
        ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(OpenAccountData(ksn.Span, sealedData.Span, associatedData.Span));

    /// <inheritdoc/>
    public ValueTask<byte[]> SealForStorageAsync(
        ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(_master.Seal(StoragePurpose, clear.Span, associatedData.Span));

    /// <inheritdoc/>
    public ValueTask<byte[]?> UnsealFromStorageAsync(
        ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(_master.Open(StoragePurpose, sealedBytes.Span, associatedData.Span));

    /// <inheritdoc/>
    public void Dispose()
    {
        _data.Dispose();
        _pin.Dispose();
        _random.Dispose();
    }

    private AccountData? OpenAccountData(ReadOnlySpan<byte> ksn, ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData)
    {
        // The serial number outside and the one that the seal authenticates must be the same, and of the data key.
        if (!KeySerialNumber.TryRead(ksn, out KeySerialNumber serial)
            || serial.BaseDerivationKeyId != _data.Id
            || !AccountDataSeal.TryReadSerialNumber(sealedData, out KeySerialNumber inside)
            || inside != serial)
        {
            return null;
        }

        using InitialKey initial = _data.Derive(serial.InitialKeyId);
        if (initial.TryDeriveDataKey(serial, DukptKeyUsage.DataEncryption, DukptKeyType.Aes128, out DataEncryptionKey? key) is not KeySerialNumberFault.None)
        {
            return null;
        }

        using (key)
        {
            if (!AccountDataSeal.TryOpen(key!, associatedData, sealedData, out byte[]? clear))
            {
                return null;
            }

            try
            {
                return AccountDataReader.Read(clear);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(clear);
            }
        }
    }

    private async ValueTask<DeliveredKey> DeliverAsync(
        BaseDerivationKey root,
        string purpose,
        Guid terminalId,
        ReadOnlyMemory<byte> agreementKey,
        ReadOnlyMemory<byte> nonce,
        CancellationToken cancellation)
    {
        // A phone that gets a new initial key gets a new derivation identity: the sequence never gives a number twice.
        long derivation = await _database.Sequences.NextAsync("derivation." + purpose, cancellation);
        ulong keyId = ((ulong)root.Id << 32) | checked((uint)derivation);
        WrappedInitialKey wrapped = root.Wrap(keyId, agreementKey.Span, KeyTranscript.Of(nonce.Span, terminalId, purpose), _random);

        byte[] id = new byte[KeySerialNumber.InitialKeyIdLength];
        BinaryPrimitives.WriteUInt64BigEndian(id, keyId);
        return new DeliveredKey { KeyId = id, EphemeralKey = wrapped.EphemeralPublicKey, KeyBlock = wrapped.KeyBlock };
    }

    private static async Task<BaseDerivationKey> OpenKeyAsync(
        Database database, MasterKey master, TimeProvider clock, string name, string purpose, uint id, CancellationToken cancellation)
    {
        byte[] binding = BaseDerivationKey.Binding(name);
        if (await database.Keys.FindAsync(name, cancellation) is { SealedKey: { } sealedKey })
        {
            return new BaseDerivationKey(name, id, master.Open(KeyPurpose, sealedKey, binding)
                ?? throw new InvalidDataException($"key {name} is not sealed under this master key; the database and the master key belong together"));
        }

        byte[] fresh = GC.AllocateUninitializedArray<byte>(BaseDerivationKey.Length, pinned: true);
        RandomNumberGenerator.Fill(fresh);
        byte[] checkValue = BaseDerivationKey.CheckValue(fresh);
        DateTimeOffset now = clock.GetUtcNow();
        KeyRecord record = new()
        {
            Name = name, Purpose = purpose, State = KeyState.Active, SealedKey = master.Seal(KeyPurpose, fresh, binding), CheckValue = checkValue,
            CreatedAt = now, ChangedAt = now,
        };
        System.Text.Json.Nodes.JsonObject content = new() { ["purpose"] = purpose, ["checkValue"] = Convert.ToHexString(checkValue) };
        (await database.CommitAsync(new Change().Put(record).Append("key.generated", name, content), cancellation)).Require();
        return new BaseDerivationKey(name, id, fresh);
    }
}
