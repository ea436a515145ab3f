using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SoftPos.Backend.Console.Access;

/// <summary>Marks an endpoint whose answers carry the headers of <see cref="ConsoleHeaders"/>.</summary>
internal sealed class ConsoleEndpointMark;

/// <summary>Headers that make a browser refuse what the console never does: foreign or inline scripts, framing, leaking addresses, caching.</summary>
internal static class ConsoleHeaders
{
    /// <summary>No inline script; inline style is needed by the theme of the component library.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public static void UseConsoleHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ConsoleEndpointMark>() is not null)
        {
            context.Response.OnStarting(Write, context.Response);
        }

        return next(context);
    });

    private static Task Write(object state)
    {
        IHeaderDictionary headers = ((HttpResponse)state).Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
