using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>Appeals: sent by terminals within their envelopes, listed and answered by the token of the person at the machine.</summary>
internal static class AppealEndpoints
{
    private const string By = "local-operator";
    private const int MaxBody = 8 * 1024;
    private const int ListCount = 100;

    public static void MapAppealEndpoints(this IEndpointRouteBuilder routes)
    {
        // Few and written by people: the limit of strangers is wide enough, and a commit each is dear enough.
        routes.MapPost("/terminal/v1/appeals", TakeAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);
        RouteGroupBuilder appeals = routes.MapOperatorGroup("/operator/v1/appeals");
        appeals.MapGet(string.Empty, ListAsync);
        appeals.MapPost("/{number:long}/close", (long number, HttpContext context, AppealDesk desk) =>
            OperatorBody.ReadAsync<CloseBody>(context, MaxBody, async body =>
            {
                (AppealRecord? appeal, Refusal? refusal) = await desk.CloseAsync(number, By, body.Note, context.RequestAborted);
                return refusal is not null ? OperatorBody.Problem(refusal) : Results.Json(appeal, OperatorBody.Form);
            }));
    }

    private static async Task<IResult> TakeAsync(HttpContext context, AppealDesk desk)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        (AppealAnswer? answer, Refusal? refused) = await desk.TakeAsync(message, context.RequestAborted);
        return refused is null
            ? Results.Json(answer!, ContractJson.Default.AppealAnswer)
            : ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field);
    }

    /// <summary>Newest first: open ones, unless <c>state</c> says <c>closed</c> or <c>all</c>; a page ends before <c>before</c>.</summary>
    private static async Task<IResult> ListAsync(Database database, string? state, long? before, CancellationToken cancellation)
    {
        AppealState? wanted = state switch { null or "open" => AppealState.Open, "closed" => AppealState.Closed, _ => null };
        return state is null or "open" or "closed" or "all"
            ? Results.Json(await database.Appeals.PageAsync(wanted, before ?? long.MaxValue, ListCount, cancellation), OperatorBody.Form)
            : ReasonProblem.Result(ReasonCodes.RequestMalformed, "state: open, closed or all", "state");
    }

    private sealed record CloseBody
    {
        public required string Note { get; init; }
    }
}
