using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Encodings that a dialect, or the inside of a field, uses where a field says nothing else.</summary>
internal sealed record FormatDefaults(
    WireEncoding Text, WireEncoding Digits, WireEncoding Track, WireEncoding Binary, PrefixEncoding Prefix, PrefixUnit Unit)
{
    public static readonly FormatDefaults Ascii = new(
        WireEncoding.Ascii, WireEncoding.Ascii, WireEncoding.Ascii, WireEncoding.Raw, PrefixEncoding.Ascii, PrefixUnit.Characters);

    /// <summary>Inside a text field the elements are its characters.</summary>
    public static readonly FormatDefaults Characters = new(
        WireEncoding.Latin1, WireEncoding.Latin1, WireEncoding.Latin1, WireEncoding.HexAscii, PrefixEncoding.Ascii, PrefixUnit.Characters);

    public WireEncoding Of(ContentType content) => content switch
    {
        ContentType.Binary => Binary,
        ContentType.Digits or ContentType.SignedDigits or ContentType.HexDigits => Digits,
        ContentType.Track => Track,
        _ => Text,
    };
}

/// <summary>Reads the format of one field: a notation such as <c>n..19</c>, or an object with more.</summary>
internal sealed class FieldFormatReader(List<DialectFault> faults)
{
    private static readonly string[] Keys =
    [
        "name", "format", "encoding", "prefix", "pad", "fill", "min", "sensitive",
        "parts", "groups", "structure", "tagged", "bitmap",
    ];

    public FieldFormat? Read(JsonNode? node, string jsonPath, string path, FormatDefaults defaults, int depth)
    {
        JsonObject json = node switch
        {
            JsonObject given => given,
            JsonValue value when value.GetValueKind() is JsonValueKind.String => new JsonObject { ["format"] = value.GetValue<string>() },
            _ => [],
        };
        JsonSection section = new(json, jsonPath, faults, Keys);
        int before = faults.Count;
        if (section.Text("format") is not { } notation)
        {
            section.Fault("format", "missing; expected a notation such as n..19");
            return null;
        }

        if (!TryNotation(notation, out ContentType content, out int dots, out int length))
        {
            section.Fault("format", $"expected a notation such as n6, n..19, ans...999, b8 or x+n8, got '{notation}'");
            return null;
        }

        WireEncoding encoding = Encoding(section, content, defaults);
        LengthPrefix prefix = Prefix(section, dots, defaults);
        (Side padSide, byte padWith) = Pad(section, content, dots > 0);
        (Side fillSide, byte fillNibble) = Fill(section, content);
        string name = section.Text("name") ?? string.Empty;
        FieldFormat format = new()
        {
            Path = path.EndsWith('.') ? path + name : path,
            Name = name,
            Content = content,
            MaxLength = length,
            MinLength = section.Number("min", 0, length) ?? 0,
            Encoding = encoding,
            Prefix = prefix,
            PadSide = padSide,
            PadWith = padWith,
            FillSide = fillSide,
            FillNibble = fillNibble,
            Sensitivity = section.Word("sensitive", DialectWords.Sensitivities) ?? Sensitivity.None,
            AllowedBytes = encoding is WireEncoding.Raw or WireEncoding.Packed
                ? null
                : CharacterTable.Of(encoding).Allowed(content is ContentType.Binary ? ContentType.HexDigits : content),
            Structure = new StructureFormatReader(this, faults).Read(section, path, content, length, dots > 0, defaults, depth),
        };

        // An explicit width is a wish of its own: acquirers do publish maxima that their prefix cannot say. Encoding then refuses the value.
        bool ownWidth = section["prefix"] is JsonObject own && own["width"] is not null;
        if (dots > 0 && !ownWidth && format.PrefixCount(length) > prefix.Largest)
        {
            section.Fault("format", string.Create(
                CultureInfo.InvariantCulture, $"a length of {format.PrefixCount(length)} does not fit into its prefix (largest {prefix.Largest})"));
        }

        return faults.Count == before ? format : null;
    }

