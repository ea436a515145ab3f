using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>What the scripted back end does with a request instead of answering it.</summary>
internal enum Misdeed
{
    None,

    /// <summary>The connection breaks after the whole request was read.</summary>
    BreakAfterReading,

    /// <summary>An answer that is not of this protocol.</summary>
    Gibberish,

    /// <summary>A 500 with problem details.</summary>
    InternalError,
}

/// <summary>
/// The back end's side of the contract over real HTTP with real cryptography: it verifies every signature, wraps real initial keys, opens
/// real account data. Only its decisions are scripted.
/// </summary>
internal sealed partial class ScriptedBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, byte> _nonces = new();
    private readonly byte[] _baseKey = RandomNumberGenerator.GetBytes(32);
    private readonly SoftwareKey _monitoringKey = new();
    private byte[] _deviceKey = [];
    private byte[] _agreementKey = [];
    private InitialKey? _dataKey;
    private InitialKey? _nextDataKey;
    private ulong _nextKeyId = 3;

    private ScriptedBackend(WebApplication app, TimeProvider clock)
    {
        _app = app;
        _clock = clock;
    }

    public const string Code = "CODE-1234";

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What happened, in order; the reader of the test platform writes here too.</summary>
    public ConcurrentQueue<string> Trace { get; } = new();

    public ConcurrentQueue<EvidenceClaims> Evidence { get; } = new();

    public ConcurrentQueue<PaymentRequest> Payments { get; } = new();

    public ConcurrentQueue<PaymentFollowUpRequest> FollowUps { get; } = new();

    public ConcurrentQueue<byte[]> AccountData { get; } = new();

    public Guid TerminalId { get; private set; } = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);

    public Verdict Verdict { get; set; } = Verdict.Trusted;

    public IReadOnlyList<MerchantFinding> Findings { get; set; } = [];

    public TimeSpan TokenLife { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Purpose in the wrong place of a key's transcript, to see the phone refuse it.</summary>
    public string DataPurpose { get; set; } = KeyTranscript.Data;

    /// <summary>Misdeeds by path, each used once.</summary>
    public ConcurrentQueue<(string Path, Misdeed Misdeed)> Misdeeds { get; } = new();

    /// <summary>Whether heartbeats are told that new keys are due.</summary>
    public bool KeysDue { get; set; }

    /// <summary>Identity of the data key that the terminal has confirmed last.</summary>
    public byte[]? ConfirmedKeyId { get; private set; }

    /// <summary>Key that signs reader configurations.</summary>
    public SoftwareKey ConfigurationKey { get; } = new();

    /// <summary>Version that is announced with each attestation answer, and the message that is given for it.</summary>
    public (long Version, byte[]? Message)? Configuration { get; set; }

    /// <summary>State that a payment's first answer has.</summary>
    public PaymentState PaymentState { get; set; } = PaymentState.Approved;

    /// <summary>States that questions get, in order; then what the payment's answer would be. Null is "payment unknown".</summary>
    public ConcurrentQueue<PaymentState?> StatusStates { get; } = new();

    /// <summary>Code of a refusal instead of an answer to a payment.</summary>
    public string? PaymentRefusal { get; set; }

    public static async Task<ScriptedBackend> StartAsync(TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        ScriptedBackend backend = new(app, clock);
        app.Use(backend.OpenAsync);
        app.MapGet("/terminal/v1/channel", backend.ChannelAsync);
        app.MapPost("/terminal/v1/challenge", backend.ChallengeAsync);
        app.MapPost("/terminal/v1/activation", backend.ActivateAsync);
        app.MapPost("/terminal/v1/attestation", backend.AttestAsync);
        app.MapPost("/terminal/v1/keys", backend.ReplaceKeysAsync);
        app.MapPost("/terminal/v1/reader-configuration", backend.ConfigureAsync);
        app.MapPost("/terminal/v1/payments", backend.PayAsync);
        app.MapPost("/terminal/v1/payments/status", backend.StatusAsync);
        app.MapPost("/terminal/v1/payments/offline", backend.ForwardAsync);
        app.MapPost("/terminal/v1/payments/follow-up", backend.FollowUpAsync);
        await app.StartAsync();
        return backend;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _dataKey?.Dispose();
        _envelopeKeys.ForEach(static key => key.Dispose());
    }

    /// <summary>Language that the terminal asked for last.</summary>
    public string Language { get; private set; } = string.Empty;

    private async Task ChallengeAsync(HttpContext http)
    {
        Language = http.Request.Headers.AcceptLanguage.ToString();
        ChallengeRequest? request = await JsonSerializer.DeserializeAsync(http.Request.Body, ContractJson.Default.ChallengeRequest);
        if (await MisbehaveAsync(http))
        {
            return;
        }

        Challenge challenge = new()
        {
            Nonce = RandomNumberGenerator.GetBytes(Challenge.NonceLength),
            Seed = RandomNumberGenerator.GetBytes(16),
            ServerTime = _clock.GetUtcNow(),
            ExpiresAt = _clock.GetUtcNow().AddSeconds(60),
        };
        _nonces[Convert.ToHexString(challenge.Nonce)] = 0;
        Trace.Enqueue($"challenge {request!.Purpose}");
        await AnswerAsync(http, challenge, ContractJson.Default.Challenge);
    }

    private async Task ActivateAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, MessageType.Activation);
        Assert.True(ActivationRequest.TryDecode(message.Payload, out ActivationRequest request));
        Assert.Empty(message.KeyId);
        Assert.True(message.Verify(request.SigningChain[0]), "the activation is not signed by the key of its chain");
        Assert.True(_nonces.TryRemove(Convert.ToHexString(request.Nonce), out _), "unknown nonce");
        Trace.Enqueue("activation");
        if (await MisbehaveAsync(http))
        {
            return;
        }

        if (request.Code != Code)
        {
            await RefuseAsync(http, ReasonCodes.ActivationCodeInvalid);
            return;
        }

        _deviceKey = request.SigningChain[0];
        _agreementKey = request.AgreementChain[0];
        bool isGood = Verdict is Verdict.Trusted or Verdict.Limited;
        DeliveredKey? data = isGood ? Deliver(request.Nonce, DataPurpose, 1, out _dataKey) : null;
        ActivationAnswer answer = new()
        {
            TerminalId = TerminalId,
            Verdict = Verdict,
            Findings = Findings,
            DataKey = data,
            PinKey = isGood ? Deliver(request.Nonce, KeyTranscript.Pin, 2, out _) : null,
            ConfigurationKey = ConfigurationKey.PublicKey,
            ChannelSecret = isGood ? _secret : null,
            Merchant = new MerchantRecord
            {
                MerchantId = "m1", Name = "Test Stall", City = "Cape Town", Country = "ZA", CardAcceptorId = "STALL1", CategoryCode = "5499",
                Currency = "710",
            },
        };
        await AnswerAsync(http, answer, ContractJson.Default.ActivationAnswer);
    }

    private DeliveredKey Deliver(byte[] nonce, string purpose, ulong id, out InitialKey initial)
    {
        byte[] key = new byte[32];
        AesDukpt.DeriveInitialKey(_baseKey, id, key);
        initial = new InitialKey(id, key);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        byte[] transcript = KeyTranscript.Of(nonce, TerminalId, purpose);
        Assert.True(DeviceKeyWrap.TryWrap(_agreementKey, transcript, id, key, random, out WrappedInitialKey? wrapped));
        return new DeliveredKey { KeyId = [0, 0, 0, 0, 0, 0, 0, (byte)id], EphemeralKey = wrapped!.EphemeralPublicKey, KeyBlock = wrapped.KeyBlock };
    }

    private async Task ReplaceKeysAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, MessageType.KeyReplacement);
        Assert.True(message.Verify(_deviceKey), "a question for keys is not signed by the device key");
        Assert.True(KeyReplacementRequest.TryDecode(message.Payload, out KeyReplacementRequest request));
        Trace.Enqueue(request.Confirms is null ? "keys asked" : "keys confirmed");
        KeyReplacementAnswer answer = new();
        if (request.Confirms is { } confirmed)
        {
            ConfirmedKeyId = confirmed;
        }
        else
        {
            Assert.True(_nonces.TryRemove(Convert.ToHexString(request.Nonce!), out _), "unknown nonce");
            answer = new KeyReplacementAnswer
            {
                DataKey = Deliver(request.Nonce!, DataPurpose, _nextKeyId++, out _nextDataKey),
                PinKey = Deliver(request.Nonce!, KeyTranscript.Pin, _nextKeyId++, out _),
            };
        }

        if (!await MisbehaveAsync(http))
        {
            await AnswerAsync(http, answer, ContractJson.Default.KeyReplacementAnswer);
        }
    }

    private async Task AttestAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, MessageType.Evidence);
        Assert.Equal(TerminalId, message.TerminalId);
        Assert.True(message.Verify(_deviceKey), "evidence is not signed by the device key");
        Assert.True(EvidenceClaims.TryDecode(message.Payload, out EvidenceClaims claims));
        Assert.True(_nonces.TryRemove(Convert.ToHexString(claims.Nonce), out _), "unknown nonce");
        Evidence.Enqueue(claims);
        if (await MisbehaveAsync(http))
        {
            return;
        }

        Trace.Enqueue($"attested {claims.Purpose}");
        bool isGood = Verdict is Verdict.Trusted or Verdict.Limited;
        DateTimeOffset now = _clock.GetUtcNow();
        ResultToken token = new()
        {
            TerminalId = TerminalId,
            DeviceKeyHash = SHA256.HashData(_deviceKey),
            Audience = ResultToken.Payments,
            Purpose = claims.Purpose,
            Verdict = Verdict,
            PolicyHash = new byte[32],
            TokenId = RandomNumberGenerator.GetBytes(16),
            IssuedAt = now,
            ExpiresAt = now + TokenLife,
        };
        AttestationAnswer answer = new()
        {
            Verdict = Verdict,
            Findings = Findings,
            ResultToken = isGood ? token.Sign(_monitoringKey) : null,
            ExpiresAt = isGood ? token.ExpiresAt : null,
            KeysDue = KeysDue && claims.Purpose is ChallengePurpose.Heartbeat,
            ReaderConfiguration = Configuration?.Version,
            OfflinePermission = Permit(claims),
            Surcharge = Surcharge,
        };
        await AnswerAsync(http, answer, ContractJson.Default.AttestationAnswer);
    }

    private async Task ConfigureAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, ReaderConfigurationQuestion.ContentType);
        Assert.True(message.Verify(_deviceKey), "a question for a configuration is not signed by the device key");
        Assert.True(ReaderConfigurationQuestion.TryDecode(message.Payload, out ReaderConfigurationQuestion question));
        Trace.Enqueue($"configuration after {question.Version}");
        if (!await MisbehaveAsync(http))
        {
            await AnswerAsync(http, new ReaderConfigurationAnswer { Message = Configuration?.Message }, ContractJson.Default.ReaderConfigurationAnswer);
        }
    }

    private async Task<bool> MisbehaveAsync(HttpContext http)
    {
        if (Away)
        {
            http.Abort();
            return true;
        }

        if (!Misdeeds.TryPeek(out (string Path, Misdeed Misdeed) next) || !http.Request.Path.Value!.EndsWith(next.Path, StringComparison.Ordinal))
        {
            return false;
        }

        Misdeeds.TryDequeue(out _);
        switch (next.Misdeed)
        {
            case Misdeed.BreakAfterReading:
                http.Abort();
                return true;
            case Misdeed.Gibberish:
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync("<html>Welcome to our free network</html>");
                return true;
            case Misdeed.InternalError:
                await RefuseAsync(http, ReasonCodes.Internal);
                return true;
            default:
                return false;
        }
    }

    private static async Task<DecodedMessage> ReadAsync(HttpContext http, string type)
    {
        Assert.Equal("application/cose", http.Request.ContentType);
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body);
        Assert.True(SignedMessage.TryDecode(body.ToArray(), out DecodedMessage message), "not a signed message");
        Assert.Equal(type, message.ContentType);
        return message;
    }

    private static Task AnswerAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> form) =>
        http.Response.WriteAsJsonAsync(answer, form);

    private static Task RefuseAsync(HttpContext http, string code)
    {
        http.Response.StatusCode = ReasonCatalogue.Get(code).Status;
        http.Response.ContentType = "application/problem+json";
        return http.Response.Body.WriteAsync(
            Encoding.UTF8.GetBytes($$"""{"type":"about:blank","code":"{{code}}","detail":"scripted","traceId":"t-1"}""")).AsTask();
    }
}
