using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool mac</c>: the MACs of payment messages, and key check values.</summary>
internal sealed class MacTool : Tool
{
    public override IReadOnlyList<string> Path => ["mac"];

    public override string Description => "Computes or verifies a MAC: retail MAC, CBC-MAC, CMAC or HMAC.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("algorithm", ToolValue.Text, "retail: ISO 9797-1 algorithm 3 (default); cbc: algorithm 1; cmac-aes, cmac-tdes: SP 800-38B; hmac-sha256")
        {
            Words = ["retail", "cbc", "cmac-aes", "cmac-tdes", "hmac-sha256", "hmac-sha1"],
        },
        PaymentFields.Key("key", "key: 16 bytes for retail (or the first key, with key2), "
            + "8, 16 or 24 for cbc, 16, 24 or 32 for cmac-aes, 16 or 24 for cmac-tdes") with
        {
            Required = true,
        },
        PaymentFields.Key("key2", "retail: second key, where the two are given apart; each 8, 16 or 24 bytes"),
        new("data", ToolValue.Hex, "text, hexadecimal; empty is allowed"),
        new("text", ToolValue.Text, "text as characters (UTF-8) in place of data"),
        new("padding", ToolValue.Text, "retail and cbc: padding method of ISO 9797-1; default 1") { Words = ["1", "2", "3"] },
        new("length", ToolValue.Number, "bytes of the MAC to give, from the left; default all (the length of mac when that is given)"),
        new("mac", ToolValue.Hex, "MAC to verify, at least 4 bytes"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["mac"] = "the MAC, hexadecimal; left out when one was given to verify",
        ["valid"] = "true or false, when a MAC was given to verify",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] data = request.HexOrNull("data")
            ?? Encoding.UTF8.GetBytes(request.TextOrNull("text") ?? throw new ToolException("data", "missing; give data or text"));
        string algorithm = request.Word("algorithm", "retail");
        byte[] whole = PaymentFields.Guard("key", () => Compute(request, algorithm, data));
        if (request.HexOrNull("mac") is { } given)
        {
            return given.Length < 4 || given.Length > whole.Length
                ? throw new ToolException("mac", $"expected 4 to {whole.Length} bytes")
                : new JsonObject { ["valid"] = CryptographicOperations.FixedTimeEquals(whole.AsSpan(0, given.Length), given) };
        }

        long length = request.NumberOrNull("length") ?? whole.Length;
        return length < 1 || length > whole.Length
            ? throw new ToolException("length", $"expected 1 to {whole.Length}")
            : PaymentFields.Answer("mac", whole.AsSpan(0, (int)length));
    }

    private static byte[] Compute(ToolRequest request, string algorithm, byte[] data)
    {
        byte[] key = request.Hex("key");
        MacPadding padding = request.Word("padding", "1") switch { "2" => MacPadding.Method2, "3" => MacPadding.Method3, _ => MacPadding.Method1 };
        byte[] mac = new byte[algorithm is "cmac-aes" ? 16 : 8];
        switch (algorithm)
        {
            case "retail" when request.Has("key2"):
                RetailMac.Compute(key, request.Hex("key2", 8, 16, 24), data, padding, mac);
                break;
            case "retail":
                RetailMac.Compute(key, data, padding, mac);
                break;
            case "cbc":
                RetailMac.ComputeCbcMac(key, data, padding, mac);
                break;
            case "cmac-aes":
                Cmac.ComputeAes(key, data, mac);
                break;
            case "cmac-tdes":
                Cmac.ComputeTdes(key, data, mac);
                break;
            case "hmac-sha1":
#pragma warning disable CA5350 // ISO 9797-2 algorithm 2 with SHA-1 is still met in the field; the tool computes, it does not recommend.
                return HMACSHA1.HashData(key, data);
#pragma warning restore CA5350
            default:
                return HMACSHA256.HashData(key, data);
        }

        return mac;
    }
}
