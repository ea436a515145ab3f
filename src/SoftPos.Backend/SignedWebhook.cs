using SoftPos.Contract.Integrators;

namespace SoftPos.Backend;

/// <summary>The request of a webhook, to integrators and to receivers of alarms alike: Standard Webhooks, JSON.</summary>
internal static class SignedWebhook
{
    /// <param name="address">Who gets it.</param>
    /// <param name="id">Identity of what happened, the same at each attempt.</param>
    /// <param name="now">When it is sent, which the signatures cover.</param>
    /// <param name="signatures">Signatures, with spaces between.</param>
    /// <param name="body">The JSON.</param>
    public static HttpRequestMessage Request(Uri address, string id, DateTimeOffset now, string signatures, ReadOnlyMemory<byte> body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(StandardWebhook.IdHeader, id);
        request.Headers.Add(StandardWebhook.TimestampHeader, StandardWebhook.TimeText(now));
        request.Headers.Add(StandardWebhook.SignatureHeader, signatures);
        return request;
    }
}
