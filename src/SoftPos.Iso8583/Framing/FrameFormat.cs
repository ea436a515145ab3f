using System.Buffers;

namespace SoftPos.Iso8583;

/// <summary>How the length before a message is written.</summary>
public enum FrameLength
{
    /// <summary>Binary, most significant byte first.</summary>
    BigEndian,

    /// <summary>Binary, least significant byte first.</summary>
    LittleEndian,

    /// <summary>Two decimal digits a byte.</summary>
    Packed,

    /// <summary>Decimal ASCII digits.</summary>
    Decimal,

    /// <summary>Hexadecimal ASCII digits.</summary>
    Hexadecimal,
}

/// <summary>What a frame reader found.</summary>
public enum FrameOutcome
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>One message.</summary>
    Message,

    /// <summary>An empty frame, which many hosts send as a sign of life.</summary>
    Heartbeat,

    /// <summary>The length is not readable or above the limit: the stream cannot be trusted any more.</summary>
    Broken,
}

/// <summary>How messages are cut out of a TCP stream: length, what it counts, filler, TPDU, trailer.</summary>
/// <param name="Length">Encoding of the length.</param>
/// <param name="LengthBytes">Bytes of the length.</param>
public sealed record FrameFormat(FrameLength Length, int LengthBytes)
{
    /// <summary>Longest message: what hosts usually refuse beyond, far above any real one.</summary>
    public const int MaxMessageLength = 8192;

    private const int TpduLength = 5;

    /// <summary>Two bytes, big endian: what most switches use.</summary>
    public static FrameFormat TwoBytes { get; } = new(FrameLength.BigEndian, 2);

    /// <summary>Names that <see cref="Parse"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["binary2", "binary2-le", "binary2-inclusive", "binary3", "binary4", "packed2", "decimal4", "hex4", "nac", "ncc", "vap", "base24"];

    /// <summary>The length counts its own bytes too.</summary>
    public bool CountsItself { get; init; }

    /// <summary>Zero bytes between length and message, not counted (CSChannel, VAPChannel).</summary>
    public int Filler { get; init; }

    /// <summary>Transport header before each message, counted: <c>60</c>, destination, source; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Tpdu { get; init; }

    /// <summary>A byte after each message, counted (BASE24: <c>03</c>), or null.</summary>
    public byte? Trailer { get; init; }

    /// <summary>The same framing seen from the other end: destination and source of the TPDU swapped.</summary>
    public FrameFormat Reverse => Tpdu.Length != TpduLength
        ? this
        : this with { Tpdu = new[] { Tpdu.Span[0], Tpdu.Span[3], Tpdu.Span[4], Tpdu.Span[1], Tpdu.Span[2] } };

    private int Around => (CountsItself ? LengthBytes : 0) + Tpdu.Length + (Trailer is null ? 0 : 1);

    /// <summary>A framing by name, with a TPDU of five bytes for <c>nac</c> and <c>ncc</c>.</summary>
    /// <exception cref="ArgumentException">No framing of that name, or a TPDU of another length.</exception>
    public static FrameFormat Parse(string name, ReadOnlyMemory<byte> tpdu = default)
    {
        FrameFormat format = name switch
        {
            "binary2" => TwoBytes,
            "binary2-le" => new(FrameLength.LittleEndian, 2),
            "binary2-inclusive" => TwoBytes with { CountsItself = true },
            "binary3" => new(FrameLength.BigEndian, 3),
            "binary4" => new(FrameLength.BigEndian, 4),
            "packed2" => new(FrameLength.Packed, 2),
            "decimal4" => new(FrameLength.Decimal, 4),
            "hex4" => new(FrameLength.Hexadecimal, 4),
            "nac" => TwoBytes with { Tpdu = tpdu },
            "ncc" => new(FrameLength.Packed, 2) { Tpdu = tpdu },
            "vap" => TwoBytes with { Filler = 2 },
            "base24" => TwoBytes with { Trailer = 0x03 },
            _ => throw new ArgumentException($"no framing '{name}'; known are {string.Join(", ", Names)}", nameof(name)),
        };
        bool needsTpdu = name is "nac" or "ncc";
        return tpdu.Length == (needsTpdu ? TpduLength : 0)
            ? format
            : throw new ArgumentException($"framing '{name}' {(needsTpdu ? "needs a TPDU of 5 bytes" : "has no TPDU")}", nameof(tpdu));
    }

