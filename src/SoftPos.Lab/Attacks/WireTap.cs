using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Lab.Attacks;

/// <summary>A message on its way to the back end.</summary>
internal sealed record WireMessage(string Path, string ContentType, byte[] Body)
{
    public const string CoseType = "application/cose";

    public const string JsonType = "application/json";

    /// <summary>The same message with a bit turned, counted from the end when negative.</summary>
    public WireMessage Flip(int index)
    {
        byte[] body = [.. Body];
        body[index < 0 ? body.Length + index : index] ^= 0x01;
        return this with { Body = body };
    }
}

/// <summary>An answer of the back end.</summary>
internal sealed record WireAnswer(int Status, string ContentType, byte[] Body)
{
    /// <summary>Reason code of a refusal; null for a good answer.</summary>
    public string? Reason => Status < 400 ? null : (Json?["code"] ?? Json?["reason"])?.GetValue<string>() ?? $"HTTP {Status}";

    public JsonObject? Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body) as JsonObject;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>The same answer with another JSON body.</summary>
    public WireAnswer With(Action<JsonObject> change)
    {
        JsonObject json = Json ?? throw new AttackSetupException("the answer is no JSON object");
        change(json);
        return this with { Body = JsonSerializer.SerializeToUtf8Bytes(json) };
    }

    public static async Task<WireAnswer> SendAsync(HttpClient http, WireMessage message, CancellationToken cancellation)
    {
        using ByteArrayContent content = new(message.Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(message.ContentType);
        using HttpResponseMessage response = await http.PostAsync(new Uri(message.Path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        return new WireAnswer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString() ?? string.Empty,
            await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
    }
}

/// <summary>
/// Somebody on the line: a loopback proxy that sees, keeps, changes and swallows what passes. One who has the app's channel key replaced sees
/// the messages themselves; one who has only broken TLS sees their envelopes.
/// </summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http;
    private readonly EnvelopeBreaker? _breaker;
    private readonly Task _serving;

    /// <summary>Starts listening.</summary>
    /// <param name="backend">The back end.</param>
    /// <param name="isClosed">The envelopes stay closed.</param>
    public WireTap(Uri backend, bool isClosed = false)
    {
        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/");
        _listener.Prefixes.Add(Address.ToString());
        _http = new HttpClient { BaseAddress = backend };
        _breaker = isClosed ? null : new EnvelopeBreaker(_http);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Everything that phones sent, in order.</summary>
    public ConcurrentQueue<WireMessage> Seen { get; } = new();

    /// <summary>Everything that was answered, in order.</summary>
    public ConcurrentQueue<(string Path, WireAnswer Answer)> Answers { get; } = new();

    /// <summary>Changes a request on its way.</summary>
    public Func<WireMessage, WireMessage> Request { get; set; } = static message => message;

    /// <summary>Changes an answer on its way; null swallows it.</summary>
    public Func<WireMessage, WireAnswer, WireAnswer?> Answer { get; set; } = static (_, answer) => answer;

    public WireMessage Last(string path) =>
        Seen.LastOrDefault(message => message.Path == path) ?? throw new AttackSetupException($"nothing was sent to {path}");

    /// <summary>Sends a message in an envelope of the terminal that enrolled here last.</summary>
    public Task<WireAnswer> PostAsync(string path, byte[] body, CancellationToken cancellation, string type = WireMessage.CoseType) =>
        _breaker is { } breaker
            ? breaker.SendAsync(new WireMessage(path, type, body), breaker.LastTerminal, cancellation)
            : throw new AttackSetupException("who sees envelopes only cannot make one");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(false);
        _listener.Close();
        _breaker?.Dispose();
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = PassAsync(context);
        }
    }

    private async Task PassAsync(HttpListenerContext context)
    {
        try
        {
            string path = context.Request.Url!.AbsolutePath.TrimStart('/');
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body).ConfigureAwait(false);
            byte[]? answer = context.Request.HttpMethod == "GET" ? await GetAsync(context, path).ConfigureAwait(false)
                : _breaker is null ? await PassClosedAsync(context, path, body.ToArray()).ConfigureAwait(false)
                : await PassOpenAsync(_breaker, context, path, body.ToArray()).ConfigureAwait(false);
            if (answer is null)
            {
                context.Response.Abort();
                return;
            }

            await context.Response.OutputStream.WriteAsync(answer).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception broken) when (broken is IOException or HttpListenerException or HttpRequestException or ObjectDisposedException or AttackSetupException)
        {
            // The phone or the back end went away; so does this exchange.
            context.Response.Abort();
        }
    }

    private async Task<byte[]> GetAsync(HttpListenerContext context, string path)
    {
        if (_breaker?.Get(path, TimeProvider.System) is { } own)
        {
            return own;
        }

        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
        context.Response.StatusCode = (int)response.StatusCode;
        return await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
    }

    private async Task<byte[]?> PassClosedAsync(HttpListenerContext context, string path, byte[] body)
    {
        WireMessage message = new(path, context.Request.ContentType ?? "application/json", body);
        Seen.Enqueue(message);
        message = Request(message);
        WireAnswer answer = await WireAnswer.SendAsync(_http, message, CancellationToken.None).ConfigureAwait(false);
        Answers.Enqueue((message.Path, answer));
        return Write(context, Answer(message, answer));
    }

    private async Task<byte[]?> PassOpenAsync(EnvelopeBreaker breaker, HttpListenerContext context, string path, byte[] body)
    {
        using OpenedRequest opened = breaker.Open(path, body);
        WireMessage message = new(path, opened.Request.MediaType, opened.Request.Body.ToArray());
        Seen.Enqueue(message);
        message = Request(message);
        WireAnswer answer = await breaker.SendAsync(message, opened.TerminalId, CancellationToken.None).ConfigureAwait(false);
        Answers.Enqueue((message.Path, answer));
        return Answer(message, answer) is { } changed
            ? Write(context, new WireAnswer(200, Envelope.AnswerMediaType, opened.Seal(new EnvelopeAnswer
            {
                Status = changed.Status, MediaType = changed.ContentType.Split(';')[0], ChannelVersion = 1, Body = changed.Body,
            })))
            : null;
    }

    private static byte[]? Write(HttpListenerContext context, WireAnswer? answer)
    {
        if (answer is not null)
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
        }

        return answer?.Body;
    }
}
