using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

/// <summary>The one door of terminals' requests.</summary>
public sealed class EnvelopeGateTests : IAsyncLifetime
{
    private const string Challenge = "terminal/v1/challenge";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-gate-").FullName;
    private readonly ShiftedClock _clock = new();
    private BackendHost _host = null!;
    private HttpClient _http = null!;
    private SealedRequests _sealed = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await BackendHost.StartAsync(TerminalEndpointTests.Options(_folder), _clock, None);
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
    [Requirement("CHN-02", Partly = true)]
    [Requirement("CHN-04")]
    public async Task No_route_of_terminals_takes_a_request_without_its_envelope()
    {
        string[] paths =
        [
            .. _host.Routes.OfType<RouteEndpoint>()
                .Where(static route => route.RoutePattern.RawText!.StartsWith("/terminal/", StringComparison.Ordinal)
                    && route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST"))
                .Select(static route => route.RoutePattern.RawText!.TrimStart('/')),
        ];
        Assert.True(paths.Length >= 11, string.Join(' ', paths));
        using TestKey key = new();
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1, deviceKey: key.PublicKey);
        byte[] signed = SignedMessage.Sign(key, MessageType.Commands, sender.TerminalId.ToByteArray(bigEndian: true), [0xA0]);
        foreach (string path in paths)
        {
            foreach (string type in (string[])["application/cose", "application/json"])
            {
                using ByteArrayContent content = new(signed);
                content.Headers.ContentType = new(type);
                using HttpResponseMessage plain = await _http.PostAsync(new Uri(path, UriKind.Relative), content, None);
                Assert.Equal(ReasonCodes.EnvelopeRequired, CodeOf(await plain.Content.ReadAsByteArrayAsync(None)));
            }
        }
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    public async Task An_envelope_counts_once_whatever_else_came_meanwhile_and_also_after_a_restart()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        using SealedRequest one = await SealAsync(sender with { Sequence = 1 });
        using SealedRequest two = await SealAsync(sender with { Sequence = 2 });
        using SealedRequest nine = await SealAsync(sender with { Sequence = 9 });
        Assert.True((await _sealed.SendAsync(Challenge, two)).IsSealed);
        Assert.True((await _sealed.SendAsync(Challenge, nine)).IsSealed);

        // One that others overtook is taken, once.
        Assert.Equal(200, (await _sealed.SendAsync(Challenge, one)).Status);
        foreach (SealedRequest again in (SealedRequest[])[one, two, nine])
        {
            await IsReplayedAsync(again);
        }

        await _host.DisposeAsync();
        await InitializeAsync();
        await IsReplayedAsync(nine);
        EnvelopeMemory memory = (await _host.Database.EnvelopeSequences.FindAsync(sender.TerminalId, None))!;
        Assert.Equal((9, 4), (memory.Window.Highest, memory.Refused));
        Assert.Equal(TerminalState.Active, (await _host.Database.Terminals.FindAsync(sender.TerminalId, None))!.State);
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    public async Task A_number_below_the_window_is_refused_though_it_never_came()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        using SealedRequest late = await SealAsync(sender with { Sequence = 1 });
        using SealedRequest edge = await SealAsync(sender with { Sequence = 2 });
        using SealedRequest far = await SealAsync(sender with { Sequence = 1 + SequenceWindow.Width });
        Assert.True((await _sealed.SendAsync(Challenge, far)).IsSealed);
        Assert.True((await _sealed.SendAsync(Challenge, edge)).IsSealed);
        await IsReplayedAsync(late);
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    public async Task Of_fifty_copies_at_once_one_is_taken()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        using SealedRequest request = await SealAsync(sender);
        SealedRequests.Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _sealed.SendAsync(Challenge, request)));
        Assert.Single(replies, static reply => reply.IsSealed);
        Assert.Equal(49, replies.Count(static reply => !reply.IsSealed && CodeOf(reply.Body) == ReasonCodes.EnvelopeReplayed));
    }

    [Fact]
    [Requirement("CHN-05")]
    [Requirement("SWP-05", Partly = true)]
    public async Task Another_envelope_under_a_used_number_is_told_inside_and_suspends_the_terminal()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        using SealedRequest first = await SealAsync(sender);
        using SealedRequest second = await SealAsync(sender);
        Assert.Equal(200, (await _sealed.SendAsync(Challenge, first)).Status);
        SealedRequests.Reply forked = await _sealed.SendAsync(Challenge, second);
        Assert.True(forked.IsSealed);
        Assert.Equal(ReasonCodes.Cloned, CodeOf(forked.Body));
        TerminalRecord terminal = (await _host.Database.Terminals.FindAsync(sender.TerminalId, None))!;
        Assert.Equal(TerminalState.Suspended, terminal.State);
        Assert.Contains(terminal.Findings, static finding => finding.Rule == Monitoring.ChannelForks.Rule);
    }

    [Fact]
    [Requirement("CHN-02", Partly = true)]
    public async Task An_envelope_of_another_secret_address_or_terminal_opens_nothing_and_uses_no_number_up()
    {
        using TestKey key = new();
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1, deviceKey: key.PublicKey);
        EnvelopeSender other = await EnrolledTerminal.AddAsync(_host, 2);
        await IsInvalidAsync(Challenge, await SealAsync(sender with { Secret = other.Secret, Sequence = 77 }));
        await IsInvalidAsync(Challenge, await SealAsync(sender with { TerminalId = other.TerminalId }));
        await IsInvalidAsync("terminal/v1/attestation", await SealAsync(sender));

        // Signed as one terminal, sealed as another.
        byte[] signed = SignedMessage.Sign(key, MessageType.PaymentStatus, sender.TerminalId.ToByteArray(bigEndian: true), [0xA0]);
        await IsInvalidAsync("terminal/v1/payments/status", await _sealed.SealAsync("terminal/v1/payments/status", signed, sender: other));

        // Nobody, where only a terminal asks.
        await IsInvalidAsync("terminal/v1/payments/status", await _sealed.SealAsync("terminal/v1/payments/status", signed));
        Assert.Null(await _host.Database.EnvelopeSequences.FindAsync(sender.TerminalId, None));
        Assert.True((await _sealed.PostAsync(Challenge, JsonOf(sender), sender)).IsSealed);
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public async Task No_turned_bit_of_an_envelope_is_acted_upon()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        using SealedRequest request = await SealAsync(sender);
        for (int at = 0; at < request.Bytes.Length; at += 3)
        {
            byte[] bytes = request.Bytes.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            using HttpResponseMessage response = await _sealed.PostRawAsync(Challenge, bytes);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        Assert.Null(await _host.Database.EnvelopeSequences.FindAsync(sender.TerminalId, None));
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task Of_two_envelope_keys_the_old_one_is_taken_for_the_overlap_and_then_refused()
    {
        EnvelopeSender sender = await EnrolledTerminal.AddAsync(_host, 1);
        ChannelDocument before = await _sealed.DocumentAsync();
        using SealedRequest early = await SealAsync(sender with { Sequence = 1 });
        using SealedRequest late = await SealAsync(sender with { Sequence = 2 });
        await _host.Channel.RotateAsync(TimeSpan.FromHours(24), None);
        ChannelDocument after = await _sealed.DocumentAsync();
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal(2, after.EnvelopeKeys.Count);
        Assert.NotEqual(before.EnvelopeKeyAt(_clock.GetUtcNow()), after.EnvelopeKeyAt(_clock.GetUtcNow()));
        Assert.True((await _sealed.SendAsync(Challenge, early)).IsSealed);
        _clock.Advance(TimeSpan.FromHours(24));
        SealedRequests.Reply refused = await _sealed.SendAsync(Challenge, late);
        Assert.False(refused.IsSealed);
        Assert.Equal(ReasonCodes.EnvelopeKeyUnknown, CodeOf(refused.Body));

        // The new key, and the document, outlast a restart.
        await _host.DisposeAsync();
        await InitializeAsync();
        Assert.Equal(after.Version, (await _sealed.DocumentAsync()).Version);
        Assert.Equal(200, (await _sealed.PostAsync(Challenge, JsonOf(sender), sender with { Sequence = 3 })).Status);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task Pins_need_a_spare_are_published_signed_and_the_document_is_renewed_before_it_is_over()
    {
        DatedKey one = new(new byte[32], _clock.GetUtcNow(), _clock.GetUtcNow().AddDays(30));
        Assert.Contains("spare", await _host.Channel.SetPinsAsync([one], None), StringComparison.Ordinal);
        DatedKey spare = one with { Key = [.. Enumerable.Repeat((byte)1, 32)] };
        Assert.Null(await _host.Channel.SetPinsAsync([one, spare], None));
        ChannelDocument published = await _sealed.DocumentAsync();
        Assert.Equal(2, published.Pins.Count);
        await _host.Channel.RenewAsync(None);
        Assert.Equal(published.Version, _host.Channel.Document.Version);
        _clock.Advance(ChannelKeys.Life / 2);
        await _host.Channel.RenewAsync(None);
        ChannelDocument renewed = await _sealed.DocumentAsync();
        Assert.Equal(published.Version + 1, renewed.Version);
        Assert.Equal(_clock.GetUtcNow() + ChannelKeys.Life, renewed.ExpiresAt, TimeSpan.FromMinutes(1));
        Assert.Equal(published.EnvelopeKeys[^1].Key, renewed.EnvelopeKeys[^1].Key);
    }

    [Fact]
    [Requirement("KEY-09", Partly = true)]
    public async Task Channel_keys_of_a_sandbox_open_in_no_production()
    {
        Assert.True((await _sealed.DocumentAsync()).IsSandbox);
        BackendOptions production = TerminalEndpointTests.Options(_folder) with { Sandbox = false };
        byte[] message = _host.Channel.Message;
        await _host.DisposeAsync();
        await using (Database database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock))
        {
            // Somebody relabels the folder; the keys know better.
            (await database.CommitAsync(new Change().PutSetting("installation.kind", "production"u8.ToArray()), None)).Require();
        }

        BackendStartException refused = await Assert.ThrowsAsync<BackendStartException>(() => BackendHost.StartAsync(production, _clock, None));
        Assert.Contains("kind of installation", refused.Message, StringComparison.Ordinal);
        await using (Database database = await Database.OpenAsync(Path.Combine(_folder, "softpos.db"), _clock))
        {
            (await database.CommitAsync(new Change().PutSetting("installation.kind", "sandbox"u8.ToArray()), None)).Require();
        }

        await InitializeAsync();
        Assert.Equal(message, _host.Channel.Message);
    }

    private Task<SealedRequest> SealAsync(EnvelopeSender sender) =>
        _sealed.SealAsync(Challenge, System.Text.Encoding.UTF8.GetBytes(JsonOf(sender)), "application/json", sender);

    private static string JsonOf(EnvelopeSender sender) => $$"""{"purpose":"Heartbeat","terminalId":"{{sender.TerminalId}}"}""";

    private async Task IsReplayedAsync(SealedRequest request)
    {
        SealedRequests.Reply reply = await _sealed.SendAsync(Challenge, request);
        Assert.False(reply.IsSealed);
        Assert.Equal((409, ReasonCodes.EnvelopeReplayed), (reply.Status, CodeOf(reply.Body)));
    }

    private async Task IsInvalidAsync(string path, SealedRequest request)
    {
        using (request)
        {
            SealedRequests.Reply reply = await _sealed.SendAsync(path, request);
            Assert.False(reply.IsSealed);
            Assert.Equal((400, ReasonCodes.EnvelopeInvalid), (reply.Status, CodeOf(reply.Body)));
        }
    }

    private static string CodeOf(byte[] body) => JsonNode.Parse(body)!["code"]!.GetValue<string>();

    /// <summary>Runs as the machine's does, a time ahead: timers of a whole back end are not to be wound through weeks.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Advance(TimeSpan time) => _ahead += time;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
    }
}
