using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool cryptogram</c>: the issuer's side of EMV.</summary>
internal sealed class CryptogramTool : Tool
{
    private static readonly string[] SessionKeys = ["none", "common", "mastercard", "emv2000", "unionpay", "visa-sm"];

    public override IReadOnlyList<string> Path => ["cryptogram"];

    public override string Description =>
        "EMV issuer cryptography: card and session keys, application cryptograms (ARQC, TC, AAC), their verification, and ARPC.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "ac (default) computes the application cryptogram; verify compares it (default when cryptogram and no arpc "
            + "field is given); arpc computes the issuer's answer; card-key and session-key stop at those keys")
        {
            Words = ["ac", "verify", "arpc", "card-key", "session-key"],
        },
        new("version", ToolValue.Text, "cryptogram version; by default told from scheme and 9F10")
        {
            Words = [.. CryptogramVersion.All.Select(version => version.Name)],
        },
        new("scheme", ToolValue.Text, "scheme whose form 9F10 has; default visa") { Words = ["visa", "mastercard", "amex", "unionpay", "discover", "jcb", "ccd"] },
        PaymentFields.Key("imk", "issuer master key for application cryptograms, 16 bytes"),
        new("pan", ToolValue.Text, "primary account number, for the card key"),
        new("psn", ToolValue.Text, "PAN sequence number (5F34), two digits; default 00"),
        new("derivation", ToolValue.Text, "card key derivation (EMV Book 2, A1.4); default that of the version, A without one") { Words = ["A", "B", "C"] },
        PaymentFields.Key("card-key", "card master key in place of imk and pan, 16 bytes"),
        new("session", ToolValue.Text, "session key method in place of the version's; visa-sm is Visa's key of secure messaging") { Words = SessionKeys },
        PaymentFields.Key("session-key", "key of the cryptogram in place of every derivation, 16 bytes"),
        new("height", ToolValue.Number, "emv2000: height of the tree; default 8"),
        new("branch-factor", ToolValue.Number, "emv2000: branch factor of the tree; default 4"),
        new("iv", ToolValue.Hex, "emv2000: initial value, 16 bytes; default zeros"),
        new("elements", ToolValue.Json, "data elements by tag, hexadecimal: 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 82 9F36 9F10"),
        new("tlv", ToolValue.Hex, "the same data elements as BER-TLV"),
        new("atc", ToolValue.Hex, "application transaction counter, 2 bytes, where no elements are given"),
        new("un", ToolValue.Hex, "unpredictable number, 4 bytes, where no elements are given"),
        new("diversifier", ToolValue.Hex, "session-key: the 8 bytes R of the common session key in place of atc and un"),
        new("data", ToolValue.Hex, "the data that the cryptogram covers, ready made, in place of elements"),
        new("padding", ToolValue.Text, "padding method of the cryptogram in place of the version's; default 2") { Words = ["1", "2"] },
        new("cryptogram", ToolValue.Hex, "application cryptogram (9F26), 8 bytes: to verify, or to answer"),
        new("arpc-method", ToolValue.Text, "method of ARPC in place of the version's") { Words = ["1", "2"] },
        new("arc", ToolValue.Hex, "ARPC method 1: response code, 2 bytes, such as 3030"),
        new("csu", ToolValue.Hex, "ARPC method 2: card status update, 4 bytes"),
        new("proprietary", ToolValue.Hex, "ARPC method 2: proprietary authentication data, at most 8 bytes"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["version"] = "cryptogram version that was used, if any",
        ["cardKey"] = "card master key, hexadecimal",
        ["sessionKey"] = "key of the cryptogram (the card key itself where the version has no session key), hexadecimal",
        ["data"] = "data that the cryptogram covers, without padding, hexadecimal",
        ["cryptogram"] = "application cryptogram, 8 bytes, hexadecimal",
        ["valid"] = "verify: true when the given cryptogram is the card's",
        ["arpc"] = "authorisation response cryptogram, 8 bytes (method 1) or 4 (method 2), hexadecimal",
        ["issuerAuthenticationData"] = "value of tag 91, hexadecimal",
    };

    public override JsonObject Run(ToolRequest request)
    {
        Elements elements = Elements.Read(request);
        CryptogramVersion? version = Version(request, elements);
        JsonObject answer = [];
        if (version is not null)
        {
            answer["version"] = version.Name;
        }

        byte[]? cardKey = CardKey(request, version);
        if (cardKey is not null)
        {
            answer["cardKey"] = PaymentFields.Hex(cardKey);
        }

        string operation = request.TextOrNull("operation") ?? (request.Has("arc") || request.Has("csu") ? "arpc" : request.Has("cryptogram") ? "verify" : "ac");
        if (operation == "card-key")
        {
            return cardKey is null ? throw new ToolException("imk", "missing; give imk and pan") : answer;
        }

        byte[] key = SessionKey(request, version, cardKey, elements);
        answer["sessionKey"] = PaymentFields.Hex(key);
        return operation switch
        {
            "session-key" => answer,
            "arpc" => Arpc(request, answer, version, cardKey, key),
            _ => Cryptogram(request, answer, version, key, elements, operation == "verify"),
        };
    }

