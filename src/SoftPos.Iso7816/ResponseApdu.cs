using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Iso7816;

/// <summary>A response APDU: data and status word. <see cref="ToString"/> never shows the data.</summary>
public sealed class ResponseApdu(ReadOnlyMemory<byte> data, StatusWord status)
{
    /// <summary>Longest response that is accepted: an extended answer and its status word.</summary>
    public const int MaxLength = 65538;

    /// <summary>Data field.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>SW1 SW2.</summary>
    public StatusWord Status { get; } = status;

    /// <summary>Parses the bytes as they came; false when there is no status word or too much of it.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ResponseApdu? response)
    {
        response = null;
        if (bytes.Length is < 2 or > MaxLength)
        {
            return false;
        }

        ReadOnlySpan<byte> status = bytes.Span[^2..];
        response = new ResponseApdu(bytes[..^2], new StatusWord((ushort)((status[0] << 8) | status[1])));
        return true;
    }

    /// <summary>Data and status word as bytes.</summary>
    public byte[] ToArray() => [.. Data.Span, Status.Sw1, Status.Sw2];

    /// <summary>Length of the data and the status word.</summary>
    public override string ToString() => $"[{Data.Length}] {Status}";
}
