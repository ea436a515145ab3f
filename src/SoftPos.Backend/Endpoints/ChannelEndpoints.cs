using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// The channel document, which is signed and holds nothing secret, for whoever asks; and what the person at the machine changes in it.
/// </summary>
internal static class ChannelEndpoints
{
    private const string Operator = "/operator/v1/channel";

    /// <summary>A handful of pins.</summary>
    private const int MaxBody = 8 * 1024;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapChannelEndpoints(this IEndpointRouteBuilder routes, bool isSandbox)
    {
        routes.MapGet("/terminal/v1/channel", static (ChannelKeys keys) => Results.Bytes(keys.Message, MessageBody.Cose))
            .RequireRateLimiting(TerminalEndpoints.TerminalLimit);
        RouteGroupBuilder channel = routes.MapGroup(Operator).RequireRateLimiting(TerminalEndpoints.RateLimit);
        channel.AddEndpointFilter(static async (context, next) =>
            OperatorEndpoints.IsLocal(context.HttpContext, (LocalOperator)context.HttpContext.RequestServices.GetService(typeof(LocalOperator))!)
                ? await next(context)
                : ReasonProblem.Result(ReasonCodes.OperatorUnknown));
        channel.MapGet(string.Empty, static (ChannelKeys keys) => Show(keys));
        channel.MapPost("/rotations", RotateAsync);
        channel.MapPost("/pins", SetPinsAsync);
        if (isSandbox)
        {
            // A phone of the lab has no app that was built with the pin.
            routes.MapGet("/sandbox/v1/channel-key", static (ChannelKeys keys) => Results.Json(new { publicKey = keys.PublicKey }))
                .RequireRateLimiting(TerminalEndpoints.TerminalLimit);
        }
    }

    private static IResult Show(ChannelKeys keys) => Results.Json(new
    {
        publicKey = keys.PublicKey,
        version = keys.Document.Version,
        expiresAt = keys.Document.ExpiresAt,
        envelopeKeys = keys.Document.EnvelopeKeys.Select(static key => new { keyId = Convert.ToHexStringLower(EnvelopeKey.IdOf(key.Key)), key.From, key.Until }),
        pins = keys.Document.Pins.Select(static pin => new { pin = Convert.ToHexStringLower(pin.Key), pin.From, pin.Until }),
    });

    private static async Task<IResult> RotateAsync(HttpContext context, ChannelKeys keys)
    {
        (RotationBody? body, IResult? refusal) = await ReadAsync<RotationBody>(context, "expected JSON with overlapHours");
        if (refusal is not null)
        {
            return refusal;
        }

        if (body!.OverlapHours is not { } hours || hours < 0 || hours > ChannelKeys.LongestOverlap.TotalHours)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"expected 0 to {ChannelKeys.LongestOverlap.TotalHours} hours", "$.overlapHours");
        }

        await keys.RotateAsync(TimeSpan.FromHours(hours), context.RequestAborted);
        return Show(keys);
    }

    private static async Task<IResult> SetPinsAsync(HttpContext context, ChannelKeys keys)
    {
        (PinsBody? body, IResult? refusal) = await ReadAsync<PinsBody>(context, "expected JSON with pins, each of pin (64 hex digits), from and until");
        if (refusal is not null)
        {
            return refusal;
        }

        if (body!.Pins.Any(static pin => pin.Pin.Length != SHA256.HashSizeInBytes * 2 || !pin.Pin.All(char.IsAsciiHexDigit)))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "expected the SHA-256 of a SubjectPublicKeyInfo, 64 hex digits", "$.pins[].pin");
        }

        DatedKey[] pins = [.. body.Pins.Select(static pin => new DatedKey(Convert.FromHexString(pin.Pin), pin.From, pin.Until))];
        return await keys.SetPinsAsync(pins, context.RequestAborted) is { } fault
            ? ReasonProblem.Result(ReasonCodes.RequestMalformed, fault, "$.pins")
            : Show(keys);
    }

    private static async Task<(T? Body, IResult? Refusal)> ReadAsync<T>(HttpContext context, string expected)
        where T : class
    {
        if (context.Request.ContentLength is null or > MaxBody)
        {
            return (null, ReasonProblem.Result(ReasonCodes.RequestTooLarge, $"expected a length, of at most {MaxBody} bytes"));
        }

        try
        {
            T? body = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Form, context.RequestAborted);
            return body is null ? (null, ReasonProblem.Result(ReasonCodes.RequestMalformed, expected, "$")) : (body, null);
        }
        catch (JsonException fault)
        {
            return (null, ReasonProblem.Result(ReasonCodes.RequestMalformed, expected, fault.Path ?? "$"));
        }
    }

    private sealed record RotationBody(double? OverlapHours);

    private sealed record PinsBody(IReadOnlyList<PinBody> Pins);

    private sealed record PinBody(string Pin, DateTimeOffset From, DateTimeOffset Until);
}
