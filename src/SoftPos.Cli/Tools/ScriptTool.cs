using System.Buffers.Binary;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool script</c>: secure messaging of issuer scripts.</summary>
internal sealed class ScriptTool : Tool
{
    public override IReadOnlyList<string> Path => ["script"];

    public override string Description => "Issuer scripts: MAC, encipherment and Visa's PIN change block (EMV Book 2, 9).";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "mac (default): MAC of a command; encipher: confidential data; pin-block: clear block of Visa's PIN change")
        {
            Words = ["mac", "encipher", "pin-block"],
        },
        PaymentFields.Key("key", "mac, encipher: session key for integrity or confidentiality, 16 bytes; pin-block: card key for cryptograms") with
        {
            Required = true,
        },
        new("header", ToolValue.Hex, "mac: CLA INS P1 P2 Lc, 5 bytes, where Lc counts the MAC"),
        new("atc", ToolValue.Hex, "mac: application transaction counter, 2 bytes"),
        new("cryptogram", ToolValue.Hex, "mac: application cryptogram, 8 bytes"),
        new("data", ToolValue.Hex, "mac: command data before the MAC; without header, the whole text; encipher: the clear data"),
        new("method", ToolValue.Text, "encipher: visa (default), mastercard or emv") { Words = ["visa", "mastercard", "emv"] },
        new("length", ToolValue.Number, "mac: 4 to 8 bytes; default 8"),
        new("pin", ToolValue.Text, "pin-block: new PIN, 4 to 12 digits") { Secret = true },
        new("current-pin", ToolValue.Text, "pin-block: current PIN, where the command needs it") { Secret = true },
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["mac"] = "MAC, hexadecimal",
        ["data"] = "enciphered data, hexadecimal",
        ["block"] = "PIN change block, 8 bytes",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] key = request.Hex("key", 16);
        switch (request.Word("operation", "mac"))
        {
            case "encipher":
                ScriptEncryption method = request.Word("method", "visa") switch
                {
                    "mastercard" => ScriptEncryption.Mastercard,
                    "emv" => ScriptEncryption.Emv,
                    _ => ScriptEncryption.Visa,
                };
                return PaymentFields.Answer("data", PaymentFields.Guard("data", () => IssuerScript.Encipher(method, key, request.Hex("data"))));
            case "pin-block":
                byte[] block = new byte[8];
                string current = request.Has("current-pin") ? request.Digits("current-pin", 4, 12) : string.Empty;
                IssuerScript.WriteVisaPinChangeBlock(key, request.Digits("pin", 4, 12), current, block);
                return PaymentFields.Answer("block", block);
            default:
                return Mac(request, key);
        }
    }

    private static JsonObject Mac(ToolRequest request, byte[] key)
    {
        long length = request.NumberOrNull("length") ?? 8;
        if (length is < 4 or > 8)
        {
            throw new ToolException("length", "expected 4 to 8");
        }

        byte[] mac = new byte[length];
        byte[] data = request.HexOrNull("data") ?? [];
        if (request.HexOrNull("header", 5) is { } header)
        {
            if (data.Length > 255)
            {
                throw new ToolException("data", "expected at most 255 bytes");
            }

            ushort counter = BinaryPrimitives.ReadUInt16BigEndian(request.Hex("atc", 2));
            IssuerScript.ComputeMac(key, header, counter, request.Hex("cryptogram", 8), data, mac);
        }
        else
        {
            IssuerScript.ComputeMac(key, data, mac);
        }

        return PaymentFields.Answer("mac", mac);
    }
}
