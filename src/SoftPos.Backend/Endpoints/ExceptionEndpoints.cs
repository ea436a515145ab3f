using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// Time-boxed exceptions from rules of the policy. Two custodians propose and approve; whoever stands at the machine may take one back.
/// </summary>
internal static class ExceptionEndpoints
{
    /// <summary>A few short values.</summary>
    private const int MaxBody = 8 * 1024;

    private const string By = "local-operator";

    private const int ListCount = 100;

    public static void MapExceptionEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder exceptions = routes.MapOperatorGroup("/operator/v1/policies/exceptions");
        exceptions.MapGet(string.Empty, async (Database database, TimeProvider clock, CancellationToken cancellation) =>
            Results.Json(
                (await database.Exceptions.NewestAsync(ListCount, cancellation)).Select(one => View(one, clock.GetUtcNow())), OperatorBody.Form));
        exceptions.MapPost(string.Empty, (HttpContext context, PolicyExceptions all, Custodians custodians, TimeProvider clock) =>
            PolicyEndpoints.AsCustodianAsync<ProposeBody>(context, custodians, async (body, cancellation) =>
                Answer(await all.ProposeAsync(body.Request, cancellation), clock)));
        exceptions.MapPost("/{number:long}/approve", (long number, HttpContext context, PolicyExceptions all, Custodians custodians,
            TimeProvider clock) => PolicyEndpoints.AsCustodianAsync<ApproveBody>(context, custodians, async (body, cancellation) =>
                Answer(await all.ApproveAsync(number, body.By, cancellation), clock)));
        exceptions.MapPost("/{number:long}/lift", (long number, HttpContext context, PolicyExceptions all, TimeProvider clock) =>
            OperatorBody.ReadAsync<NoteBody>(context, MaxBody, async body =>
            {
                (object? answer, Refusal? refused) = Answer(await all.LiftAsync(number, By, body.Note, context.RequestAborted), clock);
                return refused is not null ? OperatorBody.Problem(refused) : Results.Json(answer, OperatorBody.Form);
            }));
    }

    private static (object? Answer, Refusal? Refusal) Answer(ExceptionOutcome outcome, TimeProvider clock) =>
        (outcome.Exception is { } one ? View(one, clock.GetUtcNow()) : null, outcome.Refusal);

    private static object View(PolicyException one, DateTimeOffset now) => new
    {
        one.Number,

        // Its instant counts, not whether the watch has written it down yet.
        state = one.State is PolicyExceptionState.Standing && !one.HoldsAt(now) ? PolicyExceptionState.Ended : one.State,
        one.Rule,
        one.Scope,
        one.Value,
        one.Until,
        one.Note,
        one.Proposer,
        one.ProposedAt,
        one.Approver,
        one.ApprovedAt,
        one.LiftedBy,
        one.EndedAt,
    };

    private sealed record ProposeBody : PolicyEndpoints.ICustodianBody
    {
        public required string By { get; init; }

        public required string Passphrase { get; init; }

        public required string Rule { get; init; }

        public required ResponseScope Scope { get; init; }

        public required string Value { get; init; }

        public required DateTimeOffset Until { get; init; }

        public required string Note { get; init; }

        public ExceptionRequest Request => new() { Rule = Rule, Scope = Scope, Value = Value, Until = Until, Note = Note, By = By };
    }

    private sealed record ApproveBody : PolicyEndpoints.ICustodianBody
    {
        public required string By { get; init; }

        public required string Passphrase { get; init; }
    }

    private sealed record NoteBody
    {
        public required string Note { get; init; }
    }
}
