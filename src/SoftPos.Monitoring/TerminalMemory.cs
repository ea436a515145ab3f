using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What appraisals remember of one terminal; rests as JSON in its record.</summary>
internal sealed record TerminalMemory
{
    /// <summary>Two reports that are further apart say nothing about the time between them.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(15);

    /// <summary>What the hardware attested at enrolment.</summary>
    public EnrolledFacts Enrolled { get; init; } = EnrolledFacts.None;

    /// <summary>High-water marks.</summary>
    public TerminalHistory History { get; init; } = TerminalHistory.None;

    /// <summary>When each rule's open finding was first seen; starts its grace.</summary>
    public Dictionary<string, DateTimeOffset> FirstSeen { get; init; } = [];

    /// <summary>What its health was like.</summary>
    public HealthTrend Trend { get; init; } = HealthTrend.None;

    /// <summary>Since when each rule that asks how long has failed without a break.</summary>
    public Dictionary<string, DateTimeOffset> FailingSince { get; init; } = [];

    public static TerminalMemory Of(TerminalRecord terminal) => terminal.AttestationMemory is { } json ? Of(json) : new TerminalMemory();

    public static TerminalMemory Of(string json) => JsonSerializer.Deserialize(json, MemoryJson.Default.TerminalMemory)!;

    /// <summary>The memory after these findings: new ones get their first time, those that are gone are forgotten.</summary>
    public TerminalMemory After(IEnumerable<Finding> findings, DateTimeOffset now)
    {
        Dictionary<string, DateTimeOffset> seen = [];
        foreach (Finding finding in findings)
        {
            seen[finding.Rule] = FirstSeen.TryGetValue(finding.Rule, out DateTimeOffset first) ? first : now;
        }

        return this with { FirstSeen = seen };
    }

    /// <summary>The memory as it is when evidence comes: after too long a silence nobody can say what went on without a break.</summary>
    /// <param name="heard">Last evidence before; null for none.</param>
    /// <param name="now">The time.</param>
    public TerminalMemory Heard(DateTimeOffset? heard, DateTimeOffset now) =>
        FailingSince.Count > 0 && (heard is not { } last || now - last > LongestGap) ? this with { FailingSince = [] } : this;

    /// <summary>The memory after rules that ask how long were asked: what fails goes on or begins, the rest is forgotten.</summary>
    public TerminalMemory After(IReadOnlyList<string> failing, DateTimeOffset now) => this with
    {
        FailingSince = failing.ToDictionary(
            static rule => rule, rule => FailingSince.TryGetValue(rule, out DateTimeOffset first) ? first : now, StringComparer.Ordinal),
    };

    public string ToJson() => JsonSerializer.Serialize(this, MemoryJson.Default.TerminalMemory);
}

/// <summary>JSON form of <see cref="TerminalMemory"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TerminalMemory))]
internal sealed partial class MemoryJson : JsonSerializerContext;
