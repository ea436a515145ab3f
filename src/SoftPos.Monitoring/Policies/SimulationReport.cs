using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What another policy would have done with the recorded evidence.</summary>
public sealed record SimulationReport
{
    /// <summary>SHA-256 of the draft with this installation's values, lower-case hex.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>From when on.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Evidence that was appraised again.</summary>
    public required int Evaluated { get; init; }

    /// <summary>Evidence without what a replay needs.</summary>
    public required int Skipped { get; init; }

    /// <summary>Evidence whose verdict would differ, by "what it was > what it would be".</summary>
    public required IReadOnlyDictionary<string, int> Changed { get; init; }

    /// <summary>Terminals that would be refused at their last evidence and were not.</summary>
    public required IReadOnlyList<SimulatedTerminal> NewlyRefused { get; init; }

    /// <summary>Terminals that were refused at their last evidence and would not be.</summary>
    public required IReadOnlyList<SimulatedTerminal> NewlyAdmitted { get; init; }

    /// <summary>How many of the newly refused each rule would refuse.</summary>
    public required IReadOnlyDictionary<string, int> Rules { get; init; }

    /// <summary>How many of the newly refused are of each model.</summary>
    public required IReadOnlyDictionary<string, int> Models { get; init; }

    /// <summary>Takings a day of the newly refused, by merchant and currency (<c>m1 710</c>), in minor units.</summary>
    public required IReadOnlyDictionary<string, long> DailyTakingsMinor { get; init; }
}

/// <summary>One terminal in a simulation.</summary>
/// <param name="TerminalId">Identity.</param>
/// <param name="MerchantId">Merchant.</param>
/// <param name="Model">Brand and model.</param>
/// <param name="OsPatch">Patch level that it states, YYYYMM.</param>
/// <param name="Was">What its last evidence was found to be.</param>
/// <param name="Would">What it would be.</param>
/// <param name="Rules">Rules of the draft that would refuse it.</param>
public sealed record SimulatedTerminal(
    Guid TerminalId, string MerchantId, string Model, int OsPatch, Verdict Was, Verdict Would, IReadOnlyList<string> Rules);
