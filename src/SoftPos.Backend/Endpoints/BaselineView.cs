using SoftPos.Attestation.Baseline;
using SoftPos.Contract;

namespace SoftPos.Backend.Endpoints;

/// <summary>The baseline and its answers as operators read them.</summary>
internal static class BaselineView
{
    public static object Of(PlatformBaseline baseline) => new
    {
        version = baseline.Version,
        reviewed = baseline.Reviewed,
        hash = baseline.Hash,
        denyAfterDays = baseline.DenyAfterDays,
        systems = baseline.Systems.Select(entry => EntryOf(entry, baseline)),
        models = baseline.Models.Select(entry => EntryOf(entry, baseline)),
    };

    public static object Of(BaselineAnswer answer, PlatformBaseline baseline) => new
    {
        verdict = answer.Verdict,
        mayBeUsed = answer.Verdict is Verdict.Trusted or Verdict.Limited,
        noticeFrom = answer.NoticeFrom,
        deniedFrom = answer.DeniedFrom,
        system = answer.System is { } system ? EntryOf(system, baseline) : null,
        model = answer.Model is { } model ? EntryOf(model, baseline) : null,
        findings = answer.Findings.Select(static finding => new
        {
            finding.Rule, finding.Reason, finding.Response, finding.Deadline, finding.Detail,
            text = ReasonCatalogue.Get(finding.Reason).TextIn("en"),
            fix = ReasonCatalogue.Get(finding.Reason).FixIn("en"), owner = ReasonCatalogue.Get(finding.Reason).Owner,
        }),
    };

    private static object EntryOf(BaselineEntry entry, PlatformBaseline baseline) => new
    {
        names = entry.Names,
        released = entry.Released,
        supportEnds = entry.SupportEnds,
        deniedFrom = entry.DenialDay(baseline.DenyAfterDays),
        patchMonths = entry.PatchMonths,
        source = entry.Source,
        example = entry.IsExample ? true : (bool?)null,
    };
}
