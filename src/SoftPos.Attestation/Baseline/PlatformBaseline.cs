using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;

namespace SoftPos.Attestation.Baseline;

/// <summary>
/// Which systems and models there are, until when their makers support them, and from when on they are denied. One list ships; a policy
/// document may add to it and replace entries, so that every change is proposed, approved by a second person and signed like any other of
/// the policy.
/// </summary>
public sealed class PlatformBaseline
{
    private static readonly Lazy<PlatformBaseline> Loaded = new(Load);

    private readonly Dictionary<string, BaselineEntry> _systems = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, BaselineEntry> _models = new(StringComparer.OrdinalIgnoreCase);

    internal PlatformBaseline(int version, DateOnly reviewed, int denyAfterDays, IEnumerable<BaselineEntry> systems,
        IEnumerable<BaselineEntry> models)
    {
        (Version, Reviewed, DenyAfterDays) = (version, reviewed, denyAfterDays);
        Index(systems, _systems);
        Index(models, _models);
    }

    /// <summary>The list that ships.</summary>
    public static PlatformBaseline Shipped => Loaded.Value;

    /// <summary>Version of the list; rises with every change.</summary>
    public int Version { get; }

    /// <summary>Day on which somebody last held it against its sources.</summary>
    public DateOnly Reviewed { get; }

    /// <summary>Days between the end of support and denial, for entries that name no day.</summary>
    public int DenyAfterDays { get; }

    /// <summary>SHA-256 of the shipped file, lower-case hex; empty for a list of a document.</summary>
    public string Hash { get; private init; } = string.Empty;

    /// <summary>Systems, in the order of their versions.</summary>
    public IReadOnlyList<BaselineEntry> Systems =>
        [.. _systems.Values.Distinct().OrderByDescending(static entry => PartsOf(entry.Names[0]), VersionOrder.Instance)];

    /// <summary>Models, in the order of their names.</summary>
    public IReadOnlyList<BaselineEntry> Models =>
        [.. _models.Values.Distinct().OrderBy(static entry => entry.Names[0], StringComparer.OrdinalIgnoreCase)];

    /// <summary>Entry of a system: of <c>8.1.0</c> that of 8.1 before that of 8.</summary>
    public BaselineEntry? FindSystem(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        string text = version.Trim();
        text = text.StartsWith("Android ", StringComparison.OrdinalIgnoreCase) ? text["Android ".Length..] : text;
        while (text.Length > 0)
        {
            if (_systems.TryGetValue(text, out BaselineEntry? entry))
            {
                return entry;
            }

            text = text.LastIndexOf('.') is > 0 and int dot ? text[..dot] : string.Empty;
        }

        return null;
    }

    /// <summary>Entry of a model by the name that a phone says.</summary>
    public BaselineEntry? FindModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _models.GetValueOrDefault(model.Trim());
    }

    /// <summary>Version as the hardware attests it, MMmmss, as text: 80100 is <c>8.1</c>, 160000 is <c>16</c>.</summary>
    public static string? TextOf(double? attested)
    {
        if (attested is not (>= 10_000 and < 1_000_000))
        {
            return null;
        }

        int number = (int)attested;
        int minor = number / 100 % 100;
        return minor == 0 ? (number / 10_000).ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{number / 10_000}.{minor}");
    }

    /// <summary>This list with what a document says besides.</summary>
    internal PlatformBaseline With(int? denyAfterDays, IEnumerable<BaselineEntry> systems, IEnumerable<BaselineEntry> models) =>
        new(
            Version, Reviewed, denyAfterDays ?? DenyAfterDays, _systems.Values.Distinct().Concat(systems),
            _models.Values.Distinct().Concat(models))
        {
            Hash = Hash,
        };

    private static void Index(IEnumerable<BaselineEntry> entries, Dictionary<string, BaselineEntry> into)
    {
        foreach (BaselineEntry entry in entries)
        {
            foreach (string name in entry.Names)
            {
                into[name] = entry;
            }
        }
    }

    private static int[] PartsOf(string version) =>
        [.. version.Split('.').Select(static part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];

    private static PlatformBaseline Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Attestation.Baseline.baseline.yaml")
            ?? throw new InvalidOperationException("baseline.yaml is not embedded");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        List<PolicyFault> faults = [];
        if (!PolicyText.TryRead(bytes, out JsonObject? document, out PolicyFault? fault))
        {
            throw new InvalidOperationException($"baseline.yaml: {fault}");
        }

        PlatformBaseline? read = new BaselineReader(faults).ReadFile(document!);
        return read is not null && faults.Count == 0
            ? new PlatformBaseline(read.Version, read.Reviewed, read.DenyAfterDays, read._systems.Values.Distinct(),
                read._models.Values.Distinct())
            {
                Hash = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            }
            : throw new InvalidOperationException("baseline.yaml: " + string.Join("; ", faults));
    }

    private sealed class VersionOrder : IComparer<int[]>
    {
        public static VersionOrder Instance { get; } = new();

        public int Compare(int[]? x, int[]? y)
        {
            for (int i = 0; i < Math.Max(x!.Length, y!.Length); i++)
            {
                int one = i < x.Length ? x[i] : 0, other = i < y.Length ? y[i] : 0;
                if (one != other)
                {
                    return one.CompareTo(other);
                }
            }

            return 0;
        }
    }
}
