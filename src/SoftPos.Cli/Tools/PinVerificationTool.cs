using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool pin</c>: PIN verification values of issuers.</summary>
internal sealed class PinVerificationTool : Tool
{
    public override IReadOnlyList<string> Path => ["pin"];

    public override string Description => "Computes Visa PVV, and PIN and offset of IBM 3624.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "pvv (default), ibm-pin or ibm-offset") { Words = ["pvv", "ibm-pin", "ibm-offset"] },
        PaymentFields.Key("key", "PIN verification key, 8, 16 or 24 bytes") with { Required = true },
        new("pan", ToolValue.Text, "primary account number: 12 to 19 digits (pvv), at most 19 (IBM)") { Required = true },
        new("pin", ToolValue.Text, "pvv: four digits; ibm-offset: 4 to 16 digits") { Secret = true },
        new("key-index", ToolValue.Text, "pvv: key index (PVKI), one digit; default 1"),
        new("offset", ToolValue.Text, "ibm-pin: offset, 4 to 16 digits; default 0000"),
        new("table", ToolValue.Text, "IBM: decimalisation (conversion) table, 16 digits; default 0123456789012345"),
        new("start", ToolValue.Number, "IBM: first PAN digit of the validation data, counted from 0; default 0"),
        new("digits", ToolValue.Number, "IBM: PAN digits of the validation data, 1 to 16; default as many as there are"),
        new("padding", ToolValue.Text, "IBM: hexadecimal digit that fills the validation data; default F"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["pvv"] = "PIN verification value, four digits",
        ["pin"] = "ibm-pin: the PIN",
        ["offset"] = "ibm-offset: the offset",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] key = request.Hex("key", 8, 16, 24);
        string operation = request.Word("operation", "pvv");
        if (operation == "pvv")
        {
            string index = request.Has("key-index") ? request.Digits("key-index", 1, 1) : "1";
            return new JsonObject { ["pvv"] = PinVerification.ComputeVisaPvv(key, index, request.Digits("pin", 4, 4), request.Digits("pan", 12, 19)) };
        }

        string pan = request.Digits("pan", 1, 19);
        string table = request.Has("table") ? request.Digits("table", 16, 16) : "0123456789012345";
        int start = (int)Math.Clamp(request.NumberOrNull("start") ?? 0, -1, 99);
        int digits = (int)Math.Clamp(request.NumberOrNull("digits") ?? Math.Min(pan.Length - Math.Max(start, 0), 16), -1, 99);
        char padding = request.Word("padding", "F") is [char one] ? one : throw new ToolException("padding", "expected one hexadecimal digit");
        return operation == "ibm-pin"
            ? new JsonObject { ["pin"] = PaymentFields.Guard("digits", () => PinVerification.ComputeIbm3624Pin(
                key, table, request.Has("offset") ? request.Digits("offset", 4, 16) : "0000", new Ibm3624ValidationData(pan, start, digits, padding))) }
            : new JsonObject { ["offset"] = PaymentFields.Guard("digits", () => PinVerification.ComputeIbm3624Offset(
                key, table, request.Digits("pin", 4, 16), new Ibm3624ValidationData(pan, start, digits, padding))) };
    }
}
