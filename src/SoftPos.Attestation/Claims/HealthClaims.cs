using System.Collections.Frozen;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Attestation.Claims;

/// <summary>Health figures, by the names that evidence uses, and what follows from several of them.</summary>
internal static class HealthClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly FrozenDictionary<string, Claim> ByFigure = HealthMeasures.All
        .Where(measure => measure.Code < HealthMeasures.FirstDerived)
        .ToFrozenDictionary(
            measure => measure.Name,
            measure => Claim.Define(Defined, "health." + measure.Name, ClaimKind.Number, measure.Text),
            StringComparer.Ordinal);

    private static readonly Claim NfcErrors = Claim.Define(
        Defined, "trend.nfcErrorPercent", ClaimKind.Number, "share of taps that failed since the last update of app or system");
    private static readonly Claim NfcErrorsBefore = Claim.Define(
        Defined, "trend.nfcErrorPercentBefore", ClaimKind.Number, "share of taps that failed before that update");
    private static readonly Claim NfcRatio = Claim.Define(
        Defined, "trend.nfcErrorRatio", ClaimKind.Number, "the first by the second; missing until both are of enough taps");
    private static readonly Claim Crashes = Claim.Define(Defined, "trend.crashesToday", ClaimKind.Number, "crashes within a day");
    private static readonly Claim Restarts = Claim.Define(Defined, "trend.bootsToday", ClaimKind.Number,
        "starts of the phone within a day");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, IReadOnlyDictionary<string, double> health)
    {
        foreach ((string figure, double value) in health)
        {
            if (ByFigure.TryGetValue(figure, out Claim? claim))
            {
                claims.Set(claim, value);
            }
        }
    }

    public static void Fill(ClaimSet claims, HealthTrend trend)
    {
        claims.Set(NfcErrors, trend.NfcErrorPercent);
        claims.Set(NfcErrorsBefore, trend.NfcErrorPercentBefore);
        claims.Set(NfcRatio, trend.NfcErrorRatio);
        claims.Set(Crashes, trend.Day is null ? null : trend.CrashesToday);
        claims.Set(Restarts, trend.Day is null ? null : trend.BootsToday);
    }
}
