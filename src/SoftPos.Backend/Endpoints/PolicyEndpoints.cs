using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// Versions of the appraisal policy. Who proposes, approves or activates proves it by the passphrase of a custodian, besides the token of the
/// person at the machine: two persons cannot be one who types two names.
/// </summary>
internal static class PolicyEndpoints
{
    /// <summary>A document and a few words; the front door's own bound is above it.</summary>
    private const int MaxBody = 120 * 1024;

    private const int ListCount = 100;

    /// <summary>Longest time that is replayed: evidence is not kept for longer.</summary>
    private const int MaxDays = 400;

    private static readonly JsonSerializerOptions Form = OperatorBody.Form;

    public static void MapPolicyEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder policies = routes.MapOperatorGroup("/operator/v1/policies");
        policies.MapGet(string.Empty, async (Database database, CancellationToken cancellation) =>
            Results.Json(await database.Policies.NewestAsync(ListCount, cancellation), Form));
        policies.MapPost("/simulations", SimulateAsync);
        policies.MapPost(string.Empty, (HttpContext context, PolicyVersions versions, Custodians custodians) =>
            AsPersonAsync(context, custodians, (body, cancellation) =>
                versions.ProposeAsync(Encoding.UTF8.GetBytes(body.Document ?? string.Empty), body.By, cancellation)));
        policies.MapPost("/{number:long}/approve", (long number, HttpContext context, PolicyVersions versions, Custodians custodians) =>
            AsPersonAsync(context, custodians, (body, cancellation) => versions.ApproveAsync(number, body.By, cancellation)));
        policies.MapPost("/{number:long}/activate", (long number, HttpContext context, PolicyVersions versions, Custodians custodians) =>
            AsPersonAsync(context, custodians, (body, cancellation) => versions.ActivateAsync(number, body.By, cancellation)));
    }

    /// <summary>Whoever acts proves to be a custodian; then the body is acted on.</summary>
    public static Task<IResult> AsCustodianAsync<T>(
        HttpContext context, Custodians custodians, Func<T, CancellationToken, Task<(object? Answer, Refusal? Refusal)>> act)
        where T : class, ICustodianBody => ReadAsync<T>(context, async body =>
        {
            if (!await custodians.IsAsync(body.By, body.Passphrase, context.RequestAborted))
            {
                return ReasonProblem.Result(ReasonCodes.OperatorUnknown, "no custodian of that name and passphrase; softpos keys enrol NAME enters one");
            }

            (object? answer, Refusal? refused) = await act(body, context.RequestAborted);
            return refused is not null ? OperatorBody.Problem(refused) : Results.Json(answer, Form);
        });

    private static Task<IResult> SimulateAsync(
        HttpContext context, PolicyVersions versions, PolicySimulation simulation, TimeProvider clock) => ReadAsync<SimulationBody>(context, async body =>
    {
        if (body.Days is not (> 0 and <= MaxDays))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"days: 1 to {MaxDays}", "/days");
        }

        (CompiledPolicy? draft, Refusal? refused) = versions.Compile(Encoding.UTF8.GetBytes(body.Document));
        return refused is not null
            ? ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field)
            : Results.Json(await simulation.RunAsync(draft!, clock.GetUtcNow().AddDays(-body.Days), context.RequestAborted), Form);
    });

    private static Task<IResult> AsPersonAsync(
        HttpContext context, Custodians custodians, Func<PersonBody, CancellationToken, Task<PolicyOutcome>> act) =>
        AsCustodianAsync<PersonBody>(context, custodians, async (body, cancellation) =>
        {
            PolicyOutcome outcome = await act(body, cancellation);
            return (outcome.Version, outcome.Refusal);
        });

    private static Task<IResult> ReadAsync<T>(HttpContext context, Func<T, Task<IResult>> act) =>
        OperatorBody.ReadAsync(context, MaxBody, act);

    /// <summary>Body of a request by which a custodian acts.</summary>
    internal interface ICustodianBody
    {
        /// <summary>Name of the custodian.</summary>
        string By { get; }

        /// <summary>Passphrase of the custodian.</summary>
        string Passphrase { get; }
    }

    private sealed record PersonBody : ICustodianBody
    {
        public required string By { get; init; }

        public required string Passphrase { get; init; }

        public string? Document { get; init; }
    }

    private sealed record SimulationBody
    {
        public required string Document { get; init; }

        public required double Days { get; init; }
    }
}
