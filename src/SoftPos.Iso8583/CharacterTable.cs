using System.Buffers;
using System.Text;

namespace SoftPos.Iso8583;

/// <summary>
/// One-byte character encodings as tables: wire byte to ISO 8859-1 and back. The EBCDIC code pages come from the platform's own tables.
/// </summary>
internal sealed class CharacterTable
{
    private static readonly CharacterTable AsciiTable = new(null, 128);
    private static readonly CharacterTable Latin1Table = new(null, 256);
    private static readonly CharacterTable Ebcdic037Table = new(37, 256);
    private static readonly CharacterTable Ebcdic500Table = new(500, 256);
    private static readonly CharacterTable Ebcdic1047Table = new(1047, 256);

    private readonly byte[] _toLatin1 = new byte[256];
    private readonly byte[] _toWire = new byte[256];
    private readonly int _characters;
    private readonly SearchValues<byte>?[] _allowed = new SearchValues<byte>?[Enum.GetValues<ContentType>().Length];

    private CharacterTable(int? codePage, int characters)
    {
        _characters = characters;
        for (int value = 0; value < 256; value++)
        {
            _toLatin1[value] = (byte)value;
            _toWire[value] = (byte)value;
        }

        if (codePage is { } page)
        {
            IsIdentity = false;
            Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(page)!;
            for (int value = 0; value < 256; value++)
            {
                char character = encoding.GetChars([(byte)value])[0];
                _toLatin1[value] = (byte)character;
                _toWire[character] = (byte)value;
            }
        }
    }

    /// <summary>Wire bytes are the characters themselves.</summary>
    public bool IsIdentity { get; } = true;

    public static CharacterTable Of(WireEncoding encoding) => encoding switch
    {
        WireEncoding.Latin1 => Latin1Table,
        WireEncoding.Ebcdic037 or WireEncoding.HexEbcdic => Ebcdic037Table,
        WireEncoding.Ebcdic500 => Ebcdic500Table,
        WireEncoding.Ebcdic1047 => Ebcdic1047Table,
        _ => AsciiTable,
    };

    /// <summary>Wire bytes that a character set allows.</summary>
    public SearchValues<byte> Allowed(ContentType content) => _allowed[(int)content] ??= CreateAllowed(content);

    public byte ToLatin1(byte wire) => _toLatin1[wire];

    public byte ToWire(byte character) => _toWire[character];

    public void ToLatin1(ReadOnlySpan<byte> wire, Span<byte> characters)
    {
        if (IsIdentity)
        {
            wire.CopyTo(characters);
            return;
        }

        for (int i = 0; i < wire.Length; i++)
        {
            characters[i] = _toLatin1[wire[i]];
        }
    }

    public void ToWire(ReadOnlySpan<byte> characters, Span<byte> wire)
    {
        if (IsIdentity)
        {
            characters.CopyTo(wire);
            return;
        }

        for (int i = 0; i < characters.Length; i++)
        {
            wire[i] = _toWire[characters[i]];
        }
    }

    private SearchValues<byte> CreateAllowed(ContentType content)
    {
        List<byte> allowed = [];
        for (int character = 0; character < _characters; character++)
        {
            if (IsIn(content, character))
            {
                allowed.Add(_toWire[character]);
            }
        }

        return SearchValues.Create(allowed.ToArray());
    }

    private static bool IsIn(ContentType content, int character)
    {
        bool letter = character is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= 0xC0 and not 0xD7 and not 0xF7);
        bool digit = character is >= '0' and <= '9';
        bool printable = character is (>= ' ' and <= '~') or >= 0xA0;
        return content switch
        {
            ContentType.Letters => letter || character == ' ',
            ContentType.Digits => digit,
            ContentType.Specials => printable && !letter && !digit,
            ContentType.LettersDigits => letter || digit || character == ' ',
            ContentType.LettersSpecials => printable && !digit,
            ContentType.DigitsSpecials => printable && !letter,
            ContentType.Printable => printable,
            ContentType.Track => character is (>= '0' and <= '?') or 'D',
            ContentType.SignedDigits => digit || character is 'C' or 'D',
            ContentType.HexDigits => digit || character is (>= 'A' and <= 'F') or (>= 'a' and <= 'f'),
            _ => true,
        };
    }
}
