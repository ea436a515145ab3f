using System.Buffers;

namespace SoftPos.Iso8583;

/// <summary>Where padding or a filling nibble goes.</summary>
internal enum Side
{
    None,
    Left,
    Right,
}

/// <summary>
/// How one field of a dialect is built: character set, length, wire encoding, prefix, padding, sensitivity, inner structure. Immutable.
/// Lengths are in units of the value: characters, digits, or bytes for binary content.
/// </summary>
public sealed class FieldFormat
{
    /// <summary>Longest value: a 16-bit offset reaches its end; real messages are far shorter.</summary>
    internal const int LongestValue = 65_535;

    /// <summary>The number as text, or a path for an inner element.</summary>
    public required string Path { get; init; }

    /// <summary>Name in the dialect.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Character set.</summary>
    public required ContentType Content { get; init; }

    /// <summary>Fixed length, or the maximum of a variable one.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Minimum of a variable length.</summary>
    public int MinLength { get; init; }

    /// <summary>Encoding of the value.</summary>
    public required WireEncoding Encoding { get; init; }

    /// <summary>Whether and how the field is masked when shown.</summary>
    public Sensitivity Sensitivity { get; init; }

    /// <summary>Inner structure, or null.</summary>
    public FieldStructure? Structure { get; init; }

    /// <summary>Whether a length prefix stands before the value.</summary>
    public bool IsVariable => Prefix.Width > 0;

    internal LengthPrefix Prefix { get; init; }

    internal Side PadSide { get; init; }

    internal byte PadWith { get; init; }

    internal Side FillSide { get; init; }

    internal byte FillNibble { get; init; }

    /// <summary>Wire bytes of a value of <paramref name="length"/> units.</summary>
    internal int WireLength(int length) => Encoding switch
    {
        WireEncoding.Packed => Content is ContentType.SignedDigits ? 1 + length / 2 : (length + 1) >> 1,
        WireEncoding.HexAscii or WireEncoding.HexEbcdic => length * 2,
        _ => length,
    };

    /// <summary>What the prefix says for a value of <paramref name="length"/> units.</summary>
    internal int PrefixCount(int length) => Prefix.Unit switch
    {
        PrefixUnit.Characters => Encoding is WireEncoding.HexAscii or WireEncoding.HexEbcdic ? length * 2 : length,
        PrefixUnit.Bytes => Encoding is WireEncoding.Packed ? (length + 1) >> 1 : length,
        _ => Encoding is WireEncoding.Packed ? length : length * 2,
    };

    /// <summary>Units of the value for a prefix count; false for a count that makes no whole unit.</summary>
    internal bool TryUnits(int count, out int length)
    {
        bool hex = Encoding is WireEncoding.HexAscii or WireEncoding.HexEbcdic;
        bool packed = Encoding is WireEncoding.Packed;
        bool halved = Prefix.Unit switch
        {
            PrefixUnit.Characters => hex,
            PrefixUnit.Bytes => false,
            _ => !packed,
        };
        length = halved ? count >> 1 : Prefix.Unit is PrefixUnit.Bytes && packed ? count * 2 : count;
        return !halved || (count & 1) == 0;
    }

    /// <summary>Wire bytes that the value may hold, for encodings of one byte a character; null for packed and raw.</summary>
    internal SearchValues<byte>? AllowedBytes { get; init; }
}
