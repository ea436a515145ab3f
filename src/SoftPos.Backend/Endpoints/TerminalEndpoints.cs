using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// What terminals call, out of their envelopes (<see cref="EnvelopeGate"/>). Requests are signed messages (but for the question for a challenge);
/// answers are JSON; refusals are problem details.
/// </summary>
internal static class TerminalEndpoints
{
    /// <summary>Limit of everything that a stranger may call and that costs a signature check or a commit.</summary>
    public const string RateLimit = "strangers";

    /// <summary>Limit of everything that an enrolled terminal calls.</summary>
    public const string TerminalLimit = "terminals";

    /// <summary>
    /// Limit of questions that wait for an order: each is held open for a while, so they do not count among the terminals' other work.
    /// </summary>
    private const string WaitingLimit = "waiting-terminals";
    private const int MaxWaitingForOrders = 10_000;

    /// <summary>A question for a challenge is two short values.</summary>
    private const int MaxChallengeRequest = 512;

    /// <summary>Seconds after which a refused caller may try again when the store is away.</summary>
    private const string StoreRetrySeconds = "5";

    /// <summary>Requests under way at once; more wait a little, then are told to come back.</summary>
    private const int MaxConcurrent = 512;
    private const int MaxWaiting = 2048;

    /// <summary>A primary language subtag (RFC 5646) has two or three letters; eight is the longest that may come.</summary>
    private const int LongestLanguage = 8;

    /// <summary>Enrolments a second, with a burst: walking an unknown chain is the most that a stranger can make us do.</summary>
    private const int StrangersPerSecond = 50;
    private const int StrangersBurst = 200;

