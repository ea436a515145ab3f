using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool kcv</c>: check values of keys.</summary>
internal sealed class KeyCheckTool : Tool
{
    public override IReadOnlyList<string> Path => ["kcv"];

    public override string Description => "Computes the check value of a key (X9.24-1 annex A): zeros enciphered, or CMAC.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        PaymentFields.Key("key", "key: TDES 8, 16 or 24 bytes, AES 16, 24 or 32 bytes") with { Required = true, Positional = true },
        new("algorithm", ToolValue.Text, "cipher of the key; default tdes for 8, 16 and 24 bytes, aes for 32") { Words = ["tdes", "aes"] },
        new("method", ToolValue.Text, "legacy: left 3 bytes of a block of zeros enciphered; cmac: left 5 bytes; default legacy for TDES, cmac for AES")
        {
            Words = ["legacy", "cmac"],
        },
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["kcv"] = "check value, 3 bytes (legacy) or 5 (CMAC), hexadecimal",
        ["algorithm"] = "tdes or aes",
        ["method"] = "legacy or cmac",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] key = request.Hex("key", 8, 16, 24, 32);
        string algorithm = request.Word("algorithm", key.Length == 32 ? "aes" : "tdes");
        string method = request.Word("method", algorithm == "aes" ? "cmac" : "legacy");
        KeyCheckMethod chosen = (algorithm, method) switch
        {
            ("tdes", "legacy") => KeyCheckMethod.LegacyTdes,
            ("tdes", _) => KeyCheckMethod.CmacTdes,
            (_, "legacy") => KeyCheckMethod.LegacyAes,
            _ => KeyCheckMethod.CmacAes,
        };
        bool fits = algorithm == "aes" ? key.Length is not 8 : key.Length is not 32 && (method is "legacy" || key.Length is not 8);
        return fits
            ? new JsonObject { ["kcv"] = PaymentFields.Hex(KeyCheckValue.Compute(chosen, key)), ["algorithm"] = algorithm, ["method"] = method }
            : throw new ToolException("key", "wrong length for this algorithm and method");
    }
}
