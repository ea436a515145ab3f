using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using SoftPos.Attestation.Baseline;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Policy;

/// <summary>Turns a policy document into rules, collecting every fault with its path.</summary>
internal sealed class PolicyReader
{
    /// <summary>The shipped policy has fewer than a hundred; an appraisal asks them all.</summary>
    private const int MaxRules = 1000;

    private static readonly string[] TopKeys = ["policy", "version", "description", "values", "probes", "baseline", "rules"];

    private static readonly string[] RuleKeys =
    [
        "id", "stages", "if", "require", "reason", "severity", "response", "detail", "reportOnly", "inconclusive", "rings", "effective", "due", "grace",
            "duringGrace", "graceUntil", "lasting", "enabled",
    ];

    private readonly JsonObject _document;
    private readonly JsonObject _values;
    private readonly List<PolicyFault> _faults = [];

    public PolicyReader(JsonObject document, JsonObject? given)
    {
        _document = document;
        _values = document["values"] is JsonObject own ? own.DeepClone().AsObject() : [];
        foreach ((string name, JsonNode? value) in given ?? [])
        {
            if (!_values.ContainsKey(name))
            {
                _faults.Add(new PolicyFault($"values.{name}", "the policy has no such value"));
            }

            _values[name] = value?.DeepClone();
        }
    }

    public IReadOnlyList<PolicyFault> Faults => _faults;

    public CompiledPolicy? Read(byte[] hash)
    {
        CheckKeys(_document, TopKeys, string.Empty);
        string name = Text(_document, "policy", string.Empty) ?? string.Empty;
        int version = (int)(Number(_document, "version", string.Empty) ?? 0);
        List<PolicyRule> rules = [];
        if (_document["rules"] is not JsonArray { Count: > 0 and <= MaxRules } list)
        {
            _faults.Add(new PolicyFault("rules", $"expected a list of 1 to {MaxRules} rules"));
            return null;
        }

        HashSet<string> identities = new(StringComparer.Ordinal);
        for (int i = 0; i < list.Count; i++)
        {
            PolicyRule? rule = list[i] is JsonObject members ? ReadRule(members, $"rules[{i}]") : null;
            if (rule is null)
            {
                if (list[i] is not JsonObject)
                {
                    _faults.Add(new PolicyFault($"rules[{i}]", "expected a rule"));
                }
            }
            else if (!identities.Add(rule.Id))
            {
                _faults.Add(new PolicyFault($"rules[{i}].id", $"{rule.Id} stands twice"));
            }
            else if (rule.Stages is not PolicyStage.None)
            {
                rules.Add(rule);
            }
        }

        List<string> probes = ReadProbes();
        PlatformBaseline baseline = _document.ContainsKey("baseline")
            ? new BaselineReader(_faults).ReadPart(_document["baseline"], "baseline")
            : PlatformBaseline.Shipped;
        return _faults.Count == 0 ? new CompiledPolicy(name, version, rules, probes, _values, hash) { Baseline = baseline } : null;
    }

    private List<string> ReadProbes()
    {
        List<string> probes = [];
        JsonArray items = _document["probes"] as JsonArray ?? [];
        for (int i = 0; i < items.Count; i++)
        {
            string probe = items[i]?.ToString() ?? string.Empty;
            if (ProbeClaims.IsKnown(probe))
            {
                probes.Add(probe);
            }
            else
            {
                _faults.Add(new PolicyFault($"probes[{i}]", $"no such probe: {probe}"));
            }
        }

        return probes;
    }

    private PolicyRule? ReadRule(JsonObject members, string path)
    {
        int before = _faults.Count;
        CheckKeys(members, RuleKeys, path);
        ConditionReader conditions = new(_values, _faults);
        Condition? require = conditions.Read(members["require"], path + ".require");
        Condition? only = members.ContainsKey("if") ? conditions.Read(members["if"], path + ".if") : null;
        string id = Text(members, "id", path) ?? string.Empty;
        string reason = Text(members, "reason", path) ?? string.Empty;
        if (reason.Length > 0 && !ReasonCatalogue.Contains(reason))
        {
            _faults.Add(new PolicyFault(path + ".reason", $"no such reason: {reason}"));
        }

        PolicyStage stages = ReadStages(members, path);
        bool enabled = ReadEnabled(members, path);
        Severity severity = Word<Severity>(members, "severity", path, required: true);
        FindingResponse response = Word<FindingResponse>(members, "response", path, required: true);
        PolicyRule rule = new()
        {
            Id = id,
            Stages = enabled ? stages : PolicyStage.None,
            Reason = reason,
            Severity = severity,
            Response = response,
            Detail = members.ContainsKey("detail") ? Text(members, "detail", path) ?? string.Empty : string.Empty,
            IsReportOnly = Flag(members, "reportOnly", path),
            IsInconclusive = Flag(members, "inconclusive", path),
            Rings = ReadTexts(members, "rings", path),
            EffectiveFrom = ReadTime(members, "effective", path),
            Due = ReadTime(members, "due", path),
            Grace = ReadDuration(members, "grace", path),
            DuringGrace = members.ContainsKey("duringGrace") ? Word<FindingResponse>(members, "duringGrace", path, required: true)
                : FindingResponse.Notice,
            Lasting = ReadDuration(members, "lasting", path),
            GraceClaim = ReadGraceClaim(members, path),
            If = only,
            Require = require!,
        };
        return _faults.Count == before ? rule : null;
    }

