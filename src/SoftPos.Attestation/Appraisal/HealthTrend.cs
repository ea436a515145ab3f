using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>
/// What is remembered of one terminal's health, so that a rule can ask what has changed. Pure; moved on by each evidence.
/// </summary>
public sealed record HealthTrend
{
    /// <summary>Taps from which on a share of failures says something.</summary>
    public const int EnoughTaps = 20;

    /// <summary>A share below it is taken for it when it is divided by: from none to one failure is no doubling.</summary>
    private const double LeastPercent = 1;

    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    /// <summary>Nothing remembered.</summary>
    public static HealthTrend None { get; } = new();

    /// <summary>Versions of SDK, app and system, and the patch level: a change of any is an update.</summary>
    public string? Software { get; set; }

    /// <summary>Taps since the last update.</summary>
    public double Taps { get; set; }

    /// <summary>Failed ones of these.</summary>
    public double FailedTaps { get; set; }

    /// <summary>Taps under the software before, of the last that had enough.</summary>
    public double TapsBefore { get; set; }

    /// <summary>Failed ones of these.</summary>
    public double FailedTapsBefore { get; set; }

    /// <summary>Start of the day that is counted; null before the first evidence.</summary>
    public DateTimeOffset? Day { get; set; }

    /// <summary>Crashes in it.</summary>
    public double CrashesToday { get; set; }

    /// <summary>Starts of the phone in it.</summary>
    public double BootsToday { get; set; }

    /// <summary>Count of starts when last heard; null where the phone does not say.</summary>
    public double? BootCount { get; set; }

    /// <summary>Share of failed taps since the update, in percent; null for too few.</summary>
    public double? NfcErrorPercent => Share(FailedTaps, Taps);

    /// <summary>Share of failed taps before it.</summary>
    public double? NfcErrorPercentBefore => Share(FailedTapsBefore, TapsBefore);

    /// <summary>How many times as often a tap fails now.</summary>
    public double? NfcErrorRatio =>
        NfcErrorPercent is { } now && NfcErrorPercentBefore is { } before
            ? Math.Max(now, LeastPercent) / Math.Max(before, LeastPercent) : null;

    /// <summary>The trend after this evidence.</summary>
    public HealthTrend After(EvidenceClaims evidence, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        string software = string.Join('|', evidence.SdkVersion, evidence.OsVersion, evidence.OsPatch, Figure(evidence, "appVersion"));
        bool updated = Software is not null && Software != software;
        bool keepsOld = updated && Taps >= EnoughTaps;
        bool newDay = Day is not { } day || time - day >= OneDay;
        double? boots = evidence.Health.TryGetValue("bootCount", out double count) ? count : null;
        return this with
        {
            Software = software,
            TapsBefore = keepsOld ? Taps : TapsBefore,
            FailedTapsBefore = keepsOld ? FailedTaps : FailedTapsBefore,
            Taps = (updated ? 0 : Taps) + Figure(evidence, "tapsSinceLast"),
            FailedTaps = (updated ? 0 : FailedTaps) + Math.Min(Figure(evidence, "failedTapsSinceLast"), Figure(evidence, "tapsSinceLast")),
            Day = newDay ? time : Day,
            CrashesToday = (newDay ? 0 : CrashesToday) + Figure(evidence, "crashesSinceLast"),
            BootsToday = (newDay ? 0 : BootsToday) + (boots > BootCount ? boots.Value - BootCount.Value : 0),
            BootCount = boots ?? BootCount,
        };
    }

    private static double Figure(EvidenceClaims evidence, string name) =>
        evidence.Health.TryGetValue(name, out double value) && HealthMeasures.Find(name)!.Admits(value) ? value : 0;

    private static double? Share(double failed, double taps) => taps >= EnoughTaps ? 100 * failed / taps : null;
}
