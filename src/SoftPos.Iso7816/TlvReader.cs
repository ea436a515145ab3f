namespace SoftPos.Iso7816;

/// <summary>One data object as it lies in the encoding: nothing is copied.</summary>
public readonly ref struct TlvObject
{
    internal TlvObject(uint tag, ReadOnlySpan<byte> value, ReadOnlySpan<byte> encoded, int offset, bool isConstructed)
    {
        Tag = tag;
        Value = value;
        Encoded = encoded;
        Offset = offset;
        IsConstructed = isConstructed;
    }

    /// <summary>The tag bytes as a big-endian number, such as 0x9F26.</summary>
    public uint Tag { get; }

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Tag, length and value as received.</summary>
    public ReadOnlySpan<byte> Encoded { get; }

    /// <summary>Offset of the tag from the start of the data that the reader was given.</summary>
    public int Offset { get; }

    /// <summary>Offset of the value from the start of the data that the reader was given.</summary>
    public int ValueOffset => Offset + Encoded.Length - Value.Length;

    /// <summary>True for a template: bit 6 of the first tag byte (EMV Book 3, annex B1).</summary>
    public bool IsConstructed { get; }
}

/// <summary>
/// Walks the data objects of one level of a BER-TLV encoding (EMV Book 3, annex B) over a span, without allocating.
/// <c>00</c> bytes before, between and after objects are skipped. <see cref="TryRead"/> ends with false at the end of the data and at
/// the first fault; <see cref="Fault"/> tells which.
/// </summary>
/// <example><c>for (TlvReader reader = new(data); reader.TryRead(out TlvObject item);) { … }</c></example>
public ref struct TlvReader
{
    /// <summary>Longest tag: EMV uses three bytes at most (DF8101), some proprietary tags four.</summary>
    public const int MaxTagLength = 4;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Reads the objects of <paramref name="data"/>.</summary>
    public TlvReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _position = 0;
        Fault = TlvFault.None;
    }

    /// <summary>Offset of the next byte to read.</summary>
    public readonly int Position => _position;

    /// <summary>The fault that ended reading, if any.</summary>
    public TlvFault Fault { get; private set; }

    /// <summary>Reads the next object; false at the end or at a fault.</summary>
    public bool TryRead(out TlvObject item)
    {
        item = default;
        ReadOnlySpan<byte> data = _data;
        int at = _position;
        while ((uint)at < (uint)data.Length && data[at] == 0)
        {
            at++;
        }

        _position = at;
        if (at >= data.Length || Fault.IsFault)
        {
            return false;
        }

        int start = at;
        byte first = data[at++];
        uint tag = first;
        if ((first & 0x1F) == 0x1F && !TryReadTagRest(ref at, ref tag))
        {
            return false;
        }

        if ((uint)at >= (uint)data.Length)
        {
            return Stop(TlvFaultKind.LengthTruncated, at);
        }

        int length = data[at++];
        if (length >= 0x80 && !TryReadLongLength(ref at, ref length))
        {
            return false;
        }

        if (length > data.Length - at)
        {
            return Stop(TlvFaultKind.ValueTruncated, at);
        }

        _position = at + length;
        item = new TlvObject(tag, data.Slice(at, length), data[start.._position], start, (first & 0x20) != 0);
        return true;
    }

    private bool TryReadTagRest(ref int at, ref uint tag)
    {
        int start = at - 1;
        while (true)
        {
            if (at >= _data.Length)
            {
                return Stop(TlvFaultKind.TagTruncated, at);
            }

            if (at - start >= MaxTagLength)
            {
                return Stop(TlvFaultKind.TagTooLong, start);
            }

            byte next = _data[at++];
            tag = (tag << 8) | next;
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }
    }

    private bool TryReadLongLength(ref int at, ref int length)
    {
        int start = at - 1;
        int count = length & 0x7F;
        if (count == 0)
        {
            return Stop(TlvFaultKind.LengthIndefinite, start);
        }

        // Three bytes after the first hold 16 MiB, far beyond any card response; more would only invite overflow.
        if (count > 3)
        {
            return Stop(TlvFaultKind.LengthTooLong, start);
        }

        if (count > _data.Length - at)
        {
            return Stop(TlvFaultKind.LengthTruncated, at);
        }

        length = 0;
        for (int i = 0; i < count; i++)
        {
            length = (length << 8) | _data[at++];
        }

        return true;
    }

    private bool Stop(TlvFaultKind kind, int offset)
    {
        Fault = new TlvFault(kind, offset);
        return false;
    }
}