    private Claim? ReadGraceClaim(JsonObject members, string path)
    {
        if (!members.ContainsKey("graceUntil"))
        {
            return null;
        }

        if (ClaimCatalogue.Find(members["graceUntil"]?.ToString() ?? string.Empty) is { Kind: ClaimKind.Number } claim
            && !members.ContainsKey("grace"))
        {
            return claim;
        }

        _faults.Add(new PolicyFault(path + ".graceUntil", "expected a claim that counts days, and no grace beside it"));
        return null;
    }

    private PolicyStage ReadStages(JsonObject members, string path)
    {
        PolicyStage stages = PolicyStage.None;
        foreach (string word in ReadTexts(members, "stages", path))
        {
            if (Enum.TryParse(word, ignoreCase: true, out PolicyStage stage) && !char.IsDigit(word[0]))
            {
                stages |= stage;
            }
            else
            {
                _faults.Add(new PolicyFault(path + ".stages", $"no such stage: {word}"));
            }
        }

        if (stages is PolicyStage.None)
        {
            _faults.Add(new PolicyFault(path + ".stages", "expected a list of enrolment, evidence, play, apple, fleet, baseline"));
        }

        return stages;
    }

    /// <summary>True, false, or the name of such a value: a rule that a deployment can switch on.</summary>
    private bool ReadEnabled(JsonObject members, string path)
    {
        JsonNode? node = members["enabled"];
        if (node is JsonValue value && value.GetValueKind() is JsonValueKind.String && value.GetValue<string>() is ['$', .. string name])
        {
            node = _values[name];
        }

        switch (node?.GetValueKind())
        {
            case null when !members.ContainsKey("enabled"):
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                _faults.Add(new PolicyFault(path + ".enabled", "expected true, false or the name of such a value"));
                return false;
        }
    }

    private T Word<T>(JsonObject members, string key, string path, bool required)
        where T : struct, Enum
    {
        if (Enum.TryParse(members[key]?.ToString(), ignoreCase: true, out T word) && Enum.IsDefined(word)
            && !char.IsDigit(members[key]!.ToString()[0]))
        {
            return word;
        }

        if (required)
        {
            _faults.Add(new PolicyFault($"{path}.{key}", $"expected one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}"));
        }

        return default;
    }

    private string? Text(JsonObject members, string key, string path)
    {
        if (members[key] is JsonValue value && value.GetValueKind() is JsonValueKind.String && value.GetValue<string>().Length > 0)
        {
            return value.GetValue<string>();
        }

        _faults.Add(new PolicyFault(Join(path, key), "expected a text"));
        return null;
    }

    private double? Number(JsonObject members, string key, string path)
    {
        if (members[key] is JsonValue value && value.GetValueKind() is JsonValueKind.Number
            && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number is >= 0 and <= int.MaxValue)
        {
            return number;
        }

        _faults.Add(new PolicyFault(Join(path, key), "expected a number"));
        return null;
    }

    private bool Flag(JsonObject members, string key, string path)
    {
        switch (members[key]?.GetValueKind())
        {
            case JsonValueKind.True:
                return true;
            case null when !members.ContainsKey(key):
            case JsonValueKind.False:
                return false;
            default:
                _faults.Add(new PolicyFault(Join(path, key), "expected true or false"));
                return false;
        }
    }

    private List<string> ReadTexts(JsonObject members, string key, string path)
    {
        if (!members.ContainsKey(key))
        {
            return [];
        }

        if (members[key] is JsonArray items && items.All(item => item?.GetValueKind() is JsonValueKind.String))
        {
            return [.. items.Select(item => item!.GetValue<string>())];
        }

        _faults.Add(new PolicyFault(Join(path, key), "expected a list of texts"));
        return [];
    }

    private DateTimeOffset? ReadTime(JsonObject members, string key, string path)
    {
        if (!members.ContainsKey(key))
        {
            return null;
        }

        if (DateTimeOffset.TryParse(members[key]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        _faults.Add(new PolicyFault(Join(path, key), "expected a time such as 2026-11-24T00:00:00Z"));
        return null;
    }

    private TimeSpan? ReadDuration(JsonObject members, string key, string path)
    {
        if (!members.ContainsKey(key))
        {
            return null;
        }

        try
        {
            TimeSpan duration = XmlConvert.ToTimeSpan(members[key]?.ToString() ?? string.Empty);
            if (duration > TimeSpan.Zero)
            {
                return duration;
            }
        }
        catch (Exception broken) when (broken is FormatException or OverflowException)
        {
            // Falls through to the one message for every wrong duration.
        }

        _faults.Add(new PolicyFault(Join(path, key), "expected a duration such as P14D"));
        return null;
    }

    private void CheckKeys(JsonObject members, string[] known, string path)
    {
        foreach ((string key, _) in members)
        {
            if (!known.Contains(key))
            {
                _faults.Add(new PolicyFault(Join(path, key), $"no such key; there are {string.Join(", ", known)}"));
            }
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
