using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Cli.Tools;

/// <summary>Readings that the EMV tools share.</summary>
internal static class EmvToolInput
{
    /// <summary>Objects from <c>{"tag": "value"}</c> and from BER-TLV together; the JSON wins.</summary>
    public static TlvMap Objects(ToolRequest request, string jsonName, string tlvName)
    {
        TlvMap objects = [];
        if (request.HexOrNull(tlvName) is { } encoded)
        {
            objects = TlvMap.TryParse(encoded, out TlvMap? parsed, out TlvFault fault) ? parsed : throw new ToolException(tlvName, fault.Text, fault.Offset);
        }

        if (request.Json(jsonName) is not { } node)
        {
            return objects;
        }

        foreach ((string key, JsonNode? value) in node as JsonObject ?? throw new ToolException(jsonName, "expected {\"tag\": \"value\", …}"))
        {
            if (!TlvTag.TryParse(key, out uint tag))
            {
                throw new ToolException(jsonName, $"{key} is not a tag");
            }

            string digits = value is null ? string.Empty : string.Concat(value.ToString().Where(letter => letter != ' '));
            objects[tag] = digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
                ? Convert.FromHexString(digits)
                : throw new ToolException(jsonName, $"{key}: expected an even number of hexadecimal digits");
        }

        return objects;
    }

    /// <summary>A date as yyMMdd (years 00–49 are 20xx) or yyyy-MM-dd; null when the field is absent.</summary>
    public static DateOnly? Date(ToolRequest request, string name)
    {
        string? text = request.TextOrNull(name);
        return text is null ? null : Date(text) ?? throw new ToolException(name, "expected a date as yyMMdd or yyyy-MM-dd");
    }

    public static DateOnly? Date(string text)
    {
        if (text.Length == 6)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"{(text[0] < '5' ? "20" : "19")}{text[..2]}-{text[2..4]}-{text[4..]}");
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;
    }

    /// <summary>Published keys of live and test cards, the lab's, and one that the request brings; a tool trusts all alike.</summary>
    public static CaKeySet Keys(CaPublicKey? more, IReadOnlyList<CertificateRevocation>? revocations = null)
    {
        List<CaPublicKey> keys = more is null ? [] : [more];
        keys.AddRange(PublishedCaKeys.Production);
        keys.AddRange(PublishedCaKeys.Test);
        keys.AddRange(LabCardKeys.CaKeys);
        return new CaKeySet(keys, revocations ?? []);
    }

    /// <summary>The result of offline data authentication as JSON.</summary>
    public static JsonObject Show(OdaResult result)
    {
        JsonObject shown = new()
        {
            ["method"] = result.Method.ToString().ToLowerInvariant(),
            ["valid"] = result.IsValid,
            ["step"] = result.Failure?.Step.ToString(),
            ["fault"] = result.Failure?.Fault.ToString(),
            ["tvr"] = result.Tvr.ToString(),
            ["keyBits"] = new JsonArray([.. result.KeyBits.Select(bits => (JsonNode)bits)]),
        };
        if (result.FddaVersion is { } version)
        {
            shown["fddaVersion"] = version;
        }

        Add(shown, "dataAuthenticationCode", result.DataAuthenticationCode);
        Add(shown, "iccDynamicNumber", result.IccDynamicNumber);
        Add(shown, "cryptogram", result.Cryptogram);
        if (result.CryptogramInformation is { } cid)
        {
            shown["cid"] = cid.ToString("X2", CultureInfo.InvariantCulture);
        }

        return shown;
    }

    private static void Add(JsonObject shown, string name, byte[]? value)
    {
        if (value is not null)
        {
            shown[name] = Convert.ToHexString(value);
        }
    }
}
