using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>A webhook endpoint.</summary>
public sealed record WebhookEndpointRecord
{
    /// <summary>Identity.</summary>
    public required string EndpointId { get; set; }

    /// <summary>Tenant whose events it gets.</summary>
    public required string Tenant { get; set; }

    /// <summary>The only merchant whose events it gets; null for all of the tenant.</summary>
    public string? MerchantId { get; set; }

    /// <summary>Address.</summary>
    public required string Url { get; set; }

    /// <summary>Types of events; empty for all.</summary>
    public IReadOnlyList<string> Events { get; set; } = [];

    /// <summary>The secret, sealed by the key room.</summary>
    public required byte[] SealedSecret { get; set; }

    /// <summary>The secret before, sealed, while both sign.</summary>
    public byte[]? SealedFormerSecret { get; set; }

    /// <summary>Until when the former secret signs too.</summary>
    public DateTimeOffset? FormerSecretUntil { get; set; }

    /// <summary>Gets nothing.</summary>
    public bool Disabled { get; set; }

    /// <summary>Why.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>Since when every attempt failed.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>When it was made: it gets what happens from then on.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>State of a delivery in its column.</summary>
public enum StoredDeliveryState
{
    /// <summary>To be tried.</summary>
    Pending,

    /// <summary>Taken by the receiver.</summary>
    Delivered,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>A delivery of one event to one endpoint.</summary>
public sealed record WebhookDelivery
{
    /// <summary>Order of arrival; identity.</summary>
    public long Sequence { get; init; }

    /// <summary>Endpoint.</summary>
    public required string EndpointId { get; init; }

    /// <summary>Event.</summary>
    public required string EventId { get; init; }

    /// <summary>Type of the event.</summary>
    public required string Type { get; init; }

    /// <summary>When the event happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The exact body.</summary>
    public required byte[] Body { get; init; }

    /// <summary>State.</summary>
    public StoredDeliveryState State { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next; null for never.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Status of the last answer.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }
}

/// <summary>Webhook endpoints and the deliveries that are owed to them.</summary>
public sealed class WebhookStore
{
    /// <summary>Most entries in one page.</summary>
    public const int MaxPage = 500;

    /// <summary>Due deliveries of one endpoint that are given at once.</summary>
    public const int MaxOfEndpoint = 4;

    /// <summary>Endpoints of all tenants that are looked at for an event.</summary>
    public const int MaxEndpoints = 10_000;

    private const string Row = "SELECT seq, endpoint_id, event_id, type, time, body, state, attempts, due, status, error FROM webhook_delivery ";

    private readonly Database _database;

    internal WebhookStore(Database database) => _database = database;

    /// <summary>The endpoint, or null.</summary>
    public ValueTask<WebhookEndpointRecord?> FindAsync(string endpointId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM webhook_endpoint WHERE endpoint_id = $1", ReadEndpoint, endpointId), cancellation);

    /// <summary>All endpoints.</summary>
    public ValueTask<List<WebhookEndpointRecord>> AllAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.Rows("SELECT record FROM webhook_endpoint ORDER BY endpoint_id LIMIT $1", ReadEndpoint, MaxEndpoints), cancellation);

    /// <summary>A page of the endpoints of a tenant in order of identity.</summary>
    public ValueTask<List<WebhookEndpointRecord>> PageAsync(string tenant, string? after, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT record FROM webhook_endpoint WHERE tenant = $1 AND endpoint_id > $2 ORDER BY endpoint_id LIMIT $3",
                ReadEndpoint,
                tenant,
                after ?? string.Empty,
                Math.Min(count, MaxPage)),
            cancellation);

    /// <summary>The delivery, or null.</summary>
    public ValueTask<WebhookDelivery?> FindDeliveryAsync(long sequence, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First(Row + "WHERE seq = $1", Read, sequence), cancellation);

    /// <summary>The newest deliveries of an endpoint, newest first.</summary>
    public ValueTask<List<WebhookDelivery>> DeliveriesAsync(
        string endpointId, int count, long before = long.MaxValue, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(Row + "WHERE endpoint_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3", Read, endpointId, before, Math.Min(count, MaxPage)),
        cancellation);

    /// <summary>Deliveries that are due, a few of each endpoint, so that a slow one does not stand in the way of others.</summary>
    public ValueTask<List<WebhookDelivery>> DueAsync(DateTimeOffset now, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT seq, endpoint_id, event_id, type, time, body, state, attempts, due, status, error FROM (SELECT *, row_number() OVER "
                + "(PARTITION BY endpoint_id ORDER BY due, seq) AS place FROM webhook_delivery WHERE due IS NOT NULL AND due <= $1) "
                + "WHERE place <= $3 ORDER BY due, seq LIMIT $2",
            Read,
            now.ToColumn(),
            Math.Min(count, MaxPage),
            MaxOfEndpoint),
        cancellation);

