using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests;

/// <summary>The back end's side of new keys without a visit.</summary>
public sealed class KeyReplacementTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-keys-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly DeviceKey _device = new();
    private readonly Room _room = new();
    private Database _database = null!;
    private ChallengeStore _challenges = null!;
    private KeyReplacement _replacement = null!;
    private TerminalRecord _terminal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock);
        _challenges = new ChallengeStore(_clock, _random);
        MonitoringOptions options = new() { Policy = new LivePolicy(DefaultPolicy.For(["p"], ["s"])), Anchors = TrustAnchors.Google };
        _replacement = new KeyReplacement(_database, _challenges, _room, options, _clock);
        _terminal = new TerminalRecord
        {
            TerminalId = Guid.CreateVersion7(_clock.GetUtcNow()), MerchantId = "m", DeviceKey = _device.PublicKey, AgreementKey = [2],
            State = TerminalState.Active, Verdict = Verdict.Trusted, AcquirerTerminalId = "T0000001", DataKeyId = Id(1), PinKeyId = Id(2),
            EnrolledAt = _clock.GetUtcNow(), LastTrustedAt = _clock.GetUtcNow(),
        };
        await PutAsync(_terminal);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _device.Dispose();
        _random.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Requirement("KEY-08", Partly = true)]
    public async Task Both_sets_are_accepted_until_the_terminal_confirms_and_then_only_the_new_one()
    {
        KeyReplacementAnswer answer = (await AskAsync()).Answer!;
        TerminalRecord between = await ReadAsync();
        Assert.Equal(answer.DataKey!.KeyId, between.NextKeys!.DataKeyId);
        Assert.NotNull(between.DeliveredAt(Id(1)));
        Assert.NotNull(between.DeliveredAt(answer.DataKey.KeyId));

        Assert.Null((await ConfirmAsync(answer.DataKey.KeyId)).Refusal);
        TerminalRecord after = await ReadAsync();
        Assert.Equal((answer.DataKey.KeyId, answer.PinKey!.KeyId, null), (after.DataKeyId!, after.PinKeyId!, after.NextKeys));
        Assert.Null(after.DeliveredAt(Id(1)));
        Assert.Null((await ConfirmAsync(answer.DataKey.KeyId)).Refusal);
        string[] kinds = [.. (await _database.Journal.RangeAsync(0, 10, Cancellation)).Select(entry => entry.Kind)];
        Assert.Equal(["terminal.keys-delivered", "terminal.keys-replaced"], kinds);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_followed_by_a_new_one_and_the_lost_keys_are_never_accepted()
    {
        byte[] lost = (await AskAsync()).Answer!.DataKey!.KeyId;
        Assert.Equal(ReasonCodes.RateLimited, (await AskAsync()).Refusal!.Reason);
        _clock.Advance(TimeSpan.FromMinutes(2));
        byte[] second = (await AskAsync()).Answer!.DataKey!.KeyId;
        Assert.Equal(ReasonCodes.KsnRefused, (await ConfirmAsync(lost)).Refusal!.Reason);
        Assert.Null((await ReadAsync()).DeliveredAt(lost));
        Assert.Null((await ConfirmAsync(second)).Refusal);
    }

    [Theory]
    [Requirement("KEY-02")]
    [InlineData(Verdict.Denied, 0, TerminalState.Active, ReasonCodes.NotAttested)]
    [InlineData(Verdict.Unknown, 0, TerminalState.Active, ReasonCodes.NotAttested)]
    [InlineData(Verdict.Trusted, 7, TerminalState.Active, ReasonCodes.NotAttested)]
    [InlineData(Verdict.Trusted, 0, TerminalState.Suspended, ReasonCodes.TerminalSuspended)]
    public async Task Keys_go_to_a_terminal_with_good_and_fresh_evidence_only(Verdict verdict, int minutes, TerminalState state, string reason)
    {
        await PutAsync(_terminal with { Verdict = verdict, State = state });
        _clock.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(reason, (await AskAsync()).Refusal!.Reason);
        Assert.Equal(0, _room.Deliveries);
    }

    [Fact]
    [Requirement("ATT-05")]
    public async Task A_nonce_serves_once_and_only_for_keys()
    {
        Challenge challenge = _challenges.Issue(ChallengePurpose.Keys, _terminal.TerminalId)!;
        Assert.Null((await SendAsync(new KeyReplacementRequest { Nonce = challenge.Nonce })).Refusal);
        Assert.Equal(ReasonCodes.NonceInvalid, (await SendAsync(new KeyReplacementRequest { Nonce = challenge.Nonce })).Refusal!.Reason);
        Challenge tap = _challenges.Issue(ChallengePurpose.Tap, _terminal.TerminalId)!;
        Assert.Equal(ReasonCodes.NonceInvalid, (await SendAsync(new KeyReplacementRequest { Nonce = tap.Nonce })).Refusal!.Reason);
        Challenge late = _challenges.Issue(ChallengePurpose.Keys, _terminal.TerminalId)!;
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(ReasonCodes.NonceExpired, (await SendAsync(new KeyReplacementRequest { Nonce = late.Nonce })).Refusal!.Reason);
    }

    [Fact]
    public async Task Another_key_and_other_bytes_are_refused()
    {
        using DeviceKey stranger = new();
        Challenge challenge = _challenges.Issue(ChallengePurpose.Keys, _terminal.TerminalId)!;
        byte[] payload = new KeyReplacementRequest { Nonce = challenge.Nonce }.Encode();
        byte[] id = _terminal.TerminalId.ToByteArray(bigEndian: true);
        byte[] foreign = SignedMessage.Sign(stranger, MessageType.KeyReplacement, id, payload);
        Assert.Equal(ReasonCodes.TerminalUnknown, (await _replacement.TakeAsync(foreign, Cancellation)).Refusal!.Reason);
        byte[] other = SignedMessage.Sign(_device, MessageType.Evidence, id, payload);
        Assert.Equal(ReasonCodes.RequestMalformed, (await _replacement.TakeAsync(other, Cancellation)).Refusal!.Reason);
        byte[] empty = SignedMessage.Sign(_device, MessageType.KeyReplacement, id, [0xA0]);
        Assert.Equal(("payload", ReasonCodes.RequestMalformed), Named(await _replacement.TakeAsync(empty, Cancellation)));
    }

    [Fact]
    public async Task New_keys_are_due_by_age_by_use_and_while_unconfirmed()
    {
        Assert.False(await _replacement.IsDueAsync(_terminal, Cancellation));
        Assert.True(await _replacement.IsDueAsync(_terminal with { NextKeys = new NextKeys(Id(8), Id(9), _clock.GetUtcNow()) }, Cancellation));
        await _database.CommitAsync(new Change().TakeKeySerial([.. Id(1), 0, 1, 0x86, 0xA0]), Cancellation);
        Assert.True(await _replacement.IsDueAsync(_terminal, Cancellation));
        Assert.False(await _replacement.IsDueAsync(_terminal with { DataKeyId = Id(5) }, Cancellation));
        _clock.Advance(TimeSpan.FromDays(60));
        Assert.True(await _replacement.IsDueAsync(_terminal with { DataKeyId = Id(5) }, Cancellation));
    }

    private static (string? Field, string Reason) Named(KeyReplacementOutcome outcome) => (outcome.Refusal!.Field, outcome.Refusal.Reason);

    private static byte[] Id(byte last) => [0, 0, 0, 0, 0, 0, 0, last];

    private Task<KeyReplacementOutcome> AskAsync() =>
        SendAsync(new KeyReplacementRequest { Nonce = _challenges.Issue(ChallengePurpose.Keys, _terminal.TerminalId)!.Nonce });

    private Task<KeyReplacementOutcome> ConfirmAsync(byte[] keyId) => SendAsync(new KeyReplacementRequest { Confirms = keyId });

    private Task<KeyReplacementOutcome> SendAsync(KeyReplacementRequest request) => _replacement.TakeAsync(
        SignedMessage.Sign(_device, MessageType.KeyReplacement, _terminal.TerminalId.ToByteArray(bigEndian: true), request.Encode()), Cancellation);

    private async Task<TerminalRecord> ReadAsync() => (await _database.TrustStatus.ReadAsync(_terminal.TerminalId, Cancellation))!;

    private async Task PutAsync(TerminalRecord terminal) =>
        (await _database.CommitAsync(new Change().Put(terminal), Cancellation)).Require();

    private sealed class DeviceKey : IDeviceKey, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => _key.SignHash(hash.ToArray());

        public void Dispose() => _key.Dispose();
    }

    /// <summary>Counts deliveries; what a real room wraps is tested with the key room.</summary>
    private sealed class Room : IKeyDelivery
    {
        public byte Deliveries { get; private set; }

        public ValueTask<KeyDelivery> DeliverAsync(
            Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
        {
            byte number = ++Deliveries;
            DeliveredKey Key(byte id) => new() { KeyId = Id((byte)(id + (2 * number))), EphemeralKey = [1], KeyBlock = "D" };
            return ValueTask.FromResult(new KeyDelivery(Key(10), Key(11)));
        }
    }
}
