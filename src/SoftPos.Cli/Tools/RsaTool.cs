using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool rsa</c>: recovery of EMV signed messages.</summary>
internal sealed class RsaTool : Tool
{
    public override IReadOnlyList<string> Path => ["rsa"];

    public override string Description =>
        "Recovers an EMV signed message (certificate, static or dynamic data) with an RSA public key; EMV Book 2, A2.1.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("modulus", ToolValue.Hex, "modulus of the public key, 64 to 512 bytes, odd") { Required = true },
        new("exponent", ToolValue.Hex, "public exponent: 03 or 010001; default 03"),
        new("signature", ToolValue.Hex, "signed message, as long as the modulus and less than it") { Required = true },
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["recovered"] = "the recovered message, as long as the modulus, hexadecimal",
        ["header"] = "first byte: 6A in an EMV message",
        ["format"] = "second byte: 02 issuer certificate, 03 signed static data, 04 ICC certificate, 05 and 95 signed dynamic data",
        ["trailer"] = "last byte: BC in an EMV message",
        ["wellFormed"] = "true when header and trailer are those of EMV; the hash inside is not checked here",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] modulus = request.Hex("modulus");
        byte[] exponent = request.HexOrNull("exponent") ?? [3];
        byte[] signature = request.Hex("signature");
        if (modulus.Length is < EmvRsa.ShortestModulus or > EmvRsa.LongestModulus || modulus[0] == 0 || modulus[^1] % 2 == 0)
        {
            throw new ToolException("modulus", "expected an odd number of 64 to 512 bytes without a leading zero byte");
        }

        if (signature.Length != modulus.Length)
        {
            throw new ToolException("signature", $"expected {modulus.Length} bytes, as the modulus has, got {signature.Length}");
        }

        if (signature.AsSpan().SequenceCompareTo(modulus) >= 0)
        {
            throw new ToolException("signature", "not less than the modulus");
        }

        byte[] recovered = new byte[modulus.Length];
        if (!EmvRsa.TryRecover(modulus, exponent, signature, recovered))
        {
            throw new ToolException("exponent", "expected 03 or 010001");
        }

        return new JsonObject
        {
            ["recovered"] = PaymentFields.Hex(recovered),
            ["header"] = PaymentFields.Hex(recovered.AsSpan(0, 1)),
            ["format"] = PaymentFields.Hex(recovered.AsSpan(1, 1)),
            ["trailer"] = PaymentFields.Hex(recovered.AsSpan(recovered.Length - 1)),
            ["wellFormed"] = recovered[0] == 0x6A && recovered[^1] == 0xBC,
        };
    }
}
