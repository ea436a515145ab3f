using SoftPos.Attestation.Baseline;

namespace SoftPos.Attestation.Claims;

/// <summary>What the baseline knows of a model and its system.</summary>
internal static class BaselineClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim SystemKnown = Claim.Define(
        Defined, "baseline.systemKnown", ClaimKind.Flag, "the baseline lists this version of the operating system");
    private static readonly Claim SystemSupport = Claim.Define(
        Defined, "baseline.systemSupportDays", ClaimKind.Number, "days until the system's security updates end; negative afterwards");
    private static readonly Claim SystemDeny = Claim.Define(
        Defined, "baseline.systemDenyDays", ClaimKind.Number, "days until the system is denied; 0 and less from that day on");
    private static readonly Claim ModelKnown = Claim.Define(Defined, "baseline.modelKnown", ClaimKind.Flag,
        "the baseline lists this model");
    private static readonly Claim ModelSupport = Claim.Define(
        Defined, "baseline.modelSupportDays", ClaimKind.Number, "days until the model's security updates end; negative afterwards");
    private static readonly Claim ModelDeny = Claim.Define(
        Defined, "baseline.modelDenyDays", ClaimKind.Number, "days until the model is denied; 0 and less from that day on");
    private static readonly Claim PatchLeft = Claim.Define(
        Defined, "baseline.patchMonthsLeft", ClaimKind.Number,
        "months that the patch level may still grow older on this model; missing without such a bound");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, PlatformBaseline baseline, string? model, string? system, int? patchAgeMonths,
        DateTimeOffset time)
    {
        if (system is not null)
        {
            BaselineEntry? entry = baseline.FindSystem(system);
            claims.Set(SystemKnown, entry is not null);
            claims.Set(SystemSupport, entry?.DaysOfSupport(time));
            claims.Set(SystemDeny, entry?.DaysToDenial(time, baseline.DenyAfterDays));
        }

        if (model is not null)
        {
            BaselineEntry? entry = baseline.FindModel(model);
            claims.Set(ModelKnown, entry is not null);
            claims.Set(ModelSupport, entry?.DaysOfSupport(time));
            claims.Set(ModelDeny, entry?.DaysToDenial(time, baseline.DenyAfterDays));
            claims.Set(PatchLeft, entry?.PatchMonths - patchAgeMonths);
        }
    }
}
