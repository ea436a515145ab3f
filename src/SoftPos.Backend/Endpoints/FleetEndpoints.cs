using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>What an operator may order against the fleet, by the token of the person at the machine.</summary>
internal static class FleetEndpoints
{
    private const string By = "local-operator";

    /// <summary>An order is a few short values.</summary>
    private const int MaxBody = 8 * 1024;

    private const int ListCount = 100;

    /// <summary>A replacement is typed or scanned within a visit.</summary>
    private static readonly TimeSpan CodeLife = TimeSpan.FromHours(24);

    private static readonly TimeSpan DefaultCommandLife = TimeSpan.FromDays(7);

    private static readonly JsonSerializerOptions Form = OperatorBody.Form;

    public static void MapFleetEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder fleet = routes.MapOperatorGroup("/operator/v1/fleet");
        fleet.MapPost("/orders", OrderAsync);
        fleet.MapGet("/orders", async (Database database, CancellationToken cancellation) =>
            Results.Json(await database.Responses.NewestAsync(ListCount, cancellation), Form));
        fleet.MapPost("/orders/{number:long}/lift", (long number, HttpContext context, FleetResponses responses) =>
            ReadAsync<NoteBody>(context, async body => Answer(await responses.LiftAsync(number, By, body.Note, context.RequestAborted))));
        fleet.MapPost("/terminals/{id:guid}/restore", (Guid id, HttpContext context, FleetResponses responses) =>
            ReadAsync<NoteBody>(context, async body => Done(await responses.RestoreAsync(id, By, body.Note, context.RequestAborted))));
        fleet.MapPost("/terminals/{id:guid}/retire", (Guid id, HttpContext context, FleetResponses responses) =>
            ReadAsync<NoteBody>(context, async body => Done(await responses.RetireAsync(id, By, body.Note, context.RequestAborted))));
        fleet.MapPost("/terminals/{id:guid}/transfer", (Guid id, HttpContext context, FleetResponses responses) =>
            ReadAsync<NoteBody>(context, async body =>
                Done(await responses.TransferAsync(id, body.MerchantId ?? string.Empty, By, body.Note, context.RequestAborted))));
        fleet.MapPost("/terminals/{id:guid}/commands", SendAsync);
        fleet.MapGet("/terminals/{id:guid}/commands", async (Guid id, Database database, CancellationToken cancellation) =>
            Results.Json((await database.Commands.NewestAsync(id, ListCount, cancellation)).Select(WithoutCode), Form));
        fleet.MapPost("/terminals/{id:guid}/replacement-codes", ReplaceAsync);
    }

    private static Task<IResult> OrderAsync(HttpContext context, FleetResponses responses) => ReadAsync<OrderBody>(context, async body =>
        Answer(await responses.OrderAsync(
            new ResponseRequest
            {
                Action = body.Action,
                Scope = body.Scope,
                Value = body.Value,
                Reason = body.Reason,
                Note = body.Note,
                By = By,
                ExpiresAt = body.ExpiresAt,
                IsRehearsal = body.IsRehearsal,
            },
            context.RequestAborted)));

    private static Task<IResult> SendAsync(Guid id, HttpContext context, RemoteCommands commands) => ReadAsync<CommandBody>(context, async body =>
    {
        TimeSpan life = body.Hours is { } hours ? TimeSpan.FromHours(Math.Clamp(hours, 0, RemoteCommands.LongestLife.TotalHours)) : DefaultCommandLife;
        (CommandRecord? command, Refusal? refusal) = await commands.SendAsync(id, body.Kind, body.Content, life, By, context.RequestAborted);
        return refusal is not null ? Problem(refusal) : Results.Json(WithoutCode(command!), Form);
    });

    /// <summary>A code by which a phone that was reset takes its terminal's place.</summary>
    private static async Task<IResult> ReplaceAsync(Guid id, Database database, TimeProvider clock, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(id, cancellation) is not { State: TerminalState.Active or TerminalState.Suspended } terminal)
        {
            return ReasonProblem.Result(ReasonCodes.TerminalUnknown);
        }

        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string code = OneTimeSecret.NewCode(random);
        DateTimeOffset expires = clock.GetUtcNow() + CodeLife;
        Change change = new Change().AddActivationCode(code, terminal.MerchantId, expires, replaces: id).Append(
            "activation.code-made", terminal.MerchantId, new JsonObject { ["expires"] = expires, ["replaces"] = id.ToString(), ["by"] = By });
        (await database.CommitAsync(change, cancellation)).Require();
        return Results.Json(new { code, merchantId = terminal.MerchantId, replaces = id, expiresAt = expires }, Form);
    }

    /// <summary>The activation code in a key replacement is for the terminal alone.</summary>
    private static CommandRecord WithoutCode(CommandRecord record) => record.Command.Kind is RemoteCommandKind.ReplaceKeys
        ? record with { Command = record.Command with { Content = null } }
        : record;

    private static Task<IResult> ReadAsync<T>(HttpContext context, Func<T, Task<IResult>> act) =>
        OperatorBody.ReadAsync(context, MaxBody, act);

    private static IResult Answer(ResponseOutcome outcome) => outcome.Refusal is { } refused
        ? Problem(refused)
        : Results.Json(new { order = outcome.Order, reach = outcome.Reach }, Form);

    private static IResult Done(Refusal? refusal) => refusal is null ? Results.Json(new { done = true }, Form) : Problem(refusal);

    private static IResult Problem(Refusal refused) => OperatorBody.Problem(refused);

    private sealed record OrderBody
    {
        public required ResponseAction Action { get; init; }

        public required ResponseScope Scope { get; init; }

        public required string Value { get; init; }

        public required string Reason { get; init; }

        public required string Note { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public bool IsRehearsal { get; init; }
    }

    private sealed record NoteBody
    {
        public required string Note { get; init; }

        public string? MerchantId { get; init; }
    }

    private sealed record CommandBody
    {
        public required RemoteCommandKind Kind { get; init; }

        public string? Content { get; init; }

        public double? Hours { get; init; }
    }
}
