using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Webhook endpoints, their deliveries, and replays.</summary>
internal sealed class WebhookApi(Database database, IKeyRoom room, WebhookSender sender, ApiSettings settings, TimeProvider clock)
{
    private const int MaxEndpointsOfTenant = 50;
    private const int MaxWanted = 50;

    /// <summary>How long the former secret signs too.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/webhook-endpoints", ListAsync).Wants(ApiScopes.Webhooks).WithSummary("Webhook endpoints").Produces<Page<WebhookEndpointView>>();
        v1.MapPost("/webhook-endpoints", MakeAsync).Wants(ApiScopes.Webhooks).WithSummary("Make a webhook endpoint; its secret is shown once")
            .Accepts<WebhookEndpointInput>("application/json").Produces<WebhookEndpointCreated>(StatusCodes.Status201Created);
        v1.MapGet("/webhook-endpoints/{endpointId}", GetAsync).Wants(ApiScopes.Webhooks).WithSummary("A webhook endpoint").Produces<WebhookEndpointView>();
        v1.MapDelete("/webhook-endpoints/{endpointId}", RemoveAsync).Wants(ApiScopes.Webhooks).WithSummary("Remove a webhook endpoint")
            .Produces(StatusCodes.Status204NoContent);
        v1.MapPost("/webhook-endpoints/{endpointId}/rotate", RotateAsync).Wants(ApiScopes.Webhooks)
            .WithSummary("Change the secret; the former one signs too for a day").Produces<WebhookEndpointCreated>();
        v1.MapPost("/webhook-endpoints/{endpointId}/enable", EnableAsync).Wants(ApiScopes.Webhooks).WithSummary("Use a disabled endpoint again")
            .Produces<WebhookEndpointView>();
        v1.MapPost("/webhook-endpoints/{endpointId}/test", TestAsync).Wants(ApiScopes.Webhooks).WithSummary("Send the event webhook.test")
            .Produces<WebhookEvent>(StatusCodes.Status202Accepted);
        v1.MapGet("/webhook-endpoints/{endpointId}/deliveries", DeliveriesAsync).Wants(ApiScopes.Webhooks).WithSummary("Deliveries, newest first")
            .Produces<Page<WebhookDeliveryView>>();
        v1.MapPost("/webhook-endpoints/{endpointId}/deliveries/{deliveryId}/replay", ReplayAsync).Wants(ApiScopes.Webhooks)
            .WithSummary("Send an event once more, with the same identity").Produces<WebhookDeliveryView>(StatusCodes.Status202Accepted);
    }

    private async Task<IResult> ListAsync(HttpContext context, int? limit, string? cursor, CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        ApiCaller caller = ApiCaller.Of(context);
        List<WebhookEndpointRecord> rows = await database.Webhooks.PageAsync(caller.Tenant, after, WebhookStore.MaxPage, cancellation);
        return ApiAnswer.Page([.. rows.Where(row => Reaches(caller, row))], count, static e => e.EndpointId, View);
    }

    private async Task<IResult> MakeAsync(HttpContext context, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (!ApiBody.TryRead(context, out WebhookEndpointInput? input, out IResult? refusal))
        {
            return refusal;
        }

        string? fault = input.Url is null ? "an address" : WebhookAddress.FaultOf(input.Url, settings.Sandbox);
        refusal = ApiBody.Check(
            (fault is null, "url", fault ?? string.Empty),
            (input.Events is { Count: <= MaxWanted } && input.Events.All(IsType), "events", $"at most {MaxWanted} of {string.Join(", ", EventSource.Types)}, or an area such as payment.*"));
        if (refusal is not null)
        {
            return refusal;
        }

        List<WebhookEndpointRecord> former = await database.Webhooks.PageAsync(caller.Tenant, null, MaxEndpointsOfTenant, cancellation);
        if (former.Count == MaxEndpointsOfTenant)
        {
            return ReasonProblem.Result(ReasonCodes.RateLimited, $"at most {MaxEndpointsOfTenant} endpoints of one tenant; remove one");
        }

        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string secret = StandardWebhook.NewSecret(random);
        string id = "whe_" + ApiCaller.Reserved(context, clock).ToString("N", CultureInfo.InvariantCulture);
        WebhookEndpointRecord endpoint = new()
        {
            EndpointId = id, Tenant = caller.Tenant, MerchantId = caller.MerchantId, Url = input.Url!, Events = [.. input.Events],
            SealedSecret = await SealAsync(secret, id, cancellation), CreatedAt = Whole(clock.GetUtcNow()),
        };
        await WriteAsync(endpoint, "webhook.endpoint-made", caller, cancellation);
        return ApiAnswer.Created(new WebhookEndpointCreated { Secret = secret, Endpoint = View(endpoint) });
    }

    private async Task<IResult> GetAsync(HttpContext context, string endpointId, CancellationToken cancellation) =>
        await FindAsync(context, endpointId, cancellation) is { } endpoint ? ApiAnswer.Of(View(endpoint)) : Unknown();

    private async Task<IResult> RemoveAsync(HttpContext context, string endpointId, CancellationToken cancellation)
    {
        if (await FindAsync(context, endpointId, cancellation) is not { } endpoint)
        {
            return Unknown();
        }

        JsonObject facts = new() { ["tenant"] = endpoint.Tenant, ["key"] = ApiCaller.Of(context).Key.KeyId };
        (await database.CommitAsync(new Change().RemoveWebhookEndpoint(endpointId).Append("webhook.endpoint-removed", endpointId, facts), cancellation)).Require();
        return Results.NoContent();
    }

    private async Task<IResult> RotateAsync(HttpContext context, string endpointId, CancellationToken cancellation)
    {
        if (await FindAsync(context, endpointId, cancellation) is not { } endpoint)
        {
            return Unknown();
        }

        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string secret = StandardWebhook.NewSecret(random);
        WebhookEndpointRecord next = endpoint with
        {
            SealedFormerSecret = endpoint.SealedSecret, FormerSecretUntil = Whole(clock.GetUtcNow() + Overlap), SealedSecret = await SealAsync(secret, endpointId, cancellation),
        };
        await WriteAsync(next, "webhook.secret-rotated", ApiCaller.Of(context), cancellation);
        return ApiAnswer.Of(new WebhookEndpointCreated { Secret = secret, Endpoint = View(next) });
    }

    private async Task<IResult> EnableAsync(HttpContext context, string endpointId, CancellationToken cancellation)
    {
        if (await FindAsync(context, endpointId, cancellation) is not { } endpoint)
        {
            return Unknown();
        }

        WebhookEndpointRecord next = endpoint with { Disabled = false, DisabledReason = null, FailingSince = null };
        await WriteAsync(next, "webhook.endpoint-enabled", ApiCaller.Of(context), cancellation);
        return ApiAnswer.Of(View(next));
    }

    private async Task<IResult> TestAsync(HttpContext context, string endpointId, CancellationToken cancellation)
    {
        if (await FindAsync(context, endpointId, cancellation) is not { } endpoint)
        {
            return Unknown();
        }

        WebhookEvent what = new()
        {
            Id = "evt_test_" + ApiCaller.Reserved(context, clock).ToString("N", CultureInfo.InvariantCulture), Type = "webhook.test", Timestamp = clock.GetUtcNow(),
            Data = new JsonObject { ["endpointId"] = endpointId },
        };
        WebhookDelivery delivery = new()
        {
            EndpointId = endpoint.EndpointId, EventId = what.Id, Type = what.Type, Time = what.Timestamp, Body = EventSource.BodyOf(what), DueAt = clock.GetUtcNow(),
        };
        (await database.CommitAsync(new Change().Add(delivery), cancellation)).Require();
        sender.Wake();
        return ApiAnswer.Of(what, StatusCodes.Status202Accepted);
    }

    private async Task<IResult> DeliveriesAsync(HttpContext context, string endpointId, int? limit, string? cursor, CancellationToken cancellation) =>
        ApiAnswer.ReadPage(limit, cursor, out int count, out long before)
        ?? (await FindAsync(context, endpointId, cancellation) is null
            ? Unknown()
            : ApiAnswer.Page(
                await database.Webhooks.DeliveriesAsync(endpointId, count + 1, before, cancellation),
                count,
                static d => d.Sequence.ToString(CultureInfo.InvariantCulture),
                View));

    private async Task<IResult> ReplayAsync(HttpContext context, string endpointId, string deliveryId, CancellationToken cancellation)
    {
        if (await FindAsync(context, endpointId, cancellation) is not { } endpoint)
        {
            return Unknown();
        }

        if (!deliveryId.StartsWith("whd_", StringComparison.Ordinal) || !long.TryParse(deliveryId.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            || await database.Webhooks.FindDeliveryAsync(sequence, cancellation) is not { } delivery || delivery.EndpointId != endpointId)
        {
            return ApiAnswer.Unknown("deliveryId", "delivery");
        }

        if (endpoint.Disabled)
        {
            return ReasonProblem.Result(ReasonCodes.ResourceExists, "the endpoint is disabled; enable it first", "endpointId");
        }

        WebhookDelivery again = delivery with { State = StoredDeliveryState.Pending, Attempts = 0, DueAt = clock.GetUtcNow() };
        JsonObject facts = new() { ["event"] = delivery.EventId, ["key"] = ApiCaller.Of(context).Key.KeyId };
        (await database.CommitAsync(new Change().Put(again).Append("webhook.replayed", endpointId, facts), cancellation)).Require();
        sender.Wake();
        return ApiAnswer.Of(View(again), StatusCodes.Status202Accepted);
    }

    private static bool IsType(string? text) => text is not null && (EventSource.Types.Contains(text)
        || (text.EndsWith(".*", StringComparison.Ordinal) && EventSource.Types.Any(type => type.StartsWith(text[..^1], StringComparison.Ordinal))));

    private static bool Reaches(ApiCaller caller, WebhookEndpointRecord endpoint) =>
        caller.MerchantId is null || caller.MerchantId == endpoint.MerchantId;

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static WebhookEndpointView View(WebhookEndpointRecord endpoint) => new()
    {
        EndpointId = endpoint.EndpointId, Url = endpoint.Url, Events = endpoint.Events, MerchantId = endpoint.MerchantId, Disabled = endpoint.Disabled,
        DisabledReason = endpoint.DisabledReason, FailingSince = endpoint.FailingSince, CreatedAt = endpoint.CreatedAt,
    };

    private static WebhookDeliveryView View(WebhookDelivery delivery) => new()
    {
        DeliveryId = string.Create(CultureInfo.InvariantCulture, $"whd_{delivery.Sequence}"), EndpointId = delivery.EndpointId, EventId = delivery.EventId,
        Type = delivery.Type, State = (WebhookDeliveryState)delivery.State, Attempts = delivery.Attempts, LastStatus = delivery.LastStatus,
        LastError = delivery.LastError, Timestamp = delivery.Time, NextAttemptAt = delivery.DueAt,
    };

    private static IResult Unknown() => ApiAnswer.Unknown("endpointId", "webhook endpoint");

    private async ValueTask<WebhookEndpointRecord?> FindAsync(HttpContext context, string endpointId, CancellationToken cancellation) =>
        await database.Webhooks.FindAsync(endpointId, cancellation) is { } endpoint && endpoint.Tenant == ApiCaller.Of(context).Tenant
        && Reaches(ApiCaller.Of(context), endpoint) ? endpoint : null;

    private async Task WriteAsync(WebhookEndpointRecord endpoint, string kind, ApiCaller caller, CancellationToken cancellation)
    {
        JsonObject facts = new() { ["tenant"] = endpoint.Tenant, ["merchant"] = endpoint.MerchantId, ["host"] = new Uri(endpoint.Url).Host, ["key"] = caller.Key.KeyId };
        (await database.CommitAsync(new Change().Put(endpoint).Append(kind, endpoint.EndpointId, facts), cancellation)).Require();
    }

    private async Task<byte[]> SealAsync(string secret, string endpointId, CancellationToken cancellation)
    {
        byte[] clear = StandardWebhook.ReadSecret(secret)!;
        byte[] resting = await room.SealForStorageAsync(clear, WebhookSender.BoundTo(endpointId), cancellation);
        CryptographicOperations.ZeroMemory(clear);
        return resting;
    }
}
