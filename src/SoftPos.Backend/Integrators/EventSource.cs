using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>An event of a tenant's merchant.</summary>
/// <param name="Index">Index of its journal entry.</param>
/// <param name="Tenant">Tenant.</param>
/// <param name="MerchantId">Merchant.</param>
/// <param name="Event">What integrators get.</param>
internal sealed record MerchantEvent(long Index, string Tenant, string MerchantId, WebhookEvent Event);

/// <summary>
/// Events for integrators, read from the journal: an entry that is durable is an event that is owed, so there is nothing to write beside it and
/// nothing that can be lost between the two (docs/adr/0006).
/// </summary>
internal sealed class EventSource(Database database)
{
    /// <summary>Kinds of entries that are events, with the state that a payment is in after it.</summary>
    private static readonly Dictionary<string, string> Payments = new()
    {
        ["payment.approved"] = "Approved", ["payment.declined"] = "Declined", ["payment.unknown"] = "Unknown", ["payment.abandoned"] = "Abandoned",
        ["payment.reversed"] = "Reversed", ["payment.voided"] = "Voided", ["payment.completed"] = "Completed", ["payment.adjusted"] = "Approved",
        ["payment.expired"] = "Voiding", ["payment.offline-received"] = "Deferred", ["payment.offline-held"] = "InReview",
    };

    private static readonly HashSet<string> Others =
    [
        "order.created", "order.delivered", "order.accepted", "order.failed", "order.expired", "order.cancelled", "settlement.closed",
    ];

    /// <summary>A merchant never changes its tenant; a few thousand are kept.</summary>
    private const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, string> _tenants = new(StringComparer.Ordinal);

    /// <summary>Types of events.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. Payments.Keys, .. Others, "webhook.test"];

    /// <summary>The event of an entry; null for an entry that is none.</summary>
    public async ValueTask<MerchantEvent?> OfAsync(JournalEntry entry, CancellationToken cancellation)
    {
        (string? merchant, JsonObject? data) = Payments.TryGetValue(entry.Kind, out string? state)
            ? await OfPaymentAsync(entry, state, cancellation)
            : Others.Contains(entry.Kind) && entry.Content is { } content ? OfContent(entry, content) : (null, null);
        if (merchant is null || data is null || await TenantAsync(merchant, cancellation) is not { Length: > 0 } tenant)
        {
            return null;
        }

        string id = string.Create(CultureInfo.InvariantCulture, $"evt_{entry.Index}_{Convert.ToHexStringLower(entry.LeafHash.AsSpan(0, 6))}");
        return new MerchantEvent(entry.Index, tenant, merchant, new WebhookEvent { Id = id, Type = entry.Kind, Timestamp = entry.Time, Data = data });
    }

    private async ValueTask<(string?, JsonObject?)> OfPaymentAsync(JournalEntry entry, string state, CancellationToken cancellation)
    {
        if (!Guid.TryParse(entry.Subject, out Guid id) || await database.Payments.FindAsync(id, cancellation) is not { Record: { } payment })
        {
            return (null, null);
        }

        return (payment.MerchantId, new JsonObject
        {
            ["paymentId"] = payment.PaymentId.ToString(), ["merchantId"] = payment.MerchantId, ["terminalId"] = payment.TerminalId.ToString(),
            ["operation"] = payment.Operation.ToString(), ["state"] = state, ["amountMinor"] = payment.AmountMinor,
            ["standingMinor"] = payment.StandingMinor, ["currency"] = payment.Currency, ["maskedPan"] = payment.MaskedPan,
            ["originalPaymentId"] = payment.OriginalPaymentId?.ToString(),
        });
    }

    private static (string?, JsonObject?) OfContent(JournalEntry entry, byte[] content)
    {
        JsonObject data = JsonNode.Parse(content)!.AsObject();
        string? merchant = data["merchant"]?.GetValue<string>();
        data.Remove("merchant");
        data["merchantId"] = merchant;
        data[entry.Kind.StartsWith("order.", StringComparison.Ordinal) ? "orderId" : "batchId"] = entry.Subject;
        if (data["terminal"] is { } terminal)
        {
            data["terminalId"] = terminal.DeepClone();
            data.Remove("terminal");
        }

        return (merchant, data);
    }

    private async ValueTask<string> TenantAsync(string merchantId, CancellationToken cancellation)
    {
        if (_tenants.TryGetValue(merchantId, out string? tenant))
        {
            return tenant;
        }

        tenant = await database.Merchants.TenantOfAsync(merchantId, cancellation) ?? string.Empty;
        if (tenant.Length > 0 && _tenants.Count < MaxCached)
        {
            _tenants[merchantId] = tenant;
        }

        return tenant;
    }

    /// <summary>The exact bytes that are sent.</summary>
    public static byte[] BodyOf(WebhookEvent what) => JsonSerializer.SerializeToUtf8Bytes(what, IntegratorJson.Default.WebhookEvent);
}
