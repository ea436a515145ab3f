using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool pinblock</c>: PIN blocks of ISO 9564-1, formats 0 to 4.</summary>
internal sealed class PinBlockTool : Tool
{
    private static readonly string[] Formats = ["0", "1", "2", "3", "4"];

    public override IReadOnlyList<string> Path => ["pinblock"];

    public override string Description => "Encodes, decodes, enciphers, deciphers and translates PIN blocks (ISO 9564-1, formats 0 to 4).";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "encode and decode work on clear blocks, encipher and decipher on blocks under key, translate on two keys; "
            + "by default told from the fields given") { Words = ["encode", "decode", "encipher", "decipher", "translate"] },
        new("format", ToolValue.Text, "ISO 9564-1 format of the block (of the incoming one for translate); default 0") { Words = Formats },
        new("pin", ToolValue.Text, "PIN, 4 to 12 decimal digits (encode, encipher)") { Secret = true },
        new("pan", ToolValue.Text, "primary account number: 13 to 19 digits for formats 0 and 3, 1 to 19 for format 4, unused for 1 and 2"),
        new("block", ToolValue.Hex, "PIN block: 8 bytes, 16 for format 4; for decode of format 4 the clear PIN field"),
        PaymentFields.Key("key", "PIN key of block: TDES 16 or 24 bytes for formats 0 to 3, AES 16, 24 or 32 bytes for format 4"),
        new("target-format", ToolValue.Text, "translate: format of the outgoing block; default 4") { Words = Formats },
        PaymentFields.Key("target-key", "translate: PIN key of the outgoing block"),
        new("for-chip-card", ToolValue.Flag, "translate: the outgoing block goes to a chip card, which alone takes format 2"),
        new("fill", ToolValue.Hex, "bytes that stand in for random filling (repeated as needed), so that results can be compared: format 4 takes them "
            + "as its 8 random bytes, format 1 the low nibble of each, format 3 each modulo 6 as A to F"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["block"] = "encode, encipher, translate: the block, hexadecimal; for encode of format 4 the clear PIN field",
        ["panField"] = "encode of format 4: the PAN field, 16 bytes",
        ["pin"] = "decode, decipher: the PIN",
        ["format"] = "format of the block",
    };

    public override JsonObject Run(ToolRequest request)
    {
        PinBlockFormat format = Format(request, "format", PinBlockFormat.Iso0);
        using RandomNumberGenerator random = request.HexOrNull("fill") is { Length: > 0 } fill
            ? new RepeatedFill(fill)
            : RandomNumberGenerator.Create();
        return Operation(request) switch
        {
            "encode" => Encode(request, format, random),
            "decode" => Decode(request, format),
            "encipher" => Encipher(request, format, random),
            "decipher" => Decipher(request, format),
            _ => Translate(request, format, random),
        };
    }

    private static string Operation(ToolRequest request) =>
        request.TextOrNull("operation")
        ?? (request.Has("target-key") ? "translate"
            : request.Has("pin") ? (request.Has("key") ? "encipher" : "encode")
            : request.Has("key") ? "decipher" : "decode");

    private static JsonObject Encode(ToolRequest request, PinBlockFormat format, RandomNumberGenerator random)
    {
        string pin = Pin(request);
        string pan = Pan(request, format);
        byte[] block = new byte[PinCipherText.Length(format)];
        JsonObject answer = new() { ["format"] = (int)format };
        if (format is PinBlockFormat.Iso4)
        {
            PinBlock.EncodePinField(pin, random, block);
            byte[] panField = new byte[PinBlock.AesLength];
            PinBlock.EncodePanField(pan, panField);
            answer["panField"] = PaymentFields.Hex(panField);
        }
        else
        {
            PinBlock.Encode(format, pin, pan, random, block);
        }

        answer["block"] = PaymentFields.Hex(block);
        return answer;
    }

    private static JsonObject Decode(ToolRequest request, PinBlockFormat format)
    {
        byte[] block = request.Hex("block", PinCipherText.Length(format));
        char[] pin = new char[PinBlock.LongestPin];
        bool isValid = format is PinBlockFormat.Iso4
            ? PinBlock.TryDecodePinField(block, pin, out int length)
            : PinBlock.TryDecode(format, block, Pan(request, format), pin, out length);
        return isValid ? PinAnswer(format, pin, length) : throw Invalid(format);
    }

    private static JsonObject Encipher(ToolRequest request, PinBlockFormat format, RandomNumberGenerator random)
    {
        using PinEncryptionKey key = Key(request, "key", format);
        byte[] block = new byte[PinCipherText.Length(format)];
        PinCipherText.Encipher(key, format, Pin(request), Pan(request, format), random, block);
        return new JsonObject { ["format"] = (int)format, ["block"] = PaymentFields.Hex(block) };
    }

    private static JsonObject Decipher(ToolRequest request, PinBlockFormat format)
    {
        using PinEncryptionKey key = Key(request, "key", format);
        byte[] block = request.Hex("block", PinCipherText.Length(format));
        char[] pin = new char[PinBlock.LongestPin];
        return PinCipherText.TryDecipher(key, format, block, Pan(request, format), pin, out int length)
            ? PinAnswer(format, pin, length)
            : throw Invalid(format);
    }

    private static JsonObject Translate(ToolRequest request, PinBlockFormat format, RandomNumberGenerator random)
    {
        PinBlockFormat targetFormat = Format(request, "target-format", PinBlockFormat.Iso4);
        bool forChip = request.Flag("for-chip-card");
        if (!PinCipherText.IsPermitted(format, targetFormat, forChip))
        {
            throw new ToolException("target-format", $"ISO 9564-1 does not permit a translation from format {(int)format} to {(int)targetFormat}");
        }

        using PinEncryptionKey key = Key(request, "key", format);
        using PinEncryptionKey targetKey = Key(request, "target-key", targetFormat);
        byte[] block = request.Hex("block", PinCipherText.Length(format));
        byte[] target = new byte[PinCipherText.Length(targetFormat)];
        PinBlockFormat needsPan = format is PinBlockFormat.Iso1 or PinBlockFormat.Iso2 ? targetFormat : format;
        string pan = Pan(request, needsPan is PinBlockFormat.Iso4 && targetFormat is PinBlockFormat.Iso0 or PinBlockFormat.Iso3 ? targetFormat : needsPan);
        return PinCipherText.Translate(key, format, block, pan, targetKey, targetFormat, random, target, forChip) is PinTranslation.Done
            ? new JsonObject { ["format"] = (int)targetFormat, ["block"] = PaymentFields.Hex(target) }
            : throw Invalid(format);
    }

    private static PinBlockFormat Format(ToolRequest request, string name, PinBlockFormat otherwise) =>
        request.TextOrNull(name) is { } text ? (PinBlockFormat)int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string Pin(ToolRequest request) => request.Digits("pin", PinBlock.ShortestPin, PinBlock.LongestPin);

    private static string Pan(ToolRequest request, PinBlockFormat format) => format switch
    {
        PinBlockFormat.Iso0 or PinBlockFormat.Iso3 => request.Digits("pan", PinBlock.ShortestPan, PinBlock.LongestPan),
        PinBlockFormat.Iso4 => request.Digits("pan", 1, PinBlock.LongestPan),
        _ => string.Empty,
    };

    private static PinEncryptionKey Key(ToolRequest request, string name, PinBlockFormat format) => format is PinBlockFormat.Iso4
        ? PinEncryptionKey.Import(PinCipher.Aes, request.Hex(name, 16, 24, 32))
        : PinEncryptionKey.Import(PinCipher.Tdes, request.Hex(name, 16, 24));

    private static JsonObject PinAnswer(PinBlockFormat format, char[] pin, int length) =>
        new() { ["format"] = (int)format, ["pin"] = new string(pin, 0, length) };

    private static ToolException Invalid(PinBlockFormat format) =>
        new("block", $"not a PIN block of format {(int)format} for this PAN and key: control field, length, digits or filling are wrong");

    /// <summary>The given bytes over and over, in place of random ones.</summary>
    private sealed class RepeatedFill(byte[] fill) : RandomNumberGenerator
    {
        private int _at;

        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data)
        {
            foreach (ref byte part in data)
            {
                part = fill[_at];
                _at = (_at + 1) % fill.Length;
            }
        }
    }
}
