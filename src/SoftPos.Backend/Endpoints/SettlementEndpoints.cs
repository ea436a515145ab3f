using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>Settlement and reconciliation, for the person at the machine.</summary>
internal static class SettlementEndpoints
{
    /// <summary>An acquirer's file of about 130,000 payments.</summary>
    private const long MaxFile = 16 * 1024 * 1024;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static void MapSettlementEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder operators = routes.MapGroup("/operator/v1").RequireRateLimiting(TerminalEndpoints.RateLimit);
        operators.MapPost("/settlements", CloseAsync);
        operators.MapGet("/settlements/{batchId}", ExportAsync);
        operators.MapPost("/reconciliations", ReconcileAsync).WithMetadata(new BodyLimit());
    }

    private static async Task<IResult> CloseAsync(HttpContext context, LocalOperator local, Settlement settlement, CancellationToken cancellation) =>
        OperatorEndpoints.IsLocal(context, local)
            ? Results.Json(await settlement.CloseAllAsync(cancellation), Form)
            : ReasonProblem.Result(ReasonCodes.OperatorUnknown);

    private static async Task<IResult> ExportAsync(
        HttpContext context, string batchId, string? format, LocalOperator local, Database database, Settlement settlement, CancellationToken cancellation)
    {
        if (!OperatorEndpoints.IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        if (await database.Batches.FindAsync(batchId, cancellation) is not { } batch)
        {
            return ReasonProblem.Result(ReasonCodes.PaymentUnknown, "no batch has that identity", "/batchId");
        }

        if (format == "json")
        {
            return Results.Json(await SettlementExport.ToJsonAsync(batch, settlement.PaymentsAsync(batchId, cancellation)), Form);
        }

        using StringWriter csv = new(CultureInfo.InvariantCulture);
        await SettlementExport.WriteCsvAsync(batch, settlement.PaymentsAsync(batchId, cancellation), csv);
        return Results.Text(csv.ToString(), "text/csv", Encoding.UTF8);
    }

    private static async Task<IResult> ReconcileAsync(
        HttpContext context, LocalOperator local, Database database, TimeProvider clock, CancellationToken cancellation)
    {
        if (!OperatorEndpoints.IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
        using StringReader text = new(await reader.ReadToEndAsync(cancellation));
        if (!AcquirerFile.TryRead(text, out AcquirerFile? file, out string fault))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, fault);
        }

        ReconciliationReport report = await Reconciliation.RunAsync(database, file!, cancellation);
        StoredReconciliation kept = await ReconciliationApi.KeepAsync(report, file!, database, clock.GetUtcNow(), cancellation);
        Change change = new Change().Add(kept).Append("settlement.reconciled", file!.Acquirer, new JsonObject
        {
            ["report"] = kept.ReportId, ["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(kept.Record)),
            ["from"] = report.From, ["to"] = report.To, ["rows"] = report.Rows, ["agreed"] = report.Agreed, ["differences"] = report.Differences.Count,
        });
        (await database.CommitAsync(change, cancellation)).Require();
        return Results.Json(report, Form);
    }

    /// <summary>The front door's bound is that of a terminal's message.</summary>
    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MaxFile;
    }
}
