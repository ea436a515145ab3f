using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the scripted back end sends instead of an answer in its envelope.</summary>
internal enum Tamper
{
    None,

    /// <summary>The same answer without its envelope.</summary>
    Strip,

    /// <summary>A problem without an envelope.</summary>
    ClearProblem,

    /// <summary>The answer to an earlier request of the same path.</summary>
    Earlier,

    /// <summary>One bit turned in the sealed answer.</summary>
    Flip,

    /// <summary>The last byte is missing.</summary>
    Cut,
}

/// <summary>
/// The envelope's side of the scripted back end: it opens every request as the real one does and checks what must hold of it.
/// </summary>
internal sealed partial class ScriptedBackend
{
    private readonly List<EnvelopeKey> _envelopeKeys = [NewKey()];
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(EnvelopeSender.SecretLength);
    private readonly ConcurrentDictionary<string, byte[]> _earlier = new();
    private readonly SoftwareKey _channelKey = new();

    /// <summary>Numbers of the envelopes, in the order in which they came.</summary>
    public ConcurrentQueue<long> Sequences { get; } = new();

    /// <summary>Everything that was on the wire, both ways.</summary>
    public ConcurrentQueue<byte[]> Wire { get; } = new();

    /// <summary>What is done to answers, by path, each once.</summary>
    public ConcurrentQueue<(string Path, Tamper Tamper)> Tampers { get; } = new();

    /// <summary>The document that is given.</summary>
    public ChannelDocument Document { get; set; } = null!;

    /// <summary>Signs the document; null for the key that the terminal pins.</summary>
    public SoftwareKey? OtherChannelKey { get; set; }

    /// <summary>Key identifiers of the envelopes, in the order in which they came.</summary>
    public ConcurrentQueue<string> KeyIds { get; } = new();

    /// <summary>Times that the document was asked for.</summary>
    public int DocumentsGiven { get; private set; }

    public EnvelopeKey EnvelopeKey => _envelopeKeys[^1];

    /// <summary>Key that terminals pin.</summary>
    public SoftwareKey ChannelKey => _channelKey;

    /// <summary>Options of a terminal that pins this back end.</summary>
    public TerminalOptions Options(TestPlatform platform)
    {
        Document ??= FirstDocument(platform.Time.GetUtcNow());
        return new TerminalOptions { Backend = Address, Platform = platform, ChannelKey = _channelKey.PublicKey };
    }

    public ChannelDocument FirstDocument(DateTimeOffset now) => new()
    {
        Version = 1, IssuedAt = now, ExpiresAt = now.AddDays(90), IsSandbox = true,
        EnvelopeKeys = [new DatedKey(EnvelopeKey.PublicKey, now, now.AddDays(90))],
    };

    /// <summary>A new envelope key with a document of the next version; the old key is taken for the overlap, or no more.</summary>
    public void Rotate(DateTimeOffset now, TimeSpan overlap)
    {
        DatedKey old = Document.EnvelopeKeys[^1] with { Until = now + overlap };
        if (overlap == TimeSpan.Zero)
        {
            _envelopeKeys.Clear();
        }

        _envelopeKeys.Add(NewKey());
        DatedKey[] kept = overlap == TimeSpan.Zero ? [] : [old];
        Document = Document with
        {
            Version = Document.Version + 1, IssuedAt = now, ExpiresAt = now.AddDays(90),
            EnvelopeKeys = [.. kept, new DatedKey(EnvelopeKey.PublicKey, now, now.AddDays(90))],
        };
    }

    private Task ChannelAsync(HttpContext http)
    {
        DocumentsGiven++;
        http.Response.ContentType = "application/cose";
        return http.Response.Body.WriteAsync(Document.Sign(OtherChannelKey ?? _channelKey)).AsTask();
    }

    private async Task OpenAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            await next(http);
            return;
        }

        using MemoryStream sent = new();
        await http.Request.Body.CopyToAsync(sent);
        byte[] bytes = sent.ToArray();
        Wire.Enqueue(bytes);
        byte[] keyId = OpenedRequest.KeyIdOf(bytes) ?? throw new InvalidDataException("a request without an envelope");
        KeyIds.Enqueue(Convert.ToHexString(keyId));
        if (_envelopeKeys.Find(key => key.Id.AsSpan().SequenceEqual(keyId)) is not { } key)
        {
            await RefuseAsync(http, ReasonCodes.EnvelopeKeyUnknown);
            return;
        }

        Assert.True(OpenedRequest.TryOpen(bytes, key, http.Request.Method, http.Request.Path.Value!, out OpenedRequest opened), "the envelope does not open");
        using (opened)
        {
            if (opened.TerminalId is { } sender)
            {
                Assert.Equal(TerminalId, sender);
                Assert.True(opened.IsFrom(_secret), "the envelope is not the terminal's");
                Assert.DoesNotContain(opened.Sequence, Sequences);
                Sequences.Enqueue(opened.Sequence);
            }

            await AnswerInsideAsync(http, opened, next);
        }
    }

    private async Task AnswerInsideAsync(HttpContext http, OpenedRequest opened, RequestDelegate next)
    {
        http.Request.Body = new MemoryStream(opened.Request.Body.ToArray());
        http.Request.ContentType = opened.Request.MediaType;
        http.Request.Headers.AcceptLanguage = opened.Request.Language;
        IHttpResponseBodyFeature outside = http.Features.Get<IHttpResponseBodyFeature>()!;
        using MemoryStream inside = new();
        http.Response.Body = inside;
        await next(http);
        await http.Response.BodyWriter.FlushAsync();
        http.Features.Set(outside);
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        byte[] answer = opened.Seal(new EnvelopeAnswer
        {
            Status = http.Response.StatusCode, MediaType = http.Response.ContentType?.Split(';')[0] ?? string.Empty,
            ChannelVersion = Document.Version,
            Body = inside.ToArray(),
        });
        await http.Response.Body.WriteAsync(Tampered(http, answer, inside.ToArray()));
    }

    private byte[] Tampered(HttpContext http, byte[] answer, byte[] inside)
    {
        string path = http.Request.Path.Value!;
        byte[]? earlier = _earlier.GetValueOrDefault(path);
        _earlier[path] = answer;
        Wire.Enqueue(answer);
        http.Response.ContentType = Envelope.AnswerMediaType;
        http.Response.StatusCode = 200;
        if (!Tampers.TryPeek(out (string Path, Tamper Tamper) next) || !path.EndsWith(next.Path, StringComparison.Ordinal))
        {
            return answer;
        }

        Tampers.TryDequeue(out _);
        switch (next.Tamper)
        {
            case Tamper.Strip:
                http.Response.ContentType = "application/json";
                return inside;
            case Tamper.ClearProblem:
                http.Response.ContentType = "application/problem+json";
                http.Response.StatusCode = 403;
                return Encoding.UTF8.GetBytes($$"""{"code":"{{ReasonCodes.PaymentUnknown}}","detail":"made up","traceId":"t-2"}""");
            case Tamper.Earlier:
                return earlier ?? throw new InvalidOperationException("there is no earlier answer");
            case Tamper.Flip:
                answer = [.. answer];
                answer[answer.Length / 2] ^= 1;
                return answer;
            case Tamper.Cut:
                return answer[..^1];
            default:
                return answer;
        }
    }

    private static EnvelopeKey NewKey()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new EnvelopeKey(key);
    }
}
