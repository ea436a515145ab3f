using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// Sales that were taken while this back end was away: terminals forward them; the person at the machine looks at those that are held.
/// </summary>
internal static class OfflineEndpoints
{
    public static void MapOfflineEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/terminal/v1/payments/offline", ForwardAsync).RequireRateLimiting(TerminalEndpoints.TerminalLimit);
        RouteGroupBuilder operators = routes.MapGroup("/operator/v1/offline").RequireRateLimiting(TerminalEndpoints.RateLimit);
        operators.MapGet("/", ListAsync);
        operators.MapPost("/payments/{paymentId:guid}/release", ReleaseAsync);
        operators.MapPost("/terminals/{terminalId:guid}/reopen", ReopenAsync);
    }

    private static async Task<IResult> ForwardAsync(HttpContext context, PaymentGateway payments)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        OfflineReply reply = await payments.Offline.TakeAsync(message!, context.RequestAborted);
        return reply.Refusal is { } refused
            ? ReasonProblem.Result(refused.Reason, refused.Detail)
            : Results.Json(reply.Answer!, ContractJson.Default.OfflineForwardAnswer);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, LocalOperator local, Database database, ReceiptLinks links, ApiSettings settings, string? merchantId,
            CancellationToken cancellation) =>
        OperatorEndpoints.IsLocal(context, local)
            ? Results.Json(
                await OfflineReport.OfAsync(database, merchantId, links, settings.AddressOf(context), cancellation),
                    IntegratorJson.Default.OfflineView)
            : ReasonProblem.Result(ReasonCodes.OperatorUnknown);

    private static async Task<IResult> ReleaseAsync(HttpContext context, LocalOperator local, PaymentGateway payments, Guid paymentId) =>
        !OperatorEndpoints.IsLocal(context, local) ? ReasonProblem.Result(ReasonCodes.OperatorUnknown)
        : await payments.Offline.ReleaseAsync(paymentId, "operator") ? Results.Json(new { paymentId, released = true })
        : ReasonProblem.Result(ReasonCodes.FollowUpNotPossible, "the sale is not held, or what the bank needs of it was erased");

    private static async Task<IResult> ReopenAsync(HttpContext context, LocalOperator local, PaymentGateway payments, Guid terminalId) =>
        !OperatorEndpoints.IsLocal(context, local) ? ReasonProblem.Result(ReasonCodes.OperatorUnknown)
        : await payments.Offline.ReopenAsync(terminalId, "operator") ? Results.Json(new { terminalId, open = true })
        : ReasonProblem.Result(ReasonCodes.FollowUpNotPossible, "the terminal's chain is not closed");
}
