using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoftPos.Backend.Endpoints;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>One running node of the back end: rooms wired, endpoints mapped, listening.</summary>
public sealed class BackendHost : IAsyncDisposable
{
    /// <summary>Life of a sign-in link: long enough to find the browser, short enough to be of no use in an old log.</summary>
    private static readonly TimeSpan SignInLifetime = TimeSpan.FromMinutes(15);

    /// <summary>User that the printed link signs in; its rights are those of the person at the machine.</summary>
    private const string LocalUser = "local-operator";

    private readonly WebApplication _application;
    private readonly Rooms _rooms;
    private readonly TimeProvider _clock;

    private BackendHost(WebApplication application, Rooms rooms, TimeProvider clock)
    {
        _application = application;
        _rooms = rooms;
        _clock = clock;
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(address);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts a node.</summary>
    /// <exception cref="BackendStartException">It cannot start; the message says what to do.</exception>
    public static async Task<BackendHost> StartAsync(BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        Rooms rooms = await Rooms.OpenAsync(options, clock, cancellation);
        try
        {
            WebApplication application = Build(options, rooms, clock);
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

            await rooms.StartAsync(application.Logger, cancellation);
            return new BackendHost(application, rooms, clock);
        }
        catch
        {
            await rooms.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a one-time sign-in link for the person at this machine. The token stands in the fragment, which no server logs.</summary>
    public async Task<Uri> CreateSignInLinkAsync(CancellationToken cancellation)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string token = OneTimeSecret.NewToken(random);
        DateTimeOffset now = _clock.GetUtcNow();
        Change change = new Change()
            .Put(new ConsoleUser { UserId = LocalUser, Name = "Local operator", Role = "operator", CreatedAt = now })
            .AddSignInLink(token, LocalUser, now + SignInLifetime)
            .Append("console.link-made", LocalUser, new System.Text.Json.Nodes.JsonObject { ["expires"] = now + SignInLifetime });
        (await _rooms.Database.CommitAsync(change, cancellation)).Require();
        return new Uri(Address, "/sign-in#" + token);
    }

    /// <summary>Waits until the node is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _application.WaitForShutdownAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _rooms.DisposeAsync();
    }

    private static WebApplication Build(BackendOptions options, Rooms rooms, TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // The program's own folder, wherever it was started: its pages and scripts lie beside it.
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name,
        });
        builder.WebHost.UseKestrelCore();
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
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(options.Verbose ? LogLevel.Information : LogLevel.Warning);
        builder.Services.AddSingleton(clock);
        rooms.AddTo(builder.Services);
        builder.Services.AddTerminalEndpoints();
        WebApplication application = builder.Build();
        application.UseReasonProblems();
        application.MapTerminalEndpoints();
        if (options.Sandbox)
        {
            application.MapSandboxEndpoints();
        }

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
