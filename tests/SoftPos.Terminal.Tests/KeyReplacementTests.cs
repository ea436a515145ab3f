using System.Buffers.Binary;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>New initial keys without a visit, whatever is lost on the way or cut off in between.</summary>
public sealed class KeyReplacementTests
{
    private const int Runs = 3000;
    private const int StepsOfRun = 14;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("KEY-08", Partly = true)]
    public async Task Keys_near_their_end_are_replaced_at_a_heartbeat_and_confirmed()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.PreflightAsync(Cancel);
        Assert.DoesNotContain("keys asked", backend.Trace);

        backend.KeysDue = true;
        backend.Trace.Clear();
        Assert.True((await terminal.PreflightAsync(Cancel)).CanPay);
        Assert.Equal(["challenge Heartbeat", "attested Heartbeat", "challenge Keys", "keys asked", "keys confirmed"], backend.Trace);
        Assert.Equal(3UL, BinaryPrimitives.ReadUInt64BigEndian(backend.ConfirmedKeyId));
        Assert.Equal(3UL, KeyInUse(platform));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_old_keys_and_the_next_heartbeat_asks_again()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.KeysDue = true;
        foreach (Misdeed misdeed in (Misdeed[])[Misdeed.Gibberish, Misdeed.InternalError])
        {
            backend.Misdeeds.Enqueue(("/keys", misdeed));
            Assert.True((await terminal.PreflightAsync(Cancel)).CanPay);
            Assert.Equal(1UL, KeyInUse(platform));
        }

        await terminal.PreflightAsync(Cancel);
        Assert.Equal(KeyInUse(platform), BinaryPrimitives.ReadUInt64BigEndian(backend.ConfirmedKeyId));
        Assert.NotEqual(1UL, KeyInUse(platform));
    }

    [Fact]
    public async Task A_lost_confirmation_is_given_again_before_anything_else_is_asked()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.KeysDue = true;
        await terminal.PreflightAsync(Cancel);
        using (Enrolment enrolment = Enrolment.Open(platform)!)
        {
            Assert.Null(enrolment.UnconfirmedKeyId);
        }

        TestPlatform other = new();
        await using ScriptedBackend second = await ScriptedBackend.StartAsync(other.Time);
        await using SoftPosTerminal again = await Terminals.EnrolAsync(second, other);
        second.KeysDue = true;
        int asked = 0;
        second.Misdeeds.Enqueue(("/keys", Misdeed.None));
        other.Blobs.OnWrite = name => asked += name.EndsWith("-pin-key-2", StringComparison.Ordinal) ? Enqueue() : 0;
        await again.PreflightAsync(Cancel);
        Assert.Equal(1, asked);
        Assert.Equal(3UL, KeyInUse(other));
        second.Trace.Clear();
        await again.PreflightAsync(Cancel);
        Assert.DoesNotContain("keys asked", second.Trace);
        Assert.Contains("keys confirmed", second.Trace);

        int Enqueue()
        {
            second.Misdeeds.Clear();
            second.Misdeeds.Enqueue(("/keys", Misdeed.InternalError));
            return 1;
        }
    }

    [Fact]
    [Requirement("KEY-11", Partly = true)]
    public async Task Keys_of_another_exchange_are_not_taken()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.KeysDue = true;
        backend.DataPurpose = KeyTranscript.Pin;
        await terminal.PreflightAsync(Cancel);
        Assert.Equal(1UL, KeyInUse(platform));
        Assert.Null(backend.ConfirmedKeyId);
    }

    /// <summary>
    /// A phone that dies before or after any write, while it takes transactions and replaces keys: no counter comes back, it always opens, and
    /// the keys that it holds are among those that the back end accepts.
    /// </summary>
    [Fact]
    [Requirement("KEY-06", Partly = true)]
    public void Killed_at_any_point_no_counter_is_used_twice_and_no_key_is_lost()
    {
        int deaths = 0;
        int replacements = 0;
        for (int seed = 0; seed < Runs; seed++)
        {
            CrashingPhone phone = new(seed);
            for (int step = 0; step < StepsOfRun; step++)
            {
                phone.Step();
            }

            deaths += phone.Deaths;
            replacements += phone.Replacements;
        }

        Assert.True(deaths > Runs && replacements > Runs, $"{deaths} deaths and {replacements} replacements show nothing");
    }

    private static ulong KeyInUse(TestPlatform platform)
    {
        using Enrolment enrolment = Enrolment.Open(platform)!;
        using DukptTransaction transaction = enrolment.DataKeys.Begin()!;
        return transaction.SerialNumber.InitialKeyId;
    }

    private sealed class CrashingPhone
    {
        private readonly SeededNumbers _random;
        private readonly TestPlatform _platform = new();
        private readonly HashSet<KeySerialNumber> _used = [];

        /// <summary>What the back end accepts: the keys in use, and those that were delivered and not confirmed.</summary>
        private ulong _current = 1, _next;
        private ulong _lastId = 1;
        private Enrolment _enrolment;

        public CrashingPhone(int seed)
        {
            _random = new SeededNumbers((ulong)seed);
            DeviceKeys keys = _platform.Ring.Create("k0123456789abcdef", []);
            EnrolledState state = new()
            {
                TerminalId = Guid.CreateVersion7(DateTimeOffset.UnixEpoch),
                Merchant = new MerchantRecord
                {
                    MerchantId = "m", Name = "n", City = "c", Country = "ZA", CardAcceptorId = "a", CategoryCode = "5499", Currency = "710",
                },
            };
            using AgreedKeys agreed = NewKeys(1);
            _enrolment = Enrolment.Establish(_platform, "k0123456789abcdef", keys, state, agreed, new byte[EnvelopeSender.SecretLength]);
        }

        public int Deaths { get; private set; }

        public int Replacements { get; private set; }

        public void Step()
        {
            // Death before the n-th write of this step; what was written before it stays.
            int lives = _random.Below(6);
            _platform.Blobs.OnWrite = _ =>
            {
                if (lives-- == 0)
                {
                    throw new PhoneDiedException();
                }
            };
            try
            {
                Act(_random.Below(4));
            }
            catch (PhoneDiedException)
            {
                Deaths++;
                _platform.Blobs.OnWrite = null;
                _enrolment.Dispose();
                _enrolment = Enrolment.Open(_platform) ?? throw new InvalidOperationException("the phone lost its keys");
            }
        }

        private void Act(int action)
        {
            if (action < 3)
            {
                using DukptTransaction? transaction = _enrolment.DataKeys.Begin();
                Assert.True(_used.Add(transaction!.SerialNumber), "a counter came back");
                Assert.Contains(transaction.SerialNumber.InitialKeyId, (ulong[])[_current, _next]);
                using DukptTransaction? pin = _enrolment.PinKeys.Begin();
                Assert.True(_used.Add(pin!.SerialNumber), "a PIN counter came back");
                return;
            }

            if (_enrolment.UnconfirmedKeyId is null)
            {
                _lastId += 2;
                _next = _lastId;
                using AgreedKeys agreed = NewKeys(_next);
                _enrolment.ReplaceKeys(agreed);
                Replacements++;
            }

            Assert.Equal(_next, _enrolment.UnconfirmedKeyId);
            _current = _next;
            _enrolment.ConfirmKeys();
        }

        private static AgreedKeys NewKeys(ulong id) =>
            new(new InitialKey(id, RandomNumberGenerator.GetBytes(32)), new InitialKey(id + 1, RandomNumberGenerator.GetBytes(32)));
    }

    private sealed class PhoneDiedException : Exception;
}
