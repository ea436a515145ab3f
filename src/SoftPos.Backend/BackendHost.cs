using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoftPos.Backend.Alarms;
using SoftPos.Backend.Console;
using SoftPos.Backend.Console.Access;
using SoftPos.Backend.Endpoints;
using SoftPos.Backend.Integrators;
using SoftPos.Backend.Observability;

namespace SoftPos.Backend;

/// <summary>One running node of the back end: rooms wired, endpoints mapped, listening.</summary>
public sealed class BackendHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Rooms _rooms;
    private readonly IntegratorModule _integrators;
    private readonly WatchModule _watch;
    private readonly ObservabilityModule? _observability;

    private BackendHost(
        WebApplication application, Rooms rooms, IntegratorModule integrators, WatchModule watch, ObservabilityModule? observability)
    {
        _observability = observability;
        _watch = watch;
        _integrators = integrators;
        _application = application;
        _rooms = rooms;
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(address);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts a node.</summary>
    /// <exception cref="BackendStartException">It cannot start; the message says what to do.</exception>
    public static Task<BackendHost> StartAsync(BackendOptions options, TimeProvider clock, CancellationToken cancellation) =>
        StartAsync(options, clock, null, cancellation);

    /// <summary>Starts a node in simulated surroundings; what an earlier process left open is settled, and no loop runs.</summary>
    internal static async Task<BackendHost> StartAsync(
        BackendOptions options, TimeProvider clock, Surroundings? surroundings, CancellationToken cancellation)
    {
        if (options.SandboxPages is not null && !(options.Sandbox && IPAddress.IsLoopback(options.Address)))
        {
            throw new BackendStartException("pages of the lab (virtual phones) are for a sandbox on loopback only; this back end refuses them");
        }

        Rooms rooms = await Rooms.OpenAsync(options, clock, cancellation, surroundings);
        IntegratorModule? integrators = null;
        WatchModule? watch = null;
        ObservabilityModule? observability = null;
        try
        {
            watch = WatchModule.Create(rooms.Database, rooms.Monitoring, options, clock);
            await watch.OpenAsync(cancellation);
            integrators = await IntegratorModule.OpenAsync(rooms.Database, rooms.KeyRoom, options, clock, cancellation);
            observability = surroundings is null ? new ObservabilityModule(rooms, watch, clock) : null;
            WebApplication application = Build(options, rooms, integrators, watch, observability, clock, surroundings);
            try
            {
                await application.StartAsync(cancellation);
            }
            catch (IOException fault) when (fault.InnerException is not null || fault.Message.Contains("bind", StringComparison.OrdinalIgnoreCase))
            {
                await application.DisposeAsync();
                throw new BackendStartException(
                    $"port {options.Port} on {options.Address} is taken; stop what uses it or choose another with --port", fault);
            }

            if (surroundings is not null)
            {
                await rooms.Payments.RecoverAsync(cancellation);
                return new BackendHost(application, rooms, integrators, watch, null);
            }

            await rooms.StartAsync(application.Logger, cancellation);
            watch.Start(application.Logger);
            integrators.Start(application.Logger);
            observability!.Start(application.Logger);
            return new BackendHost(application, rooms, integrators, watch, observability);
        }
        catch
        {
            if (observability is not null)
            {
                await observability.DisposeAsync();
            }

            if (integrators is not null)
            {
                await integrators.DisposeAsync();
            }

            if (watch is not null)
            {
                await watch.DisposeAsync();
            }

            await rooms.DisposeAsync();
            throw;
        }
    }

    /// <summary>The rooms, for whoever drives a node in simulated surroundings.</summary>
    internal Rooms Rooms => _rooms;

    /// <summary>The store, for tests.</summary>
    internal Storage.Database Database => _rooms.Database;

    /// <summary>The channel's keys, for tests.</summary>
    internal ChannelKeys Channel => _rooms.Channel;

    /// <summary>Every route that is mapped, for tests that try them all.</summary>
    internal IReadOnlyList<Endpoint> Routes => _application.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Makes a one-time sign-in link for the person at this machine. The token stands in the fragment, which no server logs.</summary>
    public async Task<Uri> CreateSignInLinkAsync(CancellationToken cancellation)
    {
        string token = await _rooms.LocalOperator.CreateSignInTokenAsync(cancellation);
        return new Uri(Address, "/sign-in#" + token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        if (_observability is not null)
        {
            await _observability.DisposeAsync();
        }

        await _integrators.DisposeAsync();
        await _watch.DisposeAsync();
        await _rooms.DisposeAsync();
    }

    private static WebApplication Build(BackendOptions options, Rooms rooms, IntegratorModule integrators, WatchModule watch,
        ObservabilityModule? observability, TimeProvider clock, Surroundings? surroundings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // The program's own folder, wherever it was started: its pages and scripts lie beside it.
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name,
        });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.MaxBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = Limits.MaxHeaders;
            kestrel.Limits.RequestHeadersTimeout = Limits.HeadersTimeout;
            kestrel.Limits.MaxConcurrentConnections = Limits.MaxConnections;
            kestrel.Listen(new IPEndPoint(options.Address, options.Port));
        });
        builder.Logging.ClearProviders();
        if (surroundings is null)
        {
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        }

        // That the host did not start is told as a BackendStartException, in words; a background service that fails is critical by itself.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.SetMinimumLevel(options.Verbose ? LogLevel.Information : LogLevel.Warning);
        if (surroundings is not null)
        {
            builder.Services.AddSingleton(surroundings.Server);
        }

        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(options);
        rooms.AddTo(builder.Services);
        integrators.AddTo(builder.Services);
        watch.AddTo(builder.Services);
        builder.Services.AddTerminalEndpoints();
        if (surroundings is null)
        {
            ObservabilityModule.AddTo(builder.Services);
            builder.Services.AddConsole();
        }

        WebApplication application = builder.Build();
        application.UseReasonProblems();
        EnvelopeGate.Use(application);
        if (surroundings is not null)
        {
            application.Use(surroundings.Inside);
        }

        // What terminals call; a simulation has phones and nobody else.
        application.MapTerminalEndpoints();
        application.MapChannelEndpoints(options.Sandbox);
        application.MapCommandEndpoints();
        application.MapAppealEndpoints();
        application.MapOfflineEndpoints();
        application.MapConfigurationEndpoints();
        if (options.Sandbox)
        {
            application.MapSandboxEndpoints();
            options.SandboxPages?.Invoke(application.MapGroup(string.Empty).RequireAuthorization(ConsoleAccess.Policy));
        }

        if (surroundings is not null)
        {
            return application;
        }

        integrators.Map(application);
        application.MapOperatorEndpoints();
        application.MapFleetEndpoints();
        application.MapPolicyEndpoints();
        application.MapRolloutEndpoints();
        application.MapExceptionEndpoints();
        application.MapLogEndpoints();
        application.MapSettlementEndpoints();
        application.MapBackupEndpoints();
        application.MapAlarmEndpoints();
        application.MapWatchEndpoints();
        observability?.Map(application);
        application.MapConsole();
        return application;
    }

    /// <summary>Bounds of one node's front door.</summary>
    private static class Limits
    {
        /// <summary>No message of a terminal is larger; browsers send the console less.</summary>
        public const long MaxBody = 128 * 1024;

        public const int MaxHeaders = 16 * 1024;

        /// <summary>Connections cost memory; a slow client must not hold one for the asking.</summary>
        public const long MaxConnections = 20_000;

        public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    }
}
