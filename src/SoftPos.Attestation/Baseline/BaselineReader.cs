using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;

namespace SoftPos.Attestation.Baseline;

/// <summary>Reads a list of systems and models, collecting every fault with its path.</summary>
internal sealed class BaselineReader(List<PolicyFault> faults)
{
    /// <summary>There are some thousand models with a certified system.</summary>
    private const int MaxEntries = 10_000;

    /// <summary>Keys of the shipped file.</summary>
    public static readonly string[] FileKeys = ["baseline", "version", "reviewed", "description", "denyAfterDays", "systems", "models"];

    /// <summary>Keys of the part of a policy document.</summary>
    public static readonly string[] PartKeys = ["denyAfterDays", "systems", "models"];

    /// <summary>Keys of an entry.</summary>
    public static readonly string[] EntryKeys = ["names", "released", "supportEnds", "deniedFrom", "patchMonths", "source", "example"];

    /// <summary>The shipped file; null when something is wrong with it.</summary>
    public PlatformBaseline? ReadFile(JsonObject document)
    {
        CheckKeys(document, FileKeys, string.Empty);
        int? version = Whole(document, "version", string.Empty);
        DateOnly? reviewed = Day(document, "reviewed", string.Empty);
        int? pause = Whole(document, "denyAfterDays", string.Empty);
        List<BaselineEntry> systems = Entries(document, "systems", string.Empty), models = Entries(document, "models", string.Empty);
        if (version is null || reviewed is null || pause is null)
        {
            faults.Add(new PolicyFault(string.Empty, "expected version, reviewed and denyAfterDays"));
            return null;
        }

        return new PlatformBaseline(version.Value, reviewed.Value, pause.Value, systems, models);
    }

    /// <summary>The shipped list with what a policy document says besides.</summary>
    public PlatformBaseline ReadPart(JsonNode? node, string path)
    {
        if (node is not JsonObject part)
        {
            faults.Add(new PolicyFault(path, $"expected {string.Join(", ", PartKeys)}"));
            return PlatformBaseline.Shipped;
        }

        CheckKeys(part, PartKeys, path);
        return PlatformBaseline.Shipped.With(
            Whole(part, "denyAfterDays", path), Entries(part, "systems", path), Entries(part, "models", path));
    }

    private List<BaselineEntry> Entries(JsonObject members, string key, string path)
    {
        List<BaselineEntry> entries = [];
        if (!members.ContainsKey(key))
        {
            return entries;
        }

        string place = Join(path, key);
        if (members[key] is not JsonArray { Count: <= MaxEntries } items)
        {
            faults.Add(new PolicyFault(place, $"expected a list of at most {MaxEntries} entries"));
            return entries;
        }

        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < items.Count; i++)
        {
            if (Entry(items[i], $"{place}[{i}]") is not { } entry)
            {
                continue;
            }

            entries.Add(entry);
            foreach (string name in entry.Names.Where(name => !seen.Add(name)))
            {
                faults.Add(new PolicyFault($"{place}[{i}].names", $"{name} stands twice"));
            }
        }

        return entries;
    }

    private BaselineEntry? Entry(JsonNode? node, string path)
    {
        if (node is not JsonObject members)
        {
            faults.Add(new PolicyFault(path, "expected an entry"));
            return null;
        }

        CheckKeys(members, EntryKeys, path);
        string[] names = members["names"] is JsonArray list ? [.. list.Select(static item => item?.ToString().Trim() ?? string.Empty)] : [];
        DateOnly? released = Day(members, "released", path), ends = Day(members, "supportEnds", path),
        denied = Day(members, "deniedFrom", path);
        if (names.Length == 0 || names.Any(static name => name.Length is 0 or > Contract.EvidenceClaims.MaxText))
        {
            faults.Add(new PolicyFault(path + ".names", $"expected a list of names of 1 to {Contract.EvidenceClaims.MaxText} characters"));
        }

        if (released > ends || released > denied)
        {
            faults.Add(new PolicyFault(path, "came out after its end"));
        }

        if (members["example"] is not null && members["example"]!.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            faults.Add(new PolicyFault(path + ".example", "expected true or false"));
        }

        return new BaselineEntry
        {
            Names = names,
            Released = released,
            SupportEnds = ends,
            DeniedFrom = denied,
            PatchMonths = Whole(members, "patchMonths", path),
            Source = members["source"]?.ToString() ?? string.Empty,
            IsExample = members["example"]?.GetValueKind() is JsonValueKind.True,
        };
    }

    private int? Whole(JsonObject members, string key, string path)
    {
        if (!members.ContainsKey(key))
        {
            return null;
        }

        if (int.TryParse(members[key]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 100_000)
        {
            return number;
        }

        faults.Add(new PolicyFault(Join(path, key), "expected a whole number"));
        return null;
    }

    private DateOnly? Day(JsonObject members, string key, string path)
    {
        if (!members.ContainsKey(key))
        {
            return null;
        }

        if (DateOnly.TryParseExact(members[key]?.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out DateOnly day))
        {
            return day;
        }

        faults.Add(new PolicyFault(Join(path, key), "expected a day such as 2026-11-24"));
        return null;
    }

    private void CheckKeys(JsonObject members, string[] known, string path)
    {
        foreach ((string key, _) in members)
        {
            if (!known.Contains(key))
            {
                faults.Add(new PolicyFault(Join(path, key), $"no such key; there are {string.Join(", ", known)}"));
            }
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
