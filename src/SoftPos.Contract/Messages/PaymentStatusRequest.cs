namespace SoftPos.Contract;

/// <summary>A signed question for the state of a payment of this terminal.</summary>
public sealed record PaymentStatusRequest
{
    /// <summary>Identity of the payment.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>Time of the question in the back end's time, as the terminal was told it; questions that are minutes off are refused.</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, PaymentId);
            writer.Write(2, DeviceTime);
        },
        2).Encode();

    /// <summary>Decodes; false for anything malformed.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out PaymentStatusRequest request)
    {
        Guid? id = null;
        DateTimeOffset? time = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: id = CborMap.ReadGuid(reader); return true;
                case 2: time = CborMap.ReadTime(reader); return true;
                default: return false;
            }
        });
        bool complete = read && id is not null && time is not null;
        request = complete ? new PaymentStatusRequest { PaymentId = id!.Value, DeviceTime = time!.Value } : null!;
        return complete;
    }
}
