using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// A sale that was taken while the back end was away, as it rests on the phone: numbered without a gap, bound to the record before it,
/// signed by the device key. The request within it has the permission in the place of a result token, so neither can be passed off as the
/// other.
/// </summary>
public sealed record OfflineRecord
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-offline-record+cbor";

    /// <summary>Largest message: a payment request with its permission is below 4 KiB.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>Highest number: a terminal does not live so long.</summary>
    public const long MaxSequence = 1_000_000_000;

    /// <summary>Number in the terminal's chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Hash of the record before it, 32 bytes; of the first one <see cref="Genesis"/>.</summary>
    public required byte[] Previous { get; init; }

    /// <summary>Time of the tap by the back end's clock, as far as the terminal knows it.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The <see cref="PaymentRequest"/>, encoded; without a PIN.</summary>
    public required byte[] Request { get; init; }

    /// <summary>What the first record of a terminal is bound to.</summary>
    public static byte[] Genesis(Guid terminalId) =>
        SHA256.HashData([.. "softpos offline chain 1"u8, .. terminalId.ToByteArray(bigEndian: true)]);

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Sequence);
            writer.Write(2, Previous);
            writer.Write(3, TakenAt);
            writer.Write(4, Request);
        },
        4).Encode();

    /// <summary>Hash by which the next record is bound to this one: SHA-256 of the payload, whatever its signature.</summary>
    public static byte[] HashOf(ReadOnlyMemory<byte> payload) => SHA256.HashData(payload.Span);

    /// <summary>Decodes a payload; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out OfflineRecord record)
    {
        long? sequence = null;
        byte[]? previous = null, request = null;
        DateTimeOffset? taken = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: sequence = reader.ReadInt64(); return true;
                case 2: previous = reader.ReadByteString(); return true;
                case 3: taken = CborMap.ReadTime(reader); return true;
                case 4: request = reader.ReadByteString(); return true;
                default: return false;
            }
        });
        bool complete = read && sequence is > 0 and <= MaxSequence && previous is { Length: 32 } && taken is not null
            && request is { Length: > 0 and <= MaxLength };
        record = complete
            ? new OfflineRecord { Sequence = sequence!.Value, Previous = previous!, TakenAt = taken!.Value, Request = request! }
            : null!;
        return complete;
    }
}

/// <summary>One record on its way to the back end, with the state of the terminal's chain.</summary>
public sealed record OfflineForward
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-offline-forward+cbor";

    /// <summary>Number of the record.</summary>
    public required long Sequence { get; init; }

    /// <summary>The signed record; empty when the phone holds it no more or cannot read it.</summary>
    public required byte[] Record { get; init; }

    /// <summary>Number of the terminal's newest record.</summary>
    public required long HeadSequence { get; init; }

    /// <summary>Hash of that record, 32 bytes.</summary>
    public required byte[] Head { get; init; }

    /// <summary>Time of the phone.</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Sequence);
            writer.Write(2, Record);
            writer.Write(3, HeadSequence);
            writer.Write(4, Head);
            writer.Write(5, DeviceTime);
        },
        5).Encode();

    /// <summary>Decodes; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out OfflineForward forward)
    {
        long? sequence = null, headSequence = null;
        byte[]? record = null, head = null;
        DateTimeOffset? time = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: sequence = reader.ReadInt64(); return true;
                case 2: record = reader.ReadByteString(); return true;
                case 3: headSequence = reader.ReadInt64(); return true;
                case 4: head = reader.ReadByteString(); return true;
                case 5: time = CborMap.ReadTime(reader); return true;
                default: return false;
            }
        });
        bool complete = read && sequence is > 0 && headSequence <= OfflineRecord.MaxSequence
            && record is { Length: <= OfflineRecord.MaxLength } && headSequence >= sequence && head is { Length: 32 }
            && time is not null;
        forward = complete
            ? new OfflineForward
            {
                Sequence = sequence!.Value, Record = record!, HeadSequence = headSequence!.Value, Head = head!, DeviceTime = time!.Value,
            }
            : null!;
        return complete;
    }
}
