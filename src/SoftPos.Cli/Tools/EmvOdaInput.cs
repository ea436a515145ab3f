using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Cli.Tools;

/// <summary>Objects, static data and keys of an <c>emv oda</c> request.</summary>
internal sealed record EmvOdaInput(OdaInput Data)
{
    private const int MaxRecords = 64;
    private const int MaxKeys = 256;

    public static EmvOdaInput Read(ToolRequest request)
    {
        TlvMap card = EmvToolInput.Objects(request, "tags", "tlv");
        StaticDataCollector collector = new();
        ReadRecords(request, card, collector);
        if (request.Has("aip"))
        {
            card[EmvTag.Aip] = request.Hex("aip", 2);
        }

        if (card[EmvTag.CaKeyIndex] is null && request.Has("index"))
        {
            card[EmvTag.CaKeyIndex] = request.Hex("index", 1);
        }

        byte[] staticData = collector.Complete(card[EmvTag.SdaTagList], card[EmvTag.Aip]);
        List<CaPublicKey> given = ReadKeys(request);
        OdaFault? fault = collector.Fault;
        if (request.HexOrNull("static-data") is { } complete)
        {
            (staticData, fault) = (complete, null);
        }

        DateOnly date = EmvToolInput.Date(request, "date") ?? throw new ToolException("date", "missing");
        return new EmvOdaInput(new OdaInput(card, staticData, Rid(request, card, given), Pan(request, card), date, KeySet(request, given))
        {
            StaticDataFault = fault,
        });
    }

    private static void ReadRecords(ToolRequest request, TlvMap card, StaticDataCollector collector)
    {
        if (request.Json("records") is not { } node)
        {
            return;
        }

        JsonArray records = node as JsonArray ?? throw new ToolException("records", "expected a list");
        if (records.Count > MaxRecords)
        {
            throw new ToolException("records", $"more than {MaxRecords}");
        }

        for (int i = 0; i < records.Count; i++)
        {
            byte[] data = Hex(records[i] is JsonObject whole ? whole["data"] : records[i], "records", i);
            int sfi = records[i] is JsonObject one && one["sfi"] is { } number ? Number(number, "records", i) : 1;
            bool signed = records[i] is not JsonObject other || other["authenticated"] is not { } flag
                || flag.GetValueKind() is System.Text.Json.JsonValueKind.True;
            if (signed)
            {
                collector.AddRecord(sfi, data);
            }

            if (!TlvMap.TryParse(data, out TlvMap? objects, out TlvFault fault))
            {
                throw new ToolException("records", $"record {i}: {fault.Text}", fault.Offset);
            }

            foreach ((uint tag, byte[] value) in objects)
            {
                card.TryAdd(tag, value);
            }
        }
    }

    private static List<CaPublicKey> ReadKeys(ToolRequest request)
    {
        List<CaPublicKey> keys = [];
        foreach (JsonObject entry in Entries(request, "ca-keys"))
        {
            int at = keys.Count;
            byte[] rid = Hex(entry["rid"], "ca-keys", at);
            byte[] index = Hex(entry["index"], "ca-keys", at);
            DateOnly? expires = entry["expires"] is { } day
                ? EmvToolInput.Date(day.ToString()) ?? throw new ToolException("ca-keys", $"entry {at}: expected a date as yyMMdd or yyyy-MM-dd")
                : null;
            if (rid.Length != 5 || index.Length != 1)
            {
                throw new ToolException("ca-keys", $"entry {at}: expected a RID of 5 bytes and an index of 1");
            }

            keys.Add(new CaPublicKey(
                rid, index[0], Hex(entry["modulus"], "ca-keys", at), Hex(entry["exponent"], "ca-keys", at), CaKeyEnvironment.Test, expires));
        }

        return keys;
    }

    private static CaKeySet KeySet(ToolRequest request, List<CaPublicKey> given)
    {
        List<CertificateRevocation> revocations = [];
        foreach (JsonObject entry in Entries(request, "revocations"))
        {
            byte[] index = Hex(entry["index"], "revocations", revocations.Count);
            revocations.Add(new CertificateRevocation(
                Hex(entry["rid"], "revocations", revocations.Count),
                index.Length == 1 ? index[0] : throw new ToolException("revocations", $"entry {revocations.Count}: expected an index of 1 byte"),
                Hex(entry["serial"], "revocations", revocations.Count)));
        }

        return new CaKeySet([.. given, .. PublishedCaKeys.Production, .. PublishedCaKeys.Test, .. LabCardKeys.CaKeys], revocations);
    }

    private static byte[] Rid(ToolRequest request, TlvMap card, List<CaPublicKey> given)
    {
        if (request.Has("rid"))
        {
            return request.Hex("rid", 5);
        }

        byte[]? aid = request.HexOrNull("aid") ?? card[EmvTag.DfName] ?? card[EmvTag.AdfName];
        return aid is { Length: >= 5 } ? aid[..5]
            : aid is null && given.Count == 1 ? given[0].Rid
            : throw new ToolException(request.Has("aid") ? "aid" : "rid", "expected the RID (5 bytes) or an AID that begins with it");
    }

    private static string Pan(ToolRequest request, TlvMap card)
    {
        if (request.TextOrNull("pan") is { } digits)
        {
            return digits.Length is >= 8 and <= 19 && digits.All(char.IsAsciiDigit) ? digits : throw new ToolException("pan", "expected 8 to 19 digits");
        }

        string number = Convert.ToHexString(card[EmvTag.Pan] ?? card[EmvTag.Track2EquivalentData] ?? []);
        int end = number.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? number : number[..end];
    }

    private static List<JsonObject> Entries(ToolRequest request, string name)
    {
        if (request.Json(name) is not { } node)
        {
            return [];
        }

        JsonArray list = node as JsonArray ?? throw new ToolException(name, "expected a list of objects");
        return list.Count > MaxKeys
            ? throw new ToolException(name, $"more than {MaxKeys} entries")
            : [.. list.Select((entry, i) => entry as JsonObject ?? throw new ToolException(name, $"entry {i}: expected an object"))];
    }

    private static byte[] Hex(JsonNode? node, string field, int entry)
    {
        string digits = string.Concat((node?.ToString() ?? string.Empty).Where(letter => letter != ' '));
        return digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new ToolException(field, $"entry {entry}: expected bytes as hexadecimal digits");
    }

    private static int Number(JsonNode node, string field, int entry) =>
        int.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 30
            ? number
            : throw new ToolException(field, $"entry {entry}: expected an sfi from 1 to 30");
}
