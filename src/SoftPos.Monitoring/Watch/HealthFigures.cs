using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>Evidence as figures for series: what the phone says, as far as it can be meant, and what the back end makes of it.</summary>
internal static class HealthFigures
{
    public static Dictionary<byte, double> Of(EvidenceClaims claims, HealthTrend trend, DateTimeOffset now)
    {
        Dictionary<byte, double> figures = [];
        foreach ((string name, double value) in claims.Health)
        {
            if (HealthMeasures.Find(name) is { Code: < HealthMeasures.FirstDerived } measure && measure.Admits(value))
            {
                figures[measure.Code] = value;
            }
        }

        Derive("clockSkewSeconds", (claims.DeviceTime - now).TotalSeconds);
        Derive("osPatchAgeMonths", PatchLevel.From((ulong)Math.Max(claims.OsPatch, 0)).AgeInMonths(now));
        Derive("sdkVersionNumber", NumberOf(claims.SdkVersion));
        Derive("nfcErrorPercent", trend.NfcErrorPercent);
        return figures;

        void Derive(string name, double? value)
        {
            HealthMeasure measure = HealthMeasures.Find(name)!;
            if (value is { } figure && measure.Admits(figure))
            {
                figures[measure.Code] = figure;
            }
        }
    }

    private static double? NumberOf(string version) => Version.TryParse(version.Split('-', '+')[0], out Version? parsed)
        ? (parsed.Major * 1_000_000.0) + (parsed.Minor * 1000.0) + Math.Max(parsed.Build, 0)
        : null;
}
