using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// The one way to the back end. It is made here and nowhere else: no proxy, no redirect, no cookie, no handler of the host. Over TLS only
/// version 1.3 and only keys that were pinned; in clear only to the loopback of a sandbox. On both each message is in an envelope of its own,
/// and nothing that comes back outside the envelope that belongs to the request is an answer.
/// </summary>
internal sealed class BackendLink : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeProvider _clock;
    private readonly TerminalOptions _options;

    private BackendLink(HttpClient client, TimeProvider clock, TerminalOptions options, ChannelTrust trust)
    {
        _client = client;
        _clock = clock;
        _options = options;
        Trust = trust;
    }

    /// <summary>By which keys the back end is known.</summary>
    public ChannelTrust Trust { get; }

    /// <summary>Who sends now; null before enrolment.</summary>
    public Func<EnvelopeIdentity?> Sender { get; set; } = static () => null;

    /// <summary>Why an address cannot be used, or null.</summary>
    public static string? FaultOf(TerminalOptions options) => LinkTransport.FaultOf(options);

    public static BackendLink Open(TerminalOptions options, TimeProvider clock)
    {
        ChannelTrust trust = new(options);
        return new BackendLink(LinkTransport.Open(options, trust), clock, options, trust);
    }

    /// <summary>Posts a question in JSON.</summary>
    public async Task<LinkAnswer<TAnswer>> AskAsync<TAnswer>(
        string path, ChallengeRequest question, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(question, ContractJson.Default.ChallengeRequest);
        return await PostAsync(new Outgoing(path, "application/json", body, question.TerminalId is not null), form, patience, cancellation).ConfigureAwait(false);
    }

    /// <summary>Posts a signed message.</summary>
    public Task<LinkAnswer<TAnswer>> SendAsync<TAnswer>(
        string path, byte[] signedMessage, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class =>
        PostAsync(new Outgoing(path, "application/cose", signedMessage, path != Paths.Activation), form, patience, cancellation);

    /// <summary>
    /// Seals a message now that is sent when the terminal may not be one any more; null when the back end's keys are not known.
    /// </summary>
    public SealedRequest? Seal(string path, byte[] signedMessage) => Seal(new Outgoing(path, "application/cose", signedMessage, true));

    /// <summary>Posts what was sealed before.</summary>
    public async Task<LinkAnswer<TAnswer>> SendAsync<TAnswer>(
        string path, SealedRequest request, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class
    {
        using Patience time = new(patience, _clock, cancellation);
        (LinkAnswer<TAnswer> answer, _) = await PostAsync(path, request, form, time).ConfigureAwait(false);
        return answer;
    }

    public void Dispose() => _client.Dispose();

    private async Task<LinkAnswer<TAnswer>> PostAsync<TAnswer>(
        Outgoing message, JsonTypeInfo<TAnswer> form, TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class
    {
        using Patience time = new(patience, _clock, cancellation);
        if (Trust.EnvelopeKey is null && await LearnAsync(time).ConfigureAwait(false) is { } fault)
        {
            return fault is ChannelFault.NotNow
                ? LinkAnswer<TAnswer>.Refused(new BackendProblem { Code = ReasonCodes.ClockSkew, Detail = "no key of the back end counts at this phone's time" })
                : LinkAnswer<TAnswer>.Failed(LinkEnd.NothingSent);
        }

        for (bool isFirst = true; ; isFirst = false)
        {
            using SealedRequest? request = Seal(message);
            if (request is null)
            {
                return LinkAnswer<TAnswer>.Failed(LinkEnd.NothingSent);
            }

            (LinkAnswer<TAnswer> answer, string? hint) = await PostAsync(message.Path, request, form, time).ConfigureAwait(false);

            // What stands outside an envelope is no answer. That the key is another one now is worth a look at the signed document, no more.
            long known = Trust.Version;
            if (!isFirst || hint != ReasonCodes.EnvelopeKeyUnknown || await LearnAsync(time).ConfigureAwait(false) is not null || Trust.Version == known)
            {
                return answer;
            }
        }
    }

    private SealedRequest? Seal(Outgoing message) => Trust.EnvelopeKey is not { } key ? null : SealedRequest.Seal(
        key,
        new EnvelopeRequest { Method = "POST", Path = message.Path, MediaType = message.MediaType, Language = Language, Body = message.Body },
        message.IsNamed ? Sender()?.Next() : null);

    /// <summary>Findings come back in the merchant's language; a tag that is none is left away, and English comes.</summary>
    private string Language => _options.Language is { Length: > 0 and <= 35 } tag && tag.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
        ? tag
        : "en";

    private async Task<(LinkAnswer<TAnswer> Answer, string? Hint)> PostAsync<TAnswer>(
        string path, SealedRequest request, JsonTypeInfo<TAnswer> form, Patience time)
        where TAnswer : class
    {
        using HttpRequestMessage post = new(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(request.Bytes) };
        post.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Envelope.RequestMediaType);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(post, HttpCompletionOption.ResponseContentRead, time.Token).ConfigureAwait(false);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(time.Token).ConfigureAwait(false);
            if (!request.TryOpen(bytes, out EnvelopeAnswer answer))
            {
                // Not an answer of ours: a captive portal, a proxy, or a refusal of the envelope. What became of the request is open.
                return (LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain), HintOf(response, bytes));
            }

            if (answer.ChannelVersion > Trust.Version)
            {
                await LearnAsync(time).ConfigureAwait(false);
            }

            return (answer.Status < 300 ? ReadAnswer(answer.Body.Span, form) : ReadProblem<TAnswer>(answer), null);
        }
        catch (HttpRequestException fault)
        {
            return (LinkAnswer<TAnswer>.Failed(IsBeforeSending(fault.HttpRequestError) ? LinkEnd.NothingSent : LinkEnd.Uncertain), null);
        }
        catch (Exception fault) when (fault is IOException || (fault is OperationCanceledException && !time.IsCancelled))
        {
            return (LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain), null);
        }
    }

    /// <summary>
    /// Asks for the channel document. Null when one is held now; <see cref="ChannelFault.NotSigned"/> also when none came.
    /// </summary>
    private async Task<ChannelFault?> LearnAsync(Patience time)
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri(Paths.Channel, UriKind.Relative), time.Token).ConfigureAwait(false);
            byte[] message = await response.Content.ReadAsByteArrayAsync(time.Token).ConfigureAwait(false);
            ChannelFault fault = Trust.Take(message);
            return fault is ChannelFault.None ? null : fault;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !time.IsCancelled))
        {
            return ChannelFault.NotSigned;
        }
    }

    private static bool IsBeforeSending(HttpRequestError error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static LinkAnswer<TAnswer> ReadAnswer<TAnswer>(ReadOnlySpan<byte> answer, JsonTypeInfo<TAnswer> form)
        where TAnswer : class
    {
        try
        {
            TAnswer? value = JsonSerializer.Deserialize(answer, form);
            return value is null ? LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain) : LinkAnswer<TAnswer>.Answered(value);
        }
        catch (JsonException)
        {
            return LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);
        }
    }

    private static LinkAnswer<TAnswer> ReadProblem<TAnswer>(EnvelopeAnswer answer)
        where TAnswer : class =>
        answer.MediaType == BackendProblem.MediaType && ProblemOf(answer.Body.Span) is { } problem && ReasonCatalogue.Contains(problem.Code)
            ? LinkAnswer<TAnswer>.Refused(problem)
            : LinkAnswer<TAnswer>.Failed(LinkEnd.Uncertain);

    private static string? HintOf(HttpResponseMessage response, byte[] bytes) =>
        response.Content.Headers.ContentType?.MediaType == BackendProblem.MediaType ? ProblemOf(bytes)?.Code : null;

    private static BackendProblem? ProblemOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LinkJson.Default.BackendProblem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Path">Where it goes.</param>
    /// <param name="MediaType">What it is.</param>
    /// <param name="Body">The message.</param>
    /// <param name="IsNamed">Sent as this terminal, once it is one; what belongs to an enrolment comes from nobody yet.</param>
    private sealed record Outgoing(string Path, string MediaType, byte[] Body, bool IsNamed);

    /// <summary>The caller's patience, and the caller's wish to stop: only the second is passed on.</summary>
    private sealed class Patience : IDisposable
    {
        private readonly CancellationToken _cancelled;
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;

        public Patience(TimeSpan patience, TimeProvider clock, CancellationToken cancelled)
        {
            _cancelled = cancelled;
            _timeout = new CancellationTokenSource(patience, clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, _timeout.Token);
        }

        public CancellationToken Token => _either.Token;

        public bool IsCancelled => _cancelled.IsCancellationRequested;

        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}
