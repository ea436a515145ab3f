using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Claims;

namespace SoftPos.Attestation.Policy;

/// <summary>Compiles a condition; every fault is collected with its path, and types are checked here so that nothing can go wrong later.</summary>
internal sealed class ConditionReader(JsonObject values, List<PolicyFault> faults)
{
    /// <summary>Enough for any readable condition.</summary>
    private const int MaxDepth = 8;

    internal static readonly string[] Operators =
        ["equals", "notEquals", "oneOf", "noneOf", "atLeast", "atMost", "contains", "containsOnly", "containsNone", "isEmpty", "present"];

    public Condition? Read(JsonNode? node, string path, int depth = 0)
    {
        if (node is not JsonObject members || depth > MaxDepth)
        {
            return Fail(path, depth > MaxDepth ? $"nested deeper than {MaxDepth}" : "expected a condition: claim with a test, or all, any, not");
        }

        if (members.ContainsKey("all") || members.ContainsKey("any"))
        {
            string word = members.ContainsKey("all") ? "all" : "any";
            return members.Count == 1 ? ReadJoined(members[word], word == "all", $"{path}.{word}", depth) : Fail(path, $"{word} stands alone");
        }

        if (members.ContainsKey("not"))
        {
            Condition? part = members.Count == 1 ? Read(members["not"], path + ".not", depth + 1) : Fail(path, "not stands alone");
            return part is null ? null : new NegatedCondition(part);
        }

        return ReadClaim(members, path);
    }

    private JoinedCondition? ReadJoined(JsonNode? node, bool all, string path, int depth)
    {
        if (node is not JsonArray { Count: > 0 } items)
        {
            Fail(path, "expected a list of conditions");
            return null;
        }

        Condition?[] parts = [.. items.Select((item, index) => Read(item, $"{path}[{index}]", depth + 1))];
        return parts.Contains(null) ? null : new JoinedCondition(parts!, all);
    }

    private Condition? ReadClaim(JsonObject members, string path)
    {
        if (members["claim"] is not JsonValue named || named.GetValueKind() is not JsonValueKind.String
            || ClaimCatalogue.Find(named.GetValue<string>()) is not { } claim)
        {
            return Fail(path + ".claim", $"no such claim{(members["claim"] is { } wrong ? $": {wrong}" : string.Empty)}");
        }

        bool whenMissing = false;
        string? operation = null;
        foreach ((string key, JsonNode? value) in members)
        {
            if (key == "missing")
            {
                whenMissing = value?.ToString() == "pass";
                if (value?.ToString() is not ("pass" or "fail"))
                {
                    return Fail(path + ".missing", "expected pass or fail");
                }
            }
            else if (Operators.Contains(key) && operation is null)
            {
                operation = key;
            }
            else if (key != "claim")
            {
                return Fail($"{path}.{key}", operation is null ? $"no such test; there are {string.Join(", ", Operators)}"
                    : "one test for each condition");
            }
        }

        return operation is null ? Fail(path, "expected a test")
            : Compile(claim, operation, Resolve(members[operation], $"{path}.{operation}"), whenMissing, $"{path}.{operation}");
    }

    /// <summary>A text that begins with $ names a value of the policy.</summary>
    private JsonNode? Resolve(JsonNode? operand, string path)
    {
        if (operand is not JsonValue value || value.GetValueKind() is not JsonValueKind.String || !value.GetValue<string>().StartsWith('$'))
        {
            return operand;
        }

        string name = value.GetValue<string>()[1..];
        if (values.TryGetPropertyValue(name, out JsonNode? resolved))
        {
            return resolved;
        }

        Fail(path, $"the policy has no value named {name}");
        return null;
    }

