using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>Payments, questions for their state and follow-ups.</summary>
internal sealed partial class ScriptedBackend
{
    private async Task PayAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, MessageType.Payment);
        Assert.True(message.Verify(_deviceKey), "a payment is not signed by the device key");
        Assert.True(PaymentRequest.TryDecode(message.Payload, out PaymentRequest request, out string fault), fault);
        using ECDsa monitoring = ECDsa.Create();
        monitoring.ImportSubjectPublicKeyInfo(_monitoringKey.PublicKey, out _);
        Assert.True(ResultToken.TryVerify(request.ResultToken, monitoring, out ResultToken token), "result token");
        Assert.True(token.ExpiresAt > _clock.GetUtcNow(), "result token is too old");
        Payments.Enqueue(request);
        Trace.Enqueue("payment");
        AccountData.Enqueue(Open(request));
        if (await MisbehaveAsync(http))
        {
            return;
        }

        if (PaymentRefusal is { } code)
        {
            await RefuseAsync(http, code);
            return;
        }

        await AnswerAsync(http, AnswerOf(request.PaymentId, PaymentState), ContractJson.Default.PaymentAnswer);
    }

    private byte[] Open(PaymentRequest request)
    {
        Assert.True(KeySerialNumber.TryRead(request.DataKsn, out KeySerialNumber ksn));
        Assert.True(AccountDataSeal.TryReadSerialNumber(request.SealedAccountData, out KeySerialNumber inside));
        Assert.Equal(ksn, inside);
        InitialKey initial = _nextDataKey?.Id == ksn.InitialKeyId ? _nextDataKey : _dataKey!;
        Assert.Equal(
            KeySerialNumberFault.None,
            initial.TryDeriveDataKey(ksn, DukptKeyUsage.DataEncryption, DukptKeyType.Aes128, out DataEncryptionKey? key));
        using (key)
        {
            byte[] bound = request.PaymentId.ToByteArray(bigEndian: true);
            Assert.True(AccountDataSeal.TryOpen(key!, bound, request.SealedAccountData, out byte[]? clear), "the account data do not open");
            return clear!;
        }
    }

    private async Task StatusAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, MessageType.PaymentStatus);
        Assert.True(message.Verify(_deviceKey));
        Assert.True(PaymentStatusRequest.TryDecode(message.Payload, out PaymentStatusRequest request));
        Trace.Enqueue("status");
        if (await MisbehaveAsync(http))
        {
            return;
        }

        if ((request.DeviceTime - _clock.GetUtcNow()).Duration() > TimeSpan.FromMinutes(5))
        {
            await RefuseAsync(http, "CLOCK_SKEW");
            return;
        }

        PaymentState? state = StatusStates.TryDequeue(out PaymentState? scripted) ? scripted : PaymentState;
        if (state is { } known)
        {
            await AnswerAsync(http, AnswerOf(request.PaymentId, known), ContractJson.Default.PaymentAnswer);
        }
        else
        {
            await RefuseAsync(http, ReasonCodes.PaymentUnknown);
        }
    }

    private async Task FollowUpAsync(HttpContext http)
    {
        DecodedMessage message = await ReadAsync(http, PaymentFollowUpRequest.ContentType);
        Assert.True(message.Verify(_deviceKey), "a follow-up is not signed by the device key");
        Assert.True(PaymentFollowUpRequest.TryDecode(message.Payload, out PaymentFollowUpRequest request));
        using ECDsa monitoring = ECDsa.Create();
        monitoring.ImportSubjectPublicKeyInfo(_monitoringKey.PublicKey, out _);
        Assert.True(ResultToken.TryVerify(request.ResultToken, monitoring, out _), "result token");
        FollowUps.Enqueue(request);
        Trace.Enqueue("follow-up");
        if (await MisbehaveAsync(http))
        {
            return;
        }

        if (PaymentRefusal is { } code)
        {
            await RefuseAsync(http, code);
            return;
        }

        Guid answers = request.Action == FollowUpAction.Increase ? request.RequestId : request.PaymentId;
        await AnswerAsync(http, AnswerOf(answers, PaymentState), ContractJson.Default.PaymentAnswer);
    }

    private static PaymentAnswer AnswerOf(Guid paymentId, PaymentState state) => new()
    {
        PaymentId = paymentId,
        State = state,
        Reason = state switch
        {
            PaymentState.Approved => ReasonCodes.Approved,
            PaymentState.Declined => ReasonCodes.Declined,
            PaymentState.Reversed => ReasonCodes.Reversed,
            _ => ReasonCodes.UnknownBeingReversed,
        },
        AmountMinor = 1250,
        Currency = "710",
        MaskedPan = "476173******0010",
    };
}
