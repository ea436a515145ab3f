using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// The key room over a vault: which key may do what, now. Base derivation keys for account data and for PINs are two lines of their own, each
/// with its versions; an initial key is derived for each installation and never stored. The state of a key is read for every use, so that a
/// suspended or compromised key stops with the next request.
/// </summary>
public class KeyRoom : IKeyRoom, IPinRoom, IDisposable
{
    /// <summary>First byte of the identifiers of base derivation keys, so that a serial number alone says which line it belongs to.</summary>
    internal const uint DataLine = 0x0D000000;
    internal const uint PinLine = 0x0F000000;

    private const uint LineMask = 0xFF000000;
    private const string StoragePurpose = "storage";

    private readonly Database _database;
    private readonly IKeyVault _vault;
    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    // By what rests in the database, so that a key that was replaced under its name is opened anew.
    private readonly ConcurrentDictionary<string, IDukptRoot> _roots = new(StringComparer.Ordinal);

    private protected KeyRoom(Database database, IKeyVault vault, TimeProvider clock)
    {
        _database = database;
        _vault = vault;
        _clock = clock;
    }

    /// <summary>Where the keys of this room live; ceremonies work on it.</summary>
    public IKeyVault Vault => _vault;

    /// <summary>Whether the room refuses published test keys and was made for real payments.</summary>
    public bool IsProduction { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<InitialKeys> DeliverInitialKeysAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
    {
        DeliveredKey data = await DeliverAsync(DataLine, KeyTranscript.Data, terminalId, agreementKey, nonce, cancellation).ConfigureAwait(false);
        DeliveredKey pin = await DeliverAsync(PinLine, KeyTranscript.Pin, terminalId, agreementKey, nonce, cancellation).ConfigureAwait(false);
        return new InitialKeys { Data = data, Pin = pin };
    }

    /// <inheritdoc/>
    public async ValueTask<AccountData?> OpenAccountDataAsync(
        ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        // The serial number outside and the one that the seal authenticates must be the same, and of a data key.
        if (!KeySerialNumber.TryRead(ksn.Span, out KeySerialNumber serial)
            || (serial.BaseDerivationKeyId & LineMask) != DataLine
            || serial.Check() is not KeySerialNumberFault.None
            || !AccountDataSeal.TryReadSerialNumber(sealedData.Span, out KeySerialNumber inside)
            || inside != serial
            || await FindRootAsync(serial, cancellation).ConfigureAwait(false) is not { } root
            || root.OpenData(serial, associatedData.Span, sealedData.Span) is not { } clear)
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

    /// <inheritdoc/>
    public async ValueTask<byte[]?> TranslatePinAsync(PinTranslationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        KeyRecord zone = await _database.Keys.FindAsync(request.ZoneKey, cancellation).ConfigureAwait(false)
            ?? throw new KeyRefusedException($"there is no key {request.ZoneKey}");
        KeyUse.Require(zone, KeyUsePurpose.Apply, _clock.GetUtcNow());
        bool fits = PinCipherText.Fits(request.Format, ZoneKeys.CipherOf(zone.Purpose))
            && PinCipherText.IsPermitted(PinBlockFormat.Iso4, request.Format) && request.Format is not PinBlockFormat.Iso2;
        if (!fits
            || request.PinBlock.Length != PinBlock.AesLength
            || !KeySerialNumber.TryRead(request.PinKsn.Span, out KeySerialNumber serial)
            || (serial.BaseDerivationKeyId & LineMask) != PinLine
            || serial.Check() is not KeySerialNumberFault.None
            || await FindRootAsync(serial, cancellation).ConfigureAwait(false) is not { } root)
        {
            return null;
        }

        using AccountData? account = await OpenAccountDataAsync(
            request.DataKsn, request.SealedAccountData, request.AssociatedData, cancellation).ConfigureAwait(false);
        return account is null ? null : Translate(root, serial, request, account, zone);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> SealForStorageAsync(
        ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(_vault.Seal(StoragePurpose, clear.Span, associatedData.Span));

    /// <inheritdoc/>
    public ValueTask<byte[]?> UnsealFromStorageAsync(
        ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(_vault.Open(StoragePurpose, sealedBytes.Span, associatedData.Span));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Overwrites what it opened.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (IDukptRoot root in _roots.Values)
        {
            root.Dispose();
        }

        _roots.Clear();
        _random.Dispose();
    }

    /// <summary>
    /// Proves the primitives, refuses what production must not hold, makes the first keys of an empty database, and opens every key that is
    /// in use, so that a wrong master key or token shows now and not at the first sale.
    /// </summary>
    private protected async Task StartAsync(KeyRoomPolicy policy, CancellationToken cancellation)
    {
        IsProduction = policy.IsProduction;
        CryptographySelfTest.EnsurePassed();
        await MakeFirstAsync(DataLine, KeyPurposes.AccountData, policy, cancellation).ConfigureAwait(false);
        await MakeFirstAsync(PinLine, KeyPurposes.Pin, policy, cancellation).ConfigureAwait(false);
        if (policy is { IsProduction: false, Zone: { } zone })
        {
            await ShareAsync(zone, cancellation).ConfigureAwait(false);
        }

        foreach (KeyRecord record in await _database.Keys.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (policy.IsProduction && record.State is not KeyState.Destroyed && TestKeys.IsPublished(record.CheckValue))
            {
                throw new InvalidDataException($"production refuses key {record.Name}: its check value is that of a published test key");
            }

            if (record.SealedKey is not null && KeyNames.TryReadRoot(record.Name, out uint id))
            {
                Open(record, id);
            }
        }
    }

    private byte[]? Translate(IDukptRoot root, KeySerialNumber serial, PinTranslationRequest request, AccountData account, KeyRecord zone)
    {
        Span<char> pan = stackalloc char[19];
        Span<char> pin = stackalloc char[12];
        pan = pan[..Encoding.ASCII.GetChars(account.Pan, pan)];
        try
        {
            if (!root.TryDecipherPin(serial, request.PinBlock.Span, pan, pin, out int length))
            {
                return null;
            }

            using PinEncryptionKey key = _vault.OpenZoneKey(zone);
            byte[] block = new byte[PinCipherText.Length(request.Format)];
            PinCipherText.Encipher(key, request.Format, pin[..length], pan, _random, block);
            return block;
        }
        finally
        {
            pin.Clear();
            pan.Clear();
        }
    }

    private async ValueTask<DeliveredKey> DeliverAsync(
        uint line,
        string purpose,
        Guid terminalId,
        ReadOnlyMemory<byte> agreementKey,
        ReadOnlyMemory<byte> nonce,
        CancellationToken cancellation)
    {
        IDukptRoot root = await NewestRootAsync(line, cancellation).ConfigureAwait(false);

        // A phone that gets a new initial key gets a new derivation identity: the sequence never gives a number twice.
        long derivation = await _database.Sequences.NextAsync("derivation." + purpose, cancellation).ConfigureAwait(false);
        ulong keyId = ((ulong)root.Id << 32) | checked((uint)derivation);
        WrappedInitialKey wrapped = root.Wrap(keyId, agreementKey.Span, KeyTranscript.Of(nonce.Span, terminalId, purpose));

        byte[] id = new byte[KeySerialNumber.InitialKeyIdLength];
        BinaryPrimitives.WriteUInt64BigEndian(id, keyId);
        return new DeliveredKey { KeyId = id, EphemeralKey = wrapped.EphemeralPublicKey, KeyBlock = wrapped.KeyBlock };
    }

    /// <summary>The key that initial keys hang below from now on: the highest version in use.</summary>
    private async ValueTask<IDukptRoot> NewestRootAsync(uint line, CancellationToken cancellation)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        (KeyRecord Record, uint Id)[] usable =
        [
            .. (await _database.Keys.ListAsync(cancellation).ConfigureAwait(false))
                .Where(record => KeyNames.TryReadRoot(record.Name, out uint id) && (id & LineMask) == line && KeyUse.May(record, KeyUsePurpose.Apply, now))
                .Select(record => (record, KeyNames.RootId(record.Name))),
        ];
        return usable.Length == 0
            ? throw new KeyRefusedException($"no base derivation key {KeyNames.LineOf(line)} is active; generate and activate one")
            : OpenNewest(usable);
    }

    private IDukptRoot OpenNewest((KeyRecord Record, uint Id)[] usable)
    {
        (KeyRecord record, uint id) = usable.MaxBy(one => one.Id);
        return Open(record, id);
    }

    private async ValueTask<IDukptRoot?> FindRootAsync(KeySerialNumber serial, CancellationToken cancellation)
    {
        string name = KeyNames.OfRoot(serial.BaseDerivationKeyId);
        KeyRecord? record = await _database.Keys.FindAsync(name, cancellation).ConfigureAwait(false);

        // A key that is unknown, suspended, compromised or too old opens nothing; a sender learns no more than that.
        return record is not null && KeyUse.May(record, KeyUsePurpose.Process, _clock.GetUtcNow()) ? Open(record, serial.BaseDerivationKeyId) : null;
    }

    private IDukptRoot Open(KeyRecord record, uint id) => _roots.GetOrAdd(
        string.Create(CultureInfo.InvariantCulture, $"{record.Name} {Convert.ToHexString(record.CheckValue)}"),
        static (_, opened) => opened.Vault.OpenRoot(opened.Record, opened.Id),
        (Vault: _vault, Record: record, Id: id));

    /// <summary>Takes the sandbox's zone key in, once, without a ceremony: it protects nothing.</summary>
    private async Task ShareAsync(SandboxZoneKey zone, CancellationToken cancellation)
    {
        if (await _database.Keys.FindAsync(zone.Name, cancellation).ConfigureAwait(false) is not null)
        {
            return;
        }

        VaultKey key = _vault.Import(zone.Name, VaultKeyKind.ZonePinTdes, zone.Key);
        DateTimeOffset now = _clock.GetUtcNow();
        KeyRecord record = new()
        {
            Name = zone.Name, Purpose = KeyPurposes.ZonePinTdes, State = KeyState.Active, SealedKey = key.Resting, CheckValue = key.CheckValue,
            CreatedAt = now, ChangedAt = now, Owner = "sandbox",
        };
        JsonObject content = new() { ["purpose"] = record.Purpose, ["checkValue"] = Convert.ToHexString(key.CheckValue) };
        (await _database.CommitAsync(new Change().Put(record).Append("key.imported", zone.Name, content), cancellation).ConfigureAwait(false)).Require();
    }

    private async Task MakeFirstAsync(uint line, string purpose, KeyRoomPolicy policy, CancellationToken cancellation)
    {
        string name = KeyNames.OfRoot(line | 1);
        if (policy.NeedsCeremonies || await _database.Keys.FindAsync(name, cancellation).ConfigureAwait(false) is not null)
        {
            return;
        }

        VaultKey key = _vault.Generate(name);
        DateTimeOffset now = _clock.GetUtcNow();
        KeyRecord record = new()
        {
            Name = name, Purpose = purpose, State = KeyState.Active, SealedKey = key.Resting, CheckValue = key.CheckValue,
            CreatedAt = now, ChangedAt = now, Owner = "sandbox", ExpiresAt = now + KeyUse.PeriodOf(purpose),
        };
        JsonObject content = new() { ["purpose"] = purpose, ["checkValue"] = Convert.ToHexString(key.CheckValue) };
        (await _database.CommitAsync(new Change().Put(record).Append("key.generated", name, content), cancellation).ConfigureAwait(false)).Require();
    }
}

/// <summary>How a key room starts.</summary>
/// <param name="IsProduction">Refuses published test keys.</param>
/// <param name="NeedsCeremonies">Makes no key by itself; two persons do.</param>
public sealed record KeyRoomPolicy(bool IsProduction, bool NeedsCeremonies)
{
    /// <summary>A sandbox makes its first keys itself.</summary>
    public static KeyRoomPolicy Sandbox { get; } = new(false, false);

    /// <summary>Production: no test key, and no key without a ceremony.</summary>
    public static KeyRoomPolicy Production { get; } = new(true, true);

    /// <summary>Zone PIN key that a sandbox shares with its acquirer, a key that everybody may know; null for none.</summary>
    public SandboxZoneKey? Zone { get; init; }
}

/// <summary>A TDES zone PIN key of a sandbox.</summary>
/// <param name="Name">Name in the key store.</param>
/// <param name="Key">16 bytes.</param>
public sealed record SandboxZoneKey(string Name, byte[] Key);
