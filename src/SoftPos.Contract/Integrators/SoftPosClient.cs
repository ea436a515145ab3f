using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace SoftPos.Contract.Integrators;

/// <summary>
/// The integrators' API, typed. Safe for many callers. A request that makes or moves something carries an idempotency key: give your own and send the
/// same again after a failure of the network, and nothing is done twice. A refusal is a <see cref="SoftPosApiException"/>.
/// </summary>
public sealed class SoftPosClient : IDisposable
{
    private const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>Largest answer: a page of 200 payments is about 150 KiB, an export of a large batch some MiB.</summary>
    private const int MaxAnswer = 16 * 1024 * 1024;

    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http;
    private readonly bool _own;
    private readonly TimeProvider _clock;

    /// <summary>Makes a client.</summary>
    /// <param name="address">Address of the back end.</param>
    /// <param name="apiKey">API key, <c>sk_…</c>.</param>
    /// <param name="http">Client to send with; null makes one. Its address and key are set.</param>
    /// <param name="clock">Clock; null takes the system's.</param>
    public SoftPosClient(Uri address, string apiKey, HttpClient? http = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrWhiteSpace(apiKey);
        _own = http is null;
        _http = http ?? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        _http.BaseAddress = address;
        _http.MaxResponseContentBufferSize = MaxAnswer;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey.Trim());
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Merchants.</summary>
    public Task<Page<MerchantRecord>> MerchantsAsync(string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/merchants{Query(cursor)}", IntegratorJson.Default.MerchantPage, cancellation);

    /// <summary>Takes a merchant on, or changes it.</summary>
    public Task<MerchantRecord> PutMerchantAsync(string merchantId, MerchantInput merchant, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Put, $"v1/merchants/{Escape(merchantId)}", merchant, IntegratorJson.Default.MerchantInput, IntegratorJson.Default.MerchantRecord, null, cancellation);

    /// <summary>Says whether and what a merchant's terminals may take while the back end is away.</summary>
    /// <param name="merchantId">Merchant.</param>
    /// <param name="terms">The terms; null takes nothing.</param>
    /// <param name="cancellation">Cancellation.</param>
    public Task<MerchantRecord> PutOfflineAsync(string merchantId, OfflineTerms? terms, CancellationToken cancellation = default) =>
        SendAsync(
        HttpMethod.Put, $"v1/merchants/{Escape(merchantId)}/offline", new OfflineInput { Terms = terms },
            IntegratorJson.Default.OfflineInput,
        IntegratorJson.Default.MerchantRecord, null, cancellation);

    /// <summary>What a merchant's terminals took while the back end was away.</summary>
    public Task<OfflineView> OfflineAsync(string merchantId, CancellationToken cancellation = default) =>
        GetAsync($"v1/merchants/{Escape(merchantId)}/offline", IntegratorJson.Default.OfflineView, cancellation);

    /// <summary>Makes or changes a store.</summary>
    public Task<Store> PutStoreAsync(string merchantId, Store store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return SendAsync(
            HttpMethod.Put, $"v1/merchants/{Escape(merchantId)}/stores/{Escape(store.StoreId)}", store, IntegratorJson.Default.Store, IntegratorJson.Default.Store, null, cancellation);
    }

    /// <summary>Makes a one-time code that enrols one terminal.</summary>
    public Task<ActivationCodeOutput> MakeActivationCodeAsync(string merchantId, ActivationCodeInput? input = null, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/merchants/{Escape(merchantId)}/activation-codes", input ?? new ActivationCodeInput(), IntegratorJson.Default.ActivationCodeInput,
        IntegratorJson.Default.ActivationCodeOutput, null, cancellation);

    /// <summary>Terminals of a merchant.</summary>
    public Task<Page<TerminalView>> TerminalsAsync(string merchantId, string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/merchants/{Escape(merchantId)}/terminals{Query(cursor)}", IntegratorJson.Default.TerminalPage, cancellation);

    /// <summary>Pushes a payment to a terminal.</summary>
    /// <param name="order">What is to be paid, and where.</param>
    /// <param name="idempotencyKey">Own key of this order, such as the till's receipt number.</param>
    /// <param name="cancellation">Cancellation.</param>
    public Task<OrderView> PushAsync(OrderInput order, string idempotencyKey, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, "v1/orders", order, IntegratorJson.Default.OrderInput, IntegratorJson.Default.OrderView, idempotencyKey, cancellation);

    /// <summary>An order and what came of it.</summary>
    public Task<OrderView> OrderAsync(Guid orderId, CancellationToken cancellation = default) =>
        GetAsync($"v1/orders/{orderId}", IntegratorJson.Default.OrderView, cancellation);

    /// <summary>Asks for an order until it is final or its payment has its answer. Webhooks tell the same without asking.</summary>
    public async Task<OrderView> WaitAsync(Guid orderId, CancellationToken cancellation = default)
    {
        while (true)
        {
            OrderView view = await OrderAsync(orderId, cancellation).ConfigureAwait(false);
            bool ended = view.Order.State is PushedOrderState.Failed or PushedOrderState.Expired or PushedOrderState.Cancelled
                || view.Payment is { State: not (PaymentState.Received or PaymentState.Sent) };
            if (ended)
            {
                return view;
            }

            await Task.Delay(PollPause, _clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes an order back that no terminal has accepted.</summary>
    public Task<OrderView> CancelAsync(Guid orderId, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/orders/{orderId}/cancel", new JsonObject(), IntegratorJson.Default.JsonObject, IntegratorJson.Default.OrderView, null, cancellation);

    /// <summary>Payments, newest first.</summary>
    public Task<Page<PaymentView>> PaymentsAsync(string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/payments{Query(cursor)}", IntegratorJson.Default.PaymentPage, cancellation);

    /// <summary>A payment.</summary>
    public Task<PaymentView> PaymentAsync(Guid paymentId, CancellationToken cancellation = default) =>
        GetAsync($"v1/payments/{paymentId}", IntegratorJson.Default.PaymentView, cancellation);

    /// <summary>Takes an approved payment back before it is settled.</summary>
    public Task<PaymentView> VoidAsync(Guid paymentId, string idempotencyKey, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/payments/{paymentId}/void", new JsonObject(), IntegratorJson.Default.JsonObject, IntegratorJson.Default.PaymentView, idempotencyKey, cancellation);

    /// <summary>Charges a pre-authorisation.</summary>
    public Task<PaymentView> CompleteAsync(Guid paymentId, long amountMinor, string idempotencyKey, CancellationToken cancellation = default) =>
        ChangeAsync(paymentId, "complete", amountMinor, idempotencyKey, cancellation);

    /// <summary>Holds more on a pre-authorisation; gives the payment that this makes.</summary>
    public Task<PaymentView> IncreaseAsync(Guid paymentId, long addedMinor, string idempotencyKey,
        CancellationToken cancellation = default) =>
        ChangeAsync(paymentId, "increase", addedMinor, idempotencyKey, cancellation);

    /// <summary>Charges a sale with a tip that was added after the tap.</summary>
    public Task<PaymentView> AdjustAsync(Guid paymentId, long totalMinor, string idempotencyKey, CancellationToken cancellation = default) =>
        ChangeAsync(paymentId, "adjust", totalMinor, idempotencyKey, cancellation);

    /// <summary>Pushes a refund of a payment to a terminal, where its card is tapped once more.</summary>
    public Task<OrderView> RefundAsync(Guid paymentId, RefundInput refund, string idempotencyKey, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/payments/{paymentId}/refunds", refund, IntegratorJson.Default.RefundInput, IntegratorJson.Default.OrderView, idempotencyKey, cancellation);

    /// <summary>Settlement batches of all merchants that the key reaches.</summary>
    public Task<Page<BatchView>> AllBatchesAsync(string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/batches{Query(cursor)}", IntegratorJson.Default.BatchPage, cancellation);

    /// <summary>Reconciliation reports, oldest first, without their differences.</summary>
    public Task<Page<ReconciliationView>> ReconciliationsAsync(string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/reconciliations{Query(cursor)}", IntegratorJson.Default.ReconciliationPage, cancellation);

    /// <summary>A reconciliation report with the differences of the key's merchants.</summary>
    public Task<ReconciliationView> ReconciliationAsync(string reportId, CancellationToken cancellation = default) =>
        GetAsync($"v1/reconciliations/{Escape(reportId)}", IntegratorJson.Default.ReconciliationView, cancellation);

    /// <summary>Settlement batches of a merchant.</summary>
    public Task<Page<BatchView>> BatchesAsync(string merchantId, string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/batches?merchantId={Escape(merchantId)}{(cursor is null ? string.Empty : "&cursor=" + Escape(cursor))}", IntegratorJson.Default.BatchPage, cancellation);

    /// <summary>API keys of the tenant.</summary>
    public Task<Page<ApiKeyView>> ApiKeysAsync(string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/api-keys{Query(cursor)}", IntegratorJson.Default.ApiKeyPage, cancellation);

    /// <summary>Makes an API key; its secret is in this answer only.</summary>
    public Task<ApiKeyCreated> MakeApiKeyAsync(ApiKeyInput key, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, "v1/api-keys", key, IntegratorJson.Default.ApiKeyInput, IntegratorJson.Default.ApiKeyCreated, null, cancellation);

    /// <summary>Makes a key in place of another, which goes on for a while.</summary>
    public Task<ApiKeyCreated> RotateApiKeyAsync(string keyId, ApiKeyRotationInput? input = null, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/api-keys/{Escape(keyId)}/rotate", input ?? new ApiKeyRotationInput(), IntegratorJson.Default.ApiKeyRotationInput,
        IntegratorJson.Default.ApiKeyCreated, null, cancellation);

    /// <summary>Ends an API key at once.</summary>
    public Task<ApiKeyView> RevokeApiKeyAsync(string keyId, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Delete, $"v1/api-keys/{Escape(keyId)}", new JsonObject(), IntegratorJson.Default.JsonObject, IntegratorJson.Default.ApiKeyView, null, cancellation);

    /// <summary>Makes a webhook endpoint; its secret is in this answer only.</summary>
    public Task<WebhookEndpointCreated> MakeWebhookEndpointAsync(WebhookEndpointInput endpoint, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, "v1/webhook-endpoints", endpoint, IntegratorJson.Default.WebhookEndpointInput, IntegratorJson.Default.WebhookEndpointCreated, null, cancellation);

    /// <summary>Deliveries of a webhook endpoint, newest first.</summary>
    public Task<Page<WebhookDeliveryView>> DeliveriesAsync(string endpointId, string? cursor = null, CancellationToken cancellation = default) =>
        GetAsync($"v1/webhook-endpoints/{Escape(endpointId)}/deliveries{Query(cursor)}", IntegratorJson.Default.WebhookDeliveryPage, cancellation);

    /// <summary>Sends an event once more, with the same identity.</summary>
    public Task<WebhookDeliveryView> ReplayAsync(string endpointId, string deliveryId, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"v1/webhook-endpoints/{Escape(endpointId)}/deliveries/{Escape(deliveryId)}/replay", new JsonObject(), IntegratorJson.Default.JsonObject,
        IntegratorJson.Default.WebhookDeliveryView, null, cancellation);

    /// <summary>Events as they happen, until the connection ends; call again with the last identity to go on without a gap.</summary>
    public async IAsyncEnumerable<WebhookEvent> EventsAsync(string? after = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "v1/events/stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        await CheckAsync(response, cancellation).ConfigureAwait(false);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using StreamReader reader = new(stream);
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            const string Data = "data: ";
            if (line.StartsWith(Data, StringComparison.Ordinal) && JsonSerializer.Deserialize(line.AsSpan(Data.Length), IntegratorJson.Default.WebhookEvent) is { } what)
            {
                yield return what;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_own)
        {
            _http.Dispose();
        }
    }

    private Task<PaymentView> ChangeAsync(Guid paymentId, string action, long amountMinor, string idempotencyKey, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, $"v1/payments/{paymentId}/{action}", new AmountInput { AmountMinor = amountMinor }, IntegratorJson.Default.AmountInput,
        IntegratorJson.Default.PaymentView, idempotencyKey, cancellation);

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private static string Query(string? cursor) => cursor is null ? string.Empty : "?cursor=" + Escape(cursor);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> form, CancellationToken cancellation)
        where T : class
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation).ConfigureAwait(false);
        return await ReadAsync(response, form, cancellation).ConfigureAwait(false);
    }

    private async Task<TAnswer> SendAsync<TInput, TAnswer>(
        HttpMethod method, string path, TInput input, JsonTypeInfo<TInput> inputForm, JsonTypeInfo<TAnswer> form, string? idempotencyKey, CancellationToken cancellation)
        where TAnswer : class
    {
        using HttpRequestMessage request = new(method, path) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(input, inputForm)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation(IdempotencyHeader, idempotencyKey);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, form, cancellation).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> form, CancellationToken cancellation)
        where T : class
    {
        await CheckAsync(response, cancellation).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body, form) ?? throw new JsonException("the answer is empty");
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        string body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        JsonNode? problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonNode.Parse(body) : null;
        throw new SoftPosApiException(
            (int)response.StatusCode,
            problem?["code"]?.GetValue<string>() ?? ReasonCodes.BackendUnreachable,
            problem?["detail"]?.GetValue<string>() ?? $"the back end answered {(int)response.StatusCode}",
            (problem?["errors"] as JsonArray)?.FirstOrDefault()?["pointer"]?.GetValue<string>());
    }
}
