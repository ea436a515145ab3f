using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Backend.Tests;

/// <summary>
/// The one way in which tests speak to terminals' endpoints: in envelopes, as the SDK does. Whom they speak as is theirs to say; that of an
/// enrolled terminal needs its secret.
/// </summary>
internal sealed class SealedRequests(HttpClient http) : IDisposable
{
    private byte[]? _recipient;

    /// <summary>An answer out of its envelope, or one that came without.</summary>
    public sealed record Reply(int Status, string MediaType, byte[] Body, bool IsSealed)
    {
        public JsonObject Json => JsonNode.Parse(Body)!.AsObject();
    }

    public async Task<Reply> PostAsync(string path, string json, EnvelopeSender? sender = null) =>
        await PostAsync(path, Encoding.UTF8.GetBytes(json), "application/json", sender);

    public async Task<Reply> PostAsync(string path, byte[] body, string mediaType = "application/cose", EnvelopeSender? sender = null)
    {
        using SealedRequest request = await SealAsync(path, body, mediaType, sender);
        return await SendAsync(path, request);
    }

    /// <summary>Seals without sending.</summary>
    public async Task<SealedRequest> SealAsync(string path, byte[] body, string mediaType = "application/cose", EnvelopeSender? sender = null) => SealedRequest.Seal(
        _recipient ??= (await DocumentAsync()).EnvelopeKeys[^1].Key,
        new EnvelopeRequest { Method = "POST", Path = "/" + path, MediaType = mediaType, Body = body },
        sender);

    /// <summary>Sends what was sealed, to where one likes.</summary>
    public async Task<Reply> SendAsync(string path, SealedRequest request)
    {
        using HttpResponseMessage response = await PostRawAsync(path, request.Bytes.ToArray());
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        return request.TryOpen(bytes, out EnvelopeAnswer answer)
            ? new Reply(answer.Status, answer.MediaType, answer.Body.ToArray(), true)
            : new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? string.Empty, bytes, false);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task<HttpResponseMessage> PostRawAsync(string path, byte[] bytes)
    {
        using ByteArrayContent content = new(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(Envelope.RequestMediaType);
        return await http.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    /// <summary>The channel document, verified under the key that the sandbox gives.</summary>
    public async Task<ChannelDocument> DocumentAsync()
    {
        JsonNode key = JsonNode.Parse(await http.GetStringAsync(new Uri("sandbox/v1/channel-key", UriKind.Relative)))!;
        byte[] message = await http.GetByteArrayAsync(new Uri("terminal/v1/channel", UriKind.Relative));
        Assert.True(ChannelDocument.TryVerify(message, Convert.FromBase64String(key["publicKey"]!.GetValue<string>()), out ChannelDocument document));
        return document;
    }

    public void Dispose() => http.Dispose();
}
