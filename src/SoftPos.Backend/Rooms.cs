using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Policy;
using SoftPos.Iso8583;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Monitoring.Revocation;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>The server rooms of one node, opened in the order in which they need each other, closed in the reverse.</summary>
internal sealed class Rooms : IAsyncDisposable
{
    /// <summary>Setting that says which kind of installation a data folder belongs to.</summary>
    private const string KindSetting = "installation.kind";

    /// <summary>How often the channel document's age is looked at; it is renewed at half of its life.</summary>
    private static readonly TimeSpan ChannelRenewal = TimeSpan.FromHours(6);

    /// <summary>How often the ends of exceptions are written down; they take effect at their instant without it.</summary>
    private static readonly TimeSpan ExceptionRound = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _closing = new();
    private readonly TimeProvider _clock;
    private readonly OpenKeyRoom _keys;
    private readonly ServiceKey _resultKey;
    private readonly NoteSigner _logKey;
    private readonly RandomNumberGenerator _random;
    private readonly PaymentOptions _paymentOptions;
    private readonly List<AcquirerLink> _links;
    private readonly HttpClient? _statusListClient;
    private readonly StatusListFeed? _statusList;
    private readonly Retention _retention;
    private Task _background = Task.CompletedTask;

    private Rooms(
        BackendOptions options, TimeProvider clock, Database database, OpenKeyRoom keyRoom, ServiceKey resultKey, NoteSigner logKey, ReaderConfigurations configurations,
        ChannelKeys channel, Surroundings? surroundings)
    {
        _random = surroundings?.Randomness ?? RandomNumberGenerator.Create();
        Channel = channel;
        Configurations = configurations;
        _clock = clock;
        Database = database;
        _keys = keyRoom;
        IKeyRoom keys = keyRoom.Room;
        _resultKey = resultKey;
        _logKey = logKey;
        LocalOperator = LocalOperator.Create(database, options.DataFolder, clock);
        Challenges = new ChallengeStore(clock, _random);
        _retention = Retention.Create(database, options.EvidenceRetention, clock);
        if (options.StatusList is { } list)
        {
            _statusListClient = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            _statusList = new StatusListFeed(database, _statusListClient, list, clock);
        }


        JsonObject values = DefaultPolicy.ValuesFor(options.AppPackages, options.AppSigners);

        // A document says itself from which version of the app on it admits.
        values.Remove("minAppVersion");
        LivePolicy live = new(DefaultPolicy.With(values));
        Policies = new PolicyVersions(database, live, values, resultKey, clock);
        Rollouts = new PolicyRollouts(database, live, Policies, clock);
        Exceptions = new PolicyExceptions(database, live, resultKey, clock);
        Custodians = new Custodians(database, clock);
        MonitoringOptions monitoring = new()
        {
            Policy = live,
            Anchors = options.Anchors,
            StatusList = () => _statusList?.Current,
            KeysDueAfter = options.KeysDueAfter,
            ReaderConfigurationVersion = configurations.VersionForAsync,
            News = (terminal, answer, cancellation) => News!.AddAsync(terminal, answer, cancellation),
            Ring = options.Sandbox ? AppraisalContext.Sandbox : AppraisalContext.Production,
            EvidenceInterval = options.EvidenceInterval,
            NewTerminalId = options.NewTerminalId ?? Guid.CreateVersion7,
        };
        Monitoring = monitoring;
        KeyRoomDelivery delivery = new(keys);
        Enrolment = new Enrolment(database, Challenges, monitoring, delivery, clock);
        KeyReplacement = new KeyReplacement(database, Challenges, delivery, monitoring, clock);
        Appraisal = new EvidenceAppraisal(database, Challenges, monitoring, resultKey, KeyReplacement, clock);
        Responses = new FleetResponses(database, clock);
        Commands = new RemoteCommands(database, Challenges, clock);
        Iso8583Dialect dialect = ShippedDialects.Lab;
        _paymentOptions = new PaymentOptions
        {
            Dialect = dialect, AcquiringInstitution = "00000000001", Reversal = options.Reversal, Mac = options.AcquirerMac, Velocity = options.Velocity,
            Pin = options.Pin, OfflineKey = configurations.PublicKey, Currencies = options.AcquirerCurrencies,
            SurchargeCapHundredths = options.SurchargeCapHundredths, PreAuthorisationLife = options.PreAuthorisationLife,
        };
        _links = [.. options.FurtherAcquirers.Prepend(options.Acquirer).Select(address => new AcquirerLink(
            new AcquirerLinkOptions { Name = address.ToString(), Host = address.Address.ToString(), Port = address.Port, Dialect = dialect }, clock))];
        Routes = new AcquirerRoutes(_links, dialect, options.AcquirerTimeout, options.Breaker, clock);
        Payments = new PaymentGateway(database, keys, surroundings?.Acquirer ?? Routes, resultKey.PublicKey, _paymentOptions, clock);
        News = new TerminalNews(database, Payments.Offline, configurations.Key, clock);
    }

