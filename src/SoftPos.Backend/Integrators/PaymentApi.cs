using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Payments: reading, changing, receipts; and batches with their exports.</summary>
internal static class PaymentApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/payments", ListAsync).Wants(ApiScopes.PaymentsRead).WithSummary("Payments, newest first").Produces<Page<PaymentView>>();
        v1.MapGet("/payments/{paymentId:guid}", GetAsync).Wants(ApiScopes.PaymentsRead).WithSummary("A payment").Produces<PaymentView>();
        v1.MapGet("/payments/{paymentId:guid}/receipt", ReceiptAsync).Wants(ApiScopes.PaymentsRead).WithSummary("A receipt, as text or HTML")
            .Produces<string>(StatusCodes.Status200OK, "text/plain", "text/html");
        v1.MapPost("/payments/{paymentId:guid}/void", VoidAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Take a payment back before it is settled").Produces<PaymentView>();
        v1.MapPost("/payments/{paymentId:guid}/complete", CompleteAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Charge a pre-authorisation").Accepts<AmountInput>("application/json").Produces<PaymentView>();
        v1.MapPost("/payments/{paymentId:guid}/increase", IncreaseAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Hold more on a pre-authorisation; the answer is the payment that this makes")
                .Accepts<AmountInput>("application/json")
            .Produces<PaymentView>();
        v1.MapPost("/payments/{paymentId:guid}/adjust", AdjustAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Charge a sale with a tip after the tap").Accepts<AmountInput>("application/json").Produces<PaymentView>();
        v1.MapGet("/batches", BatchesAsync).Wants(ApiScopes.SettlementsRead).WithSummary("Settlement batches of a merchant, or of all")
            .Produces<Page<BatchView>>();
        v1.MapGet("/batches/{batchId}", BatchAsync).Wants(ApiScopes.SettlementsRead).WithSummary("A settlement batch").Produces<BatchView>();
        v1.MapGet("/batches/{batchId}/export", ExportAsync).Wants(ApiScopes.SettlementsRead)
            .WithSummary("The payments of a batch, as CSV or as JSON with the names of camt.053").Produces<string>(StatusCodes.Status200OK, "text/csv", "application/json");
    }

    /// <summary>A payment as an integrator sees it.</summary>
    public static PaymentView View(StoredPayment stored, ReceiptLinks links, Uri address)
    {
        PaymentRecord payment = stored.Record;
        return new PaymentView
        {
            PaymentId = payment.PaymentId, MerchantId = payment.MerchantId, TerminalId = payment.TerminalId, Operation = payment.Operation,
            State = payment.State, Reason = payment.Reason, AmountMinor = payment.AmountMinor, StandingMinor = payment.StandingMinor,
            Currency = payment.Currency, TipMinor = payment.TipMinor, CashbackMinor = payment.OtherAmountMinor,
            OriginalPaymentId = payment.OriginalPaymentId, MaskedPan = payment.MaskedPan, ApplicationLabel = payment.ApplicationLabel,
            AuthorisationCode = payment.AuthorisationCode, ResponseCode = payment.ResponseCode, RetrievalReference = payment.RetrievalReference,
            BatchId = stored.Batch, CreatedAt = payment.CreatedAt, ChangedAt = payment.ChangedAt,
            SurchargeMinor = payment.SurchargeMinor, Offline = payment.Offline,
            OfflineRisk = payment.Offline is null ? null : OfflineFacts.RiskOf(payment.State),
            ReceiptUrl = links.AddressOf(address, payment.PaymentId).ToString(),
        };
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, Database database, ReceiptLinks links, ApiSettings settings, string? merchantId, int? limit, string? cursor,
        CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out long before) is { } refusal)
        {
            return refusal;
        }

        ApiCaller caller = ApiCaller.Of(context);
        if (merchantId is not null && !await caller.ReachesAsync(database, merchantId, cancellation))
        {
            return ApiAnswer.Unknown("merchantId", "merchant");
        }

        List<StoredPayment> rows = await database.Payments.NewestOfTenantAsync(caller.Tenant, caller.MerchantId ?? merchantId, count + 1, before, cancellation);
        Uri address = settings.AddressOf(context);
        return ApiAnswer.Page(rows, count, static p => p.Sequence.ToString(CultureInfo.InvariantCulture), p => View(p, links, address));
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, Database database, ReceiptLinks links, ApiSettings settings, Guid paymentId, CancellationToken cancellation) =>
        await ApiCaller.Of(context).PaymentAsync(database, paymentId, cancellation) is { } stored
            ? ApiAnswer.Of(View(stored, links, settings.AddressOf(context)))
            : Unknown();

    private static async Task<IResult> ReceiptAsync(
        HttpContext context, Database database, ReceiptLinks links, ApiSettings settings, Guid paymentId, string? copy, string? format, string? language,
        CancellationToken cancellation)
    {
        if (await ApiCaller.Of(context).PaymentAsync(database, paymentId, cancellation) is not { } stored)
        {
            return Unknown();
        }

        IResult? refusal = ApiBody.Check(
            (copy is null or "customer" or "merchant", "copy", "customer or merchant"),
            (format is null or "text" or "html", "format", "text or html"),
            (language is null || ReasonCatalogue.Languages.Contains(language), "language", string.Join(", ", ReasonCatalogue.Languages)));
        if (refusal is not null)
        {
            return refusal;
        }

        ReceiptPaper paper = await ReceiptPaper.OfAsync(
            database, stored.Record, copy == "merchant" ? ReceiptCopy.Merchant : ReceiptCopy.Customer, language ?? "en",
            links.AddressOf(settings.AddressOf(context), paymentId), cancellation);
        return format == "html" ? Results.Text(ReceiptHtml.Page(paper), "text/html", Encoding.UTF8) : Results.Text(paper.ToText(), "text/plain", Encoding.UTF8);
    }

    private static Task<IResult> VoidAsync(HttpContext context, Guid paymentId, CancellationToken cancellation) =>
        FollowUpAsync(context, paymentId, FollowUpAction.Void, 0, cancellation);

    private static Task<IResult> CompleteAsync(HttpContext context, Guid paymentId, CancellationToken cancellation) =>
        WithAmountAsync(context, paymentId, FollowUpAction.Complete, cancellation);

    private static Task<IResult> IncreaseAsync(HttpContext context, Guid paymentId, CancellationToken cancellation) =>
        WithAmountAsync(context, paymentId, FollowUpAction.Increase, cancellation);

    private static Task<IResult> AdjustAsync(HttpContext context, Guid paymentId, CancellationToken cancellation) =>
        WithAmountAsync(context, paymentId, FollowUpAction.Adjust, cancellation);

    private static async Task<IResult> WithAmountAsync(HttpContext context, Guid paymentId, FollowUpAction action, CancellationToken cancellation) =>
        !ApiBody.TryRead(context, out AmountInput? input, out IResult? refusal) ? refusal
        : ApiBody.Check((input.AmountMinor is > 0 and <= OrderApi.MaxAmountMinor, "amountMinor", "a number above 0"))
            ?? await FollowUpAsync(context, paymentId, action, input.AmountMinor, cancellation);

    private static async Task<IResult> FollowUpAsync(HttpContext context, Guid paymentId, FollowUpAction action, long amountMinor, CancellationToken cancellation)
    {
        IServiceProvider services = context.RequestServices;
        Database database = Part<Database>(services);
        if (await ApiCaller.Of(context).PaymentAsync(database, paymentId, cancellation) is null)
        {
            return Unknown();
        }

        TimeProvider clock = Part<TimeProvider>(services);
        Guid requestId = ApiCaller.Reserved(context, clock);
        PaymentReply reply = await Part<PaymentGateway>(services).FollowUpAsync(
            new PaymentFollowUpRequest
            {
                RequestId = requestId, PaymentId = paymentId, Action = action, AmountMinor = amountMinor, ResultToken = [],
                DeviceTime = clock.GetUtcNow(),
            },
            cancellation);
        if (reply.Refusal is { } refused)
        {
            return ReasonProblem.Result(refused.Reason, refused.Detail);
        }

        // An increase is a payment of its own, under the identity of its request.
        StoredPayment now = (await database.Payments.FindAsync(action == FollowUpAction.Increase ? requestId : paymentId, cancellation))!;
        return ApiAnswer.Of(View(now, Part<ReceiptLinks>(services), Part<ApiSettings>(services).AddressOf(context)));
    }

    private static async Task<IResult> BatchesAsync(
        HttpContext context, Database database, string? merchantId, int? limit, string? cursor, CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        ApiCaller caller = ApiCaller.Of(context);
        if ((merchantId ?? caller.MerchantId) is not { } merchant)
        {
            return ApiAnswer.Page(
                await database.Batches.PageOfTenantAsync(caller.Tenant, after, count + 1, cancellation), count, static b => b.BatchId,
                    View);
        }

        return await caller.ReachesAsync(database, merchant, cancellation)
            ? ApiAnswer.Page(await database.Batches.PageAsync(merchant, after, count + 1, cancellation), count, static b => b.BatchId, View)
            : ApiAnswer.Unknown("merchantId", "merchant");
    }

    private static async Task<IResult> BatchAsync(HttpContext context, Database database, string batchId, CancellationToken cancellation) =>
        await FindAsync(context, database, batchId, cancellation) is { } batch ? ApiAnswer.Of(View(batch)) : ApiAnswer.Unknown("batchId", "batch");

    private static async Task<IResult> ExportAsync(
        HttpContext context, Database database, Settlement settlement, string batchId, string? format, CancellationToken cancellation)
    {
        if (await FindAsync(context, database, batchId, cancellation) is not { } batch)
        {
            return ApiAnswer.Unknown("batchId", "batch");
        }

        if (ApiBody.Check((format is null or "csv" or "json", "format", "csv or json")) is { } refusal)
        {
            return refusal;
        }

        if (format == "json")
        {
            return Results.Json(await SettlementExport.ToJsonAsync(batch, settlement.PaymentsAsync(batchId, cancellation)));
        }

        using StringWriter csv = new(CultureInfo.InvariantCulture);
        await SettlementExport.WriteCsvAsync(batch, settlement.PaymentsAsync(batchId, cancellation), csv);
        return Results.Text(csv.ToString(), "text/csv", Encoding.UTF8);
    }

    private static async ValueTask<BatchRecord?> FindAsync(HttpContext context, Database database, string batchId, CancellationToken cancellation) =>
        await database.Batches.FindAsync(batchId, cancellation) is { } batch
        && await ApiCaller.Of(context).ReachesAsync(database, batch.MerchantId, cancellation) ? batch : null;

    private static BatchView View(BatchRecord batch) => new()
    {
        BatchId = batch.BatchId, MerchantId = batch.MerchantId, Acquirer = batch.Acquirer, Number = batch.Number, ClosedAt = batch.ClosedAt,
        Totals = [.. batch.Totals.Select(static t => new BatchTotalView
        {
            Currency = t.Currency, SaleCount = t.SaleCount, SaleMinor = t.SaleMinor, RefundCount = t.RefundCount, RefundMinor = t.RefundMinor, NetMinor = t.NetMinor,
        })],
    };

    private static T Part<T>(IServiceProvider services)
        where T : class => (T)services.GetService(typeof(T))!;

    private static IResult Unknown() =>
        ReasonProblem.Result(ReasonCodes.PaymentUnknown, "no payment of that identity is known to this key", "paymentId");
}
