using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// Roll-outs of policy versions. Custodians start and resume them; whoever stands at the machine may halt one, because that brings back
/// what two persons approved before.
/// </summary>
internal static class RolloutEndpoints
{
    /// <summary>Some rings and a few words.</summary>
    private const int MaxBody = 8 * 1024;

    private const string By = "local-operator";

    private const int ListCount = 20;

    public static void MapRolloutEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder rollout = routes.MapOperatorGroup("/operator/v1/policies/rollout");
        rollout.MapGet(string.Empty, async (PolicyRollouts rollouts, CancellationToken cancellation) =>
            Results.Json(await rollouts.StatusAsync(cancellation) is { } status ? (object)View(status) : new { state = "None" }, OperatorBody.Form));
        rollout.MapGet("/history", async (Database database, CancellationToken cancellation) =>
            Results.Json((await database.Rollouts.PageAsync(ListCount, cancellation)).Select(View), OperatorBody.Form));
        rollout.MapPost(string.Empty, (HttpContext context, PolicyRollouts rollouts, Custodians custodians) =>
            PolicyEndpoints.AsCustodianAsync<StartBody>(context, custodians, async (body, cancellation) =>
                Answer(await rollouts.StartAsync(body.Request, cancellation))));
        rollout.MapPost("/resume", (HttpContext context, PolicyRollouts rollouts, Custodians custodians) =>
            PolicyEndpoints.AsCustodianAsync<ResumeBody>(context, custodians, async (body, cancellation) =>
                Answer(await rollouts.ResumeAsync(body.By, body.Note, cancellation))));
        rollout.MapPost("/halt", (HttpContext context, PolicyRollouts rollouts) => OperatorBody.ReadAsync<NoteBody>(context, MaxBody, async body =>
        {
            (object? answer, Refusal? refused) = Answer(await rollouts.HaltAsync(By, body.Note, context.RequestAborted));
            return refused is not null ? OperatorBody.Problem(refused) : Results.Json(answer, OperatorBody.Form);
        }));
        RouteGroupBuilder pins = routes.MapOperatorGroup("/operator/v1/policies/pins");
        pins.MapGet(string.Empty, async (Database database, CancellationToken cancellation) =>
            Results.Json(await database.Rollouts.PinsAsync(cancellation), OperatorBody.Form));
        pins.MapPost("/{id:guid}", (Guid id, HttpContext context, PolicyRollouts rollouts) =>
            OperatorBody.ReadAsync<PinBody>(context, MaxBody, async body =>
                await rollouts.PinAsync(id, body.Ring, By, context.RequestAborted) is { } refused
                    ? OperatorBody.Problem(refused)
                    : Results.Json(new { terminalId = id, ring = body.Ring ?? "its own" }, OperatorBody.Form)));
    }

    private static (object? Answer, Refusal? Refusal) Answer(RolloutOutcome outcome) =>
        (outcome.Rollout is { } rollout ? View(rollout) : null, outcome.Refusal);

    private static object View(PolicyRollout rollout) => new
    {
        rollout.Number,
        rollout.State,
        rollout.Version,
        ring = rollout.Rings[rollout.Ring].Name,
        rollout.RingSince,
        goesOn = rollout.State is RolloutState.Running ? rollout.RingSince + rollout.Rings[rollout.Ring].Hold : (DateTimeOffset?)null,
        goodSeen = rollout.Seen,
        goodRefused = rollout.Refused,
        rollout.MaxRefusedPercent,
        rollout.LeastRefused,
        rollout.LeastSeen,
        rollout.Run,
        rollout.By,
        rollout.StartedAt,
        rollout.ChangedAt,
        rollout.HaltedBy,
        rollout.HaltReason,
        rings = rollout.Rings.Select(static one => new { one.Name, one.Percent, hours = one.Hold.TotalHours }),
    };

    private sealed record StartBody : PolicyEndpoints.ICustodianBody
    {
        public required string By { get; init; }

        public required string Passphrase { get; init; }

        public required long Version { get; init; }

        public List<RingBody>? Rings { get; init; }

        public double? MaxRefusedPercent { get; init; }

        public int? LeastRefused { get; init; }

        public int? LeastSeen { get; init; }

        public RolloutRequest Request
        {
            get
            {
                RolloutRequest usual = new() { Version = Version, By = By };
                return usual with
                {
                    Rings = Rings is null ? usual.Rings : [.. Rings.Select(static ring => ring.Ring)],
                    MaxRefusedPercent = MaxRefusedPercent ?? usual.MaxRefusedPercent,
                    LeastRefused = LeastRefused ?? usual.LeastRefused,
                    LeastSeen = LeastSeen ?? usual.LeastSeen,
                };
            }
        }
    }

    private sealed record RingBody
    {
        public required string Name { get; init; }

        public required double Percent { get; init; }

        public required double Hours { get; init; }

        /// <summary>Hours that no person means become a fault of the ring, not of the arithmetic.</summary>
        public RolloutRing Ring => new(Name, Percent, TimeSpan.FromHours(double.IsFinite(Hours) ? Math.Clamp(Hours, 0, 1_000_000) : 0));
    }

    private sealed record ResumeBody : PolicyEndpoints.ICustodianBody
    {
        public required string By { get; init; }

        public required string Passphrase { get; init; }

        public required string Note { get; init; }
    }

    private sealed record NoteBody
    {
        public required string Note { get; init; }
    }

    private sealed record PinBody
    {
        public string? Ring { get; init; }
    }
}
