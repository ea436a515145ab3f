using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Lab.Attacks;

/// <summary>
/// What somebody has who owns the phone and has put a channel key of his own into the app: to the phone he is the back end, to the back
/// end he is the phone, and between the two every message lies open. What he does then, the layers inside must see.
/// </summary>
internal sealed class EnvelopeBreaker : IDisposable
{
    private const string Method = "POST";
    private const string Activation = "/terminal/v1/activation";

    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private readonly HttpClient _http;
    private readonly OwnKey _channelKey = new();
    private readonly EnvelopeKey _envelopeKey;
    private readonly ConcurrentDictionary<Guid, Known> _terminals = new();
    private byte[]? _backendKey;

    public EnvelopeBreaker(HttpClient http)
    {
        _http = http;
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        _envelopeKey = new EnvelopeKey(key);
    }

    /// <summary>What is said in answer to a question for the keys.</summary>
    public byte[]? Get(string path, TimeProvider clock)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ChannelDocument document = new()
        {
            Version = 1, IssuedAt = now, ExpiresAt = now + Life, IsSandbox = true,
            EnvelopeKeys = [new DatedKey(_envelopeKey.PublicKey, now, now + Life)],
        };
        return path switch
        {
            "sandbox/v1/channel-key" => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["publicKey"] = Convert.ToBase64String(_channelKey.PublicKey) }),
            "terminal/v1/channel" => document.Sign(_channelKey),
            _ => null,
        };
    }

    /// <summary>Opens what a phone sent.</summary>
    public OpenedRequest Open(string path, byte[] envelope) =>
        OpenedRequest.TryOpen(envelope, _envelopeKey, Method, "/" + path, out OpenedRequest opened)
            ? opened
            : throw new AttackSetupException("the phone sealed for another key");

    /// <summary>Sends a message in an envelope of the terminal's, and opens the answer; a clear one is given as it came.</summary>
    /// <param name="message">The message.</param>
    /// <param name="terminalId">As whom; null for the one that was seen last, or nobody.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<WireAnswer> SendAsync(WireMessage message, Guid? terminalId, CancellationToken cancellation)
    {
        string path = "/" + message.Path;
        Guid? sender = path == Activation ? null : terminalId;
        EnvelopeRequest request = new() { Method = Method, Path = path, MediaType = message.ContentType, Body = message.Body };
        byte[] recipient = _backendKey ??= await RecipientAsync(cancellation).ConfigureAwait(false);
        EnvelopeSender? proven = sender is { } id && _terminals.TryGetValue(id, out Known? known) ? known.Next(id) : null;
        using SealedRequest envelope = SealedRequest.Seal(recipient, request, proven);
        WireAnswer outside = await WireAnswer.SendAsync(
            _http, new WireMessage(message.Path, Envelope.RequestMediaType, envelope.Bytes.ToArray()), cancellation).ConfigureAwait(false);
        if (!envelope.TryOpen(outside.Body, out EnvelopeAnswer answer))
        {
            return outside;
        }

        WireAnswer inside = new(answer.Status, answer.MediaType, answer.Body.ToArray());
        if (path == Activation && inside.Json?["channelSecret"]?.GetValue<string>() is { } secret)
        {
            _terminals[inside.Json["terminalId"]!.GetValue<Guid>()] = new Known(Convert.FromBase64String(secret));
        }

        return inside;
    }

    /// <summary>The terminal whose secret passed last; null before any did.</summary>
    public Guid? LastTerminal => _terminals.Keys.Order().Select(static id => (Guid?)id).LastOrDefault();

    public void Dispose()
    {
        _envelopeKey.Dispose();
        _channelKey.Dispose();
    }

    private async Task<byte[]> RecipientAsync(CancellationToken cancellation)
    {
        JsonNode? key = JsonNode.Parse(await _http.GetStringAsync(new Uri("sandbox/v1/channel-key", UriKind.Relative), cancellation).ConfigureAwait(false));
        byte[] message = await _http.GetByteArrayAsync(new Uri("terminal/v1/channel", UriKind.Relative), cancellation).ConfigureAwait(false);
        return ChannelDocument.TryVerify(message, Convert.FromBase64String(key!["publicKey"]!.GetValue<string>()), out ChannelDocument document)
            ? document.EnvelopeKeys[^1].Key
            : throw new AttackSetupException("the back end gives no channel document");
    }

    private sealed class Known(byte[] secret)
    {
        private long _last;

        public EnvelopeSender Next(Guid id) => new(id, secret, Interlocked.Increment(ref _last));
    }

    private sealed class OwnKey : IDeviceKey, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => _key.SignHash(hash);

        public void Dispose() => _key.Dispose();
    }
}
