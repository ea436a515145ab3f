using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Policy;

/// <summary>One test of a policy: claims, and the verdict and findings that must follow.</summary>
public sealed record PolicyCase
{
    /// <summary>Says what must happen.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of evidence the claims are of.</summary>
    public required PolicyStage Stage { get; init; }

    /// <summary>Claims, those of the cases that it builds on included.</summary>
    public required ClaimSet Claims { get; init; }

    /// <summary>Ring of the terminal.</summary>
    public required string Ring { get; init; }

    /// <summary>Time of the appraisal.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When findings of rules were first seen.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> FirstSeen { get; init; }

    /// <summary>Since when rules that ask how long have failed.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> FailingSince { get; init; }

    /// <summary>Verdict that must follow.</summary>
    public required Verdict Expect { get; init; }

    /// <summary>Rules whose findings must follow, no other; null asks for the verdict only.</summary>
    public IReadOnlyList<string>? Findings { get; init; }

    /// <summary>Runs the case.</summary>
    public PolicyCaseResult Run(CompiledPolicy policy)
    {
        AppraisalContext context = new()
        {
            Time = Time, Ring = Ring, EvidenceHash = new string('0', 64), FirstSeen = FirstSeen, FailingSince = FailingSince,
        };
        AppraisalResult result = new Appraiser(policy).Appraise(Stage, Claims, [], context);
        List<string> wrong = [];
        if (result.Verdict != Expect)
        {
            wrong.Add($"expected {Word(Expect)}, got {Word(result.Verdict)}");
        }

        if (Findings is not null)
        {
            string[] found = [.. result.Findings.Select(finding => finding.Rule)];
            wrong.AddRange(Findings.Except(found).Select(rule => $"no finding of {rule}"));
            wrong.AddRange(result.Findings.Where(finding => !Findings.Contains(finding.Rule)).Select(finding =>
                $"unexpected finding of {finding.Rule}: {finding.Claim} is {finding.Value}"));
        }

        return new PolicyCaseResult(this, result, wrong);
    }

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();
}

/// <summary>What a case gave.</summary>
/// <param name="Case">The case.</param>
/// <param name="Result">The appraisal.</param>
/// <param name="Wrong">What is not as it must be; empty when the case holds.</param>
public sealed record PolicyCaseResult(PolicyCase Case, AppraisalResult Result, IReadOnlyList<string> Wrong);

/// <summary>The cases that stand beside a policy.</summary>
public sealed class PolicyCases
{
    private const int MaxCases = 10_000;

    private static readonly string[] TopKeys = ["policy", "time", "values", "cases"];

    private static readonly string[] CaseKeys =
        ["name", "like", "stage", "ring", "time", "claims", "without", "firstSeen", "failingSince", "expect", "findings"];

    private readonly List<PolicyFault> _faults = [];
    private readonly Dictionary<string, JsonObject> _byName = new(StringComparer.Ordinal);
    private readonly List<PolicyCase> _cases = [];
    private DateTimeOffset? _time;

    private PolicyCases()
    {
    }

    /// <summary>Values that replace those of the policy, such as packages and signers; null for none.</summary>
    public JsonObject? Values { get; private set; }

    /// <summary>All cases in their order.</summary>
    public IReadOnlyList<PolicyCase> All => _cases;

    /// <summary>
    /// Reads cases, YAML or JSON: <c>time</c> and <c>values</c> for all, and <c>cases</c>, a list of name, stage (of like's when absent),
    /// claims by name, expect (a verdict), and optionally ring, time, firstSeen, failingSince, findings (rules), like (an earlier case
    /// whose claims come first) and without (claims to leave out).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out PolicyCases? cases, out IReadOnlyList<PolicyFault> faults)
    {
        cases = null;
        if (!PolicyText.TryRead(utf8, out JsonObject? document, out PolicyFault? fault))
        {
            faults = [fault!];
            return false;
        }

        PolicyCases read = new();
        read.Read(document!);
        faults = read._faults;
        cases = faults.Count == 0 ? read : null;
        return faults.Count == 0;
    }

