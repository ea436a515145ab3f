using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys.Tests;

public sealed class SoftwareKeyRoomTests : IAsyncLifetime
{
    private static readonly Guid Terminal = Guid.Parse("0193a5b0-0000-7000-8000-000000000001");
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
    private static readonly byte[] Payment = [.. Enumerable.Range(100, 16).Select(value => (byte)value)];

    // 57, 5A, 5F24, 5F34 of a test card.
    private static readonly byte[] Account = Convert.FromHexString("57114761739001010010D301220100000000005A0847617390010100105F24033012315F340101");

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-keys-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly ECDiffieHellman _device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private Database _database = null!;
    private MasterKey _master = null!;
    private SoftwareKeyRoom _room = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock);
        _master = MasterKey.OpenOrCreate(Path.Combine(_folder, "master.key"));
        _room = await SoftwareKeyRoom.OpenAsync(_database, _master, _clock, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _room.Dispose();
        _master.Dispose();
        _device.Dispose();
        _random.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_terminal_seals_opens_here_and_only_for_its_payment()
    {
        AesDukptTerminal terminal = await ProvisionAsync();
        (byte[] ksn, byte[] data) = Seal(terminal);

        using AccountData? account = await OpenAsync(ksn, data, Payment);
        Assert.NotNull(account);
        Assert.Equal("4761739001010010", Encoding.ASCII.GetString(account.Pan));
        Assert.Equal("4761739001010010=30122010000000000", Encoding.ASCII.GetString(account.Track2));
        Assert.Equal("3012", account.Expiry);
        Assert.Equal(1, account.SequenceNumber);

        Assert.Null(await OpenAsync(ksn, data, [.. Payment.Reverse()]));
    }

    [Fact]
    public async Task A_changed_bit_or_serial_number_does_not_open()
    {
        AesDukptTerminal terminal = await ProvisionAsync();
        (byte[] ksn, byte[] data) = Seal(terminal);
        for (int i = 0; i < data.Length; i += 7)
        {
            byte[] changed = [.. data];
            changed[i] ^= 1;
            Assert.Null(await OpenAsync(ksn, changed, Payment));
        }

        byte[] other = [.. ksn];
        other[^1] ^= 3;
        Assert.Null(await OpenAsync(other, data, Payment));
        Assert.Null(await OpenAsync([.. ksn.Take(11)], data, Payment));
    }

    [Fact]
    [Requirement("CRY-05")]
    public async Task A_serial_number_of_the_pin_key_opens_no_account_data()
    {
        InitialKeys keys = await DeliverAsync();
        using AesDukptTerminal terminal = Load(keys.Pin, KeyTranscript.Pin);
        (byte[] ksn, byte[] data) = Seal(terminal);
        Assert.Null(await OpenAsync(ksn, data, Payment));
    }

    [Fact]
    [Requirement("KEY-02")]
    public async Task Keys_open_only_with_the_device_key_and_in_their_exchange()
    {
        InitialKeys keys = await DeliverAsync();
        WrappedInitialKey wrapped = new(keys.Data.EphemeralKey, keys.Data.KeyBlock);
        byte[] transcript = KeyTranscript.Of(Nonce, Terminal, KeyTranscript.Data);
        byte[] own = _device.ExportSubjectPublicKeyInfo();
        Assert.True(DeviceKeyWrap.TryUnwrap(wrapped, own, transcript, Agreement(_device), out InitialKey? key));
        key!.Dispose();

        using ECDiffieHellman thief = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(DeviceKeyWrap.TryUnwrap(wrapped, own, transcript, Agreement(thief), out _));
        Assert.False(DeviceKeyWrap.TryUnwrap(wrapped, own, KeyTranscript.Of(Nonce, Terminal, KeyTranscript.Pin), Agreement(_device), out _));
        Assert.False(DeviceKeyWrap.TryUnwrap(wrapped, own, KeyTranscript.Of(Nonce, Guid.Empty, KeyTranscript.Data), Agreement(_device), out _));
    }

    [Fact]
    [Requirement("KEY-01")]
    public async Task Every_installation_gets_keys_of_its_own()
    {
        HashSet<string> ids = [];
        HashSet<string> blocks = [];
        for (int i = 0; i < 50; i++)
        {
            InitialKeys keys = await DeliverAsync();
            Assert.True(ids.Add(Convert.ToHexString(keys.Data.KeyId)));
            Assert.True(ids.Add(Convert.ToHexString(keys.Pin.KeyId)));
            Assert.True(blocks.Add(keys.Data.KeyBlock));
        }
    }

    [Fact]
    public async Task A_restart_finds_the_same_keys_and_never_gives_an_identity_twice()
    {
        AesDukptTerminal terminal = await ProvisionAsync();
        string before = Convert.ToHexString((await DeliverAsync()).Data.KeyId);
        (byte[] ksn, byte[] data) = Seal(terminal);
        await RestartAsync();
        using AccountData? account = await OpenAsync(ksn, data, Payment);
        Assert.NotNull(account);
        Assert.True(string.CompareOrdinal(Convert.ToHexString((await DeliverAsync()).Data.KeyId), before) > 0);
    }

    [Fact]
    [Requirement("KEY-11")]
    public async Task A_database_under_another_master_key_is_refused_with_the_reason()
    {
        using MasterKey other = MasterKey.OpenOrCreate(Path.Combine(_folder, "other.key"));
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => SoftwareKeyRoom.OpenAsync(_database, other, _clock, TestContext.Current.CancellationToken));
        Assert.Contains("bdk.data.1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_key_that_others_may_read_is_refused()
    {
        string path = Path.Combine(_folder, "master.key");
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are a matter of Unix");
        }
        else
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        Assert.Throws<InvalidDataException>(() => MasterKey.OpenOrCreate(path));
    }

    [Fact]
    [Requirement("KEY-03")]
    public async Task No_base_derivation_key_rests_in_clear()
    {
        KeyRecord record = (await _database.Keys.FindAsync("bdk.data.1", TestContext.Current.CancellationToken))!;
        Assert.Equal(32 + 12 + 16, record.SealedKey!.Length);
        byte[]? key = _master.Open("key", record.SealedKey, BaseDerivationKey.Binding("bdk.data.1"));
        Assert.NotNull(key);
        Assert.Equal(record.CheckValue, BaseDerivationKey.CheckValue(VaultKeyKind.BaseDerivation, key));
        foreach (string file in Directory.EnumerateFiles(_folder, "softpos.db*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(key));
        }

        Assert.Null(_master.Open("key", record.SealedKey, BaseDerivationKey.Binding("bdk.pin.1")));
    }

    [Fact]
    [Requirement("KEY-11")]
    public async Task Stored_bytes_are_bound_to_what_they_were_sealed_for()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        byte[] sealedBytes = await _room.SealForStorageAsync("0100…"u8.ToArray(), Payment, token);
        Assert.Equal("0100…"u8.ToArray(), await _room.UnsealFromStorageAsync(sealedBytes, Payment, token));
        Assert.Null(await _room.UnsealFromStorageAsync(sealedBytes, Nonce, token));
        Assert.Null(await _room.UnsealFromStorageAsync(sealedBytes.AsMemory(0, 5), Payment, token));
    }

    private static DeviceKeyAgreement Agreement(ECDiffieHellman own) => (other, secret) =>
    {
        using ECDiffieHellman peer = ECDiffieHellman.Create();
        peer.ImportSubjectPublicKeyInfo(other, out _);
        own.DeriveRawSecretAgreement(peer.PublicKey).CopyTo(secret);
        return true;
    };

    private ValueTask<InitialKeys> DeliverAsync() =>
        _room.DeliverInitialKeysAsync(Terminal, _device.ExportSubjectPublicKeyInfo(), Nonce, TestContext.Current.CancellationToken);

    private ValueTask<AccountData?> OpenAsync(byte[] ksn, byte[] data, byte[] payment) =>
        _room.OpenAccountDataAsync(ksn, data, payment, TestContext.Current.CancellationToken);

    private async Task<AesDukptTerminal> ProvisionAsync() => Load((await DeliverAsync()).Data, KeyTranscript.Data);

    private AesDukptTerminal Load(DeliveredKey delivered, string purpose)
    {
        WrappedInitialKey wrapped = new(delivered.EphemeralKey, delivered.KeyBlock);
        byte[] transcript = KeyTranscript.Of(Nonce, Terminal, purpose);
        Assert.True(DeviceKeyWrap.TryUnwrap(wrapped, _device.ExportSubjectPublicKeyInfo(), transcript, Agreement(_device), out InitialKey? key));
        using (key)
        {
            return AesDukptTerminal.Load(key!);
        }
    }

    private (byte[] Ksn, byte[] Data) Seal(AesDukptTerminal terminal)
    {
        Assert.True(terminal.TryBegin(_ => { }, out DukptTransaction? transaction));
        using (transaction)
        {
            using DataEncryptionKey key = transaction!.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128);
            return (transaction.SerialNumber.ToBytes(), AccountDataSeal.Seal(key, transaction.SerialNumber, Payment, Account, _random));
        }
    }

    private async Task RestartAsync()
    {
        _room.Dispose();
        _master.Dispose();
        await _database.DisposeAsync();
        await InitializeAsync();
    }
}
