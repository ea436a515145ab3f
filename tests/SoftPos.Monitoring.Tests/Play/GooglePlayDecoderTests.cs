using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Play;
using SoftPos.Contract;
using SoftPos.Monitoring.Play;

namespace SoftPos.Monitoring.Tests.Play;

/// <summary>The client of the store's server against a double that speaks its documented JSON.</summary>
public sealed class GooglePlayDecoderTests : IDisposable
{
    private const string Payload = """
        {"tokenPayloadExternal":{"requestDetails":{"requestPackageName":"org.example.pos","requestHash":"aGFzaA","timestampMillis":"1764000000000"},
        "appIntegrity":{"appRecognitionVerdict":"PLAY_RECOGNIZED","packageName":"org.example.pos","certificateSha256Digest":["AAAA"],"versionCode":"7"},
        "deviceIntegrity":{"deviceRecognitionVerdict":["MEETS_DEVICE_INTEGRITY"]},"accountDetails":{"appLicensingVerdict":"LICENSED"}}}
        """;

    private readonly Double _server = new();
    private readonly HttpClient _client;
    private readonly FakeTimeProvider _clock = new();

    public GooglePlayDecoderTests() => _client = new HttpClient(_server);

    [Fact]
    public async Task A_token_is_sent_as_documented_and_its_verdict_is_read()
    {
        _server.Answer = _ => Json(200, Payload);
        PlayDecoding decoding = await Decoder().DecodeAsync("token-of-a-phone", TestContext.Current.CancellationToken);
        Assert.Null(decoding.Problem);
        Assert.Equal(("org.example.pos", "PLAY_RECOGNIZED", 7d), (decoding.Verdict!.RequestPackageName, decoding.Verdict.AppRecognition, decoding.Verdict.VersionCode));
        Assert.Equal("POST https://playintegrity.googleapis.com/v1/org.example.pos:decodeIntegrityToken", _server.Line);
        Assert.Equal("Bearer access-1", _server.Authorization);
        Assert.Equal("token-of-a-phone", JsonDocument.Parse(_server.Body!).RootElement.GetProperty("integrity_token").GetString());
    }

    [Theory]
    [Requirement("ATT-10")]
    [InlineData(400, "play.server.token", ReasonCodes.PlayTokenInvalid)]
    [InlineData(401, "play.server.access", ReasonCodes.PlayUnavailable)]
    [InlineData(403, "play.server.access", ReasonCodes.PlayUnavailable)]
    [InlineData(404, "play.server.package", ReasonCodes.PlayUnavailable)]
    [InlineData(429, "play.server.quota", ReasonCodes.PlayUnavailable)]
    [InlineData(500, "play.server.status", ReasonCodes.PlayUnavailable)]
    [InlineData(503, "play.server.status", ReasonCodes.PlayUnavailable)]
    [InlineData(302, "play.server.status", ReasonCodes.PlayUnavailable)]
    public async Task A_refusal_of_the_server_proves_nothing_against_the_phone(int status, string rule, string reason)
    {
        _server.Answer = _ => Json(status, """{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}""");
        PlayDecoding decoding = await Decoder().DecodeAsync("token", TestContext.Current.CancellationToken);
        Assert.Equal((rule, reason, true), (decoding.Problem!.Rule, decoding.Problem.Reason, decoding.Problem.IsInconclusive));
        Assert.Null(decoding.Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"tokenPayloadExternal":"text"}""")]
    [InlineData("""{"requestDetails":{}}""")]
    public async Task An_answer_without_a_verdict_is_unknown(string body)
    {
        _server.Answer = _ => Json(200, body);
        Assert.Equal("play.server.answer", (await Decoder().DecodeAsync("token", TestContext.Current.CancellationToken)).Problem!.Rule);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        _server.Answer = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) };
        Assert.Equal("play.server.answer", (await Decoder().DecodeAsync("token", TestContext.Current.CancellationToken)).Problem!.Rule);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_its_time()
    {
        _server.Silent = true;
        Task<PlayDecoding> decoding = Decoder().DecodeAsync("token", TestContext.Current.CancellationToken);
        Assert.False(decoding.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("play.server.silent", (await decoding).Problem!.Rule);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_cancellation()
    {
        _server.Silent = true;
        using CancellationTokenSource caller = new();
        Task<PlayDecoding> decoding = Decoder().DecodeAsync("token", caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding);
    }

    [Fact]
    public async Task An_unreachable_server_is_unknown()
    {
        _server.Answer = _ => throw new HttpRequestException("refused");
        Assert.Equal("play.server.unreachable", (await Decoder().DecodeAsync("token", TestContext.Current.CancellationToken)).Problem!.Rule);
    }

    [Fact]
    public async Task A_token_larger_than_any_is_not_sent()
    {
        PlayDecoding decoding = await Decoder().DecodeAsync(new string('a', PlayToken.MaxLength + 1), TestContext.Current.CancellationToken);
        Assert.Equal("play.server.token", decoding.Problem!.Rule);
        Assert.Null(_server.Line);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private GooglePlayDecoder Decoder() => new(
        _client, _ => ValueTask.FromResult("access-1"), new GooglePlayOptions { Package = "org.example.pos" }, _clock);

    private static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private sealed class Double : HttpMessageHandler
    {
        public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = _ =>
            new HttpResponseMessage(HttpStatusCode.NotImplemented);

        public bool Silent { get; set; }

        public string? Line { get; private set; }

        public string? Authorization { get; private set; }

        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
        {
            Line = $"{request.Method} {request.RequestUri}";
            Authorization = request.Headers.Authorization?.ToString();
            Body = await request.Content!.ReadAsStringAsync(cancellation);
            if (Silent)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            return Answer(request);
        }
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
