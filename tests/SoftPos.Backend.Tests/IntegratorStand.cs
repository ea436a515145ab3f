using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Certificates;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

/// <summary>A back end with two tenants, a merchant, a terminal and a payment of each, and a key for everything of the first.</summary>
internal sealed class IntegratorStand : IAsyncDisposable
{
    public const string MerchantA = "shop-a", MerchantB = "shop-b";
    public static readonly Guid TerminalA = new("0193a000-0000-7000-8000-00000000000a"), TerminalB = new("0193a000-0000-7000-8000-00000000000b");
    public static readonly Guid PaymentA = new("0193a000-0000-7000-8000-0000000000aa"), PaymentB = new("0193a000-0000-7000-8000-0000000000bb");

    private readonly TestKey _device = new();

    private IntegratorStand(string folder) => Folder = folder;

    public string Folder { get; }

    public BackendHost Host { get; private set; } = null!;

    public ApiKeys Keys { get; private set; } = null!;

    public string KeyA { get; private set; } = string.Empty;

    public string KeyB { get; private set; } = string.Empty;

    public Database Database => Host.Database;

    public static async Task<IntegratorStand> StartAsync(MailOptions? mail = null, AlarmSinkOptions? sinks = null)
    {
        IntegratorStand stand = new(Directory.CreateTempSubdirectory("softpos-integrators-").FullName);
        stand.Host = await BackendHost.StartAsync(Options(stand.Folder) with { Mail = mail, AlarmSinks = sinks ?? new AlarmSinkOptions() },
            TimeProvider.System, CancellationToken.None);
        stand.Keys = new ApiKeys(stand.Database, sandbox: true, TimeProvider.System);
        await stand.FillAsync("tenant-a", MerchantA, TerminalA, PaymentA);
        await stand.FillAsync("tenant-b", MerchantB, TerminalB, PaymentB);
        stand.KeyA = await stand.MakeKeyAsync("tenant-a");
        stand.KeyB = await stand.MakeKeyAsync("tenant-b");
        return stand;
    }

    public async Task<string> MakeKeyAsync(string tenant, string? merchantId = null, params string[] scopes) => (await Keys.MakeAsync(
        tenant, new ApiKeyInput { Name = "test", Scopes = scopes.Length > 0 ? scopes : ApiScopes.All, MerchantId = merchantId }, null, null, CancellationToken.None)).Secret;

    public SoftPosClient Client(string key) => new(Host.Address, key);

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(
        string method, string path, string? key, string? body = null, string? idempotencyKey = null)
    {
        using HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Host.Address };
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        bool stream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return (response.StatusCode, stream ? string.Empty : await response.Content.ReadAsStringAsync(CancellationToken.None));
    }

    public static string CodeOf(string problem) => JsonNode.Parse(problem)!["code"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _device.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public static PaymentRecord Payment(Guid id, string merchant, Guid terminal, DateTimeOffset now) => new()
    {
        PaymentId = id, TerminalId = terminal, MerchantId = merchant, State = PaymentState.Approved, Reason = ReasonCodes.Approved, RequestHash = [1],
        AmountMinor = 1250, Currency = "978", MaskedPan = "476173******0119", CreatedAt = now, ChangedAt = now, RetrievalReference = "000000000001",
        AcquirerTerminalId = "SP000001", Aid = "A0000000031010", ApplicationLabel = "VISA",
    };

    private static BackendOptions Options(string folder) => new()
    {
        DataFolder = folder, Port = 0, Acquirer = new IPEndPoint(IPAddress.Loopback, 9), Sandbox = true, Anchors = TrustAnchors.Google,
        AppPackages = ["org.opensoftpos.merchant"], AppSigners = [new string('a', 64)],
    };

    private async Task FillAsync(string tenant, string merchant, Guid terminal, Guid payment)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        MerchantRecord record = new()
        {
            MerchantId = merchant, Name = "Shop <" + merchant + ">", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000001", CategoryCode = "5814",
            Currency = "978",
        };
        TerminalRecord phone = new()
        {
            TerminalId = terminal, MerchantId = merchant, DeviceKey = _device.PublicKey, AgreementKey = [1], State = TerminalState.Active, Verdict = Verdict.Trusted,
            AcquirerTerminalId = "SP000001", EnrolledAt = now,
        };
        Change change = new Change().Put(record).Give(merchant, tenant).Put(phone).Add(Payment(payment, merchant, terminal, now))
            .Append("payment.approved", payment, new JsonObject { ["amountMinor"] = 1250 });
        (await Database.CommitAsync(change)).Require();
    }
}
