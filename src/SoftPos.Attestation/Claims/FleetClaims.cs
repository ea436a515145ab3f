using SoftPos.Attestation.Appraisal;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims about many terminals that have something in common.</summary>
internal static class FleetClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim Dimension = Claim.Define(
        Defined, "fleet.dimension", ClaimKind.Text, "what they have in common: model, sdk, system or merchant");
    private static readonly Claim Value = Claim.Define(Defined, "fleet.value", ClaimKind.Text, "which model, version or merchant");
    private static readonly Claim Terminals = Claim.Define(Defined, "fleet.terminals", ClaimKind.Number, "terminals in use");
    private static readonly Claim Refused = Claim.Define(Defined, "fleet.refusedPercent", ClaimKind.Number, "share that is refused");
    private static readonly Claim Silent = Claim.Define(Defined, "fleet.silentPercent", ClaimKind.Number,
        "share that is silent past its time");
    private static readonly Claim Hot = Claim.Define(
        Defined, "fleet.hotPercent", ClaimKind.Number, "share whose battery was above 45 degrees at its last evidence");
    private static readonly Claim NfcErrors = Claim.Define(
        Defined, "fleet.nfcErrorPercent", ClaimKind.Number, "share of taps that failed since each one's last update");
    private static readonly Claim NfcRatio = Claim.Define(
        Defined, "fleet.nfcErrorRatio", ClaimKind.Number,
        "that share by the share on all other terminals; missing until both are of enough taps");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, FleetCohort cohort)
    {
        claims.Set(Dimension, cohort.Dimension);
        claims.Set(Value, cohort.Value);
        claims.Set(Terminals, cohort.Terminals);
        claims.Set(Refused, cohort.Share(cohort.Refused));
        claims.Set(Silent, cohort.Share(cohort.Silent));
        claims.Set(Hot, cohort.Share(cohort.Hot));
        claims.Set(NfcErrors, cohort.NfcErrorPercent);
        claims.Set(NfcRatio, cohort.NfcErrorRatio);
    }
}