    internal static bool TryNotation(string notation, out ContentType content, out int dots, out int length)
    {
        int dot = notation.IndexOfAny(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        content = default;
        dots = 0;
        length = 0;
        if (dot < 1 || !DialectWords.Contents.TryGetValue(notation[..dot], out content))
        {
            return false;
        }

        string rest = notation[dot..].TrimStart('.');
        dots = notation.Length - dot - rest.Length;
        bool taken = dots <= LengthPrefix.MaxWidth
            && int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length < FieldFormat.LongestValue;

        // The number after x+n counts the digits; the sign is one unit more.
        length += content is ContentType.SignedDigits ? 1 : 0;
        return taken;
    }

    private static WireEncoding Encoding(JsonSection section, ContentType content, FormatDefaults defaults)
    {
        IReadOnlyDictionary<string, WireEncoding> allowed = content switch
        {
            ContentType.Binary => DialectWords.BinaryEncodings,
            ContentType.Digits or ContentType.SignedDigits or ContentType.Track or ContentType.HexDigits => DialectWords.DigitEncodings,
            _ => DialectWords.TextEncodings,
        };
        return section.Word("encoding", allowed) ?? defaults.Of(content);
    }

    private static LengthPrefix Prefix(JsonSection section, int dots, FormatDefaults defaults)
    {
        PrefixEncoding encoding = defaults.Prefix;
        PrefixUnit unit = defaults.Unit;
        int? width = null;
        if (section["prefix"] is JsonObject)
        {
            JsonSection inner = section.Section("prefix", "encoding", "width", "unit")!;
            encoding = inner.Word("encoding", DialectWords.Prefixes) ?? encoding;
            unit = inner.Word("unit", DialectWords.Units) ?? unit;
            width = inner.Number("width", 1, LengthPrefix.MaxWidth);
        }
        else
        {
            encoding = section.Word("prefix", DialectWords.Prefixes) ?? encoding;
        }

        if (dots == 0)
        {
            if (section.Has("prefix"))
            {
                section.Fault("prefix", "a fixed length has no prefix");
            }

            return default;
        }

        bool binary = encoding is PrefixEncoding.Binary or PrefixEncoding.BinaryLittleEndian;
        int usual = encoding is PrefixEncoding.Packed ? (dots + 1) / 2 : binary ? (dots <= 2 ? 1 : 2) : dots;
        if (width > 2 && binary)
        {
            section.Fault("prefix", "a binary prefix has one or two bytes");
            width = 2;
        }

        return new LengthPrefix(width ?? usual, encoding, unit);
    }

    private static (Side Side, byte With) Pad(JsonSection section, ContentType content, bool variable)
    {
        if (variable || content is ContentType.Binary or ContentType.Track or ContentType.HexDigits or ContentType.SignedDigits)
        {
            if (section.Has("pad"))
            {
                section.Fault("pad", "only fixed text and digits are padded");
            }

            return (Side.None, 0);
        }

        (Side Side, byte With) usual = content switch
        {
            ContentType.Digits => (Side.Left, (byte)'0'),
            ContentType.Any => (Side.None, (byte)0),
            _ => (Side.Right, (byte)' '),
        };
        if (section["pad"] is not JsonObject)
        {
            return section.Has("pad") ? (section.Word("pad", DialectWords.Sides) ?? usual.Side, usual.With) : usual;
        }

        JsonSection inner = section.Section("pad", "side", "with")!;
        string with = inner.Text("with") ?? ((char)usual.With).ToString();
        if (with.Length != 1 || with[0] > 0x7E)
        {
            inner.Fault("with", "expected one ASCII character");
            return usual;
        }

        return (inner.Word("side", DialectWords.Sides) ?? usual.Side, (byte)with[0]);
    }

    private static (Side Side, byte Nibble) Fill(JsonSection section, ContentType content)
    {
        (Side Side, byte Nibble) usual = content is ContentType.Track ? (Side.Right, (byte)0x0F) : (Side.Left, (byte)0);
        if (section["fill"] is not JsonObject)
        {
            return (section.Word("fill", DialectWords.Sides) ?? usual.Side, usual.Nibble);
        }

        JsonSection inner = section.Section("fill", "side", "nibble")!;
        string? nibble = inner.Text("nibble");
        if (nibble is not null && (nibble.Length != 1 || Nibble.OfDigit(nibble[0]) < 0))
        {
            inner.Fault("nibble", "expected one hexadecimal digit");
            return usual;
        }

        return (inner.Word("side", DialectWords.Sides) ?? usual.Side, nibble is null ? usual.Nibble : (byte)Nibble.OfDigit(nibble[0]));
    }
}
