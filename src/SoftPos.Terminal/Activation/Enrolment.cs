using System.Security.Cryptography;
using System.Text.Json;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// The enrolled terminal: its identity, keys and sealed state. Every change is durable before the method that makes it returns. One caller
/// at a time; the terminal's gate sees to that.
/// </summary>
internal sealed class Enrolment : IDisposable
{
    private const string CurrentName = "current", StateName = "state", ConfigurationName = "reader-configuration";

    /// <summary>Transaction keys rest in one of two places, so that new ones are whole before the state points to them.</summary>
    private static readonly string[] DataKeyNames = ["data-key", "data-key-2"], PinKeyNames = ["pin-key", "pin-key-2"];
    private readonly DeviceKeys _keys;
    private readonly SealedStore _store;
    private EnrolledState _state;

    private Enrolment(
        DeviceKeys keys, SealedStore store, EnrolledState state, TransactionKeys dataKeys, TransactionKeys pinKeys, EnvelopeIdentity sender,
        TimeProvider clock)
    {
        Sender = sender;
        _keys = keys;
        _store = store;
        _state = state;
        DataKeys = dataKeys;
        PinKeys = pinKeys;
        DeviceKeyHash = SHA256.HashData(keys.Signing.PublicKey);
        Offline = OfflineQueue.Open(store, state.TerminalId, state.ConfigurationKey, (type, payload) => Sign(type, payload), clock);
    }

    public Guid TerminalId => _state.TerminalId;

    public MerchantRecord Merchant => _state.Merchant;

    public IReadOnlyList<Guid> OpenPayments => _state.OpenPayments;

    /// <summary>Sales that were taken while the back end was away.</summary>
    public OfflineQueue Offline { get; }

    /// <summary>SHA-256 of the device key's SubjectPublicKeyInfo.</summary>
    public byte[] DeviceKeyHash { get; }

    /// <summary>Key that signs reader configurations, or null.</summary>
    public byte[]? ConfigurationKey => _state.ConfigurationKey;

    /// <summary>Proves this terminal's envelopes.</summary>
    public EnvelopeIdentity Sender { get; }

    /// <summary>Keys for account data.</summary>
    public TransactionKeys DataKeys { get; private set; }

    /// <summary>Keys for PINs.</summary>
    public TransactionKeys PinKeys { get; private set; }

    /// <summary>Identity of the replaced data key that the back end has not acknowledged yet; null when there is none.</summary>
    public ulong? UnconfirmedKeyId => _state.UnconfirmedKeyId;

    /// <summary>Opens the current enrolment; null when there is none or this phone does not hold its keys.</summary>
    public static Enrolment? Open(TerminalPlatform platform)
    {
        if (platform.Storage.Read(CurrentName) is not { } current || DecodeAlias(current) is not { } alias
            || platform.Keys.Open(alias) is not { } keys
            || SealedStore.Open(platform.Storage, platform.Randomness, alias, keys.Agreement) is not { } store)
        {
            return null;
        }

        EnrolledState? state = store.Read(StateName) is { } bytes ? JsonSerializer.Deserialize(bytes, StateJson.Default.EnrolledState) : null;
        int place = state?.KeyPlace is 1 ? 1 : 0;
        TransactionKeys? data = TransactionKeys.Open(store, DataKeyNames[place]), pin = TransactionKeys.Open(store, PinKeyNames[place]);
        EnvelopeIdentity? sender = state is null ? null : EnvelopeIdentity.Open(state.TerminalId, store);
        if (state is null || data is null || pin is null || sender is null)
        {
            data?.Dispose();
            pin?.Dispose();
            sender?.Dispose();
            store.Dispose();
            return null;
        }

        return new Enrolment(keys, store, state, data, pin, sender, platform.Clock);
    }

    /// <summary>
    /// Stores a new enrolment and makes it the current one. The pointer is written last: until then the old enrolment, if any, stands.
    /// </summary>
    public static Enrolment Establish(
        TerminalPlatform platform, string alias, DeviceKeys keys, EnrolledState state, AgreedKeys agreed, ReadOnlySpan<byte> channelSecret)
    {
        string? former = platform.Storage.Read(CurrentName) is { } current ? DecodeAlias(current) : null;
        SealedStore store = SealedStore.Open(platform.Storage, platform.Randomness, alias, keys.Agreement)
            ?? throw new InvalidOperationException("the phone's own agreement key refuses the storage anchor");
        TransactionKeys data = TransactionKeys.Start(store, DataKeyNames[state.KeyPlace], agreed.Data);
        TransactionKeys pin = TransactionKeys.Start(store, PinKeyNames[state.KeyPlace], agreed.Pin);
        Enrolment enrolment = new(
            keys, store, state, data, pin, EnvelopeIdentity.Start(state.TerminalId, store, channelSecret), platform.Clock);
        enrolment.Save(state);
        platform.Storage.Write(CurrentName, System.Text.Encoding.ASCII.GetBytes(alias));
        if (former is not null && former != alias)
        {
            Destroy(platform, former);
        }

        return enrolment;
    }

