using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Payments that a terminal is asked to take, and refunds, whose card is tapped once more.</summary>
internal static class OrderApi
{
    /// <summary>EMV amounts have twelve digits.</summary>
    public const long MaxAmountMinor = 999_999_999_999;

    private static readonly TimeSpan RefundLife = TimeSpan.FromMinutes(5);

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/orders", MakeAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey().WithSummary("Push a payment to a terminal")
            .Accepts<OrderInput>("application/json").Produces<OrderView>(StatusCodes.Status201Created);
        v1.MapGet("/orders", ListAsync).Wants(ApiScopes.PaymentsRead).WithSummary("Orders, newest first").Produces<Page<OrderView>>();
        v1.MapGet("/orders/{orderId:guid}", GetAsync).Wants(ApiScopes.PaymentsRead).WithSummary("An order and what came of it").Produces<OrderView>();
        v1.MapPost("/orders/{orderId:guid}/cancel", CancelAsync).Wants(ApiScopes.PaymentsWrite).WithSummary("Take an order back before the terminal accepts it")
            .Produces<OrderView>();
        v1.MapPost("/payments/{paymentId:guid}/refunds", RefundAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Push a refund of a payment to a terminal; its card is tapped once more")
            .Accepts<RefundInput>("application/json").Produces<OrderView>(StatusCodes.Status201Created);
    }

    private static async Task<IResult> MakeAsync(HttpContext context, Database database, OrderDesk desk, TimeProvider clock, CancellationToken cancellation)
    {
        if (!ApiBody.TryRead(context, out OrderInput? input, out IResult? refusal))
        {
            return refusal;
        }

        ApiCaller caller = ApiCaller.Of(context);
        TerminalRecord? terminal = await caller.TerminalAsync(database, input.TerminalId, cancellation);
        MerchantRecord? merchant = terminal is null ? null : await database.Merchants.FindAsync(terminal.MerchantId, cancellation);
        if (terminal is null || merchant is null)
        {
            return ApiAnswer.Unknown("$.terminalId", "terminal");
        }

        long parts = input.TipMinor is >= 0 and <= MaxAmountMinor && input.CashbackMinor is >= 0 and <= MaxAmountMinor ? input.TipMinor + input.CashbackMinor : -1;
        refusal = ApiBody.Check(
            (input.AmountMinor is > 0 and <= MaxAmountMinor, "amountMinor", "a number above 0, at most 12 digits"),
            (input.Currency is null || input.Currency == merchant.Currency, "currency", $"{merchant.Currency}, the merchant's"),
            (input.Operation is PaymentOperation.Sale or PaymentOperation.PreAuthorisation, "operation", "Sale or PreAuthorisation; a refund is asked at its payment"),
            (parts == 0 || (parts > 0 && parts < input.AmountMinor && input.Operation == PaymentOperation.Sale), "tipMinor", "tip and cash back as parts of the amount of a sale"),
            (!input.AcceptsPartialApproval || input.Operation == PaymentOperation.Sale, "acceptsPartialApproval", "true for a sale only"),
            (ApiBody.IsLine(input.Reference, 64), "reference", "1 to 64 characters in one line"),
            (input.LifeSeconds is >= 5 and <= 3600, "lifeSeconds", "5 to 3600"));
        if (refusal is not null)
        {
            return refusal;
        }

        if (input.AmountMinor > (merchant.Limits?.MaxAmountMinor ?? long.MaxValue))
        {
            return ReasonProblem.Result(ReasonCodes.AmountAboveLimit, $"amountMinor: at most {merchant.Limits!.MaxAmountMinor} for this merchant", "$.amountMinor");
        }

        DateTimeOffset now = Whole(clock.GetUtcNow());
        return await PlaceAsync(context, desk, terminal, new PushedOrder
        {
            OrderId = ApiCaller.Reserved(context, clock), MerchantId = merchant.MerchantId, TerminalId = terminal.TerminalId, Operation = input.Operation,
            AmountMinor = input.AmountMinor, Currency = merchant.Currency, TipMinor = input.TipMinor, CashbackMinor = input.CashbackMinor,
            AcceptsPartialApproval = input.AcceptsPartialApproval, Reference = input.Reference, CreatedAt = now, ChangedAt = now,
            ExpiresAt = now + TimeSpan.FromSeconds(input.LifeSeconds),
        });
    }

