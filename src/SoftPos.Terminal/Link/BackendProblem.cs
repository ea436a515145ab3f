using System.Text.Json.Serialization;

namespace SoftPos.Terminal;

/// <summary>A refusal of the back end: RFC 9457 problem details with the reason's code.</summary>
internal sealed record BackendProblem
{
    /// <summary>Media type of problem details.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Code in the reason catalogue.</summary>
    public string Code { get; init; } = string.Empty;

    /// <summary>What this occurrence was about.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>Number under which the back end finds the occurrence.</summary>
    public string TraceId { get; init; } = string.Empty;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(BackendProblem))]
internal sealed partial class LinkJson : JsonSerializerContext;
