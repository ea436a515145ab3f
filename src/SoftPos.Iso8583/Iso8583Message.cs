using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Iso8583;

/// <summary>
/// A message being built, or a copy of one that was read. Values are checked when they are set, so that encoding cannot fail.
/// <see cref="ToString"/> shows sensitive fields masked; <see cref="Clear"/> zeroes all values.
/// </summary>
public sealed class Iso8583Message
{
    private readonly byte[]?[] _contents;
    private byte[]? _header;
    private FieldSet _fields;

    /// <summary>Begins an empty message.</summary>
    public Iso8583Message(Iso8583Dialect dialect, MessageType type)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        Dialect = dialect;
        Type = type;
        _contents = new byte[dialect.Fields.Length][];
    }

    /// <summary>Begins an empty message of a type such as <c>0100</c>.</summary>
    public Iso8583Message(Iso8583Dialect dialect, string type)
        : this(dialect, MessageType.Parse(type))
    {
    }

    /// <summary>The dialect that it is written in.</summary>
    public Iso8583Dialect Dialect { get; }

    /// <summary>Message type.</summary>
    public MessageType Type { get; set; }

    /// <summary>Fields that are set.</summary>
    public FieldSet Fields => _fields;

    /// <summary>
    /// A field as text: its characters, or hexadecimal digits of binary content; null when absent. Setting null removes the field.
    /// </summary>
    /// <exception cref="Iso8583Exception">The value breaks a rule of the dialect.</exception>
    public string? this[int field]
    {
        get => _fields.Contains(field) ? TextOf(_contents[field]!, Dialect.Fields[field]!) : null;
        set
        {
            if (value is null)
            {
                Remove(field);
            }
            else if (!TrySet(field, value, out Iso8583Fault fault))
            {
                throw new Iso8583Exception(fault);
            }
        }
    }

    /// <summary>Reads a message from bytes into a copy that stands on its own.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        Iso8583Dialect dialect,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Iso8583Message? message,
        out Iso8583Fault fault)
    {
        bool whole = Iso8583View.TryRead(bytes, dialect, out Iso8583View view, out fault);
        message = whole ? Of(view) : null;
        return whole;
    }

    /// <summary>Copies a view; of a view with a fault the fields before it.</summary>
    public static Iso8583Message Of(Iso8583View view)
    {
        Iso8583Message message = new(view.Dialect, view.Type) { _fields = view.Fields, _header = view.Header() };
        foreach (int field in view.Fields)
        {
            message._contents[field] = view.Content(field);
        }

        return message;
    }

    /// <summary>Whether a field is set.</summary>
    public bool Has(int field) => _fields.Contains(field);

    /// <summary>Sets a field from text: its characters, or hexadecimal digits for binary content. Fixed lengths are padded as the dialect says.</summary>
    public bool TrySet(int field, ReadOnlySpan<char> text, out Iso8583Fault fault)
    {
        if (Dialect[field] is not { } format)
        {
            fault = new(FieldNames.Of(field), 0, Iso8583Rule.UndefinedField);
            return false;
        }

        return FieldWriter.TryContent(text, format, out byte[] content, out fault) && Keep(field, content);
    }

    /// <summary>Sets a field from content: ISO 8859-1 characters, or the bytes of binary content.</summary>
    public bool TrySet(int field, ReadOnlySpan<byte> content, out Iso8583Fault fault)
    {
        if (Dialect[field] is not { } format)
        {
            fault = new(FieldNames.Of(field), 0, Iso8583Rule.UndefinedField);
            return false;
        }

        return FieldWriter.TryContent(content, format, out byte[] kept, out fault) && Keep(field, kept);
    }

    /// <summary>Sets a field from a value that may have an inner structure.</summary>
    public bool TrySet(int field, FieldValue value, out Iso8583Fault fault)
    {
        if (Dialect[field] is not { } format)
        {
            fault = new(FieldNames.Of(field), 0, Iso8583Rule.UndefinedField);
            return false;
        }

        return StructureWriter.TryWrite(format, value, out byte[] content, out fault) && Keep(field, content);
    }

    /// <summary>Sets a field from content.</summary>
    /// <exception cref="Iso8583Exception">The value breaks a rule of the dialect.</exception>
    public void Set(int field, ReadOnlySpan<byte> content)
    {
        if (!TrySet(field, content, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }
    }

    /// <summary>Takes a field out and zeroes its value.</summary>
    public void Remove(int field)
    {
        if (_fields.Contains(field))
        {
            CryptographicOperations.ZeroMemory(_contents[field]);
            _contents[field] = null;
            _fields.Remove(field);
        }
    }

    /// <summary>Content of a field (ISO 8859-1 characters, or bytes); empty when absent. Not a copy.</summary>
    public ReadOnlyMemory<byte> Content(int field) => _fields.Contains(field) ? _contents[field] : default(ReadOnlyMemory<byte>);

    /// <summary>Elements inside a field, by the structure of the dialect; none without structure or when absent.</summary>
    public bool TryParts(int field, out IReadOnlyList<FieldPart> parts, out Iso8583Fault fault)
    {
        parts = [];
        fault = default;
        return !_fields.Contains(field) || StructureReader.TryRead(Dialect.Fields[field]!, Content(field), out parts, out fault);
    }

    /// <summary>Sets the header of a dialect that has one.</summary>
    public bool TrySetHeader(ReadOnlySpan<char> text, out Iso8583Fault fault)
    {
        if (Dialect.Header is not { } format)
        {
            fault = new("header", 0, Iso8583Rule.UndefinedField);
            return false;
        }

        bool taken = FieldWriter.TryContent(text, format, out byte[] content, out fault);
        _header = taken ? content : _header;
        return taken;
    }

    /// <summary>The header as text, or null.</summary>
    public string? Header => _header is null || Dialect.Header is null ? null : TextOf(_header, Dialect.Header);

    /// <summary>Copies type, header and the named fields of another message of the same dialect, where it has them: what an answer echoes.</summary>
    public void Echo(Iso8583View request, params ReadOnlySpan<int> fields)
    {
        _header ??= request.Header();
        foreach (int field in fields)
        {
            if (request.Has(field))
            {
                Set(field, request.Content(field));
            }
        }
    }

    /// <summary>Bytes of the encoded message.</summary>
    public int EncodedLength
    {
        get
        {
            int length = Dialect.MessageTypeFormat.WireLength(4) + Dialect.Bitmap.WireLength(_fields);
            length += Dialect.Header is { } header ? FieldWriter.WireLength(_header?.Length ?? header.MinLength, header) : 0;
            foreach (int number in _fields)
            {
                length += FieldWriter.WireLength(_contents[number]!.Length, Dialect.Fields[number]!);
            }

            return length;
        }
    }

    /// <summary>Encodes the message.</summary>
    /// <exception cref="Iso8583Exception">It is longer than <see cref="Iso8583Dialect.MaxMessageLength"/>, or the header is missing.</exception>
    public byte[] Encode()
    {
        byte[] bytes = new byte[EncodedLength];
        Encode(bytes);
        return bytes;
    }

    /// <summary>Encodes the message into a buffer of at least <see cref="EncodedLength"/> bytes; returns the bytes written.</summary>
    /// <exception cref="Iso8583Exception">It is longer than <see cref="Iso8583Dialect.MaxMessageLength"/>, or the header is missing.</exception>
    public int Encode(Span<byte> destination)
    {
        if (EncodedLength > Iso8583Dialect.MaxMessageLength)
        {
            throw new Iso8583Exception(new("message", 0, Iso8583Rule.MessageTooLong, Iso8583Dialect.MaxMessageLength, EncodedLength));
        }

        int at = 0;
        if (Dialect.Header is { } header)
        {
            if (_header is null)
            {
                throw new Iso8583Exception(new("header", 0, Iso8583Rule.Missing));
            }

            at = FieldWriter.Write(_header, header, destination);
        }

        int type = Type.Value;
        ReadOnlySpan<byte> digits =
            [(byte)('0' + type / 1000), (byte)('0' + type / 100 % 10), (byte)('0' + type / 10 % 10), (byte)('0' + type % 10)];
        at += FieldWriter.Write(digits, Dialect.MessageTypeFormat, destination[at..]);
        at += Dialect.Bitmap.Write(_fields, destination[at..]);
        foreach (int field in _fields)
        {
            at += FieldWriter.Write(_contents[field], Dialect.Fields[field]!, destination[at..]);
        }

        return at;
    }

    /// <summary>Zeroes and removes every value.</summary>
    public void Clear()
    {
        foreach (int field in _fields)
        {
            Remove(field);
        }
    }

    /// <summary>Type and fields, sensitive ones masked.</summary>
    public override string ToString()
    {
        StringBuilder text = new(Type.ToString());
        foreach (int field in _fields)
        {
            FieldFormat format = Dialect.Fields[field]!;
            text.Append(' ').Append(format.Path).Append('=').Append(Masking.Line(_contents[field], format));
        }

        return text.ToString();
    }

    internal int HeaderLength => _header?.Length ?? 0;

    internal static string TextOf(ReadOnlySpan<byte> content, FieldFormat format) =>
        format.Content is ContentType.Binary ? Convert.ToHexString(content) : Encoding.Latin1.GetString(content);

    private bool Keep(int field, byte[] content)
    {
        Remove(field);
        _contents[field] = content;
        _fields.Add(field);
        return true;
    }
}
