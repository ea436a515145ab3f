using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using SoftPos.Backend.Alarms;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;

namespace SoftPos.Backend.Observability;

/// <summary>
/// Figures for Prometheus, and whether the node lives and is ready. Figures are for the person at the machine: over loopback, with the
/// token in the data folder. A proxy on the same machine speaks from loopback too, and has no token.
/// </summary>
internal sealed class ObservabilityModule : IAsyncDisposable
{
    /// <summary>Where Prometheus asks.</summary>
    public const string MetricsPath = "/metrics";

    private readonly CancellationTokenSource _closing = new();
    private readonly RoomMetrics _metrics;
    private readonly ReadyCheck _ready;
    private Task _background = Task.CompletedTask;

    public ObservabilityModule(Rooms rooms, WatchModule watch, TimeProvider clock)
    {
        _metrics = new RoomMetrics(rooms.Database, rooms.Routes, watch.Engine, rooms.Rollouts, clock);
        _ready = new ReadyCheck(rooms);
    }

    public static void AddTo(IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(static metrics => metrics
        .AddMeter(RoomMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddPrometheusExporter());

    public void Map(WebApplication application)
    {
        application.UseOpenTelemetryPrometheusScrapingEndpoint(static context => context.Request.Path == MetricsPath && MayLook(context));
        application.MapGet(MetricsPath, static () => ReasonProblem.Result(ReasonCodes.OperatorUnknown));
        application.MapGet("/healthz/live", static () => Results.Json(new { status = "live" }));
        application.MapGet("/healthz/ready", async (CancellationToken cancellation) =>
        {
            ReadyAnswer answer = await _ready.AskAsync(cancellation);
            return Results.Json(answer, OperatorBody.Form, statusCode: answer.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).RequireRateLimiting(TerminalEndpoints.RateLimit);
    }

    public void Start(ILogger logger) => _background = _metrics.RunAsync(
        fault => logger.LogError("figures could not be read and will be tried again: {Fault}", fault.GetType().Name), _closing.Token);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _background;
        _metrics.Dispose();
        _closing.Dispose();
    }

    private static bool MayLook(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && OperatorEndpoints.IsLocal(context, context.RequestServices.GetRequiredService<LocalOperator>());
}
