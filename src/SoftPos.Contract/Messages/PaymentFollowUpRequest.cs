namespace SoftPos.Contract;

/// <summary>What a terminal does with a payment that was approved, without its card.</summary>
public enum FollowUpAction
{
    /// <summary>Takes the whole payment back before it is settled.</summary>
    Void,

    /// <summary>Charges a pre-authorisation, in the amount of the request.</summary>
    Complete,

    /// <summary>Charges a sale in another amount, for a tip after the tap.</summary>
    Adjust,

    /// <summary>Authorises more on a pre-authorisation; the amount of the request is what is added.</summary>
    Increase,
}

/// <summary>A signed request that changes an approved payment. The request's own identity makes it idempotent.</summary>
public sealed record PaymentFollowUpRequest
{
    /// <summary>Content type of the signed message.</summary>
    public const string ContentType = "application/softpos-payment-follow-up+cbor";

    /// <summary>UUIDv7 of this request; of an increase also the identity of the payment that it makes.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The payment that is changed.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>What is done.</summary>
    public required FollowUpAction Action { get; init; }

    /// <summary>Amount in minor units; 0 for a void.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>Attestation result for this request.</summary>
    public required byte[] ResultToken { get; init; }

    /// <summary>Time of the phone.</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, RequestId);
            writer.Write(2, PaymentId);
            writer.Write(3, (long)Action);
            writer.Write(4, AmountMinor);
            writer.Write(5, ResultToken);
            writer.Write(6, DeviceTime);
        },
        6).Encode();

    /// <summary>Decodes; false for anything malformed, incomplete or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out PaymentFollowUpRequest request)
    {
        Guid? id = null, payment = null;
        long action = -1, amount = -1;
        byte[]? token = null;
        DateTimeOffset? time = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: id = CborMap.ReadGuid(reader); return true;
                case 2: payment = CborMap.ReadGuid(reader); return true;
                case 3: action = reader.ReadInt64(); return true;
                case 4: amount = reader.ReadInt64(); return true;
                case 5: token = reader.ReadByteString(); return true;
                case 6: time = CborMap.ReadTime(reader); return true;
                default: return false;
            }
        });
        bool complete = read && id is { Version: 7 } && payment is not null && time is not null && action is >= 0 and <= (long)FollowUpAction.Increase
            && token is { Length: > 0 and <= Contract.ResultToken.MaxLength } && amount is >= 0 and <= 999_999_999_999
            && (action == (long)FollowUpAction.Void) == (amount == 0);
        request = !complete ? null! : new PaymentFollowUpRequest
        {
            RequestId = id!.Value, PaymentId = payment!.Value, Action = (FollowUpAction)action, AmountMinor = amount, ResultToken = token!, DeviceTime = time!.Value,
        };
        return complete;
    }
}