    /// <summary>Destroys the current enrolment; nothing that remains on the phone opens again.</summary>
    public static void Wipe(TerminalPlatform platform)
    {
        string? alias = platform.Storage.Read(CurrentName) is { } current ? DecodeAlias(current) : null;
        if (alias is not null)
        {
            Destroy(platform, alias);
            platform.Storage.Delete(CurrentName);
        }
    }

    /// <summary>Number for the next evidence; durable before it is used, so that a crash can skip one but never repeat one.</summary>
    public long NextEvidenceSequence()
    {
        Save(_state with { EvidenceSequence = _state.EvidenceSequence + 1 });
        return _state.EvidenceSequence;
    }

    /// <summary>Takes the data of the merchant that this terminal belongs to now.</summary>
    public void SetMerchant(MerchantRecord merchant) => Save(_state with { Merchant = merchant });

    /// <summary>Notes a payment before it is sent.</summary>
    /// <returns>False when too many payments wait for an answer.</returns>
    public bool TryOpenPayment(Guid paymentId)
    {
        if (_state.OpenPayments.Count >= EnrolledState.MaxOpenPayments)
        {
            return false;
        }

        Save(_state with { OpenPayments = [.. _state.OpenPayments, paymentId] });
        return true;
    }

    /// <summary>Forgets a payment that has its definite answer.</summary>
    public void ClosePayment(Guid paymentId)
    {
        if (_state.OpenPayments.Contains(paymentId))
        {
            Save(_state with { OpenPayments = [.. _state.OpenPayments.Where(open => open != paymentId)] });
        }
    }

    /// <summary>Opens new initial keys by the phone's agreement key; null when anything does not belong to this exchange.</summary>
    public AgreedKeys? OpenKeys(KeyReplacementAnswer answer, ReadOnlySpan<byte> nonce) =>
        AgreedKeys.Open(answer.DataKey, answer.PinKey, TerminalId, nonce, _keys.Agreement);

    /// <summary>
    /// Takes new initial keys into use. They are stored whole beside the old ones; one write then points to them. A crash before it leaves the
    /// old ones, a crash after it the new ones, and in neither case does a counter come back.
    /// </summary>
    public void ReplaceKeys(AgreedKeys agreed)
    {
        int place = 1 - _state.KeyPlace, former = _state.KeyPlace;
        TransactionKeys data = TransactionKeys.Start(_store, DataKeyNames[place], agreed.Data);
        TransactionKeys pin = TransactionKeys.Start(_store, PinKeyNames[place], agreed.Pin);
        Save(_state with { KeyPlace = place, UnconfirmedKeyId = agreed.Data.Id });
        DataKeys.Dispose();
        PinKeys.Dispose();
        (DataKeys, PinKeys) = (data, pin);
        _store.Delete(DataKeyNames[former]);
        _store.Delete(PinKeyNames[former]);
    }

    /// <summary>Notes that the back end knows of the new keys.</summary>
    public void ConfirmKeys() => Save(_state with { UnconfirmedKeyId = null });

    /// <summary>The signed reader configuration that was stored last, or null.</summary>
    public byte[]? ReadReaderConfiguration() => _store.Read(ConfigurationName);

    /// <summary>Stores a signed reader configuration in the place of the one before.</summary>
    public void WriteReaderConfiguration(byte[] message) => _store.Write(ConfigurationName, message);

    /// <summary>Signs a message of this terminal.</summary>
    public byte[] Sign(string messageType, ReadOnlySpan<byte> payload)
    {
        Span<byte> keyId = stackalloc byte[16];
        _ = TerminalId.TryWriteBytes(keyId, bigEndian: true, out _);
        return SignedMessage.Sign(_keys.Signing, messageType, keyId, payload);
    }

    public void Dispose()
    {
        DataKeys.Dispose();
        PinKeys.Dispose();
        Sender.Dispose();
        _store.Dispose();
    }

    /// <summary>A new alias: unique, and a valid name of a blob.</summary>
    public static string NewAlias(RandomNumberGenerator randomness)
    {
        Span<byte> bytes = stackalloc byte[8];
        randomness.GetBytes(bytes);
        return "k" + Convert.ToHexStringLower(bytes);
    }

    private static void Destroy(TerminalPlatform platform, string alias)
    {
        platform.Keys.Delete(alias);
        SealedStore.Delete(
            platform.Storage,
            alias,
            [StateName, ConfigurationName, EnvelopeIdentity.Name, .. DataKeyNames, .. PinKeyNames, .. OfflineQueue.BlobNames]);
    }

    private static string? DecodeAlias(byte[] bytes)
    {
        string alias = System.Text.Encoding.ASCII.GetString(bytes);
        return alias.Length == 17 && alias.All(char.IsAsciiLetterOrDigit) ? alias : null;
    }

    private void Save(EnrolledState state)
    {
        _store.Write(StateName, JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.EnrolledState));
        _state = state;
    }
}
