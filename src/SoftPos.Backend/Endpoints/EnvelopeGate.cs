using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>Who sent the request that is being answered, proven by its envelope.</summary>
/// <param name="TerminalId">Null before enrolment.</param>
internal sealed record EnvelopeSenderFeature(Guid? TerminalId);

/// <summary>
/// The one door of terminals' requests: each comes in an envelope (docs/reference/envelope.md) and is answered in one. There is no
/// setting by which a plain request is taken. What the envelope itself is refused for is told in clear, and a terminal takes nothing that
/// is in clear for an answer; everything beyond that is told inside.
/// </summary>
internal sealed class EnvelopeGate(ChannelKeys keys, Database database, ChannelForks forks, ILogger logger)
{
    private const string Root = "/terminal/v1";

    /// <summary>Server-sent events: the answer never ends, so it cannot be sealed; it says "poll" or "alive" and nothing else.</summary>
    private const string Stream = Root + "/commands/stream";

    /// <summary>What a phone asks before it is a terminal.</summary>
    private static readonly string[] BeforeEnrolment = [Root + "/challenge", Root + "/activation"];

    private static readonly Meter Meter = new("SoftPos.Channel");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "softpos.envelopes.refused", description: "Requests of terminals whose envelope was refused, by reason.");

    public static void Use(WebApplication application)
    {
        EnvelopeGate gate = new(
            (ChannelKeys)application.Services.GetService(typeof(ChannelKeys))!,
            (Database)application.Services.GetService(typeof(Database))!,
            (ChannelForks)application.Services.GetService(typeof(ChannelForks))!,
            application.Logger);
        application.Use(gate.PassAsync);
    }

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        // Every route of terminals that is posted to, also one that is added later.
        if (!context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase) || !HttpMethods.IsPost(context.Request.Method))
        {
            await next(context);
            return;
        }

        (byte[]? bytes, IResult? fault) = await MessageBody.ReadAsync(context, Envelope.MaxRequest, ReasonCodes.EnvelopeRequired);
        if (fault is not null)
        {
            await fault.ExecuteAsync(context);
            return;
        }

        (OpenedRequest? opened, string? refusal) = Open(context.Request, bytes!);
        using (opened)
        {
            try
            {
                refusal ??= await CheckSenderAsync(opened!, context.RequestAborted);
            }
            catch (StorageException unwritten)
            {
                // The number could not be made durable, so nothing is acted upon; whoever asked is proven and may know why.
                await AnswerAsync(context, opened!, told => TerminalEndpoints.ProblemOf(unwritten).ExecuteAsync(told));
                return;
            }

            if (refusal is null or ReasonCodes.Cloned)
            {
                await AnswerAsync(context, opened!, refusal is null ? next : Refuse(refusal));
                return;
            }
        }

        Refused.Add(1, new KeyValuePair<string, object?>("reason", refusal));
        await ReasonProblem.Result(refusal).ExecuteAsync(context);
    }

    private (OpenedRequest? Opened, string? Refusal) Open(HttpRequest request, byte[] bytes)
    {
        if (OpenedRequest.KeyIdOf(bytes) is not { } keyId)
        {
            return (null, ReasonCodes.EnvelopeRequired);
        }

        if (keys.Find(keyId) is not { } key)
        {
            return (null, ReasonCodes.EnvelopeKeyUnknown);
        }

        return OpenedRequest.TryOpen(bytes, key, request.Method, request.Path.Value!, out OpenedRequest opened)
            ? (opened, null)
            : (null, ReasonCodes.EnvelopeInvalid);
    }

    private async ValueTask<string?> CheckSenderAsync(OpenedRequest opened, CancellationToken cancellation)
    {
        if (opened.TerminalId is not { } terminalId)
        {
            return BeforeEnrolment.Contains(opened.Request.Path) ? null : ReasonCodes.EnvelopeInvalid;
        }

        if (await database.TrustStatus.ReadRecordAsync(terminalId, cancellation) is not { } terminal)
        {
            return ReasonCodes.EnvelopeInvalid;
        }

        byte[] secret = keys.SecretOf(terminalId, terminal.DeviceKey);
        bool isFrom = opened.IsFrom(secret);
        CryptographicOperations.ZeroMemory(secret);

        // The envelope and the signature inside name one terminal; what no device key signed is for the endpoints to refuse.
        if (!isFrom || (SignedMessage.TryDecode(opened.Request.Body, out DecodedMessage inside) && inside.TerminalId is { } signer && signer != terminalId))
        {
            return ReasonCodes.EnvelopeInvalid;
        }

        switch (await database.EnvelopeSequences.TakeAsync(terminalId, opened.Sequence, opened.Hash))
        {
            case EnvelopeSight.Taken:
                return null;
            case EnvelopeSight.Forked:
                Refused.Add(1, new KeyValuePair<string, object?>("reason", ReasonCodes.Cloned));
                await forks.SuspendAsync(terminalId, opened.Sequence, opened.Hash, cancellation);
                return ReasonCodes.Cloned;
            default:
                return ReasonCodes.EnvelopeReplayed;
        }
    }

    /// <summary>Lets the endpoint answer. A fault of ours is told inside too, so that no network and no phone is blamed for it.</summary>
    private async Task GuardedAsync(HttpContext context, MemoryStream inside, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
#pragma warning disable CA1031 // Whatever failed, the one who asked must hear of it, and in the envelope.
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.LogError(fault, "a terminal's request failed");
            inside.SetLength(0);
            context.Response.Clear();
            await TerminalEndpoints.ProblemOf(fault).ExecuteAsync(context);
        }
    }

    private static RequestDelegate Refuse(string reason) => context => ReasonProblem.Result(reason).ExecuteAsync(context);

    private async Task AnswerAsync(HttpContext context, OpenedRequest opened, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        request.Body = new MemoryStream(opened.Request.Body.ToArray(), writable: false);
        request.ContentLength = opened.Request.Body.Length;
        request.ContentType = opened.Request.MediaType;
        request.Headers.AcceptLanguage = opened.Request.Language;
        context.Features.Set(new EnvelopeSenderFeature(opened.TerminalId));
        if (request.Path.Equals(Stream, StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        HttpResponse response = context.Response;
        IHttpResponseBodyFeature outside = context.Features.Get<IHttpResponseBodyFeature>()!;
        using MemoryStream inside = new();
        byte[] answer;
        try
        {
            response.Body = inside;
            await GuardedAsync(context, inside, next);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            answer = opened.Seal(new EnvelopeAnswer
            {
                Status = response.StatusCode,
                MediaType = response.ContentType?.Split(';')[0] ?? string.Empty,
                ChannelVersion = keys.Document.Version,
                Body = inside.ToArray(),
            });
        }
        finally
        {
            context.Features.Set(outside);
        }

        response.Headers.Clear();
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = Envelope.AnswerMediaType;
        response.ContentLength = answer.Length;
        await response.Body.WriteAsync(answer, context.RequestAborted);
    }
}
