using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Reconciliation reports: kept when the operator makes one, read by providers, each its own merchants' differences.</summary>
internal static class ReconciliationApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/reconciliations", ListAsync).Wants(ApiScopes.SettlementsRead)
            .WithSummary("Reconciliation reports, oldest first, without differences")
            .Produces<Page<ReconciliationView>>();
        v1.MapGet("/reconciliations/{reportId}", GetAsync).Wants(ApiScopes.SettlementsRead)
            .WithSummary("A reconciliation report with the differences of the caller's merchants").Produces<ReconciliationView>();
    }

    /// <summary>A report as it is kept, with the merchant of each difference and the rows of each merchant.</summary>
    public static async Task<StoredReconciliation> KeepAsync(
        ReconciliationReport report, AcquirerFile file, Database database, DateTimeOffset now, CancellationToken cancellation)
    {
        // Sorts by time; the number keeps two of one millisecond apart.
        long number = await database.Sequences.NextAsync("reconciliation", cancellation);
        string id = string.Create(CultureInfo.InvariantCulture, $"rec-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{number:D6}");
        Dictionary<string, string?> acceptors = new(StringComparer.Ordinal);
        foreach (string acceptor in file.Rows.Select(static row => row.Merchant).Distinct(StringComparer.Ordinal))
        {
            acceptors[acceptor] = await database.Reconciliations.MerchantOfAcceptorAsync(acceptor, cancellation);
        }

        Dictionary<string, int> rows = file.Rows.Select(row => acceptors[row.Merchant]).OfType<string>()
            .GroupBy(static merchant => merchant, StringComparer.Ordinal)
                .ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.Ordinal);
        ILookup<(string, string),
            string?> byReference = file.Rows.ToLookup(static row => (row.Reference, row.Terminal), row => acceptors[row.Merchant]);
        List<DifferenceView> differences = [];
        foreach (Difference difference in report.Differences)
        {
            string? merchant = difference.PaymentId is { } payment
                ? (await database.Payments.FindAsync(payment, cancellation))?.Record.MerchantId
                : byReference[(difference.Reference, difference.Terminal)].FirstOrDefault();
            differences.Add(new DifferenceView
            {
                Kind = difference.Kind.ToString(), MerchantId = merchant, Reference = difference.Reference, Terminal = difference.Terminal,
                PaymentId = difference.PaymentId, Here = difference.Here, HereMinor = difference.HereMinor,
                There = difference.There?.ToString(),
                ThereMinor = difference.ThereMinor, Explanation = difference.Explanation,
            });
        }

        Kept kept = new(report.Acquirer, report.From, report.To, rows, differences);
        return new StoredReconciliation(id, now, JsonSerializer.SerializeToUtf8Bytes(kept));
    }

    private static async Task<IResult> ListAsync(HttpContext context, Database database, int? limit, string? cursor,
        CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        List<ReconciliationView> views = [];
        foreach (StoredReconciliation stored in await database.Reconciliations.PageAsync(after, count + 1, cancellation))
        {
            ReconciliationView view = await ViewAsync(stored, ApiCaller.Of(context), database, cancellation);
            view.Differences = null;
            views.Add(view);
        }

        return ApiAnswer.Page(views, count, static view => view.ReportId, static view => view);
    }

    private static async Task<IResult> GetAsync(HttpContext context, Database database, string reportId, CancellationToken cancellation) =>
        await database.Reconciliations.FindAsync(reportId, cancellation) is { } stored
            ? ApiAnswer.Of(await ViewAsync(stored, ApiCaller.Of(context), database, cancellation))
            : ApiAnswer.Unknown("reportId", "reconciliation report");

    /// <summary>
    /// What a caller may know of a report: its own merchants' rows and differences, and no number that says anything of others.
    /// </summary>
    private static async Task<ReconciliationView> ViewAsync(
        StoredReconciliation stored, ApiCaller caller, Database database, CancellationToken cancellation)
    {
        Kept kept = JsonSerializer.Deserialize<Kept>(stored.Record)!;
        HashSet<string> reach = new(StringComparer.Ordinal);
        foreach (string merchant in kept.Rows.Keys.Concat(kept.Differences.Select(static d => d.MerchantId).OfType<string>())
            .Distinct(StringComparer.Ordinal))
        {
            if (await caller.ReachesAsync(database, merchant, cancellation))
            {
                reach.Add(merchant);
            }
        }

        DifferenceView[] own = [.. kept.Differences.Where(difference => difference.MerchantId is { } merchant && reach.Contains(merchant))];
        int rows = kept.Rows.Where(pair => reach.Contains(pair.Key)).Sum(static pair => pair.Value);
        return new ReconciliationView
        {
            ReportId = stored.ReportId, MadeAt = stored.MadeAt, Acquirer = kept.Acquirer, From = kept.From, To = kept.To, Rows = rows,
            Agreed = Math.Max(0, rows - own.Count(static difference => difference.Kind != nameof(DifferenceKind.MissingThere))),
                DifferenceCount = own.Length,
            Differences = own,
        };
    }

    private sealed record Kept(
        string Acquirer, DateTimeOffset From, DateTimeOffset To, Dictionary<string, int> Rows, IReadOnlyList<DifferenceView> Differences);
}
