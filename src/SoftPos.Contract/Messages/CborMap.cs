using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>
/// Reads the messages of this project: a definite map with integer keys in canonical order, values of few kinds. Anything else is a fault.
/// Bounded: nesting by what the reader asks for, counts by the message's length.
/// </summary>
internal static class CborMap
{
    /// <summary>Reads a map; <paramref name="read"/> gets each key and must consume its value, or return false for an unknown key.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, Func<long, CborReader, bool> read)
    {
        try
        {
            CborReader reader = new(bytes, CborConformanceMode.Canonical);
            int? count = reader.ReadStartMap();
            if (count is null)
            {
                return false;
            }

            while (reader.PeekState() != CborReaderState.EndMap)
            {
                if (!read(reader.ReadInt64(), reader))
                {
                    // Unknown claims are allowed by RFC 9711; they are skipped, never acted on.
                    reader.SkipValue();
                }
            }

            reader.ReadEndMap();
            return reader.BytesRemaining == 0;
        }
        catch (Exception fault) when (fault is CborContentException or InvalidOperationException or OverflowException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Starts a canonical map.</summary>
    public static CborWriter Write(Action<CborWriter> members, int count)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartMap(count);
        members(writer);
        writer.WriteEndMap();
        return writer;
    }

    public static Guid ReadGuid(CborReader reader) => new(reader.ReadByteString(), bigEndian: true);

    public static DateTimeOffset ReadTime(CborReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());

    public static void Write(this CborWriter writer, long key, ReadOnlySpan<byte> value)
    {
        writer.WriteInt64(key);
        writer.WriteByteString(value);
    }

    public static void Write(this CborWriter writer, long key, string value)
    {
        writer.WriteInt64(key);
        writer.WriteTextString(value);
    }

    public static void Write(this CborWriter writer, long key, long value)
    {
        writer.WriteInt64(key);
        writer.WriteInt64(value);
    }

    public static void Write(this CborWriter writer, long key, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = value.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Write(key, bytes);
    }

    public static void Write(this CborWriter writer, long key, DateTimeOffset value) => writer.Write(key, value.ToUnixTimeMilliseconds());
}
