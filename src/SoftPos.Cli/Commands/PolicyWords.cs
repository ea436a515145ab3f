using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Cli.Commands;

/// <summary>Rules and appraisals in plain words.</summary>
internal static class PolicyWords
{
    public static void Tell(PolicyRule rule, string language, TextWriter output)
    {
        Reason reason = ReasonCatalogue.Get(rule.Reason);
        output.WriteLine(rule.Id);
        output.WriteLine($"  asks that    {rule.Describe()}");
        output.WriteLine($"  on           {rule.Stages.ToString().ToLowerInvariant()}{(rule.Rings.Count > 0 ? " in ring " + string.Join(", ", rule.Rings) : string.Empty)}"
            + (rule.Lasting is { } lasting ? $", after {lasting.TotalMinutes:0.#} minutes of failing" : string.Empty)
            + (rule.EffectiveFrom is { } from ? $" from {from:u}" : string.Empty));
        output.WriteLine($"  else         {ResponseOf(rule)}, {rule.Severity.ToString().ToLowerInvariant()}, as {rule.Reason}");
        output.WriteLine($"  owner        {reason.Owner.ToString().ToLowerInvariant()}");
        output.WriteLine($"  merchant     {reason.TextIn(language)} {reason.FixIn(language)}");
        output.WriteLine();
    }

    public static void Tell(AppraisalResult result, string language, TextWriter output)
    {
        output.WriteLine($"verdict: {result.Verdict.ToString().ToLowerInvariant()}");
        foreach (Finding finding in result.Findings)
        {
            MerchantFinding merchant = finding.ForMerchant(language);
            output.WriteLine();
            output.WriteLine($"{finding.Rule} ({finding.Response.ToString().ToLowerInvariant()}, {finding.Severity.ToString().ToLowerInvariant()})");
            output.WriteLine($"  because      {finding.Claim} is {finding.Value}");
            output.WriteLine($"  rule         {finding.Detail}");
            output.WriteLine($"  merchant     {merchant.Text} {merchant.Fix}");
        }
    }

    private static string ResponseOf(PolicyRule rule) =>
        rule.IsReportOnly ? "report only"
        : rule.Due is { } due && rule.Grace is null ? $"{Word(rule.DuringGrace)} until {due:u}, then {Word(rule.Response)}"
        : rule.GraceUntil is { } until ? $"{Word(rule.DuringGrace)} until the day of {until}, then {Word(rule.Response)}"
        : rule.Grace is { } grace ? $"{Word(rule.DuringGrace)} for {grace.TotalDays:0.#} days, then {Word(rule.Response)}"
        : Word(rule.Response) + (rule.IsInconclusive ? " (proves nothing: the verdict is unknown)" : string.Empty);

    private static string Word(FindingResponse response) => response.ToString().ToLowerInvariant();
}
