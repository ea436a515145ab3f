using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Attestation.Baseline;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// What the watch knows: itself, series of a terminal's health, and the baseline. By the token of the person at the machine.
/// </summary>
internal static class WatchEndpoints
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(24);

    public static void MapWatchEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder watch = routes.MapOperatorGroup("/operator/v1");
        watch.MapGet("/monitor", MonitorAsync);
        watch.MapGet("/health/{id:guid}", HealthAsync);
        watch.MapGet("/baseline", (MonitoringOptions options) =>
            Results.Json(BaselineView.Of(options.Policy.Current.Baseline), OperatorBody.Form));
        watch.MapGet("/baseline/check", Check);
    }

    private static async Task<IResult> MonitorAsync(
        Database database, SilenceWatch watch, AlarmEngine engine, AlarmSender sender, TimeProvider clock, CancellationToken cancellation)
    {
        (int expected, int overdue) = await database.Attendance.CountAsync(clock.GetUtcNow(), cancellation);
        return Results.Json(
            new
            {
                ailment = sender.Ailment(),
                watch = watch.State,
                lookedAt = watch.LookedAt,
                expected,
                overdue,
                behind = engine.Behind,
                alarms = await database.Alarms.CountAsync(cancellation),
                owed = (await database.AlarmDeliveries.OwedAsync(cancellation)).Select(static one =>
                    new { one.Sink, one.Owed, one.Oldest, one.LastError }),
                samples = await database.Health.CountAsync(cancellation),
            },
            OperatorBody.Form);
    }

    /// <summary>
    /// Series of a terminal: <c>measure</c> (all when absent), <c>grain</c> (Raw, FiveMinutes, Hour), <c>from</c> and <c>until</c>.
    /// </summary>
    private static async Task<IResult> HealthAsync(
        Database database, TimeProvider clock, Guid id, string? measure, string? grain, DateTimeOffset? from, DateTimeOffset? until,
        CancellationToken cancellation)
    {
        HealthGrain fine = HealthGrain.FiveMinutes;
        if (grain is not null && (!Enum.TryParse(grain, ignoreCase: true, out fine) || !Enum.IsDefined(fine) || char.IsDigit(grain[0])))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "grain: " + string.Join(", ", Enum.GetNames<HealthGrain>()), "grain");
        }

        if (measure is not null && HealthMeasures.Find(measure) is null)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed,
                "measure: " + string.Join(", ", HealthMeasures.All.Select(static one => one.Name)), "measure");
        }

        DateTimeOffset last = until ?? clock.GetUtcNow();
        IReadOnlyDictionary<byte,
        List<HealthPoint>> series = await database.Health.SeriesAsync(id, fine, from ?? last - DefaultSpan, last, cancellation);
        return Results.Json(
            new
            {
                terminalId = id,
                grain = fine,
                seconds = HealthStore.LengthOf(fine).TotalSeconds,
                series = HealthMeasures.All.Where(one =>
                    series.ContainsKey(one.Code) && (measure is null || one.Name == measure)).Select(one => new
                {
                    measure = one.Name, unit = one.Unit, text = one.Text, points = series[one.Code],
                }),
            },
            OperatorBody.Form);
    }

    private static IResult Check(MonitoringOptions options, TimeProvider clock, string? model, string? os, string? patch,
        DateTimeOffset? on)
    {
        int? level = null;
        if (patch is not null)
        {
            string digits = patch.Replace("-", string.Empty, StringComparison.Ordinal);
            if (digits.Length is not (6 or 8) || !int.TryParse(digits[..6], NumberStyles.None, CultureInfo.InvariantCulture, out int month)
                || month % 100 is < 1 or > 12)
            {
                return ReasonProblem.Result(ReasonCodes.RequestMalformed, "patch: year and month, such as 2026-11", "patch");
            }

            level = month;
        }

        if (string.IsNullOrWhiteSpace(model) && string.IsNullOrWhiteSpace(os) && level is null)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "model, os or patch", "model");
        }

        if (model?.Length > EvidenceClaims.MaxText || os?.Length > EvidenceClaims.MaxText)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"at most {EvidenceClaims.MaxText} characters", "model");
        }

        BaselineAnswer answer = BaselineCheck.Of(
            options.Policy.Current, model?.Trim() ?? string.Empty, os?.Trim() ?? string.Empty, level, on
                ?? clock.GetUtcNow(), options.Ring);
        return Results.Json(BaselineView.Of(answer, options.Policy.Current.Baseline), OperatorBody.Form);
    }
}
