using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// The one way to the back end. It is made here and nowhere else: no proxy, no redirect, no cookie, no handler of the host. Over TLS only
/// version 1.3 and only keys that were pinned; in clear only to the loopback of a sandbox.
/// </summary>
internal sealed class BackendLink : IDisposable
{
    /// <summary>Largest answer that is read: a payment answer with receipt is some KiB.</summary>
    private const int MaxAnswer = 256 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue Cose = new("application/cose");
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _client;
    private readonly TimeProvider _clock;

    private BackendLink(HttpClient client, TimeProvider clock)
    {
        _client = client;
        _clock = clock;
    }

    /// <summary>Why an address cannot be used, or null.</summary>
    public static string? FaultOf(TerminalOptions options)
    {
        if (!options.Backend.IsAbsoluteUri)
        {
            return "the back end's address is not absolute";
        }

        if (options.Backend.Scheme == Uri.UriSchemeHttp)
        {
            return options.Backend.IsLoopback ? null : "http is for the loopback of a sandbox only";
        }

        return options.Backend.Scheme != Uri.UriSchemeHttps ? "the back end's address is neither https nor http"
            : options.ServerKeyPins.Count == 0 ? "https needs pinned server keys"
            : options.ServerKeyPins.Any(pin => pin is not { Length: SHA256.HashSizeInBytes }) ? "a pin is not 32 bytes long"
            : null;
    }

    public static BackendLink Open(TerminalOptions options, TimeProvider clock)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = 16,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    errors == SslPolicyErrors.None && certificate is not null && IsPinned(certificate.GetRawCertData(), options.ServerKeyPins),
            },
        };
        HttpClient client = new(handler)
        {
            BaseAddress = options.Backend,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        // Findings come back in the merchant's language; a tag that is none is left away, and English comes.
        _ = client.DefaultRequestHeaders.AcceptLanguage.TryParseAdd(options.Language);
        return new BackendLink(client, clock);
    }

    /// <summary>Posts a question in JSON.</summary>
    public Task<LinkAnswer<TAnswer>> AskAsync<TAnswer>(
        string path, ChallengeRequest question, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class =>
        PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(question, ContractJson.Default.ChallengeRequest), Json, form, patience, cancellation);

    /// <summary>Posts a signed message.</summary>
    public Task<LinkAnswer<TAnswer>> SendAsync<TAnswer>(
        string path, byte[] signedMessage, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class =>
        PostAsync(path, signedMessage, Cose, form, patience, cancellation);

    public void Dispose() => _client.Dispose();

    internal static bool IsPinned(byte[] certificate, IReadOnlyList<byte[]> pins)
    {
        using var parsed = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate);
        byte[] hash = SHA256.HashData(parsed.PublicKey.ExportSubjectPublicKeyInfo());
        return pins.Any(pin => CryptographicOperations.FixedTimeEquals(pin, hash));
    }

    private async Task<LinkAnswer<TAnswer>> PostAsync<TAnswer>(
        string path, byte[] body, MediaTypeHeaderValue type, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class
    {
        using CancellationTokenSource timeout = new(patience, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = type;
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? ReadAnswer(answer, form) : ReadProblem<TAnswer>(response, answer);
        }
        catch (HttpRequestException fault)
        {
            return LinkAnswer<TAnswer>.Failed(IsBeforeSending(fault.HttpRequestError) ? LinkEnd.NothingSent : LinkEnd.Uncertain);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);
        }
    }

    private static bool IsBeforeSending(HttpRequestError error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static LinkAnswer<TAnswer> ReadAnswer<TAnswer>(byte[] answer, JsonTypeInfo<TAnswer> form)
        where TAnswer : class
    {
        try
        {
            TAnswer? value = JsonSerializer.Deserialize(answer, form);
            return value is null ? LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain) : LinkAnswer<TAnswer>.Answered(value);
        }
        catch (JsonException)
        {
            // Not an answer of ours: a captive portal, or a proxy. What became of the request is open.
            return LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);
        }
    }

    private static LinkAnswer<TAnswer> ReadProblem<TAnswer>(HttpResponseMessage response, byte[] answer)
        where TAnswer : class
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);
        }

        try
        {
            BackendProblem? problem = JsonSerializer.Deserialize(answer, LinkJson.Default.BackendProblem);
            return problem is null || !ReasonCatalogue.Contains(problem.Code)
                ? LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain)
                : LinkAnswer<TAnswer>.Refused(problem);
        }
        catch (JsonException)
        {
            return LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);
        }
    }
}
