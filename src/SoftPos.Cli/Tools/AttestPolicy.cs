using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Tools;

/// <summary>
/// The policy of an attestation tool: a whole document (YAML text or JSON), or a short form that sets values of the shipped policy in
/// plain words.
/// </summary>
internal static class AttestPolicy
{
    public const string Form =
        "policy document (YAML text, or JSON with \"rules\"), or the short form: an object with any of packageName (text or list), signerDigests "
        + "(list of SHA-256 in hex, base64 or base64url), minVersion (lowest version code), requireLocked (true), bootState (VERIFIED or list), "
        + "minSecurityLevel (TRUSTED_ENVIRONMENT or STRONG_BOX), minOsPatch (YYYYMM), maxFuturePatchMonths, strictTagOrder, or any value of the shipped policy "
        + "by its name; what is left out is not asked for (app, version) or as shipped (all else)";

    private static readonly string[] Levels = ["SOFTWARE", "TRUSTED_ENVIRONMENT", "STRONG_BOX"];

    /// <summary>Compiles the policy of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="defaults">Values that the tool sets before the short form does.</param>
    public static CompiledPolicy Read(ToolRequest request, JsonObject defaults)
    {
        JsonNode? node = request.Json("policy");
        if (node is JsonValue text && text.GetValueKind() is JsonValueKind.String)
        {
            return Compile(Encoding.UTF8.GetBytes(text.GetValue<string>()), null);
        }

        if (node is JsonObject document && document.ContainsKey("rules"))
        {
            return Compile(Encoding.UTF8.GetBytes(document.ToJsonString()), null);
        }

        JsonObject values = defaults.DeepClone().AsObject();
        foreach ((string key, JsonNode? value) in node as JsonObject ?? [])
        {
            Add(values, key, value);
        }

        return Compile(DefaultPolicy.Utf8.Span, values);
    }

    private static CompiledPolicy Compile(ReadOnlySpan<byte> utf8, JsonObject? values) =>
        CompiledPolicy.TryCompile(utf8, values, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
            ? policy!
            : throw new ToolException("policy", string.Join("; ", faults.Take(5)));

    private static void Add(JsonObject values, string key, JsonNode? value)
    {
        switch (key)
        {
            case "packageName" or "packageNames":
                values["packages"] = List(value);
                break;
            case "signerDigests" or "signerDigests_b64" or "signerDigests_b64url":
                values["signers"] = new JsonArray([.. List(value).Select(item =>
                    (JsonNode)Convert.ToHexStringLower(AttestArguments.Octets("policy." + key, item!.ToString())))]);
                break;
            case "minVersion":
                values["minAppVersion"] = value?.DeepClone();
                break;
            case "requireLocked" when value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                values["lockStates"] = value.GetValueKind() is JsonValueKind.True ? new JsonArray("locked") : new JsonArray("locked", "unlocked");
                break;
            case "bootState":
                values["bootStates"] = List(value);
                break;
            case "minSecurityLevel":
                int lowest = Array.IndexOf(Levels, value?.ToString() == "TEE" ? "TRUSTED_ENVIRONMENT" : value?.ToString());
                values["securityLevels"] = lowest < 0
                    ? throw new ToolException("policy.minSecurityLevel", "expected one of " + string.Join(", ", Levels))
                    : new JsonArray([.. Levels[lowest..].Select(level => (JsonNode)level)]);
                break;
            case "minOsPatch":
                // A caller who states a minimum has decided about age; the shipped ages would add a second opinion.
                values["minOsPatch"] = value?.DeepClone();
                values["patchDenyMonths"] = 1200;
                break;
            case "maxFuturePatchMonths" when value?.GetValueKind() is JsonValueKind.Number:
                values["patchFutureMonths"] = -value.GetValue<double>();
                break;
            case "maxAgeSeconds":
                values["playMaxAgeSeconds"] = value?.DeepClone();
                break;
            case "maxFutureSeconds" when value?.GetValueKind() is JsonValueKind.Number:
                values["playMinAgeSeconds"] = -value.GetValue<double>();
                break;
            case "minDevice":
                values["playDeviceVerdict"] = value?.DeepClone();
                break;
            case "requestHash" or "nonce":
                break;
            case "strictTagOrder":
                values["requireOrderedTags"] = value?.DeepClone();
                break;
            default:
                values[key] = value?.DeepClone();
                break;
        }
    }

    private static JsonArray List(JsonNode? value) => value is JsonArray ? value.DeepClone().AsArray() : new JsonArray(value?.DeepClone());
}
