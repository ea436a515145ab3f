using System.Buffers.Binary;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Turns journal entries into deliveries that are owed. Its place in the journal becomes durable with the deliveries.</summary>
internal sealed class WebhookPump(Database database, EventSource events, TimeProvider clock)
{
    private const string Setting = "webhooks.cursor";
    private const int Page = 500;

    /// <summary>Entries that may be read again after a crash when none of them was an event.</summary>
    private const int MaxUnwritten = 2000;

    private long _next = -1;
    private long _written;

    /// <summary>Raised when something is owed.</summary>
    public Action? Owed { get; set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        using JournalSubscription pulse = database.Journal.Subscribe(1);
        await using IAsyncEnumerator<JournalEntry> entries = pulse.ReadAllAsync(cancellation).GetAsyncEnumerator(cancellation);
        do
        {
            try
            {
                while (await RoundAsync(cancellation) > 0)
                {
                }
            }
            catch (StorageException fault)
            {
                failed(fault);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellation);
            }
        }
        while (await entries.MoveNextAsync());
    }

    /// <summary>Takes a page of entries; gives how many there were.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        if (_next < 0)
        {
            _next = _written = await database.Settings.FindAsync(Setting, cancellation) is { } bytes
                ? BinaryPrimitives.ReadInt64BigEndian(bytes)
                : 0;
        }

        List<WebhookEndpointRecord> endpoints = await database.Webhooks.AllAsync(cancellation);
        if (endpoints.Count == 0)
        {
            // Nobody listens: what happened until now is nobody's event.
            _next = database.Journal.Head.Size;
            return 0;
        }

        List<JournalEntry> entries = await database.Journal.RangeAsync(_next, Page, cancellation);
        if (entries.Count == 0)
        {
            return 0;
        }

        Change change = new();
        bool owed = false;
        foreach (JournalEntry entry in entries)
        {
            if (await events.OfAsync(entry, cancellation) is { } happened)
            {
                foreach (WebhookEndpointRecord endpoint in endpoints.Where(e => Wants(e, happened)))
                {
                    change.Add(DeliveryOf(endpoint, happened));
                    owed = true;
                }
            }
        }

        _next = entries[^1].Index + 1;
        if (owed || _next - _written > MaxUnwritten)
        {
            byte[] place = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(place, _next);
            long from = _written;
            _written = _next;
            try
            {
                (await database.CommitAsync(change.PutSetting(Setting, place), cancellation)).Require();
            }
            catch
            {
                // Read again: a delivery that was written all the same is not written twice.
                _next = _written = from;
                throw;
            }
        }

        if (owed)
        {
            Owed?.Invoke();
        }

        return entries.Count;
    }

    private static bool Wants(WebhookEndpointRecord endpoint, MerchantEvent happened) =>
        endpoint.Tenant == happened.Tenant
        && (endpoint.MerchantId is null || endpoint.MerchantId == happened.MerchantId)
        && endpoint.CreatedAt <= happened.Event.Timestamp
        && (endpoint.Events.Count == 0 || endpoint.Events.Any(wanted => wanted == happened.Event.Type
            || (wanted.EndsWith(".*", StringComparison.Ordinal) && happened.Event.Type.StartsWith(wanted[..^1], StringComparison.Ordinal))));

    private WebhookDelivery DeliveryOf(WebhookEndpointRecord endpoint, MerchantEvent happened) => new()
    {
        EndpointId = endpoint.EndpointId, EventId = happened.Event.Id, Type = happened.Event.Type, Time = happened.Event.Timestamp,
        Body = EventSource.BodyOf(happened.Event),
        State = endpoint.Disabled ? StoredDeliveryState.Failed : StoredDeliveryState.Pending,
        DueAt = endpoint.Disabled ? null : clock.GetUtcNow(),
    };
}
