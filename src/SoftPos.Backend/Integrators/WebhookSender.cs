using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract.Integrators;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Sends what is owed: signed at each attempt, tried again with growing pauses, given up after days.</summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>Attempts under way at once, of all endpoints; one endpoint has at most <see cref="WebhookStore.MaxOfEndpoint"/>.</summary>
    private const int MaxUnderWay = 32;

    /// <summary>Longest text that is kept of a failure.</summary>
    private const int MaxError = 120;

    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    private readonly Database _database;
    private readonly IKeyRoom _room;
    private readonly WebhookSchedule _schedule;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _pulse = new(0, 1);
    private readonly ConcurrentDictionary<long, Task> _underWay = new();
    private readonly Func<double> _chance;

    public WebhookSender(Database database, IKeyRoom room, HttpMessageHandler handler, WebhookSchedule schedule, TimeProvider clock, Func<double>? chance = null)
    {
        _database = database;
        _room = room;
        _schedule = schedule;
        _clock = clock;
        _chance = chance ?? (static () => RandomNumberGenerator.GetInt32(1_000_000) / 1_000_000.0);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What a secret is sealed for.</summary>
    public static byte[] BoundTo(string endpointId) => Encoding.UTF8.GetBytes("webhook-secret\n" + endpointId);

    /// <summary>Something may be due.</summary>
    public void Wake()
    {
        try
        {
            if (_pulse.CurrentCount == 0)
            {
                _pulse.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another woke it.
        }
    }

    /// <summary>Runs until it is cancelled; attempts under way are let end.</summary>
    public async Task RunAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                TimeSpan sleep = LongestSleep;
                try
                {
                    await StartDueAsync(failed, cancellation);
                    DateTimeOffset? next = await _database.Webhooks.NextDueAsync(cancellation);
                    TimeSpan until = next - _clock.GetUtcNow() ?? LongestSleep;
                    sleep = until < LongestSleep ? until : LongestSleep;
                }
                catch (StorageException fault)
                {
                    failed(fault);
                }

                // What is due and under way is not looked for again at once.
                sleep = sleep > TimeSpan.Zero ? sleep : TimeSpan.FromMilliseconds(_underWay.IsEmpty ? 1 : 250);
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                Task delay = Task.Delay(sleep, _clock, either.Token);
                await Task.WhenAny(_pulse.WaitAsync(either.Token), delay);
                cancellation.ThrowIfCancellationRequested();
                await either.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(_underWay.Values);
        }
    }

    /// <summary>Forgets deliveries of long ago.</summary>
    public Task ForgetAsync(CancellationToken cancellation) =>
        _database.CommitAsync(new Change().ForgetDeliveries(_clock.GetUtcNow() - Memory), cancellation);

    /// <summary>Starts what is due; for tests also the way to one round.</summary>
    public async Task<IReadOnlyList<Task>> StartDueAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        List<Task> started = [];
        foreach (WebhookDelivery delivery in await _database.Webhooks.DueAsync(_clock.GetUtcNow(), MaxUnderWay, cancellation))
        {
            if (_underWay.Count < MaxUnderWay && !_underWay.ContainsKey(delivery.Sequence))
            {
                Task attempt = AttemptAsync(delivery, failed);
                _underWay[delivery.Sequence] = attempt;
                started.Add(attempt.ContinueWith(
                    _ =>
                    {
                        _underWay.TryRemove(delivery.Sequence, out Task? _);
                        Wake();
                    },
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default));
            }
        }

        return started;
    }

    public void Dispose()
    {
        _http.Dispose();
        _pulse.Dispose();
    }

    private async Task AttemptAsync(WebhookDelivery delivery, Action<Exception> failed)
    {
        await Task.Yield();
        try
        {
            if (await _database.Webhooks.FindAsync(delivery.EndpointId) is not { } endpoint)
            {
                return;
            }

            (int? status, string? error, TimeSpan? asked) = await SendAsync(endpoint, delivery);
            await SettleAsync(endpoint, delivery, status, error, asked);
        }
        catch (StorageException fault)
        {
            failed(fault);
        }
    }

    private async Task<(int? Status, string? Error, TimeSpan? Asked)> SendAsync(WebhookEndpointRecord endpoint, WebhookDelivery delivery)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string signatures = await SignaturesAsync(endpoint, delivery, now);
        using HttpRequestMessage request = SignedWebhook.Request(new Uri(endpoint.Url), delivery.EventId, now, signatures, delivery.Body);
        using CancellationTokenSource timeout = new(_schedule.Timeout, _clock);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            TimeSpan? asked = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - now : null;
            return ((int)response.StatusCode, response.IsSuccessStatusCode ? null : $"the receiver answered {(int)response.StatusCode}", asked);
        }
        catch (HttpRequestException fault)
        {
            return (null, fault.HttpRequestError == HttpRequestError.Unknown ? fault.Message : fault.HttpRequestError.ToString(), null);
        }
        catch (OperationCanceledException)
        {
            return (null, $"no answer within {_schedule.Timeout.TotalSeconds:0} s", null);
        }
    }

    /// <summary>Under the new secret, and for a while also under the former one.</summary>
    private async Task<string> SignaturesAsync(WebhookEndpointRecord endpoint, WebhookDelivery delivery, DateTimeOffset now)
    {
        List<string> signatures = [await SignAsync(endpoint.SealedSecret)];
        if (endpoint is { SealedFormerSecret: { } former, FormerSecretUntil: { } until } && until > now)
        {
            signatures.Add(await SignAsync(former));
        }

        return string.Join(' ', signatures);

        async Task<string> SignAsync(byte[] sealedSecret)
        {
            byte[] secret = await _room.UnsealFromStorageAsync(sealedSecret, BoundTo(endpoint.EndpointId), CancellationToken.None)
                ?? throw new InvalidOperationException("a webhook secret does not open under this master key");
            string signature = StandardWebhook.Sign(secret, delivery.EventId, now, delivery.Body);
            CryptographicOperations.ZeroMemory(secret);
            return signature;
        }
    }

    private async Task SettleAsync(WebhookEndpointRecord endpoint, WebhookDelivery delivery, int? status, string? error, TimeSpan? asked)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        int attempts = delivery.Attempts + 1;
        bool done = error is null;
        TimeSpan? pause = done ? null : _schedule.PauseAfter(attempts, asked, _chance());
        WebhookDelivery next = delivery with
        {
            Attempts = attempts, LastStatus = status, LastError = error is { Length: > MaxError } ? error[..MaxError] : error, DueAt = pause is null ? null : now + pause,
            State = done ? StoredDeliveryState.Delivered : pause is null ? StoredDeliveryState.Failed : StoredDeliveryState.Pending,
        };
        await _database.CommitAsync(new Change().Put(next));
        if (done && endpoint.FailingSince is not null)
        {
            await _database.CommitAsync(new Change().Move(endpoint, endpoint with { FailingSince = null }));
        }
        else if (!done)
        {
            await FailAsync(endpoint, status, now);
        }
    }

    private async Task FailAsync(WebhookEndpointRecord endpoint, int? status, DateTimeOffset now)
    {
        const int Gone = 410;
        string? why = status == Gone ? "the receiver answered 410"
            : endpoint.FailingSince is { } since && now - since >= _schedule.DisableAfter ? $"every attempt failed for {_schedule.DisableAfter.TotalDays:0} days"
            : null;
        if (why is null)
        {
            if (endpoint.FailingSince is null)
            {
                await _database.CommitAsync(new Change().Move(endpoint, endpoint with { FailingSince = now }));
            }

            return;
        }

        Change change = new Change()
            .Move(endpoint, endpoint with { Disabled = true, DisabledReason = why })
            .ParkDeliveries(endpoint.EndpointId)
            .Append("webhook.endpoint-disabled", endpoint.EndpointId, new JsonObject { ["tenant"] = endpoint.Tenant, ["why"] = why });
        await _database.CommitAsync(change);
    }
}