    /// <summary>A claim value of its JSON form, or null when the claim does not exist or has another type.</summary>
    public static ClaimValue? ValueOf(string claim, JsonNode? node)
    {
        ClaimKind? kind = ClaimCatalogue.Find(claim)?.Kind;
        return (kind, node?.GetValueKind()) switch
        {
            (ClaimKind.Flag, JsonValueKind.True or JsonValueKind.False) => ClaimValue.Of(node!.GetValueKind() is JsonValueKind.True),
            (ClaimKind.Number, JsonValueKind.Number) when double.TryParse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture,
                out double number) => ClaimValue.Of(number),
            (ClaimKind.Text, JsonValueKind.String) => ClaimValue.Of(node!.GetValue<string>()),
            (ClaimKind.Texts, JsonValueKind.Array) when node!.AsArray().All(item => item?.GetValueKind() is JsonValueKind.String) =>
                ClaimValue.Of([.. node.AsArray().Select(item => item!.GetValue<string>())]),
            _ => null,
        };
    }

    private void Read(JsonObject document)
    {
        CheckKeys(document, TopKeys, string.Empty);
        Values = document["values"]?.DeepClone() as JsonObject;
        _time = Time(document, "time", string.Empty);
        if (document["cases"] is not JsonArray { Count: > 0 and <= MaxCases } list)
        {
            _faults.Add(new PolicyFault("cases", $"expected a list of 1 to {MaxCases} cases"));
            return;
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject members)
            {
                ReadCase(members, $"cases[{i}]");
            }
            else
            {
                _faults.Add(new PolicyFault($"cases[{i}]", "expected a case"));
            }
        }
    }

    private void ReadCase(JsonObject written, string path)
    {
        CheckKeys(written, CaseKeys, path);
        string name = written["name"]?.ToString() ?? string.Empty;
        JsonObject members = Inherit(written, path);
        if (name.Length == 0 || !_byName.TryAdd(name, members))
        {
            _faults.Add(new PolicyFault(path + ".name", name.Length == 0 ? "expected a name" : "stands twice"));
        }

        _cases.Add(new PolicyCase
        {
            Name = name,
            Stage = Word<PolicyStage>(members, "stage", path),
            Claims = Claims(members["claims"] as JsonObject ?? [], path + ".claims"),
            Ring = members["ring"]?.ToString() ?? AppraisalContext.Production,
            Time = Time(members, "time", path) ?? _time ?? Missing(path),
            FirstSeen = Times(members, "firstSeen", path),
            FailingSince = Times(members, "failingSince", path),
            Expect = Word<Verdict>(members, "expect", path),
            Findings = members["findings"] is JsonArray rules ? [.. rules.Select(rule => rule?.ToString() ?? string.Empty)] : null,
        });
    }

    /// <summary>The claims of the case that it is like come first; its expectations do not.</summary>
    private JsonObject Inherit(JsonObject written, string path)
    {
        JsonObject members = written.DeepClone().AsObject();
        if (written["like"]?.ToString() is not { } like)
        {
            return members;
        }

        if (!_byName.TryGetValue(like, out JsonObject? model))
        {
            _faults.Add(new PolicyFault(path + ".like", $"no case above is named \"{like}\""));
            return members;
        }

        JsonObject claims = model["claims"]?.DeepClone() as JsonObject ?? [];
        foreach ((string claim, JsonNode? value) in written["claims"] as JsonObject ?? [])
        {
            claims[claim] = value?.DeepClone();
        }

        foreach (JsonNode? claim in written["without"] as JsonArray ?? [])
        {
            if (!claims.Remove(claim?.ToString() ?? string.Empty))
            {
                _faults.Add(new PolicyFault(path + ".without", $"{claim} is not among the claims"));
            }
        }

        members["claims"] = claims;
        foreach (string key in (string[])["stage", "ring", "time"])
        {
            if (!members.ContainsKey(key) && model[key] is { } value)
            {
                members[key] = value.DeepClone();
            }
        }

        return members;
    }

    private ClaimSet Claims(JsonObject members, string path)
    {
        ClaimSet claims = new();
        foreach ((string name, JsonNode? node) in members)
        {
            if (ValueOf(name, node) is not { } value || !claims.TrySet(name, value))
            {
                _faults.Add(new PolicyFault($"{path}.{name}", ClaimCatalogue.Find(name) is { } claim
                    ? $"expected a {claim.Kind.ToString().ToLowerInvariant()}" : "no such claim"));
            }
        }

        return claims;
    }

    private T Word<T>(JsonObject members, string key, string path)
        where T : struct, Enum
    {
        string text = members[key]?.ToString() ?? string.Empty;
        if (text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out T word) && Enum.IsDefined(word))
        {
            return word;
        }

        _faults.Add(new PolicyFault($"{path}.{key}", $"expected one of {string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()))}"));
        return default;
    }

    private Dictionary<string, DateTimeOffset> Times(JsonObject members, string key, string path)
    {
        Dictionary<string, DateTimeOffset> times = new(StringComparer.Ordinal);
        foreach ((string rule, _) in members[key] as JsonObject ?? [])
        {
            times[rule] = Time((JsonObject)members[key]!, rule, $"{path}.{key}") ?? default;
        }

        return times;
    }

    private DateTimeOffset? Time(JsonObject members, string key, string path)
    {
        if (members[key] is not { } node)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(node.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        _faults.Add(new PolicyFault(path.Length == 0 ? key : $"{path}.{key}", "expected a time such as 2026-11-24T00:00:00Z"));
        return null;
    }

    private DateTimeOffset Missing(string path)
    {
        _faults.Add(new PolicyFault(path + ".time", "expected a time, here or for all cases"));
        return default;
    }

    private void CheckKeys(JsonObject members, string[] known, string path)
    {
        foreach ((string key, _) in members)
        {
            if (!known.Contains(key))
            {
                _faults.Add(new PolicyFault(path.Length == 0 ? key : $"{path}.{key}", $"no such key; there are {string.Join(", ", known)}"));
            }
        }
    }
}
