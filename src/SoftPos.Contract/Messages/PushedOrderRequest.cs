namespace SoftPos.Contract;

/// <summary>What a terminal says about pushed orders.</summary>
public enum PushedOrderAction
{
    /// <summary>Asks for the next order; the back end may wait a while before it says that there is none.</summary>
    Next,

    /// <summary>Accepts an order: the amount is shown.</summary>
    Accept,

    /// <summary>Gives an order back that no payment was made for.</summary>
    GiveBack,
}

/// <summary>A signed message of a terminal about orders that were pushed to it.</summary>
public sealed record PushedOrderRequest
{
    /// <summary>Content type.</summary>
    public const string ContentType = "application/softpos-order+cbor";

    /// <summary>Longest wait for an order in one question.</summary>
    public const int MaxWaitSeconds = 25;

    private const int MaxReason = 64;

    /// <summary>What is said.</summary>
    public required PushedOrderAction Action { get; init; }

    /// <summary>The order; null for <see cref="PushedOrderAction.Next"/>.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Code in the reason catalogue, for an order that is given back.</summary>
    public string? Reason { get; init; }

    /// <summary>How long to wait for an order, 0 to <see cref="MaxWaitSeconds"/>.</summary>
    public int WaitSeconds { get; init; }

    /// <summary>Time of the phone; the back end refuses messages that are minutes off.</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, (long)Action);
            writer.Write(2, DeviceTime);
            writer.Write(3, (long)WaitSeconds);
            if (OrderId is { } order)
            {
                writer.Write(4, order);
            }

            if (Reason is { } reason)
            {
                writer.Write(5, reason);
            }
        },
        3 + (OrderId is null ? 0 : 1) + (Reason is null ? 0 : 1)).Encode();

    /// <summary>Decodes; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out PushedOrderRequest request)
    {
        long? action = null;
        DateTimeOffset? time = null;
        long wait = 0;
        Guid? order = null;
        string? reason = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: action = reader.ReadInt64(); return true;
                case 2: time = CborMap.ReadTime(reader); return true;
                case 3: wait = reader.ReadInt64(); return true;
                case 4: order = CborMap.ReadGuid(reader); return true;
                case 5: reason = reader.ReadTextString(); return true;
                default: return false;
            }
        });
        bool good = read && action is >= 0 and <= (long)PushedOrderAction.GiveBack && time is not null && wait is >= 0 and <= MaxWaitSeconds
            && (action == (long)PushedOrderAction.Next) == (order is null)
            && (action == (long)PushedOrderAction.GiveBack) == (reason is not null)
            && (reason is null || (reason.Length is > 0 and <= MaxReason && reason.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_')));
        request = !good ? null! : new PushedOrderRequest
        {
            Action = (PushedOrderAction)action!.Value, DeviceTime = time!.Value, WaitSeconds = (int)wait, OrderId = order, Reason = reason,
        };
        return good;
    }
}
