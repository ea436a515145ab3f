using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Scope that a route of the integrators' API wants.</summary>
internal sealed record ApiScope(string Name);

/// <summary>The route moves money or pushes something: it is not taken without an idempotency key.</summary>
internal sealed class NeedsIdempotencyKey;

/// <summary>The way into the integrators' API: key, rate, scope, body, idempotency, in this order. No handler runs before all of them passed.</summary>
internal sealed class ApiGate(ApiKeys keys, Idempotency idempotency) : IEndpointFilter, IDisposable
{
    private const string Scheme = "Bearer ";

    /// <summary>Requests a second of one key, with a burst: a till asks a few times for each sale.</summary>
    private const int PerSecond = 100;
    private const int Burst = 400;

    private readonly PartitionedRateLimiter<string> _rates = PartitionedRateLimiter.Create<string, string>(static key =>
        RateLimitPartition.GetTokenBucketLimiter(key, static _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext context = invocation.HttpContext;
        string header = context.Request.Headers.Authorization.ToString();
        bool bears = header.StartsWith(Scheme, StringComparison.Ordinal);
        if (!bears || await keys.FindAsync(header[Scheme.Length..], context.RequestAborted) is not { } key)
        {
            // Guessing is bounded by the address; a wrong key costs one look at the store.
            string stranger = "?" + context.Connection.RemoteIpAddress;
            return await LimitAsync(context, stranger)
                ?? ReasonProblem.Result(
                    ReasonCodes.ApiKeyInvalid,
                    bears ? "the key is unknown, ended, or of another kind of installation" : "expected Authorization: Bearer sk_…",
                    "/header/authorization");
        }

        if (await LimitAsync(context, key.KeyId) is { } limited)
        {
            return limited;
        }

        string scope = context.GetEndpoint()?.Metadata.GetMetadata<ApiScope>()?.Name
            ?? throw new InvalidOperationException("a route of the API has no scope");
        if (!key.Scopes.Contains(scope))
        {
            return ReasonProblem.Result(ReasonCodes.ScopeMissing, $"expected a key with the scope {scope}", "/header/authorization");
        }

        context.Items[typeof(ApiCaller)] = new ApiCaller(key);
        if (HttpMethods.IsGet(context.Request.Method))
        {
            return await next(invocation);
        }

        ReadOnlyMemory<byte> body = await ApiBody.TakeAsync(context);
        return await idempotency.OnceAsync(context, key, body, async () => (IResult)(await next(invocation))!);
    }

    public void Dispose() => _rates.Dispose();

    private async ValueTask<IResult?> LimitAsync(HttpContext context, string key)
    {
        using RateLimitLease lease = await _rates.AcquireAsync(key, 1, context.RequestAborted);
        if (lease.IsAcquired)
        {
            return null;
        }

        context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        return ReasonProblem.Result(ReasonCodes.RateLimited, $"at most {PerSecond} requests a second with one key");
    }
}

/// <summary>How routes say what they want.</summary>
internal static class ApiRoutes
{
    /// <summary>The scope that a route wants.</summary>
    public static RouteHandlerBuilder Wants(this RouteHandlerBuilder route, string scope) => route.WithMetadata(new ApiScope(scope));

    /// <summary>The route is not taken without an idempotency key.</summary>
    public static RouteHandlerBuilder WantsIdempotencyKey(this RouteHandlerBuilder route) => route.WithMetadata(new NeedsIdempotencyKey());
}
