using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Cli.Conformance;

/// <summary>What an evaluator asks, as <c>docs/conformance/requirements.json</c> holds it.</summary>
internal sealed record RequirementCatalogue
{
    public required string About { get; init; }

    public required IReadOnlyList<RequirementRow> Requirements { get; init; }

    /// <summary>OWASP MASVS controls, each with the rows that carry it.</summary>
    public required IReadOnlyList<MasvsRow> Masvs { get; init; }

    /// <summary>Checks that EMVCo names for phone and back end together, each with the rows that carry it.</summary>
    public required IReadOnlyList<EmvcoRow> Emvco { get; init; }

    /// <summary>The catalogue that this program was built with.</summary>
    public static RequirementCatalogue Load()
    {
        using Stream stream = typeof(RequirementCatalogue).Assembly.GetManifestResourceStream("requirements.json")
            ?? throw new InvalidOperationException("the catalogue of requirements is missing in the program");
        return JsonSerializer.Deserialize(stream, ConformanceJson.Default.RequirementCatalogue)!;
    }
}

/// <summary>One requirement.</summary>
internal sealed record RequirementRow(string Id, string Requirement, IReadOnlyList<string> Components, string Demonstration);

/// <summary>One MASVS control.</summary>
internal sealed record MasvsRow(string Id, string Control, IReadOnlyList<string> Rows);

/// <summary>One check of EMVCo.</summary>
internal sealed record EmvcoRow(string Check, IReadOnlyList<string> Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RequirementCatalogue))]
internal sealed partial class ConformanceJson : JsonSerializerContext;
