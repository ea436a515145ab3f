using System.Globalization;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Baseline;

/// <summary>Whether a phone may be used, and until when.</summary>
public sealed record BaselineAnswer
{
    /// <summary>Verdict of the policy on this day.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Findings on this day.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>First day on which the merchant is told something; null within the horizon for none.</summary>
    public DateOnly? NoticeFrom { get; init; }

    /// <summary>First day on which the phone is refused unless it gets an update; null within the horizon for none.</summary>
    public DateOnly? DeniedFrom { get; init; }

    /// <summary>What the baseline lists of the system; null for nothing.</summary>
    public BaselineEntry? System { get; init; }

    /// <summary>What the baseline lists of the model; null for nothing.</summary>
    public BaselineEntry? Model { get; init; }
}

/// <summary>
/// Asks the policy in force, by the engine that enforces, about a model, a system and a patch level, today and on each day to come.
/// </summary>
public static class BaselineCheck
{
    /// <summary>Days that are looked ahead: no maker promises more than ten years.</summary>
    public const int HorizonDays = 3653;

    /// <summary>Asks.</summary>
    /// <param name="policy">Policy with its baseline.</param>
    /// <param name="model">Brand and model as the phone says it; empty for any.</param>
    /// <param name="system">Version such as <c>16</c> or <c>8.1</c>; empty for any.</param>
    /// <param name="patch">Patch level as year and month, such as 202611; null for any.</param>
    /// <param name="time">The day.</param>
    /// <param name="ring">Ring of the terminal.</param>
    public static BaselineAnswer Of(
        CompiledPolicy policy, string model, string system, int? patch, DateTimeOffset time, string ring = AppraisalContext.Production)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        Appraiser appraiser = new(policy);
        DateTimeOffset day = new(time.UtcDateTime.Date.AddHours(12), TimeSpan.Zero);
        AppraisalResult today = AskOn(day);
        DateOnly? notice = null, denied = null;
        for (int i = 0; i <= HorizonDays && denied is null; i++)
        {
            AppraisalResult then = AskOn(day.AddDays(i));
            notice ??= then.Findings.Any(static finding => finding.Response >= FindingResponse.Notice) ? DateOf(i) : null;
            denied = then.Verdict is Verdict.Trusted or Verdict.Limited ? null : DateOf(i);
        }

        return new BaselineAnswer
        {
            Verdict = today.Verdict, Findings = today.Findings, NoticeFrom = notice, DeniedFrom = denied,
            System = policy.Baseline.FindSystem(system), Model = policy.Baseline.FindModel(model),
        };

        DateOnly? DateOf(int days) => DateOnly.FromDateTime(day.UtcDateTime).AddDays(days);

        AppraisalResult AskOn(DateTimeOffset at)
        {
            ClaimSet claims = ClaimsOf(policy, model, system, patch, at);
            return appraiser.Appraise(PolicyStage.Baseline, claims, [],
                new AppraisalContext { Time = at, Ring = ring, EvidenceHash = string.Empty });
        }
    }

    private static ClaimSet ClaimsOf(CompiledPolicy policy, string model, string system, int? patch, DateTimeOffset at)
    {
        ClaimSet claims = new();
        PatchLevel level = PatchLevel.From((ulong)(patch ?? 0));
        Set("android.osVersion", NumberOf(system));
        Set("android.osPatch", level.Month);
        Set("android.osPatchAgeMonths", level.AgeInMonths(at));
        BaselineClaims.Fill(
            claims, policy.Baseline, model.Length > 0 ? model : null, system.Length > 0 ? system : null, level.AgeInMonths(at), at);
        return claims;

        void Set(string name, double? value)
        {
            if (value is { } number)
            {
                claims.TrySet(name, ClaimValue.Of(number));
            }
        }
    }

    /// <summary>A version as the hardware would attest it, MMmmss; null for a text that is none.</summary>
    private static double? NumberOf(string system)
    {
        string text = system.StartsWith("Android ", StringComparison.OrdinalIgnoreCase) ? system["Android ".Length..] : system;
        int[] parts = [.. text.Split('.').Take(3).Select(static part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 100 ? number : -1)];
        return parts.Length == 0 || parts.Any(static part => part < 0)
            ? null
            : (parts[0] * 10_000) + (parts.ElementAtOrDefault(1) * 100) + parts.ElementAtOrDefault(2);
    }
}
