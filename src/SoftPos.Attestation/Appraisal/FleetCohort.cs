using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;

namespace SoftPos.Attestation.Appraisal;

/// <summary>Terminals that have something in common, counted.</summary>
public sealed record FleetCohort
{
    /// <summary>Battery temperature above which a phone counts as hot.</summary>
    public const double HotCelsius = 45;

    /// <summary>What they have in common: <c>model</c>, <c>sdk</c>, <c>system</c> or <c>merchant</c>.</summary>
    public required string Dimension { get; init; }

    /// <summary>Which one.</summary>
    public required string Value { get; init; }

    /// <summary>How many are in use.</summary>
    public int Terminals { get; init; }

    /// <summary>Those that are refused.</summary>
    public int Refused { get; init; }

    /// <summary>Those that are silent past their time.</summary>
    public int Silent { get; init; }

    /// <summary>Those whose battery is hot.</summary>
    public int Hot { get; init; }

    /// <summary>Taps since each one's last update.</summary>
    public double Taps { get; init; }

    /// <summary>Failed ones of these.</summary>
    public double FailedTaps { get; init; }

    /// <summary>Taps of all terminals outside.</summary>
    public double OtherTaps { get; init; }

    /// <summary>Failed ones of these.</summary>
    public double OtherFailedTaps { get; init; }

    internal double? NfcErrorPercent => Taps >= HealthTrend.EnoughTaps ? 100 * FailedTaps / Taps : null;

    internal double? NfcErrorRatio => NfcErrorPercent is { } own && OtherTaps >= HealthTrend.EnoughTaps
        ? Math.Max(own, 1) / Math.Max(100 * OtherFailedTaps / OtherTaps, 1)
        : null;

    internal double? Share(int part) => Terminals > 0 ? 100.0 * part / Terminals : null;

    /// <summary>What the policy's rules for the fleet find.</summary>
    public AppraisalResult Appraise(CompiledPolicy policy, AppraisalContext context)
    {
        ClaimSet claims = new();
        FleetClaims.Fill(claims, this);
        return new Appraiser(policy).Appraise(PolicyStage.Fleet, claims, [], context);
    }
}
