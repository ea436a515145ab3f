using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Storage.Tests;

public sealed class RecordTests
{
    private static readonly Guid Id = new("0193a000-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_terminal_comes_back_as_it_was_put_by_identity_and_by_key()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        TerminalRecord terminal = Terminal(Id, "m1");
        await scratch.Database.CommitAsync(new Change().Put(terminal).Put(Terminal(Other(2), "m2")));
        await scratch.ReopenAsync();
        TerminalStore store = scratch.Database.Terminals;
        TerminalRecord read = (await store.FindAsync(Id))!;
        Assert.Equivalent(terminal, read, strict: true);
        Assert.Equal(Id, (await store.FindByDeviceKeyAsync(terminal.DeviceKey))!.TerminalId);
        Assert.Null(await store.FindAsync(Other(9)));
        Assert.Equal([Other(2)], (await store.PageAsync(null, Id, 10)).Select(t => t.TerminalId));
        Assert.Equal([Id], (await store.PageAsync("m1", null, 10)).Select(t => t.TerminalId));
        Assert.Equal(2, (await store.CountAsync())[TerminalState.Active]);
    }

    [Fact]
    [Requirement("ATT-15", Partly = true)]
    public async Task A_suspension_is_seen_by_the_trust_status_when_its_commit_returns()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        TerminalRecord terminal = Terminal(Id, "m1");
        await scratch.Database.CommitAsync(new Change().Put(terminal));
        Assert.Equal(TerminalState.Active, (await scratch.Database.TrustStatus.ReadAsync(Id, default))!.State);
        await scratch.Database.CommitAsync(new Change().Put(terminal with { State = TerminalState.Suspended }));
        Assert.Equal(TerminalState.Suspended, (await scratch.Database.TrustStatus.ReadAsync(Id, default))!.State);
    }

    [Fact]
    public async Task Of_two_changes_that_read_the_same_terminal_only_the_first_is_made()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.CommitAsync(new Change().Put(Terminal(Id, "m1")));
        TerminalRecord read = (await scratch.Database.Terminals.FindAsync(Id))!;
        Commit first = await scratch.Database.CommitAsync(new Change().RequireUnmoved(read).Put(read with { EvidenceSequence = 8 }));
        Commit second = await scratch.Database.CommitAsync(
            new Change().RequireUnmoved(read).Put(read with { EvidenceSequence = 9 }).Append("test.entry", "x", new JsonObject()));
        Assert.True(first.Done);
        Assert.Equal(ChangeRefusal.TerminalMoved, second.Refusal);
        Assert.Equal(8, (await scratch.Database.Terminals.FindAsync(Id))!.EvidenceSequence);
        Assert.Equal(0, scratch.Database.Journal.Head.Size);
    }

    [Fact]
    public async Task An_activation_code_is_redeemed_once_and_not_after_its_end()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        DateTimeOffset end = scratch.Clock.GetUtcNow().AddHours(1);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string code = OneTimeSecret.NewCode(random);
        await database.CommitAsync(new Change().AddActivationCode(code, "m1", end).AddActivationCode("LATE-CODE-0000", "m1", end));
        Assert.Equal("m1", (await database.ActivationCodes.FindAsync(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)))!.MerchantId);
        Task<Commit>[] tries = [.. Enumerable.Range(1, 20).Select(n => database.CommitAsync(new Change().RedeemActivationCode(code, Other((byte)n))))];
        Commit[] results = await Task.WhenAll(tries);
        Assert.Single(results, r => r.Done);
        Assert.Equal(19, results.Count(r => r.Refusal == ChangeRefusal.CodeInvalid));
        Assert.Null(await database.ActivationCodes.FindAsync(code));
        scratch.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ChangeRefusal.CodeInvalid, (await database.CommitAsync(new Change().RedeemActivationCode("LATE-CODE-0000", Id))).Refusal);
        Assert.False(await FileHoldsAsync(scratch, code));
    }

    [Fact]
    [Requirement("MON-02", Partly = true)]
    [Requirement("KEY-07")]
    public async Task A_key_serial_is_taken_once_and_never_an_earlier_one()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        async Task<ChangeRefusal> Take(string ksn) =>
            (await scratch.Database.CommitAsync(new Change().TakeKeySerial(Convert.FromHexString(ksn)))).Refusal;
        Assert.Equal(ChangeRefusal.None, await Take("123456789012345600000001"));
        Assert.Equal(ChangeRefusal.KeySerialSeen, await Take("123456789012345600000001"));
        Assert.Equal(ChangeRefusal.None, await Take("1234567890123456FFFF0000"));
        Assert.Equal(ChangeRefusal.KeySerialSeen, await Take("123456789012345600000002"));
        Assert.Equal(ChangeRefusal.None, await Take("123456789012345700000001"));
        Assert.Equal(ChangeRefusal.KeySerialSeen, await Take("123456789012345900000000"));
        await scratch.ReopenAsync();
        Assert.Equal(ChangeRefusal.KeySerialSeen, await Take("123456789012345700000001"));
    }

    [Fact]
    public async Task A_sequence_never_gives_a_number_twice_across_a_restart()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        List<long> numbers = [];
        for (int i = 0; i < 150; i++)
        {
            numbers.Add(await scratch.Database.Sequences.NextAsync("stan"));
        }

        await scratch.ReopenAsync();
        numbers.Add(await scratch.Database.Sequences.NextAsync("stan"));
        Assert.Equal(1, numbers[0]);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.Equal(numbers.Order(), numbers);
    }

    [Fact]
    public async Task A_sign_in_link_works_once_leaves_an_entry_and_is_stored_as_a_hash()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string token = OneTimeSecret.NewToken(random);
        DateTimeOffset now = scratch.Clock.GetUtcNow();
        await database.CommitAsync(new Change()
            .Put(new ConsoleUser { UserId = "operator", Name = "Operator", Role = "operator", CreatedAt = now })
            .AddSignInLink(token, "operator", now.AddMinutes(10)));
        Assert.Equal("operator", (await database.ConsoleUsers.SignInAsync(token))!.UserId);
        Assert.Null(await database.ConsoleUsers.SignInAsync(token));
        Assert.Null(await database.ConsoleUsers.SignInAsync("00"));
        Assert.Equal("console.signed-in", (await database.Journal.OfSubjectAsync("operator")).Single().Kind);
        Assert.False(await FileHoldsAsync(scratch, token));
    }

    [Fact]
    public async Task Evidence_keys_merchants_and_settings_come_back()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        DateTimeOffset now = scratch.Clock.GetUtcNow();
        KeyRecord key = new()
        {
            Name = "bdk.data", Purpose = "data", State = KeyState.Active, SealedKey = [1, 2], CheckValue = [3], CreatedAt = now, ChangedAt = now,
        };
        MerchantRecord merchant = new()
        {
            MerchantId = "m1", Name = "Café", City = "Riga", Country = "LV", CardAcceptorId = "1", CategoryCode = "5814", Currency = "978",
        };
        await database.CommitAsync(new Change().AddEvidence(Id, [9, 9]).AddEvidence(Id, [9, 9]).Put(key).Put(merchant).PutSetting("policy", [7]));
        Assert.Equivalent(key, await database.Keys.FindAsync("bdk.data"), strict: true);
        Assert.Equal(merchant, await database.Merchants.FindAsync("m1"));
        Assert.Equal([7], (await database.Settings.FindAsync("policy"))!);
        EvidenceRecord evidence = (await database.Evidence.FindAsync(SHA256.HashData([9, 9])))!;
        Assert.Equal(Id, evidence.TerminalId);
        Assert.Single(await database.Evidence.NewestAsync(Id, 10));
        Assert.Equal(1, await database.Evidence.PruneAsync(now.AddSeconds(1)));
        Assert.Null(await database.Evidence.FindAsync(evidence.Hash));
    }

    [Fact]
    public async Task A_payment_is_added_once_and_moves_only_from_where_it_stands()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        PaymentRecord received = Payment(Id, scratch.Clock.GetUtcNow());
        PaymentRecord sent = received with { State = PaymentState.Sent, Stan = "000001" };
        PaymentRecord approved = sent with { State = PaymentState.Approved, ResponseCode = "00" };
        PaymentRecord unknown = sent with { State = PaymentState.Unknown, ReversalDueAt = scratch.Clock.GetUtcNow() };
        Assert.True((await database.CommitAsync(new Change().Add(received))).Done);
        Assert.Equal(ChangeRefusal.PaymentExists, (await database.CommitAsync(new Change().Add(received))).Refusal);
        Assert.True((await database.CommitAsync(new Change().Move(received, sent, [1]))).Done);
        Assert.True((await database.CommitAsync(new Change().Move(sent, unknown, [1], _ => [2]))).Done);
        Assert.Equal(ChangeRefusal.PaymentMoved, (await database.CommitAsync(new Change().Move(sent, approved, null, _ => [3]))).Refusal);
        Assert.Equal(scratch.Clock.GetUtcNow(), await database.Payments.NextDueAsync());
        Assert.Equal(Id, (await database.Payments.DueAsync(scratch.Clock.GetUtcNow(), 10)).Single().Record.PaymentId);
        StoredPayment stored = (await database.Payments.FindAsync(Id))!;
        Assert.Equivalent(unknown, stored.Record, strict: true);
        Assert.Equal([1], stored.Sealed!);
        Assert.Equal([2], stored.Answer!);
        Assert.True((await database.CommitAsync(new Change().Move(unknown, unknown with { State = PaymentState.Reversed, ReversalDueAt = null }, null))).Done);
        Assert.Null((await database.Payments.FindAsync(Id))!.Sealed);
        Assert.Null(await database.Payments.NextDueAsync());
    }

    [Fact]
    public async Task Payments_are_paged_newest_first_by_merchant_and_terminal()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        for (byte n = 1; n <= 5; n++)
        {
            await scratch.Database.CommitAsync(new Change().Add(Payment(Other(n), scratch.Clock.GetUtcNow()) with { MerchantId = n % 2 == 0 ? "m2" : "m1" }));
        }

        PaymentStore store = scratch.Database.Payments;
        List<StoredPayment> page = await store.NewestAsync(null, null, 2);
        Assert.Equal([Other(5), Other(4)], page.Select(p => p.Record.PaymentId));
        Assert.Equal([Other(3), Other(2)], (await store.NewestAsync(null, null, 2, page[^1].Sequence)).Select(p => p.Record.PaymentId));
        Assert.Equal([Other(4), Other(2)], (await store.NewestAsync("m2", null, 10)).Select(p => p.Record.PaymentId));
        Assert.Equal(5, (await store.NewestAsync(null, Id, 10)).Count);
    }

    internal static async Task<bool> FileHoldsAsync(Scratch scratch, string text)
    {
        byte[] wanted = System.Text.Encoding.ASCII.GetBytes(text);
        bool held = false;
        foreach (string file in Directory.GetFiles(scratch.Folder).Where(static f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            held |= bytes.AsSpan().IndexOf(wanted) >= 0;
        }

        return held;
    }

    private static Guid Other(byte n) => new($"0193a000-0000-7000-8000-0000000001{n:x2}");

    private static PaymentRecord Payment(Guid id, DateTimeOffset now) => new()
    {
        PaymentId = id, TerminalId = Id, MerchantId = "m1", State = PaymentState.Received, Reason = ReasonCodes.Internal, RequestHash = [1],
        AmountMinor = 1250, Currency = "978", MaskedPan = "476173******0119", CreatedAt = now, ChangedAt = now,
    };

    private static TerminalRecord Terminal(Guid id, string merchant) => new()
    {
        TerminalId = id, MerchantId = merchant, DeviceKey = [.. id.ToByteArray(), 1], AgreementKey = [2],
        State = TerminalState.Active, Verdict = Verdict.Trusted,
        AcquirerTerminalId = "SP000001", DataKeyId = [1, 2, 3, 4, 5, 6, 7, 8], EnrolledAt = DateTimeOffset.UnixEpoch,
        Health = new Dictionary<string, double> { ["batteryTemperatureCelsius"] = 31.4 },
        Findings =
        [
            new Finding
            {
                Rule = "r", Reason = ReasonCodes.Internal, Claim = "c", EvidenceHash = "00", Severity = Severity.Info,
                Response = FindingResponse.Notice, Detail = "d",
            },
        ],
    };
}
