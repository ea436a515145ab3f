using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Attestation.Policy;

/// <summary>Things in a policy that compile and are still probably not meant.</summary>
public static class PolicyLint
{
    /// <summary>Notes on a policy that compiles; empty when there is nothing to say.</summary>
    public static IReadOnlyList<PolicyFault> Of(ReadOnlySpan<byte> utf8, DateTimeOffset now)
    {
        if (!PolicyText.TryRead(utf8, out JsonObject? document, out PolicyFault? fault))
        {
            return [fault!];
        }

        List<PolicyFault> notes = [];
        HashSet<string> used = [];
        Collect(document!["rules"], used);
        notes.AddRange((document["values"] as JsonObject ?? []).Where(value => !used.Contains(value.Key)).Select(value =>
            new PolicyFault("values." + value.Key, "no rule uses it")));
        AddBaseline(document, notes);
        JsonArray rules = document["rules"] as JsonArray ?? [];
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i] is JsonObject rule)
            {
                Check(rule, $"rules[{i}]", now, seen, notes);
            }
        }

        return notes;
    }

    /// <summary>What nobody can review later, and what denies earlier than a merchant would understand.</summary>
    private static void AddBaseline(JsonObject document, List<PolicyFault> notes)
    {
        foreach (string key in (string[])["systems", "models"])
        {
            JsonArray entries = document["baseline"]?[key] as JsonArray ?? [];
            for (int i = 0; i < entries.Count; i++)
            {
                string path = $"baseline.{key}[{i}]";
                if (entries[i] is JsonObject entry && !entry.ContainsKey("source"))
                {
                    notes.Add(new PolicyFault(path, "says no source for its days"));
                }

                if (DateOnly.TryParse(entries[i]?["deniedFrom"]?.ToString(), System.Globalization.CultureInfo.InvariantCulture,
                    out DateOnly denied)
                    && DateOnly.TryParse(entries[i]?["supportEnds"]?.ToString(), System.Globalization.CultureInfo.InvariantCulture,
                        out DateOnly ends) && denied < ends)
                {
                    notes.Add(new PolicyFault(path + ".deniedFrom", "denies while its maker still supports it"));
                }
            }
        }
    }

    private static void Check(JsonObject rule, string path, DateTimeOffset now, Dictionary<string, string> seen, List<PolicyFault> notes)
    {
        string condition = $"{rule["stages"]?.ToJsonString()} {rule["if"]?.ToJsonString()} {rule["require"]?.ToJsonString()} {rule["rings"]?.ToJsonString()} {rule["enabled"]?.ToJsonString()}";
        if (!seen.TryAdd(condition, rule["id"]?.ToString() ?? path))
        {
            notes.Add(new PolicyFault(path, $"asks the same as {seen[condition]}"));
        }

        if (rule.ContainsKey("duringGrace") && !rule.ContainsKey("grace") && !rule.ContainsKey("graceUntil"))
        {
            notes.Add(new PolicyFault(path + ".duringGrace", "has no effect without grace"));
        }

        bool isReport = rule["reportOnly"]?.GetValueKind() is JsonValueKind.True;
        if (isReport && rule.ContainsKey("grace"))
        {
            notes.Add(new PolicyFault(path + ".grace", "has no effect on a rule that only reports"));
        }

        if (rule.ContainsKey("lasting") && rule["stages"]?.ToJsonString() is not "[\"evidence\"]")
        {
            notes.Add(new PolicyFault(path + ".lasting", "only evidence comes often enough to last"));
        }

        if (rule["enabled"]?.GetValueKind() is JsonValueKind.False)
        {
            notes.Add(new PolicyFault(path + ".enabled", "is never asked"));
        }

        if (rule["effective"] is { } effective && DateTimeOffset.TryParse(effective.ToString(), System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset from) && from <= now)
        {
            notes.Add(new PolicyFault(path + ".effective", "has passed and can go"));
        }
    }

    private static void Collect(JsonNode? node, HashSet<string> used)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    Collect(item, used);
                }

                break;
            case JsonObject members:
                foreach ((_, JsonNode? value) in members)
                {
                    Collect(value, used);
                }

                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String && value.GetValue<string>() is ['$', .. string name]:
                used.Add(name);
                break;
        }
    }
}
