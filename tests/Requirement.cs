using Xunit.v3;

namespace SoftPos;

/// <summary>
/// Names the row of <c>docs/conformance/requirements.json</c> that a test shows. The conformance report is made from the results of these
/// tests and nothing else.
/// </summary>
/// <param name="row">Identity of the row, such as <c>ATT-05</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RequirementAttribute(string row) : Attribute, ITraitAttribute
{
    /// <summary>The test shows only a part of the row; without others the row stays "partly".</summary>
    public bool Partly { get; init; }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Partly ? "RequirementPart" : "Requirement", row)];
}
