using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// Where terminals get their commands: by a signed poll, and by a stream of server-sent events that only says "poll now" and so carries
/// nothing to protect.
/// </summary>
internal static class CommandEndpoints
{
    /// <summary>Limit of terminals; the same as for their other questions.</summary>
    private const string TerminalLimit = "terminals";

    /// <summary>A line often enough that no proxy between takes the stream for dead.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(25);

    public static void MapCommandEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/terminal/v1/commands", PollAsync).RequireRateLimiting(TerminalLimit);
        routes.MapPost("/terminal/v1/commands/stream", StreamAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);
    }

    private static async Task<IResult> PollAsync(HttpContext context, RemoteCommands commands)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        CommandOutcome outcome = await commands.PollAsync(message, context.RequestAborted);
        return outcome.Refusal is { } refused
            ? ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field)
            : Results.Json(outcome.Answer!, ContractJson.Default.CommandAnswer);
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context, RemoteCommands commands, Database database, TimeProvider clock, IHostApplicationLifetime lifetime)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        CommandOutcome outcome = await commands.ListenAsync(message, context.RequestAborted);
        return outcome.Refusal is { } refused
            ? ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field)
            : TypedResults.ServerSentEvents(HintsAsync(outcome.TerminalId, database, clock, lifetime.ApplicationStopping, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> HintsAsync(
        Guid terminalId, Database database, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);

        // One hint stands for all that came since; a slow phone costs one slot.
        Channel<bool> hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        void OnQueued(Guid id)
        {
            if (id == terminalId)
            {
                hints.Writer.TryWrite(true);
            }
        }

        void OnOrder(ResponseOrder order) => hints.Writer.TryWrite(!order.IsRehearsal);
        database.Commands.Queued += OnQueued;
        database.Responses.Changed += OnOrder;
        using ITimer timer = clock.CreateTimer(_ => hints.Writer.TryWrite(false), null, KeepAlive, KeepAlive);
        try
        {
            yield return new SseItem<string>(database.Commands.MayWait(terminalId) ? "poll" : "open", "commands");
            while (!end.IsCancellationRequested && await WaitAsync(hints.Reader, end.Token))
            {
                while (hints.Reader.TryRead(out bool isHint))
                {
                    yield return new SseItem<string>(isHint ? "poll" : "alive", "commands");
                }
            }
        }
        finally
        {
            database.Commands.Queued -= OnQueued;
            database.Responses.Changed -= OnOrder;
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<bool> hints, CancellationToken cancellation)
    {
        try
        {
            return await hints.WaitToReadAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The terminal left, or the node is being closed.
            return false;
        }
    }
}
