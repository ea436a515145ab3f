using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Backend.Tests;

public sealed class TerminalEndpointTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-backend-").FullName;
    private BackendHost _host = null!;
    private HttpClient _http = null!;
    private SealedRequests _sealed = null!;
    private int _terminals;

    public async ValueTask InitializeAsync()
    {
        _host = await BackendHost.StartAsync(Options(_folder), TimeProvider.System, None);
        _http = new HttpClient { BaseAddress = _host.Address };
        _sealed = new SealedRequests(_http);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_challenge_is_given_for_enrolment_without_an_identity()
    {
        SealedRequests.Reply reply = await _sealed.PostAsync("terminal/v1/challenge", """{"purpose":"Enrolment"}""");
        Assert.Equal(200, reply.Status);
        Challenge? challenge = JsonSerializer.Deserialize(reply.Body, ContractJson.Default.Challenge);
        Assert.Equal(Challenge.NonceLength, challenge!.Nonce.Length);
        Assert.True(challenge.ExpiresAt > challenge.ServerTime);
    }

    [Theory]
    [InlineData("""{"purpose":"Enrolment","terminalId":"0193a5b0-0000-7000-8000-000000000001"}""")]
    [InlineData("""{"purpose":"Tap"}""")]
    [InlineData("""{"purpose":"Tap","terminalId":"0193a5b0-0000-7000-8000-000000000001"}""")]
    [InlineData("""{"purpose":"Sleep"}""")]
    [InlineData("""{"purpose":""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public async Task A_malformed_question_gets_problem_details_with_the_field(string body)
    {
        JsonObject problem = ProblemOf(await _sealed.PostAsync("terminal/v1/challenge", body), HttpStatusCode.BadRequest);
        Assert.Equal(ReasonCodes.RequestMalformed, problem["code"]!.GetValue<string>());
        Assert.NotEmpty(problem["detail"]!.GetValue<string>());
        Assert.NotEmpty(problem["errors"]!.AsArray());
    }

    [Theory]
    [InlineData("activation")]
    [InlineData("attestation")]
    [InlineData("payments")]
    [InlineData("payments/status")]
    [InlineData("payments/follow-up")]
    public async Task Bytes_that_are_no_message_are_refused_as_malformed(string endpoint)
    {
        foreach (byte[] body in (byte[][])[[], [0], Encoding.ASCII.GetBytes("hello"), [0xD2, 0x84, 0x40, 0xA0, 0x40, 0x40], new byte[4096]])
        {
            JsonObject problem = await ProblemAsync(await PostCoseAsync("terminal/v1/" + endpoint, body), HttpStatusCode.BadRequest);
            Assert.Equal(ReasonCodes.EnvelopeRequired, problem["code"]!.GetValue<string>());
            Assert.NotNull(problem["traceId"]);
            JsonObject inside = ProblemOf(await _sealed.PostAsync("terminal/v1/" + endpoint, body, sender: await SenderAsync()), HttpStatusCode.BadRequest);
            Assert.Equal(ReasonCodes.RequestMalformed, inside["code"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("activation")]
    [InlineData("attestation")]
    [InlineData("payments")]
    public async Task An_oversized_message_is_refused_early(string endpoint)
    {
        JsonObject problem = await ProblemAsync(
            await PostCoseAsync("terminal/v1/" + endpoint, new byte[Envelope.MaxRequest + 1]), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(ReasonCodes.RequestTooLarge, problem["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_media_type_is_refused_with_what_was_expected()
    {
        JsonObject problem = await ProblemAsync(await PostJsonAsync("terminal/v1/payments", "{}"), HttpStatusCode.BadRequest);
        Assert.Equal(ReasonCodes.EnvelopeRequired, problem["code"]!.GetValue<string>());
        Assert.Contains("application/cose", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        JsonObject inside = ProblemOf(await _sealed.PostAsync("terminal/v1/payments", "{}", await SenderAsync()), HttpStatusCode.BadRequest);
        Assert.Contains("application/cose", inside["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payment_of_an_unknown_terminal_is_refused()
    {
        using TestKey key = new();
        Guid stranger = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        byte[] message = SignedMessage.Sign(key, MessageType.Payment, stranger.ToByteArray(bigEndian: true), [0xA0]);
        SealedRequests.Reply reply = await _sealed.PostAsync("terminal/v1/payments", message, sender: new EnvelopeSender(stranger, new byte[32], 1));
        Assert.False(reply.IsSealed);
        Assert.Equal(ReasonCodes.EnvelopeInvalid, ProblemOf(reply, HttpStatusCode.BadRequest)["code"]!.GetValue<string>());

        // One that was retired had a secret; its requests are those of a stranger, and it is told so inside.
        EnvelopeSender retired = await SenderAsync(TerminalState.Retired);
        message = SignedMessage.Sign(key, MessageType.Payment, retired.TerminalId.ToByteArray(bigEndian: true), [0xA0]);
        reply = await _sealed.PostAsync("terminal/v1/payments", message, sender: retired);
        Assert.True(reply.IsSealed);
        Assert.Equal(ReasonCodes.TerminalUnknown, ProblemOf(reply, HttpStatusCode.Unauthorized)["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_unknown_activation_code_is_refused_in_words()
    {
        using TestKey key = new();
        ActivationRequest request = new()
        {
            Code = "AAAA-BBBB-CCCC", Nonce = new byte[32], SigningChain = [[1]], AgreementChain = [[1]], Model = "x", OsVersion = "1", SdkVersion = "1",
        };
        byte[] message = SignedMessage.Sign(key, MessageType.Activation, [], request.Encode());
        JsonObject problem = ProblemOf(await _sealed.PostAsync("terminal/v1/activation", message), HttpStatusCode.Forbidden);
        Assert.Equal(ReasonCodes.ActivationCodeInvalid, problem["code"]!.GetValue<string>());
        Assert.Equal("Merchant", problem["owner"]!.GetValue<string>());
    }

    [Fact]
    [Requirement("ATT-17", Partly = true)]
    public async Task Operator_requests_need_the_token_of_the_data_folder()
    {
        JsonObject problem = await ProblemAsync(await PostJsonAsync("operator/v1/sign-in-links", "{}"), HttpStatusCode.Unauthorized);
        Assert.Equal(ReasonCodes.OperatorUnknown, problem["code"]!.GetValue<string>());
    }

    [Theory]
    [Requirement("ATT-17", Partly = true)]
    [InlineData("operator/v1/settlements")]
    [InlineData("operator/v1/reconciliations")]
    public async Task Settlement_needs_the_token_of_the_data_folder(string path)
    {
        string token = await File.ReadAllTextAsync(Path.Combine(_folder, "operator.token"), None);
        string[] wrong = [string.Empty, new string('A', token.Length), token[..^1], token + "A"];
        foreach (string given in wrong)
        {
            _http.DefaultRequestHeaders.Authorization = given.Length == 0 ? null : new("Bearer", given);
            JsonObject problem = await ProblemAsync(await PostJsonAsync(path, "{}"), HttpStatusCode.Unauthorized);
            Assert.Equal(ReasonCodes.OperatorUnknown, problem["code"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task An_acquirers_file_larger_than_any_message_is_taken_and_a_torn_one_is_refused_with_its_line()
    {
        _http.DefaultRequestHeaders.Authorization = new("Bearer", await File.ReadAllTextAsync(Path.Combine(_folder, "operator.token"), None));
        StringBuilder file = new("H,1,1,2026-11-24T00:00:00.000Z,2026-11-25T00:00:00.000Z\n");
        for (int i = 0; i < 3_000; i++)
        {
            file.Append(System.Globalization.CultureInfo.InvariantCulture, $"D,{i:D12},{i:D6},TERM0001,MERCHANT,sale,100,978,charged,A1B2C3,2026-11-24T08:00:00.000Z\n");
        }

        JsonObject problem = await ProblemAsync(await PostJsonAsync("operator/v1/reconciliations", file.ToString()), HttpStatusCode.BadRequest);
        Assert.Contains("trailer", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        file.Append("T,3000,300000,0\n");
        Assert.True(file.Length > 128 * 1024);
        using HttpResponseMessage response = await PostJsonAsync("operator/v1/reconciliations", file.ToString());
        JsonObject report = JsonNode.Parse(await response.Content.ReadAsStringAsync(None))!.AsObject();
        Assert.Equal(3_000, report["differences"]!.AsArray().Count(d => d!["kind"]!.GetValue<string>() == "MissingHere"));
        using HttpResponseMessage nothing = await PostJsonAsync("operator/v1/settlements", "{}");
        Assert.Equal("[]", await nothing.Content.ReadAsStringAsync(None));
    }

    [Fact]
    [Requirement("KEY-09", Partly = true)]
    public async Task Production_refuses_lab_roots_and_sandbox_data()
    {
        BackendOptions sandbox = Options(_folder);
        BackendStartException inUse = await Assert.ThrowsAsync<BackendStartException>(
            () => BackendHost.StartAsync(sandbox with { Sandbox = false }, TimeProvider.System, None));
        Assert.Contains("another process", inUse.Message, StringComparison.Ordinal);

        await _host.DisposeAsync();
        BackendStartException mixed = await Assert.ThrowsAsync<BackendStartException>(
            () => BackendHost.StartAsync(sandbox with { Sandbox = false }, TimeProvider.System, None));
        Assert.Contains("sandbox", mixed.Message, StringComparison.Ordinal);
        _host = await BackendHost.StartAsync(sandbox, TimeProvider.System, None);
    }

    [Fact]
    [Requirement("SWP-04", Partly = true)]
    public async Task Production_has_no_door_of_the_sandbox()
    {
        using HttpResponseMessage open = await PostJsonAsync("sandbox/v1/activation-codes", "{}");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        string folder = Directory.CreateTempSubdirectory("softpos-backend-").FullName;
        await using (BackendHost production = await BackendHost.StartAsync(Options(folder) with { Sandbox = false }, TimeProvider.System, None))
        {
            using HttpClient http = new() { BaseAddress = production.Address };
            using HttpResponseMessage closed = await http.PostAsync(new Uri("sandbox/v1/activation-codes", UriKind.Relative), null, None);
            Assert.True(closed.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, closed.StatusCode.ToString());
            Assert.Null(await production.Database.Merchants.FindAsync(SandboxMerchant.Id, None));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Requirement("SWP-04", Partly = true)]
    public async Task Pages_of_the_lab_are_for_a_sandbox_on_loopback_only()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-backend-").FullName;
        BackendOptions paged = Options(folder) with { SandboxPages = static routes => routes.MapGet("/phone", static () => "a phone") };
        foreach (BackendOptions refused in (BackendOptions[])[paged with { Sandbox = false }, paged with { Address = IPAddress.Any }])
        {
            BackendStartException fault = await Assert.ThrowsAsync<BackendStartException>(
                () => BackendHost.StartAsync(refused, TimeProvider.System, None));
            Assert.Contains("pages of the lab", fault.Message, StringComparison.Ordinal);
        }

        await using (BackendHost sandbox = await BackendHost.StartAsync(paged, TimeProvider.System, None))
        {
            // There, and for nobody who has not signed in.
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfPhoneAsync(sandbox));
        }

        string other = Directory.CreateTempSubdirectory("softpos-backend-").FullName;
        await using (BackendHost production = await BackendHost.StartAsync(Options(other) with { Sandbox = false }, TimeProvider.System, None))
        {
            Assert.DoesNotContain(production.Routes.OfType<RouteEndpoint>(), static route =>
                route.RoutePattern.RawText?.TrimStart('/').StartsWith("phone", StringComparison.Ordinal) is true);
        }

        Directory.Delete(folder, recursive: true);
        Directory.Delete(other, recursive: true);
    }

    private static async Task<HttpStatusCode> StatusOfPhoneAsync(BackendHost host)
    {
        using HttpClient http = new() { BaseAddress = host.Address };
        return (await http.GetAsync(new Uri("phone", UriKind.Relative), None)).StatusCode;
    }

    [Fact]
    public async Task A_taken_port_is_told_in_words()
    {
        string other = Directory.CreateTempSubdirectory("softpos-backend-").FullName;
        BackendStartException fault = await Assert.ThrowsAsync<BackendStartException>(
            () => BackendHost.StartAsync(Options(other) with { Port = _host.Address.Port }, TimeProvider.System, None));
        Assert.Contains($"port {_host.Address.Port}", fault.Message, StringComparison.Ordinal);
        Directory.Delete(other, recursive: true);
    }

    internal static BackendOptions Options(string folder) => new()
    {
        DataFolder = folder,
        Port = 0,
        Acquirer = new IPEndPoint(IPAddress.Loopback, 9),
        Sandbox = true,
        Anchors = TrustAnchors.Google,
        AppPackages = ["org.opensoftpos.merchant"],
        AppSigners = [new string('a', 64)],
    };

    private async Task<HttpResponseMessage> PostJsonAsync(string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        return await _http.PostAsync(new Uri(path, UriKind.Relative), content, None);
    }

    private async Task<HttpResponseMessage> PostCoseAsync(string path, byte[] body)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/cose");
        return await _http.PostAsync(new Uri(path, UriKind.Relative), content, None);
    }

    private Task<EnvelopeSender> SenderAsync(TerminalState state = TerminalState.Active) => EnrolledTerminal.AddAsync(_host, ++_terminals, state);

    private static JsonObject ProblemOf(SealedRequests.Reply reply, HttpStatusCode expected)
    {
        Assert.True(reply.Status == (int)expected, $"{reply.Status}: {Encoding.UTF8.GetString(reply.Body)}");
        Assert.Equal("application/problem+json", reply.MediaType);
        Assert.True(ReasonCatalogue.Contains(reply.Json["code"]!.GetValue<string>()));
        return reply.Json;
    }

    private static async Task<JsonObject> ProblemAsync(HttpResponseMessage response, HttpStatusCode? expected)
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync(None);
            if (expected is { } status)
            {
                Assert.True(response.StatusCode == status, $"{response.StatusCode}: {body}");
            }

            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            JsonObject problem = JsonNode.Parse(body)!.AsObject();
            Assert.True(ReasonCatalogue.Contains(problem["code"]!.GetValue<string>()));
            return problem;
        }
    }
}