    public Database Database { get; }

    /// <summary>The key room.</summary>
    public IKeyRoom KeyRoom => _keys.Room;

    public LocalOperator LocalOperator { get; }

    public ChallengeStore Challenges { get; }

    public Enrolment Enrolment { get; }

    public KeyReplacement KeyReplacement { get; }

    public EvidenceAppraisal Appraisal { get; }

    /// <summary>By what terminals are appraised.</summary>
    public MonitoringOptions Monitoring { get; }

    public FleetResponses Responses { get; }

    public PolicyVersions Policies { get; }

    public PolicyRollouts Rollouts { get; }

    public PolicyExceptions Exceptions { get; }

    public Custodians Custodians { get; }

    public RemoteCommands Commands { get; }

    public PaymentGateway Payments { get; }

    public TerminalNews News { get; }

    /// <summary>Writes down what the acquirer answers when nobody waits any more.</summary>
    public LateAnswers LateAnswers => new(Database, _paymentOptions, _clock);

    public AcquirerRoutes Routes { get; }

    public ReaderConfigurations Configurations { get; }

    /// <summary>Keys of the channel to terminals.</summary>
    public ChannelKeys Channel { get; }

    /// <exception cref="BackendStartException">The data folder cannot be used; the message says why.</exception>
    public static async Task<Rooms> OpenAsync(
        BackendOptions options, TimeProvider clock, CancellationToken cancellation, Surroundings? surroundings = null)
    {
        Database database = await OpenDatabaseAsync(options, clock, surroundings?.Disk);
        try
        {
            await CheckKindAsync(database, options, cancellation);
            OpenKeyRoom keys = await OpenKeyRoom.OpenAsync(options, database, clock, cancellation);
            try
            {
                ServiceKey resultKey = await ServiceKey.OpenMonitoringAsync(database, keys.Room, cancellation);
                NoteSigner logKey = await LogKey.OpenAsync(database, keys.Room, cancellation);
                ServiceKey configurationKey = await ServiceKey.OpenConfigurationAsync(database, keys.Room, cancellation);
                ReaderConfigurations configurations = new(database, configurationKey, clock, options.Sandbox);
                await configurations.LoadAsync(cancellation);
                ChannelKeys channel = await ChannelKeys.OpenAsync(database, keys.Room, options, clock, cancellation);
                Rooms rooms = new(options, clock, database, keys, resultKey, logKey, configurations, channel, surroundings);
                await rooms.Policies.OpenAsync(cancellation);
                await rooms.Rollouts.OpenAsync(cancellation);
                rooms.Exceptions.Open();
                return rooms;
            }
            catch
            {
                keys.Dispose();
                throw;
            }
        }
        catch (InvalidDataException fault)
        {
            await database.DisposeAsync();
            throw new BackendStartException(fault.Message, fault);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(Database);
        services.AddSingleton(LocalOperator);
        services.AddSingleton(Challenges);
        services.AddSingleton(Enrolment);
        services.AddSingleton(KeyReplacement);
        services.AddSingleton(Appraisal);
        services.AddSingleton(Responses);
        services.AddSingleton(Policies);
        services.AddSingleton(Rollouts);
        services.AddSingleton(Exceptions);
        services.AddSingleton(Custodians);
        services.AddSingleton(new PolicySimulation(Database, _clock));
        services.AddSingleton(Commands);
        services.AddSingleton(new AppealDesk(Database, _clock));
        services.AddSingleton(Payments);
        services.AddSingleton(Configurations);
        services.AddSingleton(Channel);
        services.AddSingleton(new ChannelForks(Database));
        services.AddSingleton(_logKey);
        services.AddSingleton(new Settlement(Database, _paymentOptions, _clock));
        services.AddSingleton(Routes);
    }

    /// <summary>Settles what an earlier process left open, then lets the acquirer link, the reversals and the late answers run.</summary>
    public async Task StartAsync(ILogger logger, CancellationToken cancellation)
    {
        (int abandoned, int toReverse) = await Payments.RecoverAsync(cancellation);
        if (abandoned + toReverse > 0)
        {
            logger.LogWarning("recovered: {Abandoned} payments abandoned, {ToReverse} to be reversed", abandoned, toReverse);
        }

        _links.ForEach(static link => link.Start());
        Task reversals = Payments.Reversals.RunAsync(
            fault => logger.LogError("a round of reversals failed and will be tried again: {Fault}", fault.GetType().Name), _closing.Token);
        if (_statusList is not null)
        {
            await _statusList.OpenAsync(cancellation);
        }

        Task revocation = _statusList?.RunAsync(_closing.Token) ?? Task.CompletedTask;
        Task retention = _retention.RunAsync(logger, _closing.Token);
        Task rollouts = Rollouts.RunAsync(
            fault => logger.LogError("a look at the policy roll-out failed and will be tried again: {Fault}", fault.GetType().Name), _closing.Token);
        Task exceptions = EndExceptionsAsync(logger);
        Task channel = RenewChannelAsync(logger);
        _background = Task.WhenAll([reversals, revocation, retention, rollouts, exceptions, channel, .. _links.Select(link => TakeLateAnswersAsync(link, logger))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_links.Select(static link => link.DisposeAsync().AsTask()));
        await _background;
        Payments.Dispose();
        Rollouts.Dispose();
        _statusListClient?.Dispose();
        _resultKey.Dispose();
        Configurations.Dispose();
        Channel.Dispose();
        _logKey.Dispose();
        _keys.Dispose();
        await Database.DisposeAsync();
        _random.Dispose();
        _closing.Dispose();
    }

    private async Task EndExceptionsAsync(ILogger logger)
    {
        using PeriodicTimer timer = new(ExceptionRound, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                try
                {
                    await Exceptions.RoundAsync(_closing.Token);
                }
                catch (StorageException fault)
                {
                    logger.LogError("the end of an exception could not be written down and will be tried again: {Fault}", fault.Failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node is being closed.
        }
    }

    private async Task RenewChannelAsync(ILogger logger)
    {
        using PeriodicTimer timer = new(ChannelRenewal, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                try
                {
                    await Channel.RenewAsync(_closing.Token);
                }
                catch (StorageException fault)
                {
                    logger.LogError("the channel document could not be renewed and will be tried again: {Fault}", fault.Failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node is being closed.
        }
    }

    private async Task TakeLateAnswersAsync(AcquirerLink link, ILogger logger)
    {
        LateAnswers late = LateAnswers;
        try
        {
            await foreach (UnmatchedMessage message in link.Unmatched.ReadAllAsync(_closing.Token))
            {
                try
                {
                    await late.TakeAsync(message.Bytes);
                }
                catch (StorageException fault)
                {
                    logger.LogError("a late answer could not be written down: {Fault}", fault.Failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node is being closed.
        }
    }

    private static async Task<Database> OpenDatabaseAsync(BackendOptions options, TimeProvider clock, ICommitPath? commitPath)
    {
        try
        {
            return await Database.OpenAsync(Path.Combine(options.DataFolder, "softpos.db"), clock, commitPath);
        }
        catch (StorageException fault)
        {
            throw new BackendStartException($"cannot open the data in {options.DataFolder}: {fault.Message}", fault);
        }
    }

    /// <summary>Sandbox and production never mix: a folder stays what it was made as.</summary>
    private static async Task CheckKindAsync(Database database, BackendOptions options, CancellationToken cancellation)
    {
        string kind = options.Sandbox ? "sandbox" : "production";
        if (!options.Sandbox && options.Anchors.All.FirstOrDefault(anchor => anchor.IsSandbox) is { } lab)
        {
            throw new BackendStartException($"production refuses the lab attestation root '{lab.Label}'");
        }

        if (await database.Settings.FindAsync(KindSetting, cancellation) is { } stored)
        {
            string made = Encoding.UTF8.GetString(stored);
            if (made != kind)
            {
                throw new BackendStartException($"the data in {options.DataFolder} were made by a {made} back end and cannot be used for {kind}");
            }

            return;
        }

        Change change = new Change()
            .PutSetting(KindSetting, Encoding.UTF8.GetBytes(kind))
            .Append("installation.created", kind, new JsonObject { ["kind"] = kind });
        if (options.Sandbox)
        {
            change.Put(SandboxMerchant.Record);
        }

        (await database.CommitAsync(change, cancellation)).Require();
    }
}
