using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool emv oda</c>: offline data authentication alone, from the objects that a card gave.</summary>
internal sealed class EmvOdaTool : Tool
{
    private static readonly string[] Methods = ["sda", "dda", "cda", "fdda"];

    public override IReadOnlyList<string> Path => ["emv", "oda"];

    public override string Description =>
        "Verify SDA, DDA, CDA or fDDA: certificates, static data and signature, with the first link that fails.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("method", ToolValue.Text, "what to verify") { Required = true, Words = Methods },
        new("tags", ToolValue.Json, "objects of the card as {\"tag\": \"value\"}: 8F, 90, 92, 9F32, 9F46, 9F47, 9F48, 93, 9F4B, 9F69, 9F36, 9F4A, 82, 5A or 57"),
        new("tlv", ToolValue.Hex, "objects of the card as BER-TLV, templates allowed; \"tags\" win"),
        new("records", ToolValue.Json, "records: [\"70…\"] all to be authenticated, or [{\"data\", \"sfi\", \"authenticated\"}]; default sfi 1, true"),
        new("static-data", ToolValue.Hex, "static data to be authenticated, complete, in place of what the records give"),
        new("aip", ToolValue.Hex, "82, 2 bytes, where tags and records do not hold it"),
        new("rid", ToolValue.Hex, "first 5 bytes of the AID; default: of 84 or 4F, else of the only CA key given"),
        new("aid", ToolValue.Hex, "the AID, in place of rid"),
        new("index", ToolValue.Hex, "CA key index, 1 byte, where the card gives no 8F"),
        new("ca-keys", ToolValue.Json, "CA keys as [{\"rid\", \"index\", \"modulus\", \"exponent\", \"expires\"}]; published and lab keys stand behind them"),
        new("revocations", ToolValue.Json, "revoked certificates as [{\"rid\", \"index\", \"serial\"}]"),
        new("pan", ToolValue.Text, "digits; default: from 5A or 57"),
        new("date", ToolValue.Text, "transaction date as yyMMdd or yyyy-MM-dd") { Required = true },
        new("unpredictable-number", ToolValue.Hex, "9F37, 4 bytes; for cda and fdda"),
        new("amount", ToolValue.Text, "9F02 as 12 digits, or minor units; for fdda version 1"),
        new("currency", ToolValue.Text, "5F2A as 4 digits, or ISO 4217 number; for fdda version 1"),
        new("online", ToolValue.Flag, "fdda: the card gave an online cryptogram, its signature may have format 95"),
        new("accept-version-0", ToolValue.Flag, "fdda: accept a card without 9F69"),
        new("ddol-data", ToolValue.Hex, "values sent with INTERNAL AUTHENTICATE; for dda"),
        new("pdol-data", ToolValue.Hex, "values sent with GET PROCESSING OPTIONS, without 83 and length; for cda"),
        new("cdol-data", ToolValue.Hex, "values sent with GENERATE AC; for cda"),
        new("response", ToolValue.Hex, "GENERATE AC response: template 77, or its value; for cda"),
        new("relay-data", ToolValue.Hex, "14 bytes of relay resistance: terminal entropy, device entropy, three times; for cda"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["result"] = "valid or failed",
        ["method"] = "sda, dda, cda or fdda",
        ["valid"] = "true when every link holds",
        ["step"] = "CaKey, IssuerCertificate, CardCertificate, StaticData, SignedStaticData or SignedDynamicData, or null",
        ["fault"] = "what was wrong there, or null",
        ["tvr"] = "bits set by the result, 5 bytes",
        ["tvrBits"] = "the same in words",
        ["keyBits"] = "lengths of CA, issuer and card key, as far as they were recovered",
        ["caKey"] = "{rid, index, bits, environment}, or null",
        ["issuer"] = "{identifier, expires, serial, modulus, exponent} of the issuer certificate, or null",
        ["icc"] = "{pan, expires, serial, modulus, exponent} of the card certificate, or null",
        ["staticData"] = "static data that was authenticated",
        ["recovered"] = "signed data 93 or 9F4B after recovery, or null",
        ["dataAuthenticationCode"] = "9F45, for a valid sda",
        ["iccDynamicNumber"] = "9F4C, for a valid dynamic signature",
        ["cryptogram"] = "9F26 from the signature, for a valid cda",
        ["cid"] = "9F27 from the signature, for a valid cda",
        ["fddaVersion"] = "0 or 1, for fdda",
    };

    public override JsonObject Run(ToolRequest request)
    {
        EmvOdaInput input = EmvOdaInput.Read(request);
        OdaResult result = request.Text("method") switch
        {
            "sda" => OfflineDataAuthentication.VerifySda(input.Data),
            "dda" => OfflineDataAuthentication.VerifyDda(input.Data, request.Hex("ddol-data")),
            "cda" => VerifyCda(request, input),
            _ => OfflineDataAuthentication.VerifyFdda(
                input.Data,
                request.Hex("unpredictable-number", 4),
                Digits(request, "amount", 12),
                Digits(request, "currency", 4),
                request.Flag("online"),
                request.Flag("accept-version-0")),
        };
        JsonObject answer = EmvToolInput.Show(result);
        answer.Insert(0, "result", result.IsValid ? "valid" : "failed");
        answer["tvrBits"] = new JsonArray([.. BitMeanings.Of(EmvTag.Tvr, result.Tvr.ToArray()).Select(text => (JsonNode)text)]);
        EmvOdaAnswer.Add(answer, input.Data, result);
        return answer;
    }

    private static OdaResult VerifyCda(ToolRequest request, EmvOdaInput input)
    {
        byte[] response = request.Hex("response");
        TlvReader reader = new(response);
        if (reader.TryRead(out TlvObject template) && template.Tag == EmvTag.ResponseFormat2 && !reader.TryRead(out _))
        {
            response = template.Value.ToArray();
        }

        if (!TlvMap.TryParse(response, out TlvMap? objects, out TlvFault fault))
        {
            throw new ToolException("response", fault.Text, fault.Offset);
        }

        foreach ((uint tag, byte[] value) in objects)
        {
            input.Data.Card[tag] = value;
        }

        byte[] relay = request.Has("relay-data") ? request.Hex("relay-data", 14) : [];
        byte cid = input.Data.Card[EmvTag.CryptogramInformation] is { Length: 1 } one ? one[0] : throw new ToolException("response", "holds no 9F27");
        return OfflineDataAuthentication.VerifyCda(
            input.Data,
            new CdaInput(
                request.HexOrNull("pdol-data") ?? [], request.Hex("cdol-data"), response, cid, request.Hex("unpredictable-number", 4), relay));
    }

    /// <summary>Digits as the card was sent them; fewer are filled with zeros on the left.</summary>
    private static byte[] Digits(ToolRequest request, string name, int length)
    {
        string text = request.TextOrNull(name) ?? string.Empty;
        return text.Length <= length && text.All(char.IsAsciiDigit)
            ? Convert.FromHexString(text.PadLeft(length, '0'))
            : throw new ToolException(name, $"expected at most {length} digits");
    }
}
