using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool keyblock</c>: key blocks of X9.143 (TR-31) and ISO 20038.</summary>
internal sealed class KeyBlockTool : Tool
{
    public override IReadOnlyList<string> Path => ["keyblock"];

    public override string Description =>
        "Wraps, unwraps and inspects key blocks: X9.143 / TR-31 versions A, B, C, D and ISO 20038 version E.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "by default wrap when key is given, unwrap when block and kbpk are, inspect (header only) with block alone")
        {
            Words = ["wrap", "unwrap", "inspect"],
        },
        PaymentFields.Key("kbpk", "key block protection key: 16 or 24 bytes for A, B, C; 16, 24 or 32 for D, E"),
        new("block", ToolValue.Text, "key block") { Positional = true },
        PaymentFields.Key("key", "wrap: the key to protect"),
        new("header", ToolValue.Text, "wrap: a header such as D0000P0AE00E0000, with optional blocks if any (its length is not looked at, padding is "
            + "added); in place of version, usage, algorithm, mode, key-version, exportability, context and optional-blocks"),
        new("version", ToolValue.Text, "wrap: key block version; default D") { Words = ["A", "B", "C", "D", "E"] },
        new("usage", ToolValue.Text, "wrap: key usage, two characters, such as P0, B0, B1, K0, M3, D0"),
        new("algorithm", ToolValue.Text, "wrap: A AES, T TDES, D DES, H HMAC, R RSA, E elliptic curve, S DSA; default A for D and E, else T"),
        new("mode", ToolValue.Text, "wrap: mode of use, one character: B, C, D, E, G, N, S, T, V, X, Y; default N"),
        new("key-version", ToolValue.Text, "wrap: key version number, two characters; default 00"),
        new("exportability", ToolValue.Text, "wrap: E, N or S; default E"),
        new("context", ToolValue.Text, "wrap: key context, 0, 1 or 2; default 0"),
        new("optional-blocks", ToolValue.Json, "wrap: optional blocks in their order, as an object such as {\"KS\":\"FFFF9876543210E00000\"} or an array of "
            + "such objects"),
        new("legacy", ToolValue.Flag, "wrap: allow versions A, B, C and E, which the house does not write"),
        new("allow-weaker", ToolValue.Flag, "wrap: allow a protection key weaker than the key"),
        new("exact-length", ToolValue.Flag, "wrap: do not hide the length of the key by padding to the longest of its algorithm"),
        new("any-key-length", ToolValue.Flag, "accept keys whose length does not fit their algorithm, such as a single DES key under T"),
        new("padding-byte", ToolValue.Hex, "wrap: one byte that fills the payload in place of random ones, so that results can be compared"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["block"] = "wrap: the key block",
        ["key"] = "unwrap: the key, hexadecimal",
        ["version"] = "key block version, A to E",
        ["length"] = "characters of the block",
        ["usage"] = "key usage, two characters",
        ["algorithm"] = "algorithm, one character",
        ["mode"] = "mode of use, one character",
        ["keyVersion"] = "key version number, two characters",
        ["exportability"] = "E, N or S",
        ["context"] = "key context",
        ["optionalBlocks"] = "optional blocks in their order: id and data",
        ["header"] = "the header as it stands in the block",
        ["authentic"] = "unwrap: true; a block whose MAC differs is a fault",
        ["kcv"] = "unwrap: check value of an AES key (CMAC, 5 bytes) or TDES key (zeros enciphered, 3 bytes)",
    };

    public override JsonObject Run(ToolRequest request)
    {
        string operation = request.Word("operation", request.Has("key") ? "wrap" : request.Has("kbpk") ? "unwrap" : "inspect");
        return operation switch
        {
            "wrap" => Wrap(request),
            "unwrap" => Unwrap(request),
            _ => Inspect(request.Text("block").Trim()),
        };
    }

    private static JsonObject Inspect(string block)
    {
        if (!KeyBlockHeader.TryParse(block, out KeyBlockHeader? header, out int headerLength, out KeyBlockFault fault))
        {
            throw Refusal(fault);
        }

        JsonArray options = [];
        foreach (KeyBlockOption option in header!.Options)
        {
            options.Add(new JsonObject { ["id"] = option.Id, ["data"] = option.Data });
        }

        return new JsonObject
        {
            ["version"] = header.Version.ToString(),
            ["length"] = block.Length,
            ["usage"] = header.Usage,
            ["algorithm"] = header.Algorithm.ToString(),
            ["mode"] = header.ModeOfUse.ToString(),
            ["keyVersion"] = header.KeyVersion,
            ["exportability"] = header.Exportability.ToString(),
            ["context"] = header.KeyContext.ToString(),
            ["optionalBlocks"] = options,
            ["header"] = block[..headerLength],
        };
    }

    private static JsonObject Unwrap(ToolRequest request)
    {
        string block = request.Text("block").Trim();
        using KeyBlockProtectionKey protectionKey = new(request.Hex("kbpk", 16, 24, 32));
        if (!KeyBlock.TryUnwrap(protectionKey, block, out KeyBlockContent? content, out KeyBlockFault fault, request.Flag("any-key-length")))
        {
            throw Refusal(fault);
        }

        using (content)
        {
            JsonObject answer = Inspect(block);
            answer["authentic"] = true;
            answer["key"] = PaymentFields.Hex(content!.Key);
            if (CheckValue(content.Header.Algorithm, content.Key) is { } kcv)
            {
                answer["kcv"] = kcv;
            }

            return answer;
        }
    }

