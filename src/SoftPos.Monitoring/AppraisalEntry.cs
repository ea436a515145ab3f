using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>How an appraisal stands in the journal: the evidence by its hash, the verdict, the policy, each finding in full.</summary>
internal static class AppraisalEntry
{
    public static JsonObject Of(Verdict verdict, IReadOnlyList<Finding> findings, string policyHash, string evidenceHash) => new()
    {
        ["verdict"] = verdict.ToString(),
        ["policyHash"] = policyHash,
        ["evidenceHash"] = evidenceHash,
        ["findings"] = new JsonArray([.. findings.Select(Of)]),
    };

    public static JsonNode Of(Finding finding)
    {
        JsonObject entry = new()
        {
            ["rule"] = finding.Rule,
            ["reason"] = finding.Reason,
            ["claim"] = finding.Claim,
            ["value"] = finding.Value,
            ["severity"] = finding.Severity.ToString(),
            ["response"] = finding.Response.ToString(),
            ["owner"] = ReasonCatalogue.Get(finding.Reason).Owner.ToString(),
            ["fix"] = ReasonCatalogue.Get(finding.Reason).FixIn("en"),
            ["detail"] = finding.Detail,
        };
        if (finding.Deadline is { } deadline)
        {
            entry["deadline"] = deadline;
        }

        if (finding.Exception is { } exception)
        {
            entry["exception"] = exception;
        }

        return entry;
    }
}
