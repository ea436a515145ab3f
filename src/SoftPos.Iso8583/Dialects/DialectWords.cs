namespace SoftPos.Iso8583;

/// <summary>The words of dialect files.</summary>
internal static class DialectWords
{
    public static readonly IReadOnlyDictionary<string, WireEncoding> Encodings = new Dictionary<string, WireEncoding>
    {
        ["ascii"] = WireEncoding.Ascii,
        ["latin1"] = WireEncoding.Latin1,
        ["ebcdic-037"] = WireEncoding.Ebcdic037,
        ["ebcdic-500"] = WireEncoding.Ebcdic500,
        ["ebcdic-1047"] = WireEncoding.Ebcdic1047,
        ["packed"] = WireEncoding.Packed,
        ["raw"] = WireEncoding.Raw,
        ["hex"] = WireEncoding.HexAscii,
        ["hex-ebcdic"] = WireEncoding.HexEbcdic,
    };

    public static readonly IReadOnlyDictionary<string, WireEncoding> TextEncodings = Among("ascii", "latin1", "ebcdic-037", "ebcdic-500", "ebcdic-1047");

    public static readonly IReadOnlyDictionary<string, WireEncoding> DigitEncodings =
        Among("ascii", "latin1", "ebcdic-037", "ebcdic-500", "ebcdic-1047", "packed");

    public static readonly IReadOnlyDictionary<string, WireEncoding> BinaryEncodings = Among("raw", "hex", "hex-ebcdic");

    public static readonly IReadOnlyDictionary<string, PrefixEncoding> Prefixes = new Dictionary<string, PrefixEncoding>
    {
        ["ascii"] = PrefixEncoding.Ascii,
        ["ebcdic"] = PrefixEncoding.Ebcdic,
        ["packed"] = PrefixEncoding.Packed,
        ["binary"] = PrefixEncoding.Binary,
        ["binary-le"] = PrefixEncoding.BinaryLittleEndian,
    };

    public static readonly IReadOnlyDictionary<string, PrefixUnit> Units = new Dictionary<string, PrefixUnit>
    {
        ["characters"] = PrefixUnit.Characters,
        ["bytes"] = PrefixUnit.Bytes,
        ["half-bytes"] = PrefixUnit.HalfBytes,
    };

    public static readonly IReadOnlyDictionary<string, Side> Sides = new Dictionary<string, Side>
    {
        ["none"] = Side.None,
        ["left"] = Side.Left,
        ["right"] = Side.Right,
    };

    public static readonly IReadOnlyDictionary<string, Sensitivity> Sensitivities = new Dictionary<string, Sensitivity>
    {
        ["none"] = Sensitivity.None,
        ["pan"] = Sensitivity.Pan,
        ["secret"] = Sensitivity.Secret,
        ["card-data"] = Sensitivity.CardData,
    };

    public static readonly IReadOnlyDictionary<string, int> Versions = new Dictionary<string, int>
    {
        ["1987"] = 0,
        ["1993"] = 1,
        ["2003"] = 2,
        ["any"] = -1,
    };

    public static readonly IReadOnlyDictionary<string, ContentType> Contents = new Dictionary<string, ContentType>
    {
        ["a"] = ContentType.Letters,
        ["n"] = ContentType.Digits,
        ["s"] = ContentType.Specials,
        ["an"] = ContentType.LettersDigits,
        ["as"] = ContentType.LettersSpecials,
        ["ns"] = ContentType.DigitsSpecials,
        ["ans"] = ContentType.Printable,
        ["b"] = ContentType.Binary,
        ["z"] = ContentType.Track,
        ["x+n"] = ContentType.SignedDigits,
        ["any"] = ContentType.Any,
        ["h"] = ContentType.HexDigits,
    };

    private static Dictionary<string, WireEncoding> Among(params string[] words) =>
        words.ToDictionary(word => word, word => Encodings[word]);
}
