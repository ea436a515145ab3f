using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Sales that were taken while this back end was away, by the book: the chain is checked, a record that comes again gets its answer
/// again.
/// </summary>
internal sealed partial class ScriptedBackend
{
    /// <summary>Terms of the merchant; null permits nothing.</summary>
    public OfflineTerms? Offline { get; set; }

    /// <summary>Surcharge of the merchant.</summary>
    public SurchargeTerms? Surcharge { get; set; }

    /// <summary>Another key that signs permissions, as no back end would.</summary>
    public SoftwareKey? PermissionSigner { get; set; }

    /// <summary>Whatever comes, the connection breaks without an answer.</summary>
    public bool Away { get; set; }

    /// <summary>State that a forwarded sale has in its answer.</summary>
    public PaymentState ForwardState { get; set; } = PaymentState.Approved;

    /// <summary>Every forward that came, with the record's bytes.</summary>
    public ConcurrentQueue<OfflineForward> Forwards { get; } = new();

    /// <summary>Sales that are here, in the order of their numbers.</summary>
    public List<(long Sequence, PaymentRequest Request)> Sales { get; } = [];

    /// <summary>Numbers whose record was missing or did not read.</summary>
    public List<long> Lost { get; } = [];

    private long _acknowledged;
    private byte[]? _chainHead;

    private byte[] ChainHead => _chainHead ?? OfflineRecord.Genesis(TerminalId);

    private byte[]? Permit(EvidenceClaims claims) =>
        Offline is not { } terms || Verdict != Verdict.Trusted || claims.Health.GetValueOrDefault(OfflineFigures.Waiting) > 0 ? null
            : new OfflinePermission
        {
            PermissionId = RandomNumberGenerator.GetBytes(16), TerminalId = TerminalId, DeviceKeyHash = SHA256.HashData(_deviceKey),
                MerchantId = "m1",
            Currency = "710", Verdict = Verdict, AttestedAt = _clock.GetUtcNow(), ExpiresAt = _clock.GetUtcNow()
                .AddMinutes(terms.MaxAttestationAgeMinutes),
            Terms = terms, Acknowledged = _acknowledged, Head = ChainHead,
        }.Sign(PermissionSigner ?? ConfigurationKey);

    private async Task ForwardAsync(HttpContext http)
    {
        if (Away)
        {
            http.Abort();
            return;
        }

        DecodedMessage message = await ReadAsync(http, OfflineForward.ContentType);
        Assert.True(message.Verify(_deviceKey), "a forward is not signed by the device key");
        Assert.True(OfflineForward.TryDecode(message.Payload, out OfflineForward forward));
        Forwards.Enqueue(forward);
        Trace.Enqueue($"forward {forward.Sequence}");
        Guid? payment = Take(forward);
        if (await MisbehaveAsync(http))
        {
            return;
        }

        OfflineForwardAnswer answer = new()
        {
            Acknowledged = _acknowledged,
            Reason = payment is null ? ReasonCodes.OfflineRecordInvalid : ReasonCodes.Approved,
            Payment = payment is { } id ? AnswerOf(id, ForwardState) : null,
        };
        await AnswerAsync(http, answer, ContractJson.Default.OfflineForwardAnswer);
    }

    private Guid? Take(OfflineForward forward)
    {
        if (!SignedMessage.TryDecode(forward.Record.AsSpan(), out DecodedMessage decoded))
        {
            Assert.Empty(forward.Record);
            if (forward.Sequence > _acknowledged)
            {
                Lost.Add(forward.Sequence);
                _acknowledged = forward.Sequence;
            }

            return null;
        }

        Assert.True(decoded.Verify(_deviceKey), "a record is not signed by the device key");
        Assert.True(OfflineRecord.TryDecode(decoded.Payload, out OfflineRecord record));
        Assert.True(PaymentRequest.TryDecode(record.Request, out PaymentRequest request, out string fault), fault);
        Assert.True(OfflinePermission.TryVerify(request.ResultToken, ConfigurationKey.PublicKey, out _), "a record has no permission");
        Assert.Null(request.PinBlock);
        if (record.Sequence > _acknowledged)
        {
            Assert.Equal(_acknowledged + 1, record.Sequence);
            if (Lost.Count == 0)
            {
                Assert.Equal(ChainHead, record.Previous);
            }

            Assert.NotEmpty(Open(request));
            Sales.Add((record.Sequence, request));
            (_acknowledged, _chainHead) = (record.Sequence, OfflineRecord.HashOf(decoded.Payload));
        }

        return request.PaymentId;
    }
}
