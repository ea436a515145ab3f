using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>Alarms, by the token of the person at the machine. Each act has a reason and is in the journal.</summary>
internal static class AlarmEndpoints
{
    private const string By = "local-operator";
    private const int MaxBody = 8 * 1024;
    private const int ListCount = 100;
    private const int MaxEntries = 100;

    public static void MapAlarmEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder alarms = routes.MapOperatorGroup("/operator/v1/alarms");
        alarms.MapGet(string.Empty, ListAsync);
        alarms.MapGet("/{number:long}", ShowAsync);
        alarms.MapPost("/{number:long}/acknowledge", (long number, HttpContext context, AlarmBook book) =>
            ActAsync(context, (body, cancellation) =>
                book.AcknowledgeAsync(number, body.By ?? By, body.Assignee, body.Note, cancellation)));
        alarms.MapPost("/{number:long}/assign", (long number, HttpContext context, AlarmBook book) =>
            ActAsync(context, (body, cancellation) =>
                book.AssignAsync(number, body.By ?? By, body.Assignee ?? string.Empty, body.Note, cancellation)));
        alarms.MapPost("/{number:long}/resolve", (long number, HttpContext context, AlarmBook book) =>
            ActAsync(context, (body, cancellation) => book.ResolveAsync(number, body.By ?? By, body.Note, cancellation)));
    }

    /// <summary>
    /// Newest first: open ones, unless <c>state</c> says <c>resolved</c> or <c>all</c>; a page ends before <c>before</c>.
    /// </summary>
    private static async Task<IResult> ListAsync(Database database, string? state, long? before, CancellationToken cancellation)
    {
        bool? open = state switch { null or "open" => true, "resolved" => false, _ => null };
        return state is null or "open" or "resolved" or "all"
            ? Results.Json(await database.Alarms.PageAsync(open, before ?? long.MaxValue, ListCount, cancellation), OperatorBody.Form)
            : ReasonProblem.Result(ReasonCodes.RequestMalformed, "state: open, resolved or all", "state");
    }

    /// <summary>An alarm with its life.</summary>
    private static async Task<IResult> ShowAsync(Database database, long number, CancellationToken cancellation)
    {
        if (await database.Alarms.FindAsync(number, cancellation) is not { } alarm)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "no alarm has that number", "number");
        }

        Reason reason = ReasonCatalogue.Get(alarm.Reason);
        List<JournalEntry> life = await database.Journal.NewestOfSubjectAsync(AlarmBook.SubjectOf(number), MaxEntries, cancellation);
        return Results.Json(
            new
            {
                alarm,
                owner = reason.Owner,
                fix = reason.FixIn("en"),
                life = life.Select(static entry => new
                {
                    time = entry.Time.ToString("u", CultureInfo.InvariantCulture), step = entry.Kind, entry = entry.Index,
                    content = entry.Content is { } bytes ? System.Text.Json.Nodes.JsonNode.Parse(bytes) : null,
                }),
            },
            OperatorBody.Form);
    }

    private static Task<IResult> ActAsync(HttpContext context, Func<ActBody, CancellationToken,
        Task<(AlarmRecord? Alarm, Refusal? Refusal)>> act) =>
        OperatorBody.ReadAsync<ActBody>(context, MaxBody, async body =>
        {
            (AlarmRecord? alarm, Refusal? refusal) = await act(body, context.RequestAborted);
            return refusal is not null ? OperatorBody.Problem(refusal) : Results.Json(alarm, OperatorBody.Form);
        });

    private sealed record ActBody
    {
        public required string Note { get; init; }

        public string? Assignee { get; init; }

        public string? By { get; init; }
    }
}
