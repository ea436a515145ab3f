using System.Globalization;
using SoftPos.Contract.Integrators;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Alarms;

/// <summary>A receiver of signed webhooks, by the convention that integrators' webhooks follow too.</summary>
internal sealed class WebhookSink : IAlarmSink, IDisposable
{
    private readonly Uri _address;
    private readonly byte[] _secret;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public WebhookSink(Uri address, byte[] secret, TimeProvider clock)
    {
        (_address, _secret, _clock) = (address, secret, clock);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1) });
    }

    // The query may hold a token of the receiver; it is no part of the name.
    public string Name => $"webhook:{_address.GetLeftPart(UriPartial.Path)}";

    public async Task<string?> SendAsync(AlarmEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string signature = StandardWebhook.Sign(_secret, happened.Id, now, body.Span);
        using HttpRequestMessage request = SignedWebhook.Request(_address, happened.Id, now, signature, body);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"the receiver answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException fault)
        {
            return fault.HttpRequestError.ToString();
        }
    }

    public void Dispose() => _http.Dispose();
}
