using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;
using SoftPos.Monitoring.Revocation;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Revocation;

/// <summary>The feed of revoked certificates against a double of its server.</summary>
public sealed class StatusListFeedTests : IAsyncLifetime
{
    private const string Listed = """{"entries":{"1f3":{"status":"REVOKED","reason":"KEY_COMPROMISE"},"77":{"status":"SUSPENDED","reason":"SOFTWARE_FLAW"}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-status-list-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly StatusServer _server = new();
    private readonly HttpClient _client;
    private Database _database = null!;

    public StatusListFeedTests() => _client = new HttpClient(_server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_list_comes_into_force_and_is_asked_for_again_by_its_tag()
    {
        StatusListFeed feed = Feed();
        _server.Answer = _ => List(Listed, "\"one\"", TimeSpan.FromMinutes(20));
        Assert.Equal((StatusListRound.Updated, TimeSpan.FromMinutes(20)), await feed.AskAsync(Cancellation));
        Assert.Equal(2, feed.Current!.Count);
        Assert.Null(_server.Tag);

        _clock.Advance(TimeSpan.FromHours(1));
        _server.Answer = _ => new HttpResponseMessage(HttpStatusCode.NotModified);
        Assert.Equal(StatusListRound.Confirmed, (await feed.AskAsync(Cancellation)).Round);
        Assert.Equal("\"one\"", _server.Tag);
        Assert.Equal(_clock.GetUtcNow(), feed.Current!.FetchedAt);
        Assert.Equal(["revocation.updated"], await KindsAsync());
    }

    [Fact]
    public async Task A_restart_keeps_the_last_good_list_and_its_age()
    {
        _server.Answer = _ => List(Listed, "\"one\"", null);
        await Feed().AskAsync(Cancellation);
        DateTimeOffset fetched = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromHours(30));

        StatusListFeed later = Feed();
        Assert.Null(later.Current);
        await later.OpenAsync(Cancellation);
        Assert.Equal((2, fetched), (later.Current!.Count, later.Current.FetchedAt!.Value));

        _server.Answer = _ => new HttpResponseMessage(HttpStatusCode.NotModified);
        await later.AskAsync(Cancellation);
        Assert.Equal("\"one\"", _server.Tag);
    }

    [Theory]
    [Requirement("ATT-10", Partly = true)]
    [InlineData(500, "{}")]
    [InlineData(301, "{}")]
    [InlineData(304, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"entries":[]}""")]
    public async Task A_bad_answer_never_passes_as_nothing_revoked(int status, string body)
    {
        StatusListFeed feed = Feed();
        _server.Answer = _ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        Assert.Equal(StatusListRound.Failed, (await feed.AskAsync(Cancellation)).Round);
        Assert.Null(feed.Current);
        Assert.NotNull(feed.LastFailure);
    }

    [Fact]
    public async Task A_bad_answer_leaves_the_last_good_list_in_force()
    {
        StatusListFeed feed = Feed();
        string four = """{"entries":{"1":{"status":"REVOKED"},"2":{"status":"REVOKED"},"3":{"status":"REVOKED"},"4":{"status":"REVOKED"}}}""";
        _server.Answer = _ => List(four, "\"one\"", null);
        await feed.AskAsync(Cancellation);
        foreach (string body in (string[])["{}", """{"entries":{"1":{"status":"REVOKED"}}}"""])
        {
            _server.Answer = _ => List(body, "\"two\"", null);
            Assert.Equal(StatusListRound.Failed, (await feed.AskAsync(Cancellation)).Round);
            Assert.Equal(4, feed.Current!.Count);
        }
    }

    [Fact]
    public async Task Failures_are_retried_ever_more_slowly_and_staleness_is_one_alarm_of_ours()
    {
        StatusListFeed feed = Feed();
        _server.Answer = _ => List(Listed, "\"one\"", null);
        await feed.AskAsync(Cancellation);
        _server.Answer = _ => throw new HttpRequestException("refused");
        List<TimeSpan> pauses = [];
        for (int i = 0; i < 60; i++)
        {
            (StatusListRound round, TimeSpan pause) = await feed.AskAsync(Cancellation);
            Assert.Equal(StatusListRound.Failed, round);
            pauses.Add(pause);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal([1d, 2d, 4d, 8d, 16d, 32d, 60d, 60d], pauses.Take(8).Select(pause => pause.TotalMinutes));
        Assert.Equal(["revocation.updated", "revocation.stale"], await KindsAsync());

        _server.Answer = _ => List(Listed, "\"one\"", null);
        Assert.Equal(StatusListRound.Updated, (await feed.AskAsync(Cancellation)).Round);
        Assert.Null(feed.LastFailure);
    }

    [Fact]
    public async Task An_endless_answer_and_a_silent_server_end()
    {
        StatusListFeed feed = Feed();
        _server.Answer = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) };
        Assert.Equal(StatusListRound.Failed, (await feed.AskAsync(Cancellation)).Round);
        Assert.Contains("more than", feed.LastFailure, StringComparison.Ordinal);

        _server.Silent = true;
        Task<(StatusListRound Round, TimeSpan)> asked = feed.AskAsync(Cancellation);
        Assert.False(asked.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(StatusListRound.Failed, (await asked).Round);
    }

    [Fact]
    [Requirement("ATT-07", Partly = true)]
    public async Task A_new_entry_denies_the_enrolled_terminals_of_that_key_at_once()
    {
        TerminalRecord revoked = await EnrolAsync("1f3", "5a"), other = await EnrolAsync("99", "5a"), suspended = await EnrolAsync("77", "5a");
        _server.Answer = _ => List(Listed, "\"one\"", null);
        await Feed().AskAsync(Cancellation);

        TerminalRecord now = (await _database.TrustStatus.ReadAsync(revoked.TerminalId, Cancellation))!;
        Assert.Equal((Verdict.Denied, ReasonCodes.ChainRevoked), (now.Verdict, now.Findings[0].Reason));
        Assert.Equal(Verdict.Trusted, (await _database.TrustStatus.ReadAsync(other.TerminalId, Cancellation))!.Verdict);
        Assert.Equal(Verdict.Trusted, (await _database.TrustStatus.ReadAsync(suspended.TerminalId, Cancellation))!.Verdict);
        Assert.Equal(["revocation.updated", "terminal.key-revoked"], await KindsAsync());
    }

    private StatusListFeed Feed() => new(_database, _client, new StatusListOptions(), _clock);

    private async Task<TerminalRecord> EnrolAsync(params string[] serials)
    {
        TerminalRecord terminal = new()
        {
            TerminalId = Guid.CreateVersion7(_clock.GetUtcNow()),
            MerchantId = "m",
            DeviceKey = [1],
            AgreementKey = [2],
            State = TerminalState.Active,
            Verdict = Verdict.Trusted,
            AcquirerTerminalId = "T0000001",
            Model = "maker one",
            OsVersion = "16",
            SdkVersion = "1.0.0",
            EvidenceSequence = 0,
            EnrolledAt = _clock.GetUtcNow(),
            LastEvidenceAt = _clock.GetUtcNow(),
            Findings = [],
            AttestationMemory = new JsonObject
            {
                ["enrolled"] = new JsonObject { ["certificateSerials"] = new JsonArray([.. serials.Select(serial => JsonValue.Create(serial))]) },
            }.ToJsonString(),
        };
        (await _database.CommitAsync(
            new Change().Put(terminal).AddAttestationCertificates(terminal.TerminalId, "maker", serials), Cancellation)).Require();
        return terminal;
    }

    private async Task<string[]> KindsAsync() =>
        [.. (await _database.Journal.RangeAsync(0, 100, Cancellation)).Select(static entry => entry.Kind)];

    private static HttpResponseMessage List(string json, string tag, TimeSpan? maxAge)
    {
        HttpResponseMessage response = new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        response.Headers.ETag = EntityTagHeaderValue.Parse(tag);
        response.Headers.CacheControl = maxAge is null ? null : new CacheControlHeaderValue { MaxAge = maxAge };
        return response;
    }

    private sealed class StatusServer : HttpMessageHandler
    {
        public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = static _ =>
            new HttpResponseMessage(HttpStatusCode.NotFound);

        public bool Silent { get; set; }

        public string? Tag { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Tag = request.Headers.IfNoneMatch.SingleOrDefault()?.ToString();
            if (Silent)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
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

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
