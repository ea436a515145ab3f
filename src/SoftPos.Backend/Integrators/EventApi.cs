using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Events as they happen, as server-sent events: what <c>softpos listen</c> reads. Nothing is lost over a broken connection: it goes on after the last identity.</summary>
internal sealed class EventApi(Database database, EventSource events, ApiKeys keys, TimeProvider clock) : IDisposable
{
    private const int Page = 500;

    /// <summary>Streams at once: each holds a connection.</summary>
    private const int MaxStreams = 200;

    /// <summary>Sign of life, and the time after which an ended key ends its stream.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _streams = new(MaxStreams, MaxStreams);

    public void Map(RouteGroupBuilder v1) => v1.MapGet("/events/stream", Stream).Wants(ApiScopes.Webhooks)
        .WithSummary("Events as they happen, as server-sent events; Last-Event-ID goes on after an event").Produces(StatusCodes.Status200OK, null, "text/event-stream");

    public void Dispose() => _streams.Dispose();

    private IResult Stream(HttpContext context)
    {
        string last = context.Request.Headers["Last-Event-ID"].ToString();
        long next = database.Journal.Head.Size;
        if (last.Length > 0)
        {
            // The identity starts with the index of the journal entry.
            if (last.Split('_') is not ["evt", { } index, _] || !long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out next) || next >= long.MaxValue)
            {
                return ReasonProblem.Result(ReasonCodes.RequestMalformed, "expected the identity of an event", "/header/last-event-id");
            }

            next++;
        }

        return new Answer(this, next);
    }

    private async Task WriteAsync(HttpContext context, long next)
    {
        if (!await _streams.WaitAsync(0))
        {
            await ReasonProblem.Result(ReasonCodes.RateLimited, $"at most {MaxStreams} streams at once").ExecuteAsync(context);
            return;
        }

        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        CancellationToken cancellation = either.Token;
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            using JournalSubscription pulse = database.Journal.Subscribe(1);
            await using IAsyncEnumerator<JournalEntry> entries = pulse.ReadAllAsync(cancellation).GetAsyncEnumerator(cancellation);
            Task<bool> more = entries.MoveNextAsync().AsTask();
            await context.Response.WriteAsync(": events\n\n", cancellation);
            while (await IsAllowedAsync(context))
            {
                next = await WriteFromAsync(context, next, cancellation);
                await context.Response.Body.FlushAsync(cancellation);
                try
                {
                    if (!await more.WaitAsync(Beat, clock, cancellation))
                    {
                        return;
                    }

                    more = entries.MoveNextAsync().AsTask();
                }
                catch (TimeoutException)
                {
                    await context.Response.WriteAsync(":\n\n", cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener went, or the back end is being stopped.
        }
        finally
        {
            _streams.Release();
        }
    }

    private async Task<long> WriteFromAsync(HttpContext context, long next, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        while (await database.Journal.RangeAsync(next, Page, cancellation) is { Count: > 0 } page)
        {
            foreach (JournalEntry entry in page)
            {
                if (await events.OfAsync(entry, cancellation) is { } happened && happened.Tenant == caller.Tenant
                    && (caller.MerchantId is null || caller.MerchantId == happened.MerchantId))
                {
                    string body = Encoding.UTF8.GetString(EventSource.BodyOf(happened.Event));
                    await context.Response.WriteAsync($"id: {happened.Event.Id}\nevent: {happened.Event.Type}\ndata: {body}\n\n", cancellation);
                }
            }

            next = page[^1].Index + 1;
        }

        return next;
    }

    private async ValueTask<bool> IsAllowedAsync(HttpContext context)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return await keys.FindAsync(header[(header.IndexOf(' ', StringComparison.Ordinal) + 1)..], context.RequestAborted) is not null;
    }

    private sealed class Answer(EventApi api, long next) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => api.WriteAsync(httpContext, next);
    }
}
