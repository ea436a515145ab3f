using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SoftPos.Attestation.Tests.Policy;

/// <summary>The few keywords of JSON Schema 2020-12 that the policy's schema uses; an unknown keyword is a fault, so none is passed over.</summary>
internal static class SchemaCheck
{
    public static IReadOnlyList<string> Faults(JsonObject schema, JsonNode? value)
    {
        List<string> faults = [];
        Check(schema, schema, value, "$", faults);
        return faults;
    }

    private static void Check(JsonObject root, JsonObject schema, JsonNode? value, string at, List<string> faults)
    {
        foreach ((string keyword, JsonNode? said) in schema)
        {
            bool holds = keyword switch
            {
                "$schema" or "$id" or "title" or "description" or "$defs" or "properties" => true,
                "type" => IsOf(said!.GetValue<string>(), value),
                "enum" => said!.AsArray().Any(item => JsonNode.DeepEquals(item, value)),
                "required" => value is not JsonObject one || said!.AsArray().All(key => one.ContainsKey(key!.GetValue<string>())),
                "additionalProperties" => value is not JsonObject one || one.All(member => schema["properties"]!.AsObject().ContainsKey(member.Key)),
                "minProperties" => value is not JsonObject one || one.Count >= (int)said!,
                "maxProperties" => value is not JsonObject one || one.Count <= (int)said!,
                "minItems" => value is not JsonArray list || list.Count >= (int)said!,
                "maxItems" => value is not JsonArray list || list.Count <= (int)said!,
                "minimum" => value?.GetValueKind() is not JsonValueKind.Number || double.Parse(value.ToJsonString(), null) >= (int)said!,
                "pattern" => value?.GetValueKind() is not JsonValueKind.String || Regex.IsMatch(value.GetValue<string>(), said!.GetValue<string>()),
                "items" => value is not JsonArray list || list.All(item => Holds(root, said!.AsObject(), item)),
                "anyOf" => said!.AsArray().Any(option => Holds(root, option!.AsObject(), value)),
                "oneOf" => said!.AsArray().Count(option => Holds(root, option!.AsObject(), value)) == 1,
                "$ref" => Holds(root, root["$defs"]![said!.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value),
                _ => throw new InvalidOperationException($"the check does not know {keyword}"),
            };
            if (!holds)
            {
                faults.Add($"{at}: {keyword}");
            }
        }

        foreach ((string key, JsonNode? member) in schema["properties"] as JsonObject ?? [])
        {
            if (value is JsonObject members && members.ContainsKey(key))
            {
                Check(root, member!.AsObject(), members[key], $"{at}.{key}", faults);
            }
        }
    }

    private static bool Holds(JsonObject root, JsonObject schema, JsonNode? value)
    {
        List<string> faults = [];
        Check(root, schema, value, "$", faults);
        return faults.Count == 0;
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(double.Parse(value!.ToJsonString(), null)),
        _ => false,
    };
}