    private static JsonObject Wrap(ToolRequest request)
    {
        using KeyBlockProtectionKey protectionKey = new(request.Hex("kbpk", 16, 24, 32));
        byte[] key = request.Hex("key");
        KeyBlockHeader header = Header(request);
        KeyBlockWrapping wrapping = new()
        {
            AllowLegacyVersions = request.Flag("legacy"),
            AllowWeakerProtection = request.Flag("allow-weaker"),
            HidesLength = !request.Flag("exact-length"),
            AllowAnyKeyLength = request.Flag("any-key-length"),
        };
        if (header.Version != 'D' && !wrapping.AllowLegacyVersions)
        {
            throw new ToolException("version", "versions other than D are written only with legacy");
        }

        if (!protectionKey.Fits(header.Version))
        {
            throw new ToolException("kbpk", $"a key of {protectionKey.Length} bytes cannot protect a block of version {header.Version}");
        }

        using RandomNumberGenerator random = request.HexOrNull("padding-byte", 1) is [byte padding]
            ? new OneByte(padding)
            : RandomNumberGenerator.Create();
        string block = PaymentFields.Guard("key", () => KeyBlock.Wrap(protectionKey, header, key, random, wrapping));
        JsonObject answer = Inspect(block);
        answer["block"] = block;
        return answer;
    }

    private static KeyBlockHeader Header(ToolRequest request)
    {
        if (request.TextOrNull("header") is { } text)
        {
            return KeyBlockHeader.TryParseTemplate(text.Trim(), out KeyBlockHeader? template, out _, out KeyBlockFault fault)
                ? template!
                : throw new ToolException("header", Explain(fault.Kind), fault.Offset);
        }

        char version = request.Word("version", "D")[0];
        KeyBlockHeader header = new()
        {
            Version = version,
            Usage = Characters(request, "usage", 2, null),
            Algorithm = Characters(request, "algorithm", 1, version is 'D' or 'E' ? "A" : "T")[0],
            ModeOfUse = Characters(request, "mode", 1, "N")[0],
            KeyVersion = Characters(request, "key-version", 2, "00"),
            Exportability = Characters(request, "exportability", 1, "E")[0],
            KeyContext = Characters(request, "context", 1, "0")[0],
            Options = OptionalBlocks(request.Json("optional-blocks")),
        };
        return header;
    }

    private static string Characters(ToolRequest request, string name, int length, string? otherwise)
    {
        string text = request.TextOrNull(name) ?? otherwise ?? throw new ToolException(name, "missing; give it or header");
        return text.Length == length && text.All(char.IsAsciiLetterOrDigit)
            ? text
            : throw new ToolException(name, $"expected {length} letters or digits");
    }

    private static IReadOnlyList<KeyBlockOption> OptionalBlocks(JsonNode? node) => node switch
    {
        null => [],
        JsonObject members => [.. members.Select(member => Option(member.Key, member.Value))],
        JsonArray items => [.. items.SelectMany(item => item is JsonObject one
            ? one.ContainsKey("id") ? [Option(one["id"]?.ToString() ?? string.Empty, one["data"])] : one.Select(member => Option(member.Key, member.Value))
            : throw new ToolException("optional-blocks", "expected objects"))],
        _ => throw new ToolException("optional-blocks", "expected an object or an array"),
    };

    private static KeyBlockOption Option(string id, JsonNode? data)
    {
        string text = data is JsonValue value && value.GetValueKind() is JsonValueKind.String
            ? value.GetValue<string>()
            : throw new ToolException("optional-blocks", $"expected the data of {id} as a text");
        return id.Length == 2 && id.All(char.IsAsciiLetterOrDigit)
            ? new KeyBlockOption(id, text)
            : throw new ToolException("optional-blocks", "expected ids of two letters or digits");
    }

    private static string? CheckValue(char algorithm, ReadOnlySpan<byte> key) => (algorithm, key.Length) switch
    {
        ('A', 16 or 24 or 32) => PaymentFields.Hex(KeyCheckValue.Compute(KeyCheckMethod.CmacAes, key)),
        ('T' or 'D', 8 or 16 or 24) => PaymentFields.Hex(KeyCheckValue.Compute(KeyCheckMethod.LegacyTdes, key)),
        _ => null,
    };

    private static ToolException Refusal(KeyBlockFault fault) => new("block", Explain(fault.Kind), fault.Offset);

    private static string Explain(KeyBlockFaultKind kind) => kind switch
    {
        KeyBlockFaultKind.Length => "shorter than a header of 16 characters or longer than 9999",
        KeyBlockFaultKind.DeclaredLength => "the length field is no number or not the length of the block",
        KeyBlockFaultKind.Version => "expected version A, B, C, D or E",
        KeyBlockFaultKind.HeaderCharacter => "expected letters and digits in the header",
        KeyBlockFaultKind.OptionalBlockCount => "expected two digits for the number of optional blocks",
        KeyBlockFaultKind.OptionalBlock => "malformed optional block: id, length or characters",
        KeyBlockFaultKind.OptionalBlockAlignment => "the optional blocks are no multiple of the cipher block",
        KeyBlockFaultKind.Payload => "payload and MAC are not hexadecimal or not whole cipher blocks",
        KeyBlockFaultKind.ProtectionKey => "a protection key of this length does not go with the version",
        KeyBlockFaultKind.NotAuthentic => "the MAC differs: the block was changed or wrapped under another key",
        _ => "the length of the key does not fit the payload or the algorithm",
    };

    /// <summary>One byte for ever, in place of random ones.</summary>
    private sealed class OneByte(byte value) : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => data.AsSpan().Fill(value);

        public override void GetBytes(Span<byte> data) => data.Fill(value);
    }
}
