using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Fleet;

/// <summary>The monitoring room over a database of its own, as the host wires it, with a clock that tests move.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    public const string Merchant = "m1";

    private readonly string _folder;
    private readonly ECDsa _resultKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _codes;

    private TestFleet(string folder, Database database, FakeTimeProvider clock)
    {
        _folder = folder;
        Database = database;
        Clock = clock;
        Challenges = new ChallengeStore(clock, RandomNumberGenerator.Create());
        Wire();
    }

    public Database Database { get; private set; }

    public FakeTimeProvider Clock { get; }

    public ChallengeStore Challenges { get; }

    public MonitoringOptions Options { get; private set; }

    public Enrolment Enrolment { get; private set; }

    public EvidenceAppraisal Appraisal { get; private set; }

    public FleetResponses Responses { get; private set; }

    public RemoteCommands Commands { get; private set; }

    public PolicyVersions Policies { get; private set; }

    public PolicyRollouts Rollouts { get; private set; }

    public PolicyExceptions Exceptions { get; private set; }

    public PolicySimulation Simulation { get; private set; }

    public SilenceWatch Watch { get; private set; }

    public AlarmBook Book { get; private set; }

    public AlarmEngine Alarms { get; private set; }

    /// <summary>Names of the receivers that alarms are owed to.</summary>
    public IReadOnlyList<string> Sinks { get; init; } = ["test"];

    /// <summary>Bounds of alarms.</summary>
    public AlarmOptions AlarmOptions { get; init; } = new();

    public static async Task<TestFleet> OpenAsync()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-monitoring-").FullName;
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        Database database = await Database.OpenAsync(Path.Combine(folder, "softpos.db"), clock);
        TestFleet fleet = new(folder, database, clock);
        await fleet.AddMerchantAsync(Merchant);
        await fleet.Alarms.FollowOnceAsync(default);
        return fleet;
    }

    /// <summary>The same folder in a new process.</summary>
    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        Database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), Clock);
        Wire();
        await Policies.OpenAsync(default);
        await Rollouts.OpenAsync(default);
        Exceptions.Open();
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Enrolment), nameof(Appraisal), nameof(Responses), nameof(Commands), nameof(Options), nameof(Policies),
        nameof(Rollouts), nameof(Exceptions), nameof(Simulation), nameof(Watch), nameof(Book), nameof(Alarms))]
    private void Wire()
    {
        System.Text.Json.Nodes.JsonObject values = DefaultPolicy.ValuesFor([LabApp.Package], [LabApp.SignerHex]);
        LivePolicy live = new(DefaultPolicy.With(values));
        Policies = new PolicyVersions(Database, live, values, new ResultKey(_resultKey), Clock);
        Rollouts?.Dispose();
        Rollouts = new PolicyRollouts(Database, live, Policies, Clock);
        Exceptions = new PolicyExceptions(Database, live, new ResultKey(_resultKey), Clock);
        Simulation = new PolicySimulation(Database, Clock);
        Options = new MonitoringOptions
        {
            Policy = live,
            Anchors = TrustAnchors.Google.With(new LabAttestationAuthority().Anchor),
            Ring = AppraisalContext.Sandbox,
        };
        FixedKeys keys = new();
        Enrolment = new Enrolment(Database, Challenges, Options, keys, Clock);
        KeyReplacement replacement = new(Database, Challenges, keys, Options, Clock);
        Appraisal = new EvidenceAppraisal(Database, Challenges, Options, new ResultKey(_resultKey), replacement, Clock);
        Responses = new FleetResponses(Database, Clock);
        Commands = new RemoteCommands(Database, Challenges, Clock);
        Watch = new SilenceWatch(Database, Options, Clock);
        Book = new AlarmBook(Database, Sinks, Clock);
        Alarms?.Dispose();
        Alarms = new AlarmEngine(Database, Options, AlarmOptions, Book, Clock);
    }

    /// <summary>Time passes as it does for a running process: the watch looks every few seconds, alarms follow.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (DateTimeOffset end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            TimeSpan step = end - Clock.GetUtcNow();
            Clock.Advance(step < TimeSpan.FromSeconds(15) ? step : TimeSpan.FromSeconds(15));
            await Watch.RoundAsync(default);
        }

        await Alarms.LookAsync(default);
    }

    public async Task<AlarmRecord?> AlarmAsync(TestPhone phone, string kind) =>
        await Database.Alarms.FindAsync(AlarmSignal.Terminal(phone.TerminalId.ToString()), kind);

    public Task<List<AlarmRecord>> OpenAlarmsAsync() => Database.Alarms.PageAsync(true, long.MaxValue, 500).AsTask();

    public async Task AddMerchantAsync(string id) => (await Database.CommitAsync(new Change().Put(new MerchantRecord
    {
        MerchantId = id, Name = "Stall " + id, City = "Durban", Country = "ZA", CardAcceptorId = id, CategoryCode = "5411", Currency = "710",
    }))).Require();

    public async Task<string> NewCodeAsync(string merchant = Merchant, Guid? replaces = null)
    {
        string code = $"CODE-{_codes++:D4}";
        (await Database.CommitAsync(new Change().AddActivationCode(code, merchant, Clock.GetUtcNow().AddHours(1), replaces: replaces))).Require();
        return code;
    }

    public TestPhone NewPhone(string name = "good") => new(LabPhoneDescription.Find(name)!, Clock);

    public Challenge Ask(ChallengePurpose purpose, Guid? terminal = null) => Challenges.Issue(purpose, terminal)!;

    public async Task<EnrolmentOutcome> ActivateAsync(TestPhone phone, string code)
    {
        EnrolmentOutcome outcome = await Enrolment.ActivateAsync(phone.Activation(code, Ask(ChallengePurpose.Enrolment)), default);
        phone.TerminalId = outcome.Answer?.TerminalId ?? default;
        return outcome;
    }

    /// <summary>An enrolled phone.</summary>
    public async Task<TestPhone> EnrolAsync(string name = "good", string merchant = Merchant, Action<TestPhone>? set = null)
    {
        TestPhone phone = NewPhone(name);
        set?.Invoke(phone);
        EnrolmentOutcome outcome = await ActivateAsync(phone, await NewCodeAsync(merchant));
        Assert.NotNull(outcome.Answer?.DataKey);
        return phone;
    }

    public Task<AttestationOutcome> AttestAsync(TestPhone phone, ChallengePurpose purpose = ChallengePurpose.Heartbeat) =>
        Appraisal.AppraiseAsync(phone.Evidence(Ask(purpose, phone.TerminalId), purpose), default);

    public Task<CommandOutcome> PollAsync(TestPhone phone, params CommandAcknowledgement[] done) =>
        Commands.PollAsync(phone.Poll(Ask(ChallengePurpose.Heartbeat, phone.TerminalId), done), default);

    public async Task<TerminalRecord> RecordAsync(TestPhone phone) => (await Database.Terminals.FindAsync(phone.TerminalId))!;

    /// <summary>Journal entries about a subject, oldest first, as kind and content.</summary>
    public async Task<List<(string Kind, JsonNode Content)>> JournalAsync(string subject) =>
        [.. (await Database.Journal.OfSubjectAsync(subject)).Select(entry => (entry.Kind, JsonNode.Parse(Encoding.UTF8.GetString(entry.Content!))!))];

    public Task<List<(string Kind, JsonNode Content)>> JournalAsync(TestPhone phone) => JournalAsync(phone.TerminalId.ToString());

    public async ValueTask DisposeAsync()
    {
        Alarms.Dispose();
        Rollouts.Dispose();
        await Database.DisposeAsync();
        _resultKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class ResultKey(ECDsa key) : IDeviceKey
    {
        public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => key.SignHash(hash);
    }

    /// <summary>Monitoring knows no keys; what stands here only has their form.</summary>
    private sealed class FixedKeys : IKeyDelivery
    {
        public ValueTask<KeyDelivery> DeliverAsync(
            Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
        {
            DeliveredKey key = new() { KeyId = terminalId.ToByteArray()[..8], EphemeralKey = [1], KeyBlock = "D" };
            return ValueTask.FromResult(new KeyDelivery(key, key));
        }
    }
}