    public static void AddTerminalEndpoints(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.AddConcurrencyLimiter(TerminalLimit, options =>
        {
            options.PermitLimit = MaxConcurrent;
            options.QueueLimit = MaxWaiting;
            options.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
        });
        limiter.AddConcurrencyLimiter(WaitingLimit, static options => options.PermitLimit = MaxWaitingForOrders);
        limiter.AddTokenBucketLimiter(RateLimit, options =>
        {
            options.TokenLimit = StrangersBurst;
            options.TokensPerPeriod = StrangersPerSecond;
            options.ReplenishmentPeriod = TimeSpan.FromSeconds(1);
        });
        limiter.OnRejected = static async (context, cancellation) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            await ReasonProblem.Result(ReasonCodes.RateLimited).ExecuteAsync(context.HttpContext);
        };
    });

    /// <summary>Our own faults become problem details too, and their traces stay inside.</summary>
    public static void UseReasonProblems(this WebApplication application)
    {
        application.UseExceptionHandler(handler => handler.Run(
            static context => ProblemOf(context.Features.Get<IExceptionHandlerFeature>()?.Error).ExecuteAsync(context)));
        application.UseRateLimiter();
    }

    /// <summary>What a caller is told of a fault of ours.</summary>
    public static IResult ProblemOf(Exception? fault) => fault is StorageException { Failure: not StorageFailure.Constraint }
        ? new RetryLater(ReasonProblem.Result(ReasonCodes.StoreUnavailable))
        : ReasonProblem.Result(ReasonCodes.Internal);

    public static void MapTerminalEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder terminal = routes.MapGroup("/terminal/v1");
        terminal.MapPost("/challenge", ChallengeAsync).RequireRateLimiting(TerminalLimit);
        terminal.MapPost("/activation", ActivateAsync).RequireRateLimiting(RateLimit);
        terminal.MapPost("/attestation", AttestAsync).RequireRateLimiting(TerminalLimit);
        terminal.MapPost("/keys", ReplaceKeysAsync).RequireRateLimiting(TerminalLimit);
        terminal.MapPost("/payments", PayAsync).RequireRateLimiting(TerminalLimit);
        terminal.MapPost("/payments/follow-up", FollowUpAsync).RequireRateLimiting(TerminalLimit);
        terminal.MapPost("/orders", OrderAsync).RequireRateLimiting(WaitingLimit);
        terminal.MapPost("/payments/status", StatusAsync).RequireRateLimiting(TerminalLimit);
    }

    private static async Task<IResult> ChallengeAsync(HttpContext context, ChallengeStore challenges)
    {
        if (context.Request.ContentLength > MaxChallengeRequest)
        {
            return ReasonProblem.Result(ReasonCodes.RequestTooLarge, $"a question for a challenge has at most {MaxChallengeRequest} bytes");
        }

        ChallengeRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, ContractJson.Default.ChallengeRequest, context.RequestAborted);
        }
        catch (JsonException fault)
        {
            return ReasonProblem.Result(
                ReasonCodes.RequestMalformed, "expected JSON with purpose (Enrolment, Heartbeat, Tap, Pin or Keys) and terminalId", fault.Path ?? "$");
        }

        if (request is null || (request.Purpose is ChallengePurpose.Enrolment) != (request.TerminalId is null))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "terminalId is for every purpose but Enrolment", "$.terminalId");
        }

        if (context.Features.Get<EnvelopeSenderFeature>()?.TerminalId != request.TerminalId)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "a terminal asks for itself, in its own envelope", "$.terminalId");
        }

        return challenges.Issue(request.Purpose, request.TerminalId) is { } challenge
            ? Json(challenge, ContractJson.Default.Challenge)
            : ReasonProblem.Result(ReasonCodes.RateLimited, "too many challenges are open");
    }

    private static Task<IResult> ActivateAsync(
        HttpContext context, Enrolment enrolment, ReaderConfigurations configurations, ChannelKeys channel, Database database) => TakeAsync(context, async message =>
    {
        EnrolmentOutcome outcome = await enrolment.ActivateAsync(message, context.RequestAborted);
        if (outcome.Answer is not { } answer)
        {
            return Problem(outcome.Refusal!);
        }

        // What was enrolled a moment ago is in the trust status; what was refused gets no secret.
        TerminalRecord? terminal = answer.DataKey is null ? null : await database.TrustStatus.ReadRecordAsync(answer.TerminalId, context.RequestAborted);
        return Json(
            answer with
            {
                ConfigurationKey = configurations.PublicKey, Findings = InLanguage(answer.Findings, context),
                ChannelSecret = terminal is null ? null : channel.SecretOf(terminal.TerminalId, terminal.DeviceKey),
            },
            ContractJson.Default.ActivationAnswer);
    });

    private static Task<IResult> AttestAsync(HttpContext context, EvidenceAppraisal appraisal) => TakeAsync(context, async message =>
    {
        AttestationOutcome outcome = await appraisal.AppraiseAsync(message, context.RequestAborted);
        return outcome.Refusal is { } refused
            ? Problem(refused)
            : Json(outcome.Answer! with { Findings = InLanguage(outcome.Answer!.Findings, context) }, ContractJson.Default.AttestationAnswer);
    });

    private static Task<IResult> ReplaceKeysAsync(HttpContext context, KeyReplacement replacement) => TakeAsync(context, async message =>
    {
        KeyReplacementOutcome outcome = await replacement.TakeAsync(message, context.RequestAborted);
        return outcome.Refusal is { } refused ? Problem(refused) : Json(outcome.Answer!, ContractJson.Default.KeyReplacementAnswer);
    });

    private static Task<IResult> PayAsync(HttpContext context, PaymentGateway payments) =>
        TakeAsync(context, async message => Answer(await payments.PayAsync(message, context.RequestAborted)));

    private static Task<IResult> FollowUpAsync(HttpContext context, PaymentGateway payments) =>
        TakeAsync(context, async message => Answer(await payments.FollowUpAsync(message, context.RequestAborted)));

    private static Task<IResult> StatusAsync(HttpContext context, PaymentGateway payments) =>
        TakeAsync(context, async message => Answer(await payments.StatusAsync(message, context.RequestAborted)));

    private static Task<IResult> OrderAsync(HttpContext context, OrderDesk orders) => TakeAsync(context, async message =>
    {
        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        OrderReply reply;
        try
        {
            reply = await orders.TakeAsync(message, either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The terminal asks the next node, or this one when it is back.
            return Json(new PushedOrderAnswer(), ContractJson.Default.PushedOrderAnswer);
        }

        return reply.Refusal is { } refused
            ? ReasonProblem.Result(refused.Reason, refused.Detail)
            : Json(reply.Answer!, ContractJson.Default.PushedOrderAnswer);
    });

    /// <summary>Reads the signed message and hands it on; a body that is none is refused here, once for all.</summary>
    private static async Task<IResult> TakeAsync(HttpContext context, Func<byte[], Task<IResult>> take)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        return refusal ?? await take(message!);
    }

    /// <summary>Findings in the language that the terminal asks for; English where the catalogue has it not.</summary>
    private static IReadOnlyList<MerchantFinding> InLanguage(IReadOnlyList<MerchantFinding> findings, HttpContext context)
    {
        string asked = context.Request.Headers.AcceptLanguage.ToString();
        string language = asked.Split(',', ';', '-')[0].Trim();
        return language.Length is 0 or > LongestLanguage
            ? findings
            : [.. findings.Select(finding => finding with
            {
                Text = ReasonCatalogue.Get(finding.Reason).TextIn(language), Fix = ReasonCatalogue.Get(finding.Reason).FixIn(language),
            })];
    }

    private static IResult Answer(PaymentReply reply) => reply.Refusal is { } refused
        ? ReasonProblem.Result(refused.Reason, refused.Detail)
        : Results.Bytes(reply.Body!, "application/json");

    private static IResult Problem(Refusal refused) => ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field);

    private static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    private sealed class RetryLater(IResult result) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = StoreRetrySeconds;
            return result.ExecuteAsync(httpContext);
        }
    }
}
