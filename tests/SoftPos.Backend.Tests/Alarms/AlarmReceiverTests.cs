using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Backend.Alarms;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Alarms;

/// <summary>Receivers over real sockets, and the operator's routes over the real host.</summary>
public sealed class AlarmReceiverTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Over_TCP_each_line_has_its_length_before_it_and_a_closed_connection_is_opened_anew()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using SyslogSink sink = new(AddressOf("tcp", listener.LocalEndpoint), "1");
        string first, second;
        Assert.Null(await SendAsync(sink, "one"));
        using (TcpClient client = await listener.AcceptTcpClientAsync(None))
        {
            first = await ReadFrameAsync(client.GetStream());
            Assert.Null(await SendAsync(sink, "two"));
            second = await ReadFrameAsync(client.GetStream());
        }

        Assert.Contains("msg=one", first, StringComparison.Ordinal);
        Assert.Contains("msg=two", second, StringComparison.Ordinal);

        // The receiver went away and came back: nothing is written into the dead connection.
        Task<TcpClient> accepting = listener.AcceptTcpClientAsync(None).AsTask();
        for (int i = 0; i < 100 && !accepting.IsCompleted; i++)
        {
            await SendAsync(sink, "three");
        }

        using TcpClient again = await accepting;
        Assert.Contains("msg=three", await ReadFrameAsync(again.GetStream()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_a_failure_and_no_loss()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        EndPoint free = listener.LocalEndpoint;
        listener.Stop();
        using SyslogSink sink = new(AddressOf("tcp", free), "1");
        Assert.Equal(nameof(SocketError.ConnectionRefused), await SendAsync(sink, "one"));
    }

    [Fact]
    public async Task Over_UDP_each_line_is_a_datagram()
    {
        using UdpClient receiver = new(new IPEndPoint(IPAddress.Loopback, 0));
        using SyslogSink sink = new(AddressOf("udp", receiver.Client.LocalEndPoint!), "1");
        Assert.Null(await SendAsync(sink, "one"));
        string line = Encoding.UTF8.GetString((await receiver.ReceiveAsync(None)).Buffer);
        Assert.StartsWith("<108>1 ", line, StringComparison.Ordinal);
        Assert.EndsWith("cs2Label=owner", line, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task A_denied_terminal_reaches_a_webhook_signed_and_an_operator_acts_on_it_by_the_routes()
    {
        using HttpListener receiver = Listen(out Uri address);
        await using IntegratorStand stand = await IntegratorStand.StartAsync(
            sinks: new AlarmSinkOptions { Webhooks = [address], WebhookSecret = Secret });
        (await stand.Database.CommitAsync(
            new Change().Append("terminal.suspended", IntegratorStand.TerminalA,
                new JsonObject { ["reason"] = ReasonCodes.Cloned, ["by"] = "policy" }), None)).Require();
        JsonObject raised = await ReceiveAsync(receiver);
        Assert.Equal(("alarm.raised", AlarmKinds.Suspension), ((string)raised["type"]!, (string)raised["data"]!["kind"]!));

        using HttpClient http = new() { BaseAddress = stand.Host.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("operator/v1/alarms", None)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await File.ReadAllTextAsync(Path.Combine(stand.Folder, "operator.token"), None));
        JsonArray open = JsonNode.Parse(await http.GetStringAsync("operator/v1/alarms", None))!.AsArray();
        long number = (long)Assert.Single(open)!["number"]!;

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("acknowledge", """{"note":""}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("acknowledge", """{"note":"I look","by":"anna"}""")).StatusCode);
        JsonObject taken = await ReceiveAsync(receiver);
        Assert.Equal(("alarm.acknowledged", "anna", "I look"),
            ((string)taken["type"]!, (string)taken["data"]!["by"]!, (string)taken["data"]!["note"]!));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("resolve", """{"note":"it was a test"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("assign", """{"note":"late","assignee":"ben"}""")).StatusCode);
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync("operator/v1/alarms", None))!.AsArray());
        JsonNode shown = JsonNode.Parse(await http.GetStringAsync($"operator/v1/alarms/{number}", None))!;
        Assert.Equal(["alarm.resolved", "alarm.acknowledged", "alarm.raised"],
            shown["life"]!.AsArray().Select(static step => (string)step!["step"]!));

        async Task<HttpResponseMessage> PostAsync(string act, string body) => await http.PostAsync(
            new Uri($"operator/v1/alarms/{number}/{act}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), None);
    }

    [Fact]
    [Requirement("ATT-19", Partly = true)]
    public async Task Routes_answer_of_the_monitor_of_health_and_of_the_baseline()
    {
        await using IntegratorStand stand = await IntegratorStand.StartAsync();
        using HttpClient http = new() { BaseAddress = stand.Host.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await File.ReadAllTextAsync(Path.Combine(stand.Folder, "operator.token"), None));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        (await stand.Database.CommitAsync(
            new Change().AddHealth(IntegratorStand.TerminalA, now, new Dictionary<byte, double> { [1] = 80, [2] = 31 }), None)).Require();

        JsonNode health = JsonNode.Parse(await http.GetStringAsync(
            $"operator/v1/health/{IntegratorStand.TerminalA}?measure=batteryTemperatureCelsius&grain=Raw", None))!;
        JsonNode series = Assert.Single(health["series"]!.AsArray())!;
        Assert.Equal(("batteryTemperatureCelsius", "°C", 31),
            ((string)series["measure"]!, (string)series["unit"]!, (double)series["points"]![0]!["mean"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync($"operator/v1/health/{IntegratorStand.TerminalA}?grain=7", None)).StatusCode);

        JsonNode denied = JsonNode.Parse(await http.GetStringAsync("operator/v1/baseline/check?os=9", None))!;
        Assert.Equal((false, "Denied"), ((bool)denied["mayBeUsed"]!, (string)denied["verdict"]!));
        JsonNode ending = JsonNode.Parse(
            await http.GetStringAsync("operator/v1/baseline/check?model=Lab%20Ending&os=16&on=2026-12-01T00:00:00Z", None))!;
        Assert.Equal((true, "2027-03-31"), ((bool)ending["mayBeUsed"]!, (string)ending["deniedFrom"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync("operator/v1/baseline/check?patch=soon", None)).StatusCode);
        Assert.NotNull(JsonNode.Parse(await http.GetStringAsync("operator/v1/baseline", None))!["version"]);
        Assert.NotNull(JsonNode.Parse(await http.GetStringAsync("operator/v1/monitor", None))!["watch"]);
    }

    [Theory]
    [InlineData("http://192.0.2.1/x", Secret, "https")]
    [InlineData("https://receiver.example/x", "whsec_short", "secret")]
    public void A_receiver_that_cannot_be_used_stops_the_start_and_says_why(string address, string secret, string word)
    {
        BackendOptions options = new()
        {
            DataFolder = "unused", Acquirer = new IPEndPoint(IPAddress.Loopback, 1), AppPackages = [], AppSigners = [],
            AlarmSinks = new AlarmSinkOptions { Webhooks = [new Uri(address)], WebhookSecret = secret },
        };
        BackendStartException fault = Assert.Throws<BackendStartException>(() =>
            WatchModule.Create(null!, null!, options, TimeProvider.System));
        Assert.Contains(word, fault.Message, StringComparison.Ordinal);
    }

    private static HttpListener Listen(out Uri address)
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/alarms"));
        HttpListener listener = new();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        listener.Start();
        return listener;
    }

    /// <summary>The next webhook; its signature must be right.</summary>
    private static async Task<JsonObject> ReceiveAsync(HttpListener receiver)
    {
        HttpListenerContext context = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30), None);
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body, None);
        Assert.True(StandardWebhook.Verify(
            StandardWebhook.ReadSecret(Secret)!, context.Request.Headers[StandardWebhook.IdHeader],
            context.Request.Headers[StandardWebhook.TimestampHeader],
            context.Request.Headers[StandardWebhook.SignatureHeader], body.ToArray(), TimeProvider.System.GetUtcNow()));
        context.Response.StatusCode = 204;
        context.Response.Close();
        return JsonNode.Parse(body.ToArray())!.AsObject();
    }

    private static Task<string?> SendAsync(SyslogSink sink, string summary)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        AlarmRecord alarm = new()
        {
            Number = 1, Originator = "monitor", Kind = AlarmKinds.Outage, State = AlarmState.Raised, Severity = Severity.Warning,
            Reason = ReasonCodes.Internal,
            Summary = summary, RaisedAt = now, ChangedAt = now, SeenAt = now, By = AlarmDecider.Monitor,
        };
        return sink.SendAsync(AlarmEvent.Of(alarm, "alarm.raised"), default, None);
    }

    private static Uri AddressOf(string scheme, EndPoint endPoint) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{((IPEndPoint)endPoint).Port}"));

    private static async Task<string> ReadFrameAsync(NetworkStream stream)
    {
        StringBuilder length = new();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, None) == 1 && one[0] != ' ')
        {
            length.Append((char)one[0]);
        }

        byte[] line = new byte[int.Parse(length.ToString(), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(line, None);
        return Encoding.UTF8.GetString(line);
    }
}
