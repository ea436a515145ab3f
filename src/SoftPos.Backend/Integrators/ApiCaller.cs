using Microsoft.AspNetCore.Http;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Whoever an API key let in, and what it reaches.</summary>
internal sealed record ApiCaller(ApiKeyRecord Key)
{
    public string Tenant => Key.Tenant;

    /// <summary>The only merchant that it sees; null for all of the tenant.</summary>
    public string? MerchantId => Key.MerchantId;

    /// <summary>The caller of a request that passed the gate.</summary>
    public static ApiCaller Of(HttpContext context) =>
        context.Items[typeof(ApiCaller)] as ApiCaller ?? throw new InvalidOperationException("the route does not stand behind the gate");

    /// <summary>Identity that what this request makes shall have: the same again when the request is tried again under its idempotency key.</summary>
    public static Guid Reserved(HttpContext context, TimeProvider clock) =>
        context.Items[typeof(IdempotentRequest)] is Guid reserved ? reserved : Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>Whether a merchant is within reach.</summary>
    public async ValueTask<bool> ReachesAsync(Database database, string merchantId, CancellationToken cancellation) =>
        (MerchantId is null || MerchantId == merchantId) && await database.Merchants.TenantOfAsync(merchantId, cancellation) == Tenant;

    /// <summary>The merchant, or null when there is none within reach: another tenant's is as unknown as one that is not there.</summary>
    public async ValueTask<MerchantRecord?> MerchantAsync(Database database, string merchantId, CancellationToken cancellation) =>
        await ReachesAsync(database, merchantId, cancellation) ? await database.Merchants.FindAsync(merchantId, cancellation) : null;

    /// <summary>The payment, or null when there is none within reach.</summary>
    public async ValueTask<StoredPayment?> PaymentAsync(Database database, Guid paymentId, CancellationToken cancellation) =>
        await database.Payments.FindAsync(paymentId, cancellation) is { } stored
        && await ReachesAsync(database, stored.Record.MerchantId, cancellation) ? stored : null;

    /// <summary>The terminal, or null when there is none within reach.</summary>
    public async ValueTask<TerminalRecord?> TerminalAsync(Database database, Guid terminalId, CancellationToken cancellation) =>
        await database.Terminals.FindAsync(terminalId, cancellation) is { } terminal
        && await ReachesAsync(database, terminal.MerchantId, cancellation) ? terminal : null;
}