    /// <summary>When the next delivery is due; null when none is.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellation = default) => _database.ReadAsync(
        static session => session.First("SELECT min(due) FROM webhook_delivery WHERE due IS NOT NULL", static r => r.TimeOrNull(0)), cancellation);

    private static WebhookEndpointRecord ReadEndpoint(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), StorageJson.Default.WebhookEndpointRecord)!;

    private static WebhookDelivery Read(SqliteDataReader reader) => new()
    {
        Sequence = reader.GetInt64(0),
        EndpointId = reader.GetString(1),
        EventId = reader.GetString(2),
        Type = reader.GetString(3),
        Time = reader.Time(4),
        Body = reader.Blob(5),
        State = (StoredDeliveryState)reader.GetInt32(6),
        Attempts = reader.GetInt32(7),
        DueAt = reader.TimeOrNull(8),
        LastStatus = reader.IsDBNull(9) ? null : reader.GetInt32(9),
        LastError = reader.TextOrNull(10),
    };
}

/// <summary>Changes of webhook endpoints and deliveries.</summary>
public static class WebhookWrites
{
    /// <summary>Inserts or replaces an endpoint.</summary>
    public static Change Put(this Change change, WebhookEndpointRecord endpoint)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(endpoint, StorageJson.Default.WebhookEndpointRecord);
        return change.Write((session, _) => session.Execute(
            "INSERT INTO webhook_endpoint(endpoint_id, tenant, record) VALUES($1, $2, $3) ON CONFLICT(endpoint_id) DO UPDATE SET record = $3",
            endpoint.EndpointId,
            endpoint.Tenant,
            record));
    }

    /// <summary>Changes an endpoint only if it still stands as it was read; refused with <see cref="ChangeRefusal.Exists"/> when it moved on.</summary>
    public static Change Move(this Change change, WebhookEndpointRecord from, WebhookEndpointRecord to)
    {
        byte[] before = JsonSerializer.SerializeToUtf8Bytes(from, StorageJson.Default.WebhookEndpointRecord);
        return change
            .Require((session, _) => session.First("SELECT record FROM webhook_endpoint WHERE endpoint_id = $1", static r => r.Blob(0), from.EndpointId) is { } now
                && now.AsSpan().SequenceEqual(before) ? ChangeRefusal.None : ChangeRefusal.Exists)
            .Put(to);
    }

    /// <summary>Forgets deliveries of events before a time that are not to be tried any more.</summary>
    public static Change ForgetDeliveries(this Change change, DateTimeOffset before) => change.Write((session, _) => session.Execute(
        "DELETE FROM webhook_delivery WHERE due IS NULL AND time < $1", before.ToColumn()));

    /// <summary>Removes an endpoint and what is owed to it.</summary>
    public static Change RemoveWebhookEndpoint(this Change change, string endpointId) => change
        .Write((session, _) => session.Execute("DELETE FROM webhook_endpoint WHERE endpoint_id = $1", endpointId))
        .Write((session, _) => session.Execute("DELETE FROM webhook_delivery WHERE endpoint_id = $1", endpointId));

    /// <summary>Owes a delivery; one that is owed or done already stays as it is.</summary>
    public static Change Add(this Change change, WebhookDelivery delivery) => change.Write((session, _) => session.Execute(
        "INSERT INTO webhook_delivery(endpoint_id, event_id, type, time, body, state, attempts, due) VALUES($1, $2, $3, $4, $5, $6, $7, $8) "
            + "ON CONFLICT(endpoint_id, event_id) DO NOTHING",
        delivery.EndpointId,
        delivery.EventId,
        delivery.Type,
        delivery.Time.ToColumn(),
        delivery.Body,
        (int)delivery.State,
        delivery.Attempts,
        delivery.DueAt.ToColumn()));

    /// <summary>Writes how a delivery stands now.</summary>
    public static Change Put(this Change change, WebhookDelivery delivery) => change.Write((session, _) => session.Execute(
        "UPDATE webhook_delivery SET state = $2, attempts = $3, due = $4, status = $5, error = $6 WHERE seq = $1",
        delivery.Sequence,
        (int)delivery.State,
        delivery.Attempts,
        delivery.DueAt.ToColumn(),
        delivery.LastStatus,
        delivery.LastError));

    /// <summary>Puts what waits for an endpoint off for ever: it was disabled. A replay takes it up again.</summary>
    public static Change ParkDeliveries(this Change change, string endpointId) => change.Write((session, _) => session.Execute(
        "UPDATE webhook_delivery SET state = 2, due = NULL WHERE endpoint_id = $1 AND due IS NOT NULL", endpointId));
}
