using System.Runtime.CompilerServices;
using System.Text;

namespace SoftPos.Iso8583;

/// <summary>
/// A message as it lies in its buffer: checked once from end to end, then read field by field without copying. Reading takes no memory
/// from the heap; only texts and copies that the caller asks for do. The buffer must not change while the view is used.
/// </summary>
public readonly ref struct Iso8583View
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly FieldSlots _slots;
    private readonly int _headerLength;
    private readonly int _headerStart;

    private Iso8583View(
        ReadOnlySpan<byte> message, Iso8583Dialect dialect, MessageType type, FieldSet fields, scoped in FieldSlots slots, FieldSlot header)
    {
        _message = message;
        Dialect = dialect;
        Type = type;
        Fields = fields;
        _slots = slots;
        _headerStart = header.Start;
        _headerLength = header.Length;
    }

    /// <summary>The dialect that it was read with.</summary>
    public Iso8583Dialect Dialect { get; }

    /// <summary>Message type.</summary>
    public MessageType Type { get; }

    /// <summary>Fields that are present, without the bitmaps.</summary>
    public FieldSet Fields { get; }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Message => _message;

    /// <summary>Checks a message and finds its fields. Any bytes give a view or a fault with field, offset and rule.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, Iso8583Dialect dialect, out Iso8583View view, out Iso8583Fault fault)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        Unsafe.SkipInit(out FieldSlots slots);
        bool whole = Walk(message, dialect, ref slots, out MessageType type, out FieldSet fields, out FieldSlot header, out fault);
        view = new Iso8583View(message, dialect, type, fields, slots, header);
        return whole;
    }

    /// <summary>Offset of the message type: after the header.</summary>
    public int TypeOffset => Dialect.Header is { } header ? _headerStart + header.WireLength(_headerLength) : 0;

    /// <summary>Whether a field is present.</summary>
    public bool Has(int field) => Fields.Contains(field);

    /// <summary>Number of characters, digits or bytes of a field; 0 when it is absent.</summary>
    public int LengthOf(int field) => Has(field) ? _slots[field].Length : 0;

    /// <summary>Offset of the value in the message; -1 when it is absent.</summary>
    public int OffsetOf(int field) => Has(field) ? _slots[field].Start : -1;

    /// <summary>Bytes of the value on the wire, without its length prefix; empty when it is absent.</summary>
    public ReadOnlySpan<byte> Wire(int field)
    {
        if (!Has(field))
        {
            return default;
        }

        FieldSlot slot = _slots[field];
        return _message.Slice(slot.Start, Dialect.Fields[field]!.WireLength(slot.Length));
    }

    /// <summary>Copies the content (ISO 8859-1 characters, or bytes of binary content); returns its length, -1 when absent.</summary>
    /// <exception cref="ArgumentException">The destination is too short; see <see cref="LengthOf"/>.</exception>
    public int CopyContent(int field, Span<byte> destination)
    {
        if (!Has(field))
        {
            return -1;
        }

        FieldSlot slot = _slots[field];
        FieldReader.Read(Wire(field), slot.Length, Dialect.Fields[field]!, destination[..slot.Length]);
        return slot.Length;
    }

    /// <summary>The content in a new array, or null when absent.</summary>
    public byte[]? Content(int field)
    {
        if (!Has(field))
        {
            return null;
        }

        byte[] content = new byte[_slots[field].Length];
        CopyContent(field, content);
        return content;
    }

    /// <summary>The field as text: its characters, or hexadecimal digits of binary content. Null when absent.</summary>
    public string? Text(int field)
    {
        if (!Has(field))
        {
            return null;
        }

        FieldFormat format = Dialect.Fields[field]!;
        if (format.Encoding is WireEncoding.Raw)
        {
            return Convert.ToHexString(Wire(field));
        }

        if (format.Encoding is WireEncoding.Ascii or WireEncoding.Latin1)
        {
            return Encoding.Latin1.GetString(Wire(field));
        }

        byte[] content = Content(field)!;
        return format.Content is ContentType.Binary ? Convert.ToHexString(content) : Encoding.Latin1.GetString(content);
    }

    /// <summary>The header's content, or null when the dialect has none.</summary>
    public byte[]? Header()
    {
        if (Dialect.Header is not { } format)
        {
            return null;
        }

        byte[] content = new byte[_headerLength];
        FieldReader.Read(_message.Slice(_headerStart, format.WireLength(_headerLength)), _headerLength, format, content);
        return content;
    }

    private static bool Walk(
        ReadOnlySpan<byte> message,
        Iso8583Dialect dialect,
        ref FieldSlots slots,
        out MessageType type,
        out FieldSet fields,
        out FieldSlot header,
        out Iso8583Fault fault)
    {
        type = default;
        fields = default;
        header = default;
        if (message.Length > Iso8583Dialect.MaxMessageLength)
        {
            fault = new("message", 0, Iso8583Rule.MessageTooLong, Iso8583Dialect.MaxMessageLength, message.Length);
            return false;
        }

        int at = 0;
        if (dialect.Header is { } format)
        {
            if (!FieldReader.TryLocate(message, 0, format, out int start, out int length, out fault))
            {
                return false;
            }

            header = new FieldSlot(start, length);
            at = start + format.WireLength(length);
        }

        if (!TryReadType(message, dialect, ref at, out type, out fault)
            || !dialect.Bitmap.TryRead(message, at, out FieldSet named, out at, out fault))
        {
            return false;
        }

        string last = "bitmap";
        foreach (int field in named)
        {
            if (dialect[field] is not { } fieldFormat)
            {
                fault = new(FieldNames.Of(field), at, Iso8583Rule.UndefinedField);
                return false;
            }

            if (!FieldReader.TryLocate(message, at, fieldFormat, out int start, out int length, out fault))
            {
                return false;
            }

            slots[field] = new FieldSlot(start, length);
            fields.Add(field);
            at = start + fieldFormat.WireLength(length);
            last = fieldFormat.Path;
        }

        if (at != message.Length)
        {
            fault = new(last, at, Iso8583Rule.TrailingBytes, 0, message.Length - at);
            return false;
        }

        return true;
    }

    private static bool TryReadType(
        ReadOnlySpan<byte> message, Iso8583Dialect dialect, ref int at, out MessageType type, out Iso8583Fault fault)
    {
        type = default;
        FieldFormat format = dialect.MessageTypeFormat;
        if (!FieldReader.TryLocate(message, at, format, out int start, out int length, out fault))
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[4];
        int wireLength = format.WireLength(length);
        FieldReader.Read(message.Slice(start, wireLength), length, format, digits);
        Span<char> characters = [(char)digits[0], (char)digits[1], (char)digits[2], (char)digits[3]];
        if (!MessageType.TryParse(characters, out type) || (dialect.Version is { } version && type.Version != version))
        {
            fault = new(format.Path, start, Iso8583Rule.MessageType);
            return false;
        }

        at = start + wireLength;
        return true;
    }
}

/// <summary>Where the value of a field begins, and how many units it has; both below 65,536.</summary>
internal readonly record struct FieldSlot
{
    private readonly uint _packed;

    public FieldSlot(int start, int length) => _packed = (uint)start << 16 | (uint)length;

    public int Start => (int)(_packed >> 16);

    public int Length => (int)(_packed & 0xFFFF);
}

/// <summary>A slot for each field number.</summary>
[InlineArray(FieldSet.Highest + 1)]
internal struct FieldSlots
{
    private FieldSlot _first;
}
