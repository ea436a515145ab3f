using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What appraisals remember of one terminal; rests as JSON in its record.</summary>
internal sealed record TerminalMemory
{
    /// <summary>What the hardware attested at enrolment.</summary>
    public EnrolledFacts Enrolled { get; init; } = EnrolledFacts.None;

    /// <summary>High-water marks.</summary>
    public TerminalHistory History { get; init; } = TerminalHistory.None;

    /// <summary>When each rule's open finding was first seen; starts its grace.</summary>
    public Dictionary<string, DateTimeOffset> FirstSeen { get; init; } = [];

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

    public string ToJson() => JsonSerializer.Serialize(this, MemoryJson.Default.TerminalMemory);
}

/// <summary>JSON form of <see cref="TerminalMemory"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TerminalMemory))]
internal sealed partial class MemoryJson : JsonSerializerContext;
