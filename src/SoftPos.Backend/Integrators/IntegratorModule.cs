using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Keys;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>The integrators' part of one node: API, webhooks, receipts. Opened after the rooms, closed before them.</summary>
internal sealed class IntegratorModule : IAsyncDisposable
{
    /// <summary>Where the description of the API is.</summary>
    public const string DescriptionPath = "/v1/openapi.json";

    private static readonly TimeSpan Housekeeping = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OrderTick = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly BackendOptions _options;
    private readonly ApiSettings _settings;
    private readonly ReceiptLinks _links;
    private readonly ApiKeys _keys;
    private readonly Idempotency _idempotency;
    private readonly OrderDesk _orders;
    private readonly EventSource _events;
    private readonly WebhookPump _pump;
    private readonly WebhookSender _sender;
    private readonly ApiGate _gate;
    private readonly EventApi _stream;
    private readonly WebhookApi _webhooks;
    private Task _background = Task.CompletedTask;

    private IntegratorModule(Database database, IKeyRoom room, ReceiptLinks links, BackendOptions options, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        _options = options;
        _links = links;
        _settings = new ApiSettings(options.Sandbox, options.PublicAddress);
        _keys = new ApiKeys(database, options.Sandbox, clock);
        _idempotency = new Idempotency(database, room, clock);
        _orders = new OrderDesk(database, clock);
        _events = new EventSource(database);
        _sender = new WebhookSender(database, room, WebhookAddress.Handler(options.Sandbox), new WebhookSchedule(), clock);
        _pump = new WebhookPump(database, _events, clock) { Owed = _sender.Wake };
        _gate = new ApiGate(_keys, _idempotency);
        _stream = new EventApi(database, _events, _keys, clock);
        _webhooks = new WebhookApi(database, room, _sender, _settings, clock);
    }

    public static async Task<IntegratorModule> OpenAsync(
        Database database, IKeyRoom room, BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        IntegratorModule module = new(database, room, await ReceiptLinks.OpenAsync(database, room, cancellation), options, clock);
        if (options.Sandbox)
        {
            await SandboxKey.EnsureAsync(database, module._keys, options.DataFolder, cancellation);
        }

        return module;
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IStartupFilter, KeyFence>();
        services.AddSingleton(_settings);
        services.AddSingleton(_links);
        services.AddSingleton(_keys);
        services.AddSingleton(_orders);
        services.AddSingleton(_options);
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, IntegratorJson.Default));
        services.AddOpenApi("v1", static description =>
        {
            description.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            description.ShouldInclude = static route => route.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
            description.AddDocumentTransformer(ApiDescription.DescribeAsync);
            description.AddOperationTransformer(ApiDescription.DescribeAsync);
        });
    }

    public void Map(WebApplication application)
    {
        RouteGroupBuilder v1 = application.MapGroup("/v1");
        v1.AddEndpointFilter(_gate);
        MerchantApi.Map(v1);
        PaymentApi.Map(v1);
        OfflineApi.Map(v1);
        ReconciliationApi.Map(v1);
        OrderApi.Map(v1);
        ReceiptMail.Map(v1);
        ApiKeyApi.Map(v1);
        _webhooks.Map(v1);
        _stream.Map(v1);
        ApiKeyApi.MapOperator(application);
        ReceiptPages.Map(application);
        application.MapOpenApi("/{documentName}/openapi.json").RequireRateLimiting(TerminalEndpoints.RateLimit);
    }

    public void Start(ILogger logger)
    {
        void Failed(Exception fault) => logger.LogError("a round for integrators failed and will be tried again: {Fault}", fault.GetType().Name);
        _background = Task.WhenAll(
            QuietlyAsync(() => _pump.RunAsync(Failed, _closing.Token)),
            QuietlyAsync(() => _sender.RunAsync(Failed, _closing.Token)),
            QuietlyAsync(() => EveryAsync(OrderTick, () => _orders.ExpireAsync(_closing.Token), Failed)),
            QuietlyAsync(() => EveryAsync(
                Housekeeping, () => Task.WhenAll(_idempotency.ForgetAsync(_closing.Token), _sender.ForgetAsync(_closing.Token)), Failed)));
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _background;
        _sender.Dispose();
        _gate.Dispose();
        _stream.Dispose();
        _links.Dispose();
        _closing.Dispose();
    }

    private static async Task QuietlyAsync(Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (OperationCanceledException)
        {
            // The node is being closed.
        }
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> round, Action<Exception> failed)
    {
        using PeriodicTimer timer = new(interval, _clock);
        while (await timer.WaitForNextTickAsync(_closing.Token))
        {
            try
            {
                await round();
            }
            catch (StorageException fault)
            {
                failed(fault);
            }
        }
    }
}