    private Condition? Compile(Claim claim, string operation, JsonNode? operand, bool whenMissing, string path)
    {
        if (operation == "present")
        {
            return Kind(operand) is JsonValueKind.True or JsonValueKind.False
                ? new PresenceCondition(claim, Kind(operand) is JsonValueKind.True)
                : Fail(path, "expected true or false");
        }

        (Func<ClaimValue, bool>? test, string words) = (claim.Kind, operation) switch
        {
            (ClaimKind.Flag, "equals" or "notEquals") when Kind(operand) is JsonValueKind.True or JsonValueKind.False =>
                FlagTest(operation, Kind(operand) is JsonValueKind.True),
            (ClaimKind.Number, "equals" or "notEquals" or "atLeast" or "atMost") when Kind(operand) is JsonValueKind.Number =>
                NumberTest(operation, ToNumber(operand!)),
            (ClaimKind.Text, "equals" or "notEquals") when Kind(operand) is JsonValueKind.String =>
                TextTest(operation == "equals", [operand!.GetValue<string>()]),
            (ClaimKind.Text, "oneOf" or "noneOf") when Strings(operand) is { } set => TextTest(operation == "oneOf", set),
            (ClaimKind.Text, "isEmpty") when Kind(operand) is JsonValueKind.True or JsonValueKind.False =>
                (value => value.Text.Length == 0 == (Kind(operand) is JsonValueKind.True), Kind(operand) is JsonValueKind.True ? "is empty"
                    : "is not empty"),
            (ClaimKind.Texts, "contains") when Kind(operand) is JsonValueKind.String => ListTest(operation, [operand!.GetValue<string>()]),
            (ClaimKind.Texts, "contains" or "containsOnly" or "containsNone") when Strings(operand) is { } set => ListTest(operation, set),
            (ClaimKind.Texts, "isEmpty") when Kind(operand) is JsonValueKind.True or JsonValueKind.False =>
                (value => value.Texts.Count == 0 == (Kind(operand) is JsonValueKind.True), Kind(operand) is JsonValueKind.True ? "is empty"
                    : "is not empty"),
            _ => (null, string.Empty),
        };
        return test is null ? Fail(path, $"{claim.Name} is a {claim.Kind.ToString().ToLowerInvariant()}; this test or its operand does not fit")
            : new ClaimCondition(claim, whenMissing, test, words);
    }

    private static (Func<ClaimValue, bool>, string) FlagTest(string operation, bool operand)
    {
        bool wanted = operation == "equals" ? operand : !operand;
        return (value => value.Flag == wanted, $"is {(wanted ? "true" : "false")}");
    }

    private static (Func<ClaimValue, bool>, string) NumberTest(string operation, double operand) => operation switch
    {
        "atLeast" => (value => value.Number >= operand, $"is at least {operand}"),
        "atMost" => (value => value.Number <= operand, $"is at most {operand}"),
        "equals" => (value => value.Number == operand, $"is {operand}"),
        _ => (value => value.Number != operand, $"is not {operand}"),
    };

    private static (Func<ClaimValue, bool>, string) TextTest(bool inside, string[] set) => set.Length == 1
        ? (value => string.Equals(value.Text, set[0], StringComparison.Ordinal) == inside, $"is {(inside ? string.Empty : "not ")}{set[0]}")
        : (value => Has(set, value.Text) == inside, $"is {(inside ? "one" : "none")} of {string.Join(", ", set)}");

    private static (Func<ClaimValue, bool>, string) ListTest(string operation, string[] set) => operation switch
    {
        "contains" => (value => CountOf(value.Texts, set) == set.Length, $"contains {string.Join(", ", set)}"),
        "containsNone" => (value => CountOf(value.Texts, set) == 0, $"contains none of {string.Join(", ", set)}"),
        _ => (value => ContainsOnly(value.Texts, set), $"is not empty and contains only {string.Join(", ", set)}"),
    };

    /// <summary>How many of the set are in the list.</summary>
    private static int CountOf(IReadOnlyList<string> list, string[] set)
    {
        int count = 0;
        for (int i = 0; list.Count > 0 && i < set.Length; i++)
        {
            count += Has(list, set[i]) ? 1 : 0;
        }

        return count;
    }

    private static bool Has(IReadOnlyList<string> list, string item)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (string.Equals(list[i], item, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsOnly(IReadOnlyList<string> list, string[] set)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (!Has(set, list[i]))
            {
                return false;
            }
        }

        return list.Count > 0;
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static double ToNumber(JsonNode node) => node.AsValue().TryGetValue(out double number) ? number
        : node.AsValue().TryGetValue(out long whole) ? whole : node.GetValue<int>();

    private static string[]? Strings(JsonNode? node) =>
        node is JsonArray items && items.All(item => Kind(item) is JsonValueKind.String) ? [.. items.Select(item => item!.GetValue<string>())] : null;

    private Condition? Fail(string path, string message)
    {
        faults.Add(new PolicyFault(path, message));
        return null;
    }
}
