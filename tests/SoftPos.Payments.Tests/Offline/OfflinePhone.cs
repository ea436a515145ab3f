using SoftPos.Contract;

namespace SoftPos.Payments.Tests;

/// <summary>The phone's side of offline sales, by the book: numbers, hashes, signatures. Tests break what they want broken.</summary>
internal sealed class OfflinePhone(Shop shop)
{
    private byte[] _head = OfflineRecord.Genesis(shop.Terminal.TerminalId);

    /// <summary>Number of the newest record.</summary>
    public long Sequence { get; set; }

    /// <summary>Hash of the newest record.</summary>
    public byte[] Head => _head;

    /// <summary>A permission of the back end for this terminal.</summary>
    public byte[] Permit(Func<OfflinePermission, OfflinePermission>? change = null, IDeviceKey? signer = null)
    {
        OfflinePermission permission = new()
        {
            PermissionId = Guid.CreateVersion7(shop.Clock.GetUtcNow()).ToByteArray(), TerminalId = shop.Terminal.TerminalId,
            DeviceKeyHash = System.Security.Cryptography.SHA256.HashData(shop.Terminal.DeviceKey), MerchantId = shop.Merchant.MerchantId,
                Currency = "978",
            Verdict = Verdict.Trusted, AttestedAt = shop.Clock.GetUtcNow(), ExpiresAt = shop.Clock.GetUtcNow().AddMinutes(60),
                Acknowledged = Sequence, Head = _head,
            Terms = new OfflineTerms
            {
                MaxCount = 3, MaxTotalMinor = 5_000, MaxAmountMinor = 2_500, MaxRecordAgeMinutes = 120, MaxAttestationAgeMinutes = 60,
                    Kernels = [3],
            },
        };
        return (change?.Invoke(permission) ?? permission).Sign(signer ?? shop.Configuration);
    }

    /// <summary>Takes a sale into the chain.</summary>
    public (PaymentRequest Request, byte[] Record, long Sequence) Take(
        byte[] permission, long amountMinor = 1250, Func<PaymentRequest, PaymentRequest>? change = null, DateTimeOffset? at = null)
    {
        PaymentRequest request = shop.Request(amountMinor) with { ResultToken = permission };
        request = change?.Invoke(request) ?? request;
        OfflineRecord record = new()
        {
            Sequence = ++Sequence, Previous = _head, TakenAt = at ?? shop.Clock.GetUtcNow(), Request = request.Encode(),
        };
        byte[] payload = record.Encode();
        _head = OfflineRecord.HashOf(payload);
        return (request, shop.SignOffline(OfflineRecord.ContentType, payload), record.Sequence);
    }

    /// <summary>Forgets the newest record, as a phone does whose store was put back.</summary>
    public void PutBack(long sequence, byte[] head)
    {
        Sequence = sequence;
        _head = head;
    }

    /// <summary>Forwards a record.</summary>
    public Task<OfflineReply> ForwardAsync(long sequence, byte[] record, long? head = null) =>
        shop.Gateway.Offline.TakeAsync(shop.SignOffline(
        OfflineForward.ContentType,
        new OfflineForward
        {
            Sequence = sequence, Record = record, HeadSequence = head ?? Math.Max(Sequence, sequence), Head = _head,
            DeviceTime = shop.Clock.GetUtcNow(),
        }.Encode()));

    /// <summary>Takes and forwards a sale; gives its answer.</summary>
    public async Task<OfflineForwardAnswer> SaleAsync(
        byte[] permission, long amountMinor = 1250, Func<PaymentRequest, PaymentRequest>? change = null, DateTimeOffset? at = null)
    {
        (_, byte[] record, long sequence) = Take(permission, amountMinor, change, at);
        OfflineReply reply = await ForwardAsync(sequence, record);
        Assert.Null(reply.Refusal);
        return reply.Answer!;
    }
}
