using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>What only a sandbox offers: activation codes for the asking, so that a first payment needs no account. Never mapped in production.</summary>
internal static class SandboxEndpoints
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    public static void MapSandboxEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/sandbox/v1/activation-codes", CreateCodeAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);

    private static async Task<IResult> CreateCodeAsync(Database database, TimeProvider clock, CancellationToken cancellation)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string code = OneTimeSecret.NewCode(random);
        DateTimeOffset expires = clock.GetUtcNow() + CodeLifetime;
        Change change = new Change()
            .AddActivationCode(code, SandboxMerchant.Id, expires)
            .Append("activation.code-made", SandboxMerchant.Id, new JsonObject { ["expires"] = expires });
        (await database.CommitAsync(change, cancellation)).Require();
        return Results.Json(new { code, merchantId = SandboxMerchant.Id, expiresAt = expires });
    }
}
