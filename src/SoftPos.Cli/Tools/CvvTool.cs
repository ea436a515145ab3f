using System.Buffers.Binary;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool cvv</c>: card verification values.</summary>
internal sealed class CvvTool : Tool
{
    public override IReadOnlyList<string> Path => ["cvv"];

    public override string Description => "Computes CVV (and CVV2, iCVV, CVC by service code), Visa dCVV and Mastercard CVC3.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "cvv (default), dcvv or cvc3") { Words = ["cvv", "dcvv", "cvc3"] },
        PaymentFields.Key("key", "cvv: key pair A and B; dcvv, cvc3: key of the card; 16 bytes") with { Required = true },
        new("pan", ToolValue.Text, "cvv, dcvv: primary account number, at most 19 digits"),
        new("expiry", ToolValue.Text, "cvv, dcvv: four digits in the issuer's order (stripe: YYMM)"),
        new("service-code", ToolValue.Text, "cvv, dcvv: three digits; 000 gives CVV2, 999 gives iCVV"),
        new("atc", ToolValue.Hex, "dcvv, cvc3: application transaction counter, 2 bytes"),
        new("un", ToolValue.Hex, "cvc3: unpredictable number (9F6A), 4 bytes"),
        new("track", ToolValue.Hex, "cvc3: static track data that the initial value is computed over"),
        new("ivcvc3", ToolValue.Hex, "cvc3: initial value in place of track, 2 bytes"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["value"] = "three digits (cvv, dcvv) or five (cvc3)",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] key = request.Hex("key", 16);
        return new JsonObject
        {
            ["value"] = request.Word("operation", "cvv") switch
            {
                "cvv" => CardVerification.ComputeCvv(key, Pan(request, 1), Expiry(request), ServiceCode(request)),
                "dcvv" => CardVerification.ComputeDynamicCvv(key, Pan(request, 12), Expiry(request), ServiceCode(request), Counter(request)),
                _ when request.HexOrNull("ivcvc3", 2) is { } initial =>
                    CardVerification.ComputeCvc3FromInitialValue(key, initial, Counter(request), request.Hex("un", 4)),
                _ => CardVerification.ComputeCvc3(key, request.Hex("track"), Counter(request), request.Hex("un", 4)),
            },
        };
    }

    private static string Pan(ToolRequest request, int shortest) => request.Digits("pan", shortest, 19);

    private static string Expiry(ToolRequest request) => request.Digits("expiry", 4, 4);

    private static string ServiceCode(ToolRequest request) => request.Digits("service-code", 3, 3);

    private static ushort Counter(ToolRequest request) => BinaryPrimitives.ReadUInt16BigEndian(request.Hex("atc", 2));
}
