using System.Text;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys.Tests;

/// <summary>What every implementation of the key room must do: in software, on a token, in another process.</summary>
public abstract class KeyRoomContract : IAsyncLifetime
{
    private const string Zone = "zpk.test";

    private static readonly byte[] ZoneKey = Convert.FromHexString("0E3A6D5C91B2F784D7A1C0396E52B84F");

    protected string Folder { get; } = Directory.CreateTempSubdirectory("softpos-keyroom-").FullName;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    protected Database Database { get; private set; } = null!;

    private protected IKeyRoom Room { get; private set; } = null!;

    private IPinRoom Pins => (IPinRoom)Room;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Database = await Database.OpenAsync(Path.Combine(Folder, "softpos.db"), Clock);
        Room = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_a_terminal_seals_opens_at_every_counter_and_only_for_its_payment()
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        for (int i = 0; i < 5; i++)
        {
            (byte[] ksn, byte[] data) = terminal.SealAccount();
            using AccountData? account = await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token);
            Assert.NotNull(account);
            Assert.Equal(TestTerminal.Pan, Encoding.ASCII.GetString(account.Pan));
            Assert.Equal("4761739001010010=30122010000000000", Encoding.ASCII.GetString(account.Track2));
            Assert.Equal("3012", account.Expiry);
            Assert.Equal(1, account.SequenceNumber);
            Assert.Null(await Room.OpenAccountDataAsync(ksn, data, new byte[16], Token));
            terminal.Skip(i * 3);
        }
    }

    [Fact]
    public async Task Changed_data_and_wrong_serial_numbers_open_nothing()
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        (byte[] ksn, byte[] data) = terminal.SealAccount();
        for (int i = 0; i < data.Length; i += 9)
        {
            byte[] changed = [.. data];
            changed[i] ^= 0x40;
            Assert.Null(await Room.OpenAccountDataAsync(ksn, changed, TestTerminal.Payment, Token));
        }

        // Counter zero, over sixteen ones, of another line, of a key that does not exist, too short: inside and outside alike.
        foreach (string wrong in (string[])["0D0000010000000100000000", "0D000001000000010001FFFF", "0F0000010000000100000001", "0D0000770000000100000001"])
        {
            byte[] serial = Convert.FromHexString(wrong);
            byte[] relabelled = [data[0], .. serial, .. data.AsSpan(13)];
            Assert.Null(await Room.OpenAccountDataAsync(serial, relabelled, TestTerminal.Payment, Token));
        }

        Assert.Null(await Room.OpenAccountDataAsync(ksn.AsMemory(0, 11), data, TestTerminal.Payment, Token));
        Assert.Null(await Room.OpenAccountDataAsync(ksn, data.AsMemory(0, 20), TestTerminal.Payment, Token));
    }

    [Fact]
    public async Task Every_installation_gets_keys_of_its_own_and_those_of_two_lines()
    {
        HashSet<string> ids = [];
        for (int i = 0; i < 10; i++)
        {
            using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
            Assert.True(ids.Add(Convert.ToHexString(terminal.Keys.Data.KeyId)));
            Assert.True(ids.Add(Convert.ToHexString(terminal.Keys.Pin.KeyId)));
        }

        Assert.All(ids, id => Assert.True(id.StartsWith("0D000001", StringComparison.Ordinal) || id.StartsWith("0F000001", StringComparison.Ordinal)));
    }

    [Theory]
    [Requirement("PIN-09")]
    [Requirement("PBE-02")]
    [InlineData(KeyPurposes.ZonePinTdes, PinBlockFormat.Iso0)]
    [InlineData(KeyPurposes.ZonePinTdes, PinBlockFormat.Iso3)]
    [InlineData(KeyPurposes.ZonePinAes, PinBlockFormat.Iso4)]
    public async Task A_pin_is_translated_to_the_zone_key_with_every_length(string purpose, PinBlockFormat format)
    {
        await PutZoneKeyAsync(purpose);
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        using PinEncryptionKey zone = PinEncryptionKey.Import(ZoneKeys.CipherOf(purpose), ZoneKey);
        for (int length = 4; length <= 12; length++)
        {
            string pin = "123456789012"[..length];
            byte[]? block = await Pins.TranslatePinAsync(terminal.Translation(pin, Zone, format), Token);
            Assert.NotNull(block);
            char[] back = new char[12];
            Assert.True(PinCipherText.TryDecipher(zone, format, block, TestTerminal.Pan, back, out int found));
            Assert.Equal(pin, new string(back, 0, found));
        }
    }

    [Fact]
    [Requirement("PIN-09")]
    [Requirement("PBE-02")]
    public async Task A_pin_of_another_card_or_format_is_not_translated()
    {
        await PutZoneKeyAsync(KeyPurposes.ZonePinTdes);
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        Assert.Null(await Pins.TranslatePinAsync(terminal.Translation("1234", Zone, PinBlockFormat.Iso0, pan: "5500000000000004"), Token));
        foreach (PinBlockFormat format in (PinBlockFormat[])[PinBlockFormat.Iso1, PinBlockFormat.Iso2, PinBlockFormat.Iso4])
        {
            Assert.Null(await Pins.TranslatePinAsync(terminal.Translation("1234", Zone, format), Token));
        }

        PinTranslationRequest good = terminal.Translation("1234", Zone, PinBlockFormat.Iso0);
        Assert.Null(await Pins.TranslatePinAsync(good with { PinKsn = good.DataKsn }, Token));
        Assert.Null(await Pins.TranslatePinAsync(good with { AssociatedData = new byte[16] }, Token));
        Assert.Null(await Pins.TranslatePinAsync(good with { PinBlock = new byte[8] }, Token));
        Assert.NotNull(await Pins.TranslatePinAsync(good, Token));
    }

    [Fact]
    public async Task A_zone_key_that_is_unknown_or_over_is_refused_by_name()
    {
        await PutZoneKeyAsync(KeyPurposes.ZonePinTdes);
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        PinTranslationRequest request = terminal.Translation("1234", Zone, PinBlockFormat.Iso0);
        KeyRefusedException fault = await Assert.ThrowsAsync<KeyRefusedException>(
            async () => await Pins.TranslatePinAsync(request with { ZoneKey = "zpk.none" }, Token));
        Assert.Contains("zpk.none", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeyRefusedException>(async () => await Pins.TranslatePinAsync(request with { ZoneKey = "bdk.pin.1" }, Token));
        Clock.Advance(TimeSpan.FromDays(8));
        fault = await Assert.ThrowsAsync<KeyRefusedException>(async () => await Pins.TranslatePinAsync(request, Token));
        Assert.Contains("past its period", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyState.Suspended)]
    [InlineData(KeyState.Compromised)]
    public async Task A_key_out_of_use_stops_with_the_next_request(KeyState state)
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        (byte[] ksn, byte[] data) = terminal.SealAccount();
        KeyRecord record = (await Database.Keys.FindAsync("bdk.data.1", Token))!;
        await Database.CommitAsync(new Change().Put(record with { State = state }), Token);
        Assert.Null(await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token));
        await Assert.ThrowsAsync<KeyRefusedException>(() => TestTerminal.ProvisionAsync(Room));
        await Database.CommitAsync(new Change().Put(record), Token);
        using AccountData? account = await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token);
        Assert.NotNull(account);
    }

    [Fact]
    [Requirement("KEY-08")]
    public async Task A_key_past_its_period_gives_no_initial_keys_and_opens_for_ninety_days_more()
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        (byte[] ksn, byte[] data) = terminal.SealAccount();
        Clock.Advance(KeyUse.PeriodOf(KeyPurposes.AccountData) + TimeSpan.FromDays(1));
        await Assert.ThrowsAsync<KeyRefusedException>(() => TestTerminal.ProvisionAsync(Room));
        using (AccountData? account = await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token))
        {
            Assert.NotNull(account);
        }

        Clock.Advance(KeyUse.ProcessingTail);
        Assert.Null(await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token));
    }

    [Fact]
    [Requirement("KEY-11")]
    public async Task Stored_bytes_are_bound_to_what_they_were_sealed_for()
    {
        byte[] clear = "0100 …"u8.ToArray();
        byte[] resting = await Room.SealForStorageAsync(clear, TestTerminal.Payment, Token);
        Assert.Equal(-1, resting.AsSpan().IndexOf(clear));
        Assert.Equal(clear, await Room.UnsealFromStorageAsync(resting, TestTerminal.Payment, Token));
        Assert.Null(await Room.UnsealFromStorageAsync(resting, new byte[16], Token));
        Assert.Null(await Room.UnsealFromStorageAsync(resting.AsMemory(0, 5), TestTerminal.Payment, Token));
        resting[^1] ^= 1;
        Assert.Null(await Room.UnsealFromStorageAsync(resting, TestTerminal.Payment, Token));
    }

    [Fact]
    public async Task What_was_made_before_a_restart_opens_after_it()
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        (byte[] ksn, byte[] data) = terminal.SealAccount();
        await CloseAsync();
        Room = await OpenAsync();
        using AccountData? account = await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token);
        Assert.NotNull(account);
    }

    private protected abstract Task<IKeyRoom> OpenAsync();

    private protected abstract IKeyVault Vault { get; }

    private protected abstract ValueTask CloseAsync();

    private async Task PutZoneKeyAsync(string purpose)
    {
        VaultKeyKind kind = purpose == KeyPurposes.ZonePinAes ? VaultKeyKind.ZonePinAes : VaultKeyKind.ZonePinTdes;
        VaultKey key = Vault.Import(Zone, kind, ZoneKey);
        DateTimeOffset now = Clock.GetUtcNow();
        await Database.CommitAsync(new Change().Put(new KeyRecord
        {
            Name = Zone, Purpose = purpose, State = KeyState.Active, SealedKey = key.Resting, CheckValue = key.CheckValue, CreatedAt = now,
            ChangedAt = now, ExpiresAt = now + KeyUse.PeriodOf(purpose),
        }));
    }
}
