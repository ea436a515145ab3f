using System.Net.Http.Headers;
using SoftPos.Attestation.Play;

namespace SoftPos.Monitoring.Play;

/// <summary>Gives the OAuth bearer for the store's server, scope <see cref="GooglePlayDecoder.Scope"/>; it refreshes as it sees fit.</summary>
public delegate ValueTask<string> AccessTokenSource(CancellationToken cancellation);

/// <summary>What the client of the store's server needs to know.</summary>
public sealed record GooglePlayOptions
{
    /// <summary>Package of the app; part of the address.</summary>
    public required string Package { get; init; }

    /// <summary>Address of the server; another one in tests.</summary>
    public Uri Address { get; init; } = new("https://playintegrity.googleapis.com/");

    /// <summary>Time for token source, request and answer together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Opens integrity tokens by Google's server: <c>POST {address}/v1/{package}:decodeIntegrityToken</c>. One try; the caller's next evidence
/// is the next try. A server that fails, lies or is silent leaves the verdict unknown, never the phone at fault.
/// </summary>
/// <param name="client">Client without a base address of its own; its handler decides about proxies and certificates.</param>
/// <param name="access">OAuth bearer.</param>
/// <param name="options">Package, address and time.</param>
/// <param name="clock">Measures the timeout.</param>
public sealed class GooglePlayDecoder(HttpClient client, AccessTokenSource access, GooglePlayOptions options, TimeProvider clock) : IPlayTokenDecoder
{
    /// <summary>OAuth scope that the bearer needs.</summary>
    public const string Scope = "https://www.googleapis.com/auth/playintegrity";

    private readonly Uri _address = new(options.Address, $"v1/{Uri.EscapeDataString(options.Package)}:decodeIntegrityToken");

    /// <inheritdoc/>
    public async Task<PlayDecoding> DecodeAsync(string token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length is 0 or > PlayToken.MaxLength)
        {
            return PlayServerAnswer.Read(400, default);
        }

        using CancellationTokenSource timeout = new(options.Timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await AskAsync(token, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return PlayServerAnswer.Unknown("play.server.silent", $"no answer from the store's server within {options.Timeout.TotalSeconds} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return PlayServerAnswer.Unknown("play.server.unreachable", "the store's server cannot be reached");
        }
    }

    private async Task<PlayDecoding> AskAsync(string token, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _address) { Content = new ByteArrayContent(PlayServerAnswer.Request(token)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await access(cancellation));
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        byte[]? body = await BoundedBody.ReadAsync(response.Content, PlayServerAnswer.MaxLength, cancellation);
        return body is null
            ? PlayServerAnswer.Unknown("play.server.answer", $"an answer of more than {PlayServerAnswer.MaxLength} bytes")
            : PlayServerAnswer.Read((int)response.StatusCode, body);
    }
}
