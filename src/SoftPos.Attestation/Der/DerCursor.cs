using System.Formats.Asn1;

namespace SoftPos.Attestation.Der;

/// <summary>
/// Walks DER from left to right over <see cref="AsnDecoder"/>, which enforces definite, minimal lengths. A fault sticks in
/// <see cref="DerFaults"/>; from then on every read gives an empty element and <see cref="HasData"/> is false.
/// </summary>
internal ref struct DerCursor
{
    private readonly DerFaults _faults;
    private ReadOnlySpan<byte> _rest;
    private int _offset;

    public DerCursor(ReadOnlySpan<byte> bytes, int offset, DerFaults faults)
    {
        _rest = bytes;
        _offset = offset;
        _faults = faults;
    }

    public readonly bool HasData => _faults.First is null && !_rest.IsEmpty;

    public readonly int Offset => _offset;

    public readonly void Fail(int offset, string expected) => _faults.Fail(offset, expected);

    public DerElement ReadAny(string expected)
    {
        if (_faults.First is not null)
        {
            return default;
        }

        if (!AsnDecoder.TryReadEncodedValue(_rest, AsnEncodingRules.DER, out Asn1Tag tag, out int start, out int length, out int consumed)
            || consumed != start + length)
        {
            _faults.Fail(_offset, expected);
            return default;
        }

        DerElement element = new(tag, _rest[..consumed], start, _offset);
        _rest = _rest[consumed..];
        _offset += consumed;
        return element;
    }

    public DerElement Read(Asn1Tag tag, string expected)
    {
        int offset = _offset;
        DerElement element = ReadAny(expected);
        if (_faults.First is null && element.Tag != tag)
        {
            _faults.Fail(offset, expected);
            return default;
        }

        return element;
    }

    /// <summary>Whether the next element has this tag, without reading it.</summary>
    public readonly bool NextIs(Asn1Tag tag) => HasData && Asn1Tag.TryDecode(_rest, out Asn1Tag next, out _) && next == tag;

    public DerCursor Enter(Asn1Tag tag, string expected) => Inside(Read(tag, expected));

    public DerCursor EnterSequence(string expected) => Enter(Asn1Tag.Sequence, expected);

    public readonly DerCursor Inside(DerElement element) =>
        _faults.First is null ? new DerCursor(element.Content, element.ContentOffset, _faults) : new DerCursor(default, _offset, _faults);

    /// <summary>Nothing may follow.</summary>
    public readonly void End(string expected)
    {
        if (HasData)
        {
            _faults.Fail(_offset, expected);
        }
    }

    public ReadOnlySpan<byte> ReadOctets(string expected)
    {
        DerElement element = Read(Asn1Tag.PrimitiveOctetString, expected);
        return _faults.First is null ? element.Content : default;
    }

    /// <summary>Content of an INTEGER, minimal two's complement.</summary>
    public DerElement ReadInteger(string expected)
    {
        DerElement element = Read(Asn1Tag.Integer, expected);
        if (_faults.First is null && !IsMinimal(element.Content))
        {
            _faults.Fail(element.Offset, expected);
            return default;
        }

        return element;
    }

    /// <summary>An INTEGER of 0 to 2^64 - 1.</summary>
    public ulong ReadUnsigned(string expected)
    {
        DerElement element = ReadInteger(expected);
        if (_faults.First is not null)
        {
            return 0;
        }

        if (!TryUnsigned(element.Content, out ulong value))
        {
            _faults.Fail(element.Offset, expected);
        }

        return value;
    }

    public int ReadEnumerated(int highest, string expected)
    {
        DerElement element = Read(Asn1Tag.Enumerated, expected);
        if (_faults.First is not null)
        {
            return 0;
        }

        if (IsMinimal(element.Content) && TryUnsigned(element.Content, out ulong value) && value <= (ulong)highest)
        {
            return (int)value;
        }

        _faults.Fail(element.Offset, expected);
        return 0;
    }

    /// <summary>DER knows 00 and FF only; another value is how some forged or broken leaves betray themselves.</summary>
    public bool ReadBoolean(string expected)
    {
        DerElement element = Read(Asn1Tag.Boolean, expected);
        if (_faults.First is not null)
        {
            return false;
        }

        if (element.Content is [0x00 or 0xFF])
        {
            return element.Content[0] == 0xFF;
        }

        _faults.Fail(element.Offset, expected);
        return false;
    }

    public void ReadNull(string expected)
    {
        DerElement element = Read(Asn1Tag.Null, expected);
        if (_faults.First is null && !element.Content.IsEmpty)
        {
            _faults.Fail(element.Offset, expected);
        }
    }

    /// <summary>A BIT STRING of whole bytes, as keys and signatures are.</summary>
    public DerElement ReadBits(string expected)
    {
        DerElement element = Read(Asn1Tag.PrimitiveBitString, expected);
        if (_faults.First is null && (element.Content.Length < 2 || element.Content[0] != 0))
        {
            _faults.Fail(element.Offset, expected);
            return default;
        }

        return element;
    }

    internal static bool TryUnsigned(ReadOnlySpan<byte> content, out ulong value)
    {
        value = 0;
        if (content.IsEmpty || content[0] >= 0x80 || content.Length > 9 || (content.Length == 9 && content[0] != 0))
        {
            return false;
        }

        foreach (byte part in content)
        {
            value = unchecked((value << 8) | part);
        }

        return true;
    }

    private static bool IsMinimal(ReadOnlySpan<byte> content) => content switch
    {
        [] => false,
        [_] => true,
        [0x00, < 0x80, ..] => false,
        [0xFF, >= 0x80, ..] => false,
        _ => true,
    };
}
