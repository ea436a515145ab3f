using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Storage;

namespace SoftPos.Keys.Tests;

public sealed class KeyCeremoniesTests : IAsyncLifetime
{
    private static readonly byte[] Key = Convert.FromHexString("0E3A6D5C91B2F784D7A1C0396E52B84F55B1907C2EE8143AF06C88D241B97A13");

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-ceremony-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private MasterKey _master = null!;
    private SoftwareVault _vault = null!;
    private KeyCeremonies _ceremonies = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock);
        _master = MasterKey.OpenOrCreate(Path.Combine(_folder, "master.key"));
        _vault = new SoftwareVault(_master);
        _ceremonies = new KeyCeremonies(_database, _vault, isProduction: true, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _vault.Dispose();
        _master.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Requirement("KEY-10")]
    [Requirement("KEY-08")]
    [Requirement("MON-03", Partly = true)]
    public async Task A_key_is_made_and_put_into_use_by_two_persons_and_every_step_is_in_the_journal()
    {
        CeremonyOutcome proposed = await ProposeAsync(KeyAction.Generate, "bdk.data.1");
        Assert.True(proposed.Done);
        Assert.Null(await _database.Keys.FindAsync("bdk.data.1", Token));
        Assert.Equal(KeyLifeRefusal.SamePerson, (await _ceremonies.ApproveAsync(1, "anna", Token)).Refusal);
        Assert.Null(await _database.Keys.FindAsync("bdk.data.1", Token));

        Assert.True((await _ceremonies.ApproveAsync(1, "ben", Token)).Done);
        Assert.Equal(KeyState.Pending, (await FindAsync("bdk.data.1")).State);
        Assert.Equal(KeyLifeRefusal.Over, (await _ceremonies.ApproveAsync(1, "carl", Token)).Refusal);
        await HoldAsync(KeyAction.Activate, "bdk.data.1");
        KeyRecord key = await FindAsync("bdk.data.1");
        Assert.Equal((KeyState.Active, "treasury"), (key.State, key.Owner));
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromDays(730), key.ExpiresAt);

        List<JournalEntry> entries = await _database.Journal.OfSubjectAsync("bdk.data.1", cancellation: Token);
        Assert.Equal(["key.proposed", "key.generated", "key.proposed", "key.activated"], entries.Select(entry => entry.Kind));
        JsonNode content = JsonNode.Parse(entries[1].Content)!;
        Assert.Equal(("anna", "ben"), ((string)content["proposer"]!, (string)content["approver"]!));
        Assert.Equal(Convert.ToHexString(key.CheckValue), (string)content["detail"]!["checkValue"]!);
    }

    [Fact]
    public async Task A_rotated_key_only_opens_and_its_successor_is_in_use()
    {
        await HoldAsync(KeyAction.Generate, "bdk.data.1");
        await HoldAsync(KeyAction.Activate, "bdk.data.1");
        await HoldAsync(KeyAction.Rotate, "bdk.data.1");
        (KeyRecord old, KeyRecord next) = (await FindAsync("bdk.data.1"), await FindAsync("bdk.data.2"));
        Assert.Equal((KeyState.Retired, KeyState.Active), (old.State, next.State));
        Assert.NotEqual(old.CheckValue, next.CheckValue);
        Assert.True(KeyUse.May(old, KeyUsePurpose.Process, _clock.GetUtcNow()));
        Assert.False(KeyUse.May(old, KeyUsePurpose.Apply, _clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_terminal_goes_on_under_the_old_key_after_a_rotation_and_a_new_one_gets_the_new_key()
    {
        using SoftwareKeyRoom room = await SoftwareKeyRoom.OpenAsync(_database, _master, _clock, Token);
        using TestTerminal old = await TestTerminal.ProvisionAsync(room);
        await HoldAsync(KeyAction.Rotate, "bdk.data.1");
        (byte[] ksn, byte[] data) = old.SealAccount();
        using AccountData? account = await room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token);
        Assert.NotNull(account);
        using TestTerminal young = await TestTerminal.ProvisionAsync(room);
        Assert.Equal("0D000002", Convert.ToHexString(young.Keys.Data.KeyId)[..8]);

        await HoldAsync(KeyAction.Compromise, "bdk.data.1");
        Assert.Null(await room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token));
        (ksn, data) = young.SealAccount();
        using AccountData? still = await room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, Token);
        Assert.NotNull(still);
    }

    [Fact]
    public async Task An_imported_key_waits_sealed_and_opens_as_it_came()
    {
        KeyProposal proposal = Proposal(KeyAction.Import, "bdk.data.1") with { Method = "2 components", Holders = ["anna", "ben"] };
        byte[] check = KeyComponents.CheckValue(KeyPurposes.AccountData, Key);
        Assert.Equal(KeyLifeRefusal.CheckValue, (await _ceremonies.ProposeImportAsync(proposal, "anna", Key, new byte[3], Token)).Refusal);
        CeremonyOutcome outcome = await _ceremonies.ProposeImportAsync(proposal, "anna", Key, check.AsMemory(0, 3), Token);
        Assert.True(outcome.Done);
        Assert.Equal(-1, outcome.Ceremony!.SealedKey.AsSpan().IndexOf(Key.AsSpan(0, 8)));
        Assert.DoesNotContain(Convert.ToHexString(Key), outcome.Ceremony.Detail, StringComparison.Ordinal);

        Assert.True((await _ceremonies.ApproveAsync(1, "ben", Token)).Done);
        Assert.Null((await _database.Ceremonies.FindAsync(1, Token))!.SealedKey);
        KeyRecord record = await FindAsync("bdk.data.1");
        Assert.Equal(check, record.CheckValue);
        Assert.Equal(Key, _master.Open("key", record.SealedKey!, BaseDerivationKey.Binding("bdk.data.1")));
    }

    [Fact]
    [Requirement("KEY-09")]
    public async Task Production_takes_no_published_nor_patterned_key_and_starts_with_none()
    {
        byte[] published = Convert.FromHexString("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6");
        byte[] patterned = [.. Enumerable.Range(0x30, 32).Select(value => (byte)value)];
        foreach (byte[] key in (byte[][])[published, patterned])
        {
            CeremonyOutcome outcome = await _ceremonies.ProposeImportAsync(Proposal(KeyAction.Import, "bdk.data.1"), "anna", key, default, Token);
            Assert.Equal(KeyLifeRefusal.TestKey, outcome.Refusal);
        }

        KeyCeremonies sandbox = new(_database, _vault, isProduction: false, _clock);
        Assert.True((await sandbox.ProposeImportAsync(Proposal(KeyAction.Import, "bdk.data.1"), "anna", published, default, Token)).Done);
        Assert.True((await sandbox.ApproveAsync(1, "ben", Token)).Done);
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => SoftwareKeyRoom.OpenAsync(_database, _master, KeyRoomPolicy.Production, _clock, Token));
        Assert.Contains("bdk.data.1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_makes_no_key_without_a_ceremony()
    {
        using SoftwareKeyRoom room = await SoftwareKeyRoom.OpenAsync(_database, _master, KeyRoomPolicy.Production, _clock, Token);
        Assert.Empty(await _database.Keys.ListAsync(Token));
        await Assert.ThrowsAsync<KeyRefusedException>(() => TestTerminal.ProvisionAsync(room));
    }

    [Fact]
    public async Task A_compromise_of_a_protection_key_takes_the_keys_that_came_under_it()
    {
        KeyProposal zone = Proposal(KeyAction.Import, "zpk.a") with { Purpose = KeyPurposes.ZonePinAes, Parent = "kbpk.a" };
        await ImportAsync(Proposal(KeyAction.Import, "kbpk.a") with { Purpose = KeyPurposes.KeyBlockProtection }, Key);
        await ImportAsync(zone, Key[..16]);
        await ImportAsync(zone with { Subject = "zpk.b", Parent = null }, Key[16..]);
        await HoldAsync(KeyAction.Compromise, "kbpk.a");
        Assert.Equal(KeyState.Compromised, (await FindAsync("zpk.a")).State);
        Assert.Equal(KeyState.Pending, (await FindAsync("zpk.b")).State);
    }

    [Fact]
    public async Task A_destroyed_key_leaves_its_record_and_no_bytes()
    {
        await HoldAsync(KeyAction.Generate, "bdk.data.1");
        await HoldAsync(KeyAction.Destroy, "bdk.data.1");
        KeyRecord record = await FindAsync("bdk.data.1");
        Assert.Equal(KeyState.Destroyed, record.State);
        Assert.Null(record.SealedKey);
        Assert.Equal(KeyLifeRefusal.NameTaken, (await ProposeAsync(KeyAction.Generate, "bdk.data.1")).Refusal);
    }

    [Fact]
    public async Task A_closed_or_forgotten_proposal_does_nothing()
    {
        await ProposeAsync(KeyAction.Generate, "bdk.data.1");
        Assert.True((await _ceremonies.CloseAsync(1, "ben", Token)).Done);
        Assert.Equal(KeyLifeRefusal.Over, (await _ceremonies.ApproveAsync(1, "ben", Token)).Refusal);
        await ProposeAsync(KeyAction.Generate, "bdk.data.1");
        _clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(KeyLifeRefusal.Over, (await _ceremonies.ApproveAsync(2, "ben", Token)).Refusal);
        Assert.Empty(await _database.Keys.ListAsync(Token));
    }

    [Fact]
    public async Task What_changed_since_the_proposal_is_decided_anew_at_the_approval()
    {
        await HoldAsync(KeyAction.Generate, "bdk.data.1");
        Assert.True((await ProposeAsync(KeyAction.Activate, "bdk.data.1")).Done);
        await HoldAsync(KeyAction.Destroy, "bdk.data.1");
        Assert.Equal(KeyLifeRefusal.State, (await _ceremonies.ApproveAsync(2, "ben", Token)).Refusal);
    }

    [Fact]
    public async Task The_first_two_custodians_enter_themselves_and_a_third_needs_both()
    {
        Custodians custodians = new(_database, _clock);
        Assert.True(await custodians.EnterFirstAsync("anna", "correct horse battery", Token));
        Assert.False(await custodians.EnterFirstAsync("anna", "correct horse battery", Token));
        Assert.False(await custodians.EnterFirstAsync("ben", "short", Token));
        Assert.True(await custodians.EnterFirstAsync("ben", "staple of the stable", Token));
        Assert.False(await custodians.EnterFirstAsync("carl", "another long phrase", Token));

        Assert.True((await _ceremonies.ProposeCustodianAsync("carl", "another long phrase", "anna", Token)).Done);
        Assert.False(await custodians.IsAsync("carl", "another long phrase", Token));
        Assert.True((await _ceremonies.ApproveAsync(1, "ben", Token)).Done);
        Assert.True(await custodians.IsAsync("carl", "another long phrase", Token));
        Assert.False(await custodians.IsAsync("carl", "staple of the stable", Token));
        Assert.False(await custodians.IsAsync("dora", "another long phrase", Token));
    }

    [Fact]
    [Requirement("KEY-03")]
    public void Components_add_up_and_equal_ones_are_refused()
    {
        byte[] first = [.. Key.Select(value => (byte)(value ^ 0xFF))];
        byte[] second = [.. Enumerable.Repeat((byte)0xFF, 32)];
        Assert.Equal(Key, KeyComponents.TryCombine([first, second]));
        Assert.Null(KeyComponents.TryCombine([first]));
        Assert.Null(KeyComponents.TryCombine([first, first]));
        Assert.Null(KeyComponents.TryCombine([first, second, first]));
        Assert.Null(KeyComponents.TryCombine([first, second[..16]]));
        Assert.Null(KeyComponents.TryCombine([first, second, Key, [.. Key.Reverse()]]));
    }

    private static KeyProposal Proposal(KeyAction action, string name) =>
        new() { Action = action, Subject = name, Purpose = KeyPurposes.AccountData, Owner = "treasury" };

    private Task<CeremonyOutcome> ProposeAsync(KeyAction action, string name) =>
        _ceremonies.ProposeAsync(Proposal(action, name), "anna", Token);

    private async Task HoldAsync(KeyAction action, string name)
    {
        CeremonyOutcome proposed = await ProposeAsync(action, name);
        Assert.Equal(KeyLifeRefusal.None, proposed.Refusal);
        Assert.Equal(KeyLifeRefusal.None, (await _ceremonies.ApproveAsync(proposed.Ceremony!.Number, "ben", Token)).Refusal);
    }

    private async Task ImportAsync(KeyProposal proposal, byte[] key)
    {
        CeremonyOutcome proposed = await _ceremonies.ProposeImportAsync(proposal, "anna", key, default, Token);
        Assert.Equal(KeyLifeRefusal.None, proposed.Refusal);
        Assert.Equal(KeyLifeRefusal.None, (await _ceremonies.ApproveAsync(proposed.Ceremony!.Number, "ben", Token)).Refusal);
    }

    private async Task<KeyRecord> FindAsync(string name) => (await _database.Keys.FindAsync(name, Token))!;
}
