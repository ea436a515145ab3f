using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>The page behind a receipt's QR code, and its proof, which <c>softpos verify</c> checks offline. Whoever holds the address may read both.</summary>
internal static class ReceiptPages
{
    /// <summary>Kinds of entries whose content the cardholder may know; the rest stand as hashes.</summary>
    private static readonly HashSet<string> Told =
    [
        "payment.received", "payment.approved", "payment.declined", "payment.unknown", "payment.reversed", "payment.voided", "payment.completed", "payment.adjusted",
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder pages = routes.MapGroup("/r").RequireRateLimiting(TerminalEndpoints.RateLimit);
        pages.MapGet("/{token}", PageAsync);
        pages.MapGet("/{token}/proof", ProofAsync);
    }

    private static async Task<IResult> PageAsync(
        HttpContext context, string token, string? language, ReceiptLinks links, ApiSettings settings, Database database, CancellationToken cancellation)
    {
        if (!links.TryRead(token, out Guid paymentId) || await database.Payments.FindAsync(paymentId, cancellation) is not { } stored)
        {
            return Unknown();
        }

        Head(context, ReceiptHtml.ContentSecurityPolicy);
        string tag = language is not null && ReceiptWords.Tags.Contains(language) ? language : Preferred(context.Request.Headers.AcceptLanguage.ToString());
        Uri page = links.AddressOf(settings.AddressOf(context), paymentId);
        ReceiptPaper paper = await ReceiptPaper.OfAsync(database, stored.Record, ReceiptCopy.Customer, tag, page, cancellation);
        return Results.Text(ReceiptHtml.Page(paper), "text/html", Encoding.UTF8);
    }

    private static async Task<IResult> ProofAsync(
        HttpContext context, string token, ReceiptLinks links, Database database, NoteSigner key, TimeProvider clock, CancellationToken cancellation)
    {
        if (!links.TryRead(token, out Guid paymentId)
            || await JournalProof.OfSubjectAsync(database, paymentId.ToString(), key, clock.GetUtcNow(), cancellation, Told.Contains) is not { } proof)
        {
            return Unknown();
        }

        Head(context, "default-src 'none'");
        return Results.Text(proof.ToJson(), "application/json", Encoding.UTF8);
    }

    private static void Head(HttpContext context, string policy)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }

    /// <summary>The first language of the browser that receipts are written in.</summary>
    private static string Preferred(string header) => header.Length > 200 ? "en" : header.Split(',')
        .Select(static part => part.Split(';', '-')[0].Trim().ToLowerInvariant()).FirstOrDefault(ReceiptWords.Tags.Contains) ?? "en";

    private static IResult Unknown() => ReasonProblem.Result(ReasonCodes.ResourceUnknown, "no receipt has this address");
}