    /// <summary>Appends one message with its frame.</summary>
    /// <exception cref="ArgumentException">The message is empty or longer than <see cref="MaxMessageLength"/>.</exception>
    public void Write(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (message.Length is 0 or > MaxMessageLength)
        {
            throw new ArgumentException("a framed message has 1 to 8192 bytes", nameof(message));
        }

        Span<byte> frame = output.GetSpan(LengthBytes + Filler + Tpdu.Length + message.Length + 1);
        WriteLength(frame[..LengthBytes], message.Length + Around);
        frame.Slice(LengthBytes, Filler).Clear();
        int at = LengthBytes + Filler;
        Tpdu.Span.CopyTo(frame[at..]);
        at += Tpdu.Length;
        message.CopyTo(frame[at..]);
        at += message.Length;
        if (Trailer is { } trailer)
        {
            frame[at++] = trailer;
        }

        output.Advance(at);
    }

    /// <summary>One message with its frame.</summary>
    public byte[] Frame(ReadOnlySpan<byte> message)
    {
        ArrayBufferWriter<byte> output = new(message.Length + 16);
        Write(message, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes the next frame off the front of a buffer.</summary>
    public FrameOutcome Read(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < LengthBytes)
        {
            return FrameOutcome.Incomplete;
        }

        Span<byte> prefix = stackalloc byte[LengthBytes];
        buffer.Slice(0, LengthBytes).CopyTo(prefix);
        if (!TryReadLength(prefix, out long counted))
        {
            return FrameOutcome.Broken;
        }

        long body = counted - (CountsItself ? LengthBytes : 0);
        if (body is < 0 or > MaxMessageLength + TpduLength + 1)
        {
            return FrameOutcome.Broken;
        }

        long whole = LengthBytes + Filler + body;
        if (buffer.Length < whole)
        {
            return FrameOutcome.Incomplete;
        }

        ReadOnlySequence<byte> inside = buffer.Slice(LengthBytes + Filler, body);
        buffer = buffer.Slice(whole);
        int around = Tpdu.Length + (Trailer is null ? 0 : 1);
        if (body <= around)
        {
            return body == 0 || body == around ? FrameOutcome.Heartbeat : FrameOutcome.Broken;
        }

        if (Trailer is { } trailer && inside.Slice(body - 1).FirstSpan[0] != trailer)
        {
            return FrameOutcome.Broken;
        }

        message = inside.Slice(Tpdu.Length, body - around);
        return FrameOutcome.Message;
    }

    private void WriteLength(Span<byte> prefix, int length)
    {
        int radix = Length switch { FrameLength.Packed => 100, FrameLength.Decimal => 10, FrameLength.Hexadecimal => 16, _ => 256 };
        for (int i = LengthBytes - 1; i >= 0; i--)
        {
            int digit = length % radix;
            length /= radix;
            prefix[Length is FrameLength.LittleEndian ? LengthBytes - 1 - i : i] = Length switch
            {
                FrameLength.Packed => (byte)(digit / 10 << 4 | digit % 10),
                FrameLength.Decimal or FrameLength.Hexadecimal => Nibble.ToDigit(digit),
                _ => (byte)digit,
            };
        }

        if (length != 0)
        {
            throw new ArgumentException("the message is longer than the frame's length can say", nameof(length));
        }
    }

    private bool TryReadLength(ReadOnlySpan<byte> prefix, out long length)
    {
        length = 0;
        for (int i = 0; i < prefix.Length; i++)
        {
            byte value = prefix[Length is FrameLength.LittleEndian ? prefix.Length - 1 - i : i];
            int digit = Length switch
            {
                FrameLength.Packed => (value >> 4) > 9 || (value & 0x0F) > 9 ? -1 : (value >> 4) * 10 + (value & 0x0F),
                FrameLength.Decimal => value is >= 0x30 and <= 0x39 ? value - 0x30 : -1,
                FrameLength.Hexadecimal => Nibble.OfDigit(value),
                _ => value,
            };
            if (digit < 0)
            {
                return false;
            }

            length = length * (Length switch { FrameLength.Packed => 100, FrameLength.Decimal => 10, FrameLength.Hexadecimal => 16, _ => 256 }) + digit;
        }

        return true;
    }
}
