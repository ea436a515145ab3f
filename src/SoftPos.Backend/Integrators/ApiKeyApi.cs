using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>API keys: for the operator, who makes the first one of a tenant, and for the tenant itself.</summary>
internal static class ApiKeyApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/api-keys", ListAsync).Wants(ApiScopes.Keys).WithSummary("API keys, never their secrets").Produces<Page<ApiKeyView>>();
        v1.MapPost("/api-keys", MakeAsync).Wants(ApiScopes.Keys).WithSummary("Make an API key; its secret is shown once")
            .Accepts<ApiKeyInput>("application/json").Produces<ApiKeyCreated>(StatusCodes.Status201Created);
        v1.MapPost("/api-keys/{keyId}/rotate", RotateAsync).Wants(ApiScopes.Keys).WithSummary("Make a key in place of another, which goes on for a while")
            .Accepts<ApiKeyRotationInput>("application/json").Produces<ApiKeyCreated>(StatusCodes.Status201Created);
        v1.MapDelete("/api-keys/{keyId}", RevokeAsync).Wants(ApiScopes.Keys).WithSummary("End an API key at once").Produces<ApiKeyView>();
    }

    public static void MapOperator(IEndpointRouteBuilder routes) =>
        routes.MapPost("/operator/v1/tenants/{tenant}/api-keys", MakeForTenantAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);

    private static async Task<IResult> MakeForTenantAsync(
        HttpContext context, LocalOperator local, ApiKeys keys, Database database, string tenant, CancellationToken cancellation)
    {
        if (!OperatorEndpoints.IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        await ApiBody.TakeAsync(context);
        if (!ApiBody.TryRead(context, out ApiKeyInput? input, out IResult? refusal)
            || (refusal = ApiBody.Check((ApiBody.IsName(tenant, 2, 40), "tenant", "2 to 40 of a–z, 0–9 and hyphen")) ?? Check(input)) is not null)
        {
            return refusal;
        }

        return input.MerchantId is { } merchant && await database.Merchants.TenantOfAsync(merchant, cancellation) != tenant
            ? ApiAnswer.Unknown("$.merchantId", "merchant")
            : ApiAnswer.Created(await keys.MakeAsync(tenant, input, null, null, cancellation));
    }

    private static async Task<IResult> ListAsync(HttpContext context, Database database, ApiKeys keys, int? limit, string? cursor, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        // A key of one merchant sees few among the tenant's.
        int read = caller.MerchantId is null ? count + 1 : ApiKeyStore.MaxPage;
        List<ApiKeyRecord> rows = await database.ApiKeys.PageAsync(caller.Tenant, after, read, cancellation);
        return ApiAnswer.Page([.. rows.Where(row => Reaches(caller, row))], count, static k => k.KeyId, keys.View);
    }

    private static async Task<IResult> MakeAsync(HttpContext context, ApiKeys keys, Database database, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (!ApiBody.TryRead(context, out ApiKeyInput? input, out IResult? refusal) || (refusal = Check(input)) is not null)
        {
            return refusal;
        }

        // A key never makes one that can do more than itself.
        if (input.Scopes.FirstOrDefault(scope => !caller.Key.Scopes.Contains(scope)) is { } more)
        {
            return ReasonProblem.Result(ReasonCodes.ScopeMissing, $"scopes: this key has no {more} to give", "$.scopes");
        }

        input.MerchantId ??= caller.MerchantId;
        return input.MerchantId is { } merchant && !await caller.ReachesAsync(database, merchant, cancellation)
            ? ApiAnswer.Unknown("$.merchantId", "merchant")
            : ApiAnswer.Created(await keys.MakeAsync(caller.Tenant, input, null, null, cancellation));
    }

    private static async Task<IResult> RotateAsync(
        HttpContext context, ApiKeys keys, Database database, TimeProvider clock, string keyId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (await FindAsync(caller, database, keyId, cancellation) is not { } key)
        {
            return ApiAnswer.Unknown("keyId", "API key");
        }

        if (!ApiBody.TryRead(context, out ApiKeyRotationInput? input, out IResult? refusal)
            || (refusal = ApiBody.Check((input.OverlapHours is >= 0 and <= 168, "overlapHours", "0 to 168"))) is not null)
        {
            return refusal;
        }

        if (key.Scopes.FirstOrDefault(scope => !caller.Key.Scopes.Contains(scope)) is { } more)
        {
            return ReasonProblem.Result(ReasonCodes.ScopeMissing, $"this key has no {more} to give", "/header/authorization");
        }

        if (key.Revoked || key.ReplacedBy is not null)
        {
            return ReasonProblem.Result(ReasonCodes.ResourceExists, "keyId: the key was ended or replaced already", "keyId");
        }

        int days = Math.Max(1, (int)(key.ExpiresAt - key.CreatedAt).TotalDays);
        ApiKeyInput same = new() { Name = key.Name, Scopes = key.Scopes, MerchantId = key.MerchantId, LifeDays = days };
        return ApiAnswer.Created(await keys.MakeAsync(caller.Tenant, same, key, clock.GetUtcNow() + TimeSpan.FromHours(input.OverlapHours), cancellation));
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, ApiKeys keys, Database database, string keyId, CancellationToken cancellation)
    {
        if (await FindAsync(ApiCaller.Of(context), database, keyId, cancellation) is not { } key)
        {
            return ApiAnswer.Unknown("keyId", "API key");
        }

        await keys.RevokeAsync(key, cancellation);
        return ApiAnswer.Of(keys.View(key with { Revoked = true }));
    }

    private static bool Reaches(ApiCaller caller, ApiKeyRecord key) => caller.MerchantId is null || caller.MerchantId == key.MerchantId;

    private static async ValueTask<ApiKeyRecord?> FindAsync(ApiCaller caller, Database database, string keyId, CancellationToken cancellation) =>
        (await database.ApiKeys.FindAsync(keyId, cancellation))?.Record is { } key && key.Tenant == caller.Tenant && Reaches(caller, key) ? key : null;

    private static IResult? Check(ApiKeyInput input) => ApiBody.Check(
        (ApiBody.IsLine(input.Name, 60) && input.Name is not null, "name", "1 to 60 characters"),
        (input.Scopes is { Count: > 0 } && input.Scopes.All(ApiScopes.All.Contains), "scopes", "at least one of " + string.Join(", ", ApiScopes.All)),
        (input.LifeDays is >= 1 and <= 366, "lifeDays", "1 to 366"));
}
