using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Backend.Integrators;
using SoftPos.Contract.Integrators;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

public sealed class WebhookTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-webhooks-").FullName;
    private readonly Receiver _receiver = new();
    private readonly byte[] _secret = new byte[32];
    private Database _database = null!;
    private WebhookSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock);
        _sender = new WebhookSender(_database, new OpenRoom(), _receiver, new WebhookSchedule(), _clock, static () => 1);
        await PutAsync("whe_1", "tenant-a");
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_event_of_the_tenant_is_owed_once_also_when_its_page_is_read_again_after_a_crash()
    {
        await PutAsync("whe_2", "tenant-b");
        await PayAsync("shop-a", "tenant-a", 1);
        await PumpAsync();
        await PumpAsync();
        WebhookDelivery delivery = Assert.Single(await _database.Webhooks.DeliveriesAsync("whe_1", 10, cancellation: None));
        Assert.Equal("payment.approved", delivery.Type);
        Assert.Empty(await _database.Webhooks.DeliveriesAsync("whe_2", 10, cancellation: None));
        await _database.CommitAsync(new Change().PutSetting("webhooks.cursor", new byte[8]), None);
        await PumpAsync();
        Assert.Single(await _database.Webhooks.DeliveriesAsync("whe_1", 10, cancellation: None));
    }

    [Fact]
    public async Task A_delivery_is_signed_anew_at_each_attempt_tried_at_growing_pauses_and_replayed_with_the_same_identity()
    {
        await PayAsync("shop-a", "tenant-a", 1);
        await PumpAsync();
        _receiver.Status = HttpStatusCode.InternalServerError;
        List<double> pauses = [];
        while (true)
        {
            await AttemptAsync();
            WebhookDelivery now = (await _database.Webhooks.DeliveriesAsync("whe_1", 1, cancellation: None))[0];
            if (now.State == StoredDeliveryState.Failed)
            {
                break;
            }

            pauses.Add((now.DueAt!.Value - _clock.GetUtcNow()).TotalSeconds);
            _clock.SetUtcNow(now.DueAt.Value);
        }

        // With the whole jitter of a fifth.
        Assert.Equal([6, 360, 2160, 8640, 21600, 43200, 60480, 86400, 103680], pauses);
        Assert.Equal(10, _receiver.Taken.Count);
        Assert.Single(_receiver.Taken.Select(static t => t.Id).Distinct());
        Assert.Equal(10, _receiver.Taken.Select(static t => t.Signature).Distinct().Count());
        Assert.All(_receiver.Taken, t => Assert.True(StandardWebhook.Verify(
            _secret, t.Id, t.Time, t.Signature, t.Body, DateTimeOffset.FromUnixTimeSeconds(long.Parse(t.Time, System.Globalization.CultureInfo.InvariantCulture)))));
        _receiver.Status = HttpStatusCode.NoContent;
        WebhookDelivery failed = (await _database.Webhooks.DeliveriesAsync("whe_1", 1, cancellation: None))[0];
        await _database.CommitAsync(new Change().Put(failed with { State = StoredDeliveryState.Pending, Attempts = 0, DueAt = _clock.GetUtcNow() }), None);
        await AttemptAsync();
        Assert.Equal(StoredDeliveryState.Delivered, (await _database.Webhooks.DeliveriesAsync("whe_1", 1, cancellation: None))[0].State);
        Assert.Null((await _database.Webhooks.FindAsync("whe_1", None))!.FailingSince);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_or_is_gone_is_disabled_and_what_waits_is_kept_for_a_replay()
    {
        await PayAsync("shop-a", "tenant-a", 1);
        await PumpAsync();
        _receiver.Status = HttpStatusCode.BadGateway;
        await AttemptAsync();
        _clock.Advance(TimeSpan.FromDays(5));
        await PayAsync("shop-a", "tenant-a", 2);
        await PumpAsync();
        await AttemptAsync();
        WebhookEndpointRecord endpoint = (await _database.Webhooks.FindAsync("whe_1", None))!;
        Assert.True(endpoint.Disabled);
        Assert.Contains("5 days", endpoint.DisabledReason, StringComparison.Ordinal);
        Assert.All(await _database.Webhooks.DeliveriesAsync("whe_1", 10, cancellation: None), static d => Assert.Equal((StoredDeliveryState.Failed, null), (d.State, d.DueAt)));
        await PutAsync("whe_3", "tenant-a");
        await PayAsync("shop-a", "tenant-a", 3);
        await PumpAsync();
        _receiver.Status = HttpStatusCode.Gone;
        await AttemptAsync();
        Assert.True((await _database.Webhooks.FindAsync("whe_3", None))!.Disabled);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    public void Production_knows_public_addresses_from_its_own_network(string address, bool isPublic) =>
        Assert.Equal(isPublic, WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Production_connects_to_no_private_address_whatever_the_name_resolves_to()
    {
        Assert.NotNull(WebhookAddress.FaultOf("http://example.com/", sandbox: false));
        Assert.NotNull(WebhookAddress.FaultOf("https://127.0.0.1/", sandbox: false));
        Assert.NotNull(WebhookAddress.FaultOf("https://[::1]/", sandbox: false));
        Assert.NotNull(WebhookAddress.FaultOf("https://user:pass@example.com/", sandbox: false));
        Assert.NotNull(WebhookAddress.FaultOf("file:///etc/passwd", sandbox: true));
        Assert.Null(WebhookAddress.FaultOf("https://example.com/hooks", sandbox: false));
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Uri inside = new($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using HttpClient guarded = new(WebhookAddress.Handler(sandbox: false));
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => guarded.GetAsync(inside, None));
        Assert.Contains("public", refused.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    private async Task PutAsync(string id, string tenant) => await _database.CommitAsync(
        new Change().Put(new WebhookEndpointRecord { EndpointId = id, Tenant = tenant, Url = "https://example.com/", SealedSecret = _secret, CreatedAt = _clock.GetUtcNow() }), None);

    private async Task PayAsync(string merchant, string tenant, byte number)
    {
        Guid id = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, number);
        await _database.CommitAsync(
            new Change().Put(new Contract.MerchantRecord
            {
                MerchantId = merchant, Name = "x", City = "x", Country = "LV", CardAcceptorId = "x", CategoryCode = "5814", Currency = "978",
            }).Give(merchant, tenant).Add(IntegratorStand.Payment(id, merchant, IntegratorStand.TerminalA, _clock.GetUtcNow())).Append("payment.approved", id, new JsonObject()),
            None);
    }

    private async Task PumpAsync()
    {
        WebhookPump pump = new(_database, new EventSource(_database), _clock);
        while (await pump.RoundAsync(None) > 0)
        {
        }
    }

    private async Task AttemptAsync() => await Task.WhenAll(await _sender.StartDueAsync(static fault => throw fault, None));

    private sealed class Receiver : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public List<(string Id, string Time, string Signature, byte[] Body)> Taken { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string Header(string name) => request.Headers.GetValues(name).Single();
            Taken.Add((Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            return new HttpResponseMessage(Status);
        }
    }

    /// <summary>Seals nothing: what a webhook is signed with is what is tested here.</summary>
    private sealed class OpenRoom : IKeyRoom
    {
        public ValueTask<InitialKeys> DeliverInitialKeysAsync(
            Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<AccountData?> OpenAccountDataAsync(
            ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<byte[]> SealForStorageAsync(ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
            ValueTask.FromResult(clear.ToArray());

        public ValueTask<byte[]?> UnsealFromStorageAsync(ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
            ValueTask.FromResult<byte[]?>(sealedBytes.ToArray());
    }
}
