using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Lab.Attacks;

/// <summary>A message on its way to the back end.</summary>
internal sealed record WireMessage(string Path, string ContentType, byte[] Body)
{
    public const string CoseType = "application/cose";

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

/// <summary>Somebody on the line: a loopback proxy that sees, keeps, changes and swallows what passes.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http;
    private readonly Task _serving;

    public WireTap(Uri backend)
    {
        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/");
        _listener.Prefixes.Add(Address.ToString());
        _http = new HttpClient { BaseAddress = backend };
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

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(false);
        _listener.Close();
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
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body).ConfigureAwait(false);
            WireMessage message = new(context.Request.Url!.AbsolutePath.TrimStart('/'), context.Request.ContentType ?? "application/json", body.ToArray());
            Seen.Enqueue(message);
            message = Request(message);
            WireAnswer? answer = await WireAnswer.SendAsync(_http, message, CancellationToken.None).ConfigureAwait(false);
            Answers.Enqueue((message.Path, answer));
            answer = Answer(message, answer);
            if (answer is null)
            {
                context.Response.Abort();
                return;
            }

            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            await context.Response.OutputStream.WriteAsync(answer.Body).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception broken) when (broken is IOException or HttpListenerException or HttpRequestException or ObjectDisposedException)
        {
            // The phone or the back end went away; so does this exchange.
            context.Response.Abort();
        }
    }
}
