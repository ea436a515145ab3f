using System.Text.Json.Nodes;

namespace SoftPos.Contract.Integrators;

/// <summary>A webhook endpoint to be made or changed.</summary>
public sealed record WebhookEndpointInput
{
    /// <summary>Where events are posted to: https, in a sandbox also http.</summary>
    public required string Url { get; set; }

    /// <summary>Types of events, such as <c>payment.approved</c>, or <c>payment.*</c>; empty for all.</summary>
    public IReadOnlyList<string> Events { get; set; } = [];
}

/// <summary>A webhook endpoint.</summary>
public sealed record WebhookEndpointView
{
    /// <summary>Identity.</summary>
    public required string EndpointId { get; set; }

    /// <summary>Where events are posted to.</summary>
    public required string Url { get; set; }

    /// <summary>Types of events; empty for all.</summary>
    public required IReadOnlyList<string> Events { get; set; }

    /// <summary>The only merchant whose events it gets.</summary>
    public string? MerchantId { get; set; }

    /// <summary>Gets nothing; what happens meanwhile waits for a replay.</summary>
    public bool Disabled { get; set; }

    /// <summary>Why it was disabled.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>Since when every delivery failed.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A webhook endpoint with its secret, which is shown in this answer only.</summary>
public sealed record WebhookEndpointCreated
{
    /// <summary>Secret of the signatures, <c>whsec_…</c>.</summary>
    public required string Secret { get; set; }

    /// <summary>The endpoint.</summary>
    public required WebhookEndpointView Endpoint { get; set; }
}

/// <summary>Something that happened.</summary>
public sealed record WebhookEvent
{
    /// <summary>Identity, the same over all deliveries.</summary>
    public required string Id { get; set; }

    /// <summary>Type, such as <c>payment.approved</c>.</summary>
    public required string Type { get; set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Timestamp { get; set; }

    /// <summary>Facts: identities, state, amounts. Never card data but the masked number.</summary>
    public required JsonObject Data { get; set; }
}

/// <summary>State of a delivery.</summary>
public enum WebhookDeliveryState
{
    /// <summary>Is to be tried, now or later.</summary>
    Pending,

    /// <summary>The receiver said 2xx.</summary>
    Delivered,

    /// <summary>Given up; a replay tries anew.</summary>
    Failed,
}

/// <summary>A delivery of one event to one endpoint.</summary>
public sealed record WebhookDeliveryView
{
    /// <summary>Identity.</summary>
    public required string DeliveryId { get; set; }

    /// <summary>Endpoint.</summary>
    public required string EndpointId { get; set; }

    /// <summary>Event.</summary>
    public required string EventId { get; set; }

    /// <summary>Type of the event.</summary>
    public required string Type { get; set; }

    /// <summary>State.</summary>
    public WebhookDeliveryState State { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; set; }

    /// <summary>When the event happened.</summary>
    public DateTimeOffset Timestamp { get; set; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }
}