    private static async Task<IResult> RefundAsync(
        HttpContext context, Database database, OrderDesk desk, TimeProvider clock, Guid paymentId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (await caller.PaymentAsync(database, paymentId, cancellation) is not { Record: { } payment })
        {
            return ReasonProblem.Result(ReasonCodes.PaymentUnknown, "no payment of that identity is known to this key", "paymentId");
        }

        if (!ApiBody.TryRead(context, out RefundInput? input, out IResult? refusal))
        {
            return refusal;
        }

        TerminalRecord? terminal = await caller.TerminalAsync(database, input.TerminalId, cancellation);
        if (terminal is null || terminal.MerchantId != payment.MerchantId)
        {
            return ApiAnswer.Unknown("$.terminalId", "terminal of the payment's merchant");
        }

        long amount = input.AmountMinor ?? payment.StandingMinor;
        if (ApiBody.Check((amount > 0, "amountMinor", "a number above 0, or none for all of the payment")) is { } malformed)
        {
            return malformed;
        }

        if (amount > payment.StandingMinor)
        {
            return ReasonProblem.Result(ReasonCodes.RefundExceedsOriginal, $"amountMinor: at most {payment.StandingMinor}", "$.amountMinor");
        }

        DateTimeOffset now = Whole(clock.GetUtcNow());
        return await PlaceAsync(context, desk, terminal, new PushedOrder
        {
            OrderId = ApiCaller.Reserved(context, clock), MerchantId = payment.MerchantId, TerminalId = terminal.TerminalId, Operation = PaymentOperation.Refund,
            AmountMinor = amount, Currency = payment.Currency, OriginalPaymentId = paymentId, CreatedAt = now, ChangedAt = now, ExpiresAt = now + RefundLife,
        });
    }

    private static async Task<IResult> PlaceAsync(HttpContext context, OrderDesk desk, TerminalRecord terminal, PushedOrder order)
    {
        if (terminal.State != TerminalState.Active)
        {
            return ReasonProblem.Result(ReasonCodes.TerminalSuspended, "the terminal is not in use", "$.terminalId");
        }

        ChangeRefusal refusal = await desk.PlaceAsync(order);
        return refusal switch
        {
            ChangeRefusal.None => ApiAnswer.Created(new OrderView { Order = order }),

            // The first try was cut off after its order was durable.
            ChangeRefusal.Exists => ApiAnswer.Created(await ViewAsync(context, order.OrderId)),
            _ => ReasonProblem.Result(ReasonCodes.RateLimited, $"at most {PushedOrderStore.MaxOpen} orders wait for one terminal"),
        };
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, Database database, string? merchantId, int? limit, string? cursor, CancellationToken cancellation)
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

        List<StoredOrder> rows = await database.Orders.NewestAsync(caller.Tenant, caller.MerchantId ?? merchantId, count + 1, before, cancellation);
        return ApiAnswer.Page(rows, count, static o => o.Sequence.ToString(CultureInfo.InvariantCulture), static o => new OrderView { Order = o.Order });
    }

    private static async Task<IResult> GetAsync(HttpContext context, Database database, Guid orderId, CancellationToken cancellation) =>
        await FindAsync(context, database, orderId, cancellation) is null ? Unknown() : ApiAnswer.Of(await ViewAsync(context, orderId));

    private static async Task<IResult> CancelAsync(HttpContext context, Database database, OrderDesk desk, Guid orderId, CancellationToken cancellation)
    {
        if (await FindAsync(context, database, orderId, cancellation) is not { } order)
        {
            return Unknown();
        }

        return order.State == PushedOrderState.Cancelled || await desk.CancelAsync(order, cancellation) is not null
            ? ApiAnswer.Of(await ViewAsync(context, orderId))
            : ReasonProblem.Result(ReasonCodes.OrderClosed, $"the order is {order.State}; only what no terminal has accepted is taken back");
    }

    private static async ValueTask<PushedOrder?> FindAsync(HttpContext context, Database database, Guid orderId, CancellationToken cancellation) =>
        await database.Orders.FindAsync(orderId, cancellation) is { } stored
        && await ApiCaller.Of(context).ReachesAsync(database, stored.Order.MerchantId, cancellation) ? stored.Order : null;

    private static async Task<OrderView> ViewAsync(HttpContext context, Guid orderId)
    {
        Database database = (Database)context.RequestServices.GetService(typeof(Database))!;
        ReceiptLinks links = (ReceiptLinks)context.RequestServices.GetService(typeof(ReceiptLinks))!;
        ApiSettings settings = (ApiSettings)context.RequestServices.GetService(typeof(ApiSettings))!;
        StoredOrder stored = (await database.Orders.FindAsync(orderId))!;
        StoredPayment? payment = stored.Order.State == PushedOrderState.Paying ? await database.Payments.FindAsync(orderId) : null;
        return new OrderView { Order = stored.Order, Payment = payment is null ? null : PaymentApi.View(payment, links, settings.AddressOf(context)) };
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static IResult Unknown() => ApiAnswer.Unknown("orderId", "order");
}