    private static JsonObject Cryptogram(
        ToolRequest request, JsonObject answer, CryptogramVersion? version, byte[] key, Elements elements, bool verifies)
    {
        byte[] data = request.HexOrNull("data") ?? elements.Data(version ?? throw new ToolException("version", "missing; give version, or ready made data"));
        MacPadding padding = request.TextOrNull("padding") is { } text
            ? (text == "1" ? MacPadding.Method1 : MacPadding.Method2)
            : version?.Padding ?? MacPadding.Method2;
        byte[] cryptogram = new byte[ApplicationCryptogram.Length];
        ApplicationCryptogram.Compute(key, data, padding, cryptogram);
        answer["data"] = PaymentFields.Hex(data);
        answer["cryptogram"] = PaymentFields.Hex(cryptogram);
        if (verifies)
        {
            answer["valid"] = CryptographicOperations.FixedTimeEquals(cryptogram, request.Hex("cryptogram", 8));
        }

        return answer;
    }

    private static JsonObject Arpc(ToolRequest request, JsonObject answer, CryptogramVersion? version, byte[]? cardKey, byte[] sessionKey)
    {
        byte[] cryptogram = request.Hex("cryptogram", 8);
        string method = request.TextOrNull("arpc-method")
            ?? (version is not null ? (version.Arpc is ArpcMethod.One ? "1" : "2") : request.Has("csu") ? "2" : "1");
        byte[] key = version is { ArpcUnderSessionKey: false } && cardKey is not null ? cardKey : sessionKey;
        byte[] arpc;
        if (method == "1")
        {
            byte[] code = request.Hex("arc", 2);
            arpc = new byte[IssuerResponse.MethodOneLength];
            IssuerResponse.ComputeMethodOne(key, cryptogram, code, arpc);
            answer["issuerAuthenticationData"] = PaymentFields.Hex([.. arpc, .. code]);
        }
        else
        {
            byte[] update = request.Hex("csu", 4);
            byte[] proprietary = request.HexOrNull("proprietary") ?? [];
            arpc = new byte[IssuerResponse.MethodTwoLength];
            PaymentFields.Guard("proprietary", () =>
            {
                IssuerResponse.ComputeMethodTwo(key, cryptogram, update, proprietary, arpc);
                return true;
            });
            answer["issuerAuthenticationData"] = PaymentFields.Hex([.. arpc, .. update, .. proprietary]);
        }

        answer["arpc"] = PaymentFields.Hex(arpc);
        return answer;
    }

    private static CryptogramVersion? Version(ToolRequest request, Elements elements)
    {
        if (request.TextOrNull("version") is { } name)
        {
            CryptogramVersion.TryFind(name, out CryptogramVersion version);
            return version;
        }

        CardScheme scheme = request.Word("scheme", "visa") switch
        {
            "mastercard" => CardScheme.Mastercard,
            "amex" => CardScheme.AmericanExpress,
            "unionpay" => CardScheme.UnionPay,
            "discover" => CardScheme.Discover,
            "jcb" => CardScheme.Jcb,
            "ccd" => CardScheme.CommonCore,
            _ => CardScheme.Visa,
        };
        return elements.Value(0x9F10) is { } iad && CryptogramVersion.TryIdentify(scheme, iad, out CryptogramVersion found) ? found : null;
    }

    private static byte[]? CardKey(ToolRequest request, CryptogramVersion? version)
    {
        if (request.HexOrNull("card-key", 16) is { } given)
        {
            return given;
        }

        if (!request.Has("imk"))
        {
            return null;
        }

        EmvMasterKeyOption option = request.TextOrNull("derivation") switch
        {
            "A" => EmvMasterKeyOption.A,
            "B" => EmvMasterKeyOption.B,
            "C" => EmvMasterKeyOption.C,
            _ => version?.CardKeyOption ?? EmvMasterKeyOption.A,
        };
        byte[] issuerKey = option is EmvMasterKeyOption.C ? request.Hex("imk", 16, 24, 32) : request.Hex("imk", 16);
        byte[] key = new byte[issuerKey.Length];
        string psn = request.Has("psn") ? request.Digits("psn", 1, 2).PadLeft(2, '0') : string.Empty;
        EmvMasterKey.Derive(option, issuerKey, request.Digits("pan", 1, 19), psn, key);
        return key;
    }

