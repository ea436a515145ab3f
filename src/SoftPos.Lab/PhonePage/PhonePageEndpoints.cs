using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal.Screens;

namespace SoftPos.Lab.PhonePage;

/// <summary>
/// The page <c>/phone</c>: plain files, a stream of states, and one address for presses. Who may call it is decided by whoever maps it; a press
/// is taken from the page itself only, not from another page that happens to run in the same browser.
/// </summary>
public static class PhonePageEndpoints
{
    /// <summary>A theme file is the longest that a page sends.</summary>
    private const int MaxBody = Theme.MaxFile + (8 * 1024);

    /// <summary>Nothing but the page's own files: no inline script and no inline style.</summary>
    private const string ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string Asset, string Type)[] Files =
    [
        ("", "phone.html", "text/html; charset=utf-8"), ("/phone.css", "phone.css", "text/css"), ("/phone.js", "phone.js", "text/javascript"),
        ("/draw.js", "draw.js", "text/javascript"), ("/logo/opensoftpos.png", "opensoftpos.png", "image/png"), ("/logo/stall.png", "stall.png", "image/png"),
    ];

    /// <summary>Maps the page.</summary>
    public static void MapPhonePage(this IEndpointRouteBuilder routes, PhoneShelf shelf)
    {
        RouteGroupBuilder page = routes.MapGroup("/phone");
        page.AddEndpointFilter(GuardAsync);
        foreach ((string path, string asset, string type) in Files)
        {
            byte[] bytes = PageThemes.Asset(asset);
            page.MapGet(path, () => Results.Bytes(bytes, type));
        }

        page.MapGet("/catalogue", static () => Results.Json(
            new PageCatalogue(
                [.. LabPhoneDescription.All.Select(static phone => new CatalogueItem(phone.Name, phone.Text, string.Empty))],
                [.. LabCardCatalogue.All.Select(static card => new CatalogueItem(card.Name, card.Text, card.Scheme))],
                PageThemes.Items,
                LabIssuer.Pin),
            PhoneJson.Default.PageCatalogue));
        page.MapPost("/open", (Delegate)((HttpContext context) =>
            ReadAsync(context, PhoneJson.Default.OpenCommand, command => OpenAsync(context, shelf, command))));
        page.MapPost("/{id}/code", (string id, HttpContext context) =>
            shelf.Find(id) is null ? Task.FromResult(Closed()) : OfferCodeAsync(shelf, context.RequestAborted));
        page.MapPost("/{id}", (string id, HttpContext context) => ReadAsync(context, PhoneJson.Default.PhoneCommand, command => Task.FromResult(
            shelf.Find(id) is not { } phone ? Closed()
            : phone.Take(command) is { } fault ? Results.Text(fault, statusCode: StatusCodes.Status400BadRequest)
            : Results.NoContent())));
        page.MapGet("/{id}/states", (string id, HttpContext context, IHostApplicationLifetime lifetime) => shelf.Find(id) is { } phone
            ? TypedResults.ServerSentEvents(StatesAsync(phone, lifetime.ApplicationStopping, context.RequestAborted))
            : Closed());
    }

    private static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext context = invocation.HttpContext;
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";

        // A cookie of this host goes along from a page on another port of it; the browser says where a request comes from.
        return HttpMethods.IsPost(context.Request.Method) && context.Request.Headers["Sec-Fetch-Site"] != "same-origin"
            ? Results.StatusCode(StatusCodes.Status403Forbidden)
            : await next(invocation);
    }

    private static async Task<IResult> OpenAsync(HttpContext context, PhoneShelf shelf, OpenCommand command) =>
        await shelf.OpenAsync(command.Id, command.Language ?? "en", context.RequestAborted) is { } id
            ? Results.Json(new OpenedPhone(id), PhoneJson.Default.OpenedPhone)
            : Results.Text(
                $"no room for another virtual phone: at most {PhoneShelf.MaxOpen} run and {PhoneShelf.MaxKept} are kept", statusCode: StatusCodes.Status409Conflict);

    private static async Task<IResult> OfferCodeAsync(PhoneShelf shelf, CancellationToken cancellation)
    {
        string code = await Sandbox.CodeAsync(shelf.Backend, cancellation);
        string link = $"https://{WebPhone.LinkHost}/t/set-up?code={code}";
        return Results.Json(new OfferedCode(code, link, QrDots.Of(link)), PhoneJson.Default.OfferedCode);
    }

    private static async IAsyncEnumerable<SseItem<string>> StatesAsync(
        WebPhone phone, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        ChannelReader<bool> hints = phone.Watch();
        try
        {
            while (await WaitAsync(hints, end.Token))
            {
                hints.TryRead(out _);
                yield return new SseItem<string>(JsonSerializer.Serialize(phone.State, PhoneJson.Default.PhoneState), "state");
            }
        }
        finally
        {
            phone.Unwatch(hints);
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
            // The page was left, or the back end is being closed.
            return false;
        }
    }

    private static async Task<IResult> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, Task<IResult>> act)
        where T : class
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is not (> 0 and <= MaxBody))
        {
            return Results.Text($"expected JSON of at most {MaxBody} bytes", statusCode: StatusCodes.Status400BadRequest);
        }

        T? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (JsonException fault)
        {
            return Results.Text($"{fault.Path ?? "$"}: a member is missing, unknown or of the wrong kind", statusCode: StatusCodes.Status400BadRequest);
        }

        return body is null ? Results.Text("$: expected an object", statusCode: StatusCodes.Status400BadRequest) : await act(body);
    }

    private static IResult Closed() => Results.Text("that virtual phone is not open", statusCode: StatusCodes.Status404NotFound);
}
