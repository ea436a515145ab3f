using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Access;

/// <summary>
/// Signing in by a one-time link. The token stands behind '#', which a browser never sends, so no log between here and there can hold it; the
/// page's script posts it once.
/// </summary>
internal static class SignInEndpoint
{
    public const string Path = "/sign-in";

    public const string SignOutPath = "/sign-out";

    /// <summary>A token has 64 characters; the rest is room for JSON and for what a person pastes around it.</summary>
    private const int MaxBody = 512;

    /// <summary>Attempts in a minute, of all callers: far above what people do, and no load on the store.</summary>
    private const int AttemptsPerMinute = 30;

    public static void Map(IEndpointRouteBuilder routes)
    {
        FixedWindowRateLimiter limiter = new(new FixedWindowRateLimiterOptions
        {
            PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
        });
        ConsoleEndpointMark mark = new();
        routes.MapGet(Path, static (HttpContext context) => Results.Content(SignInPage.Html(context.Request.Query["why"]), "text/html; charset=utf-8"))
            .AllowAnonymous().WithMetadata(mark);
        routes.MapPost(Path, (HttpContext context, Database database, TimeProvider clock) => SignInAsync(context, database, clock, limiter))
            .AllowAnonymous().DisableAntiforgery().WithMetadata(mark);
        routes.MapPost(SignOutPath, SignOutAsync).RequireAuthorization(ConsoleAccess.Policy).WithMetadata(mark);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, Database database, TimeProvider clock, FixedWindowRateLimiter limiter)
    {
        // Browsers say where a request comes from; only this page may post here.
        string? site = context.Request.Headers["Sec-Fetch-Site"];
        if (site is not (null or "" or "same-origin"))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        using RateLimitLease lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        string? token = await ReadTokenAsync(context);
        if (token is null)
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        ConsoleUser? user = await database.ConsoleUsers.SignInAsync(token, context.RequestAborted);
        if (user is null)
        {
            // Unknown, used and expired look alike: whoever guesses learns nothing.
            return Results.StatusCode(StatusCodes.Status410Gone);
        }

        DateTimeOffset until = clock.GetUtcNow() + ConsoleAccess.SessionLife;
        await context.SignInAsync(
            ConsoleAccess.Scheme,
            ConsoleAccess.PrincipalOf(user, until),
            new AuthenticationProperties { IsPersistent = true, ExpiresUtc = until, AllowRefresh = false });
        return Results.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        await context.SignOutAsync(ConsoleAccess.Scheme);
        return Results.Redirect(Path + "?why=left");
    }

    private static async Task<string?> ReadTokenAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength > MaxBody)
        {
            return null;
        }

        byte[] body = new byte[MaxBody + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MaxBody)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body.AsMemory(0, length));
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("token", out JsonElement token)
                && token.ValueKind == JsonValueKind.String
                    ? token.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