    private static byte[] SessionKey(ToolRequest request, CryptogramVersion? version, byte[]? cardKey, Elements elements)
    {
        if (request.HexOrNull("session-key", 16) is { } given)
        {
            return given;
        }

        byte[] from = cardKey ?? throw new ToolException("imk", "missing; give imk and pan, card-key or session-key");
        string method = request.TextOrNull("session") ?? version?.Key switch
        {
            CryptogramKey.Common => "common",
            CryptogramKey.Mastercard => "mastercard",
            CryptogramKey.UnionPay => "unionpay",
            _ => request.Has("diversifier") ? "common" : "none",
        };
        byte[] key = new byte[16];
        switch (method)
        {
            case "common" when request.HexOrNull("diversifier", 8) is { } diversifier:
                EmvSessionKey.Common(from, diversifier, key);
                break;
            case "common":
                EmvSessionKey.CommonForCounter(from, elements.Counter(), key);
                break;
            case "mastercard":
                EmvSessionKey.Mastercard(from, elements.Counter(), elements.UnpredictableNumber(), key);
                break;
            case "unionpay":
                EmvSessionKey.UnionPay(from, elements.Counter(), key);
                break;
            case "visa-sm":
                EmvSessionKey.VisaSecureMessaging(from, elements.Counter(), key);
                break;
            case "emv2000":
                int height = (int)Math.Clamp(request.NumberOrNull("height") ?? 8, 0, 255);
                int branches = (int)Math.Clamp(request.NumberOrNull("branch-factor") ?? 4, 0, 255);
                byte[] iv = request.HexOrNull("iv", 16) ?? new byte[16];
                PaymentFields.Guard("height", () =>
                {
                    EmvSessionKey.Emv2000Tree(from, elements.Counter(), height, branches, iv, key);
                    return true;
                });
                break;
            default:
                return from;
        }

        return key;
    }

    /// <summary>The data elements of a request, from whichever field they came.</summary>
    private sealed class Elements(TlvMap values)
    {
        public static Elements Read(ToolRequest request)
        {
            TlvMap values = [];
            if (request.HexOrNull("tlv") is { } tlv)
            {
                values = TlvMap.TryParse(tlv, out TlvMap? parsed, out TlvFault fault)
                    ? parsed
                    : throw new ToolException("tlv", fault.ToString());
            }

            if (request.Json("elements") is { } node)
            {
                JsonObject members = node as JsonObject ?? throw new ToolException("elements", "expected an object of tags and hexadecimal values");
                foreach ((string tag, JsonNode? value) in members)
                {
                    values.Add(Tag(tag), Bytes(tag, value));
                }
            }

            AddField(values, request, 0x9F36, "atc", 2);
            AddField(values, request, 0x9F37, "un", 4);
            return new Elements(values);
        }

        public byte[]? Value(uint tag) => values[tag];

        public ushort Counter() => Value(0x9F36) is [_, _] counter
            ? BinaryPrimitives.ReadUInt16BigEndian(counter)
            : throw new ToolException("atc", "missing; expected 2 bytes here or as 9F36");

        public byte[] UnpredictableNumber() => Value(0x9F37) is { Length: 4 } number
            ? number
            : throw new ToolException("un", "missing; expected 4 bytes here or as 9F37");

        public byte[] Data(CryptogramVersion version)
        {
            if (!CryptogramInput.TryRead(values, out CryptogramInput? input, out uint missing))
            {
                throw new ToolException("elements", $"tag {missing:X} is missing or has a wrong length");
            }

            byte[] data = new byte[CryptogramInput.LongestData];
            return input!.TryWrite(version, data, out int length)
                ? data[..length]
                : throw new ToolException("elements", $"issuer application data 9F10 does not have the form of {version}");
        }

        private static void AddField(TlvMap values, ToolRequest request, uint tag, string name, int length)
        {
            if (request.HexOrNull(name, length) is { } value)
            {
                values.Add(tag, value);
            }
        }

        private static uint Tag(string text) =>
            text.Length is > 0 and <= 8 && uint.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out uint tag)
                ? tag
                : throw new ToolException("elements", $"{text} is no tag");

        private static byte[] Bytes(string tag, JsonNode? value)
        {
            string text = value is JsonValue one && one.GetValueKind() is JsonValueKind.String
                ? string.Concat(one.GetValue<string>().Where(character => !char.IsWhiteSpace(character)))
                : throw new ToolException("elements", $"expected hexadecimal digits for {tag}");
            return text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)
                ? Convert.FromHexString(text)
                : throw new ToolException("elements", $"expected hexadecimal digits for {tag}");
        }
    }
}
