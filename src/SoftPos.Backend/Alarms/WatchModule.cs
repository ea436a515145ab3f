using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using SoftPos.Contract.Integrators;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Alarms;

/// <summary>
/// The watch of one node: deadlines of terminals, alarms, their receivers, and the bounds of what is kept. Opened after the rooms.
/// </summary>
internal sealed class WatchModule : IAsyncDisposable
{
    private static readonly TimeSpan Housekeeping = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly Database _database;
    private readonly MonitoringOptions _monitoring;
    private readonly AlarmOptions _options;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<IAlarmSink> _sinks;
    private readonly AlarmBook _book;
    private readonly AlarmEngine _engine;
    private readonly SilenceWatch _watch;
    private readonly AlarmSender _sender;
    private Task _background = Task.CompletedTask;

    private WatchModule(Database database, MonitoringOptions monitoring, AlarmOptions options, IReadOnlyList<IAlarmSink> sinks,
        TimeProvider clock)
    {
        (_database, _monitoring, _options, _sinks, _clock) = (database, monitoring, options, sinks, clock);
        _book = new AlarmBook(database, [.. sinks.Select(static sink => sink.Name)], clock);
        _engine = new AlarmEngine(database, monitoring, options, _book, clock);
        _watch = new SilenceWatch(database, monitoring, clock);
        _sender = new AlarmSender(database, sinks, _engine, _watch, options, clock);
        _book.Owed = _sender.Wake;
    }

    /// <summary>The watch over silence, for an owner that moves the time.</summary>
    public SilenceWatch Silence => _watch;

    /// <summary>Alarms, for such an owner.</summary>
    public AlarmEngine Engine => _engine;

    /// <exception cref="BackendStartException">A receiver cannot be used; the message says which.</exception>
    public static WatchModule Create(Database database, MonitoringOptions monitoring, BackendOptions options, TimeProvider clock) =>
        new(database, monitoring, options.Alarms, SinksOf(options, clock), clock);

    /// <summary>Takes up what an earlier run had not looked at. From here on no entry is missed, so it comes before the first request.</summary>
    public Task OpenAsync(CancellationToken cancellation) => _engine.FollowOnceAsync(cancellation);

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(_monitoring);
        services.AddSingleton(_book);
        services.AddSingleton(_engine);
        services.AddSingleton(_watch);
        services.AddSingleton(_sender);
        services.AddSingleton(_options);
    }

    public void Start(ILogger logger)
    {
        void Failed(Exception fault) =>
            logger.LogError("a round of the watch failed and will be tried again: {Fault}", fault.GetType().Name);
        _background = Task.WhenAll(
            _watch.RunAsync(Failed, _closing.Token), _engine.RunAsync(Failed, _closing.Token), _sender.RunAsync(Failed, _closing.Token),
            KeepHouseAsync(Failed));
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _background;
        foreach (IDisposable sink in _sinks.OfType<IDisposable>())
        {
            sink.Dispose();
        }

        _engine.Dispose();
        _sender.Dispose();
        _closing.Dispose();
    }

    private static List<IAlarmSink> SinksOf(BackendOptions options, TimeProvider clock)
    {
        List<IAlarmSink> sinks = [];
        string version = typeof(WatchModule).Assembly.GetName().Version?.ToString(3) ?? "0";
        AlarmSinkOptions wanted = options.AlarmSinks;
        foreach (string to in wanted.MailTo)
        {
            sinks.Add(options.Mail is { } mail && MailboxAddress.TryParse(to, out _)
                ? new MailSink(mail, to, options.PublicAddress)
                : throw new BackendStartException($"alarms to {to}: expected an e-mail address, and a mail server beside it"));
        }

        foreach (Uri address in wanted.Webhooks)
        {
            bool usable = address.Scheme == Uri.UriSchemeHttps
                || (address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || options.Sandbox));
            byte[]? secret = wanted.WebhookSecret is { } text ? StandardWebhook.ReadSecret(text) : null;
            sinks.Add(usable && secret is not null
                ? new WebhookSink(address, secret, clock)
                : throw new BackendStartException(
                    $"alarms to {address.GetLeftPart(UriPartial.Path)}: expected https, and a secret of 24 to 64 bytes as whsec_ and Base64"));
        }

        foreach (Uri address in wanted.Syslog)
        {
            sinks.Add(SyslogSink.FaultOf(address) is { } fault
                ? throw new BackendStartException($"alarms to {address}: {fault}")
                : new SyslogSink(address, version));
        }

        return sinks.DistinctBy(static sink => sink.Name).Count() == sinks.Count
            ? sinks
            : throw new BackendStartException("two receivers of alarms have the same name");
    }

    private async Task KeepHouseAsync(Action<Exception> failed)
    {
        try
        {
            using PeriodicTimer timer = new(Housekeeping, _clock);
            do
            {
                try
                {
                    DateTimeOffset now = _clock.GetUtcNow();
                    await _options.Health.PruneAsync(_database, now, _closing.Token);
                    await _database.Alarms.ForgetAsync(now - _options.Memory, _closing.Token);
                    (await _database.CommitAsync(new Change().ForgetAlarmDeliveries(now - _options.Memory), _closing.Token)).Require();
                }
                catch (StorageException fault)
                {
                    failed(fault);
                }
            }
            while (await timer.WaitForNextTickAsync(_closing.Token));
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }
}
