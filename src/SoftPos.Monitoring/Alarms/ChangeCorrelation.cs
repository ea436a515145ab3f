namespace SoftPos.Monitoring;

/// <summary>What newly refused terminals have in common more than chance explains.</summary>
/// <param name="Dimension"><c>model</c>, <c>sdk</c>, <c>system</c> or <c>merchant</c>.</param>
/// <param name="Value">Which one.</param>
/// <param name="Refused">Newly refused terminals that have it.</param>
/// <param name="OfRefused">All newly refused ones.</param>
/// <param name="Fleet">Terminals in use that have it.</param>
/// <param name="OfFleet">All in use.</param>
/// <param name="Deviations">How far it is from chance, in standard deviations.</param>
public sealed record ChangeSuspect(string Dimension, string Value, int Refused, int OfRefused, int Fleet, int OfFleet, double Deviations)
{
    /// <summary>How many times as often it is found among the refused as in the fleet.</summary>
    public double Lift => (double)Refused / OfRefused / ((double)Fleet / OfFleet);
}

/// <summary>Answers "what changed?": which version, model, system or merchant is over-represented among the newly refused. Pure.</summary>
public static class ChangeCorrelation
{
    /// <summary>Fewer say nothing.</summary>
    public const int LeastRefused = 5;

    /// <summary>Part of the refused that must share it.</summary>
    private const double LeastShare = 0.6;

    /// <summary>How many times as often as in the fleet.</summary>
    private const double LeastLift = 1.5;

    /// <summary>One in a thousand by chance, for each value that is looked at.</summary>
    private const double LeastDeviations = 3;

    /// <summary>Suspects, the most telling first.</summary>
    /// <param name="refused">Properties of each newly refused terminal by dimension.</param>
    /// <param name="fleet">Number of terminals in use by dimension and value, the refused ones included.</param>
    /// <param name="total">Terminals in use.</param>
    public static IReadOnlyList<ChangeSuspect> Of(
        IReadOnlyCollection<IReadOnlyDictionary<string, string>> refused, IReadOnlyDictionary<(string Dimension, string Value), int> fleet,
        int total)
    {
        ArgumentNullException.ThrowIfNull(refused);
        ArgumentNullException.ThrowIfNull(fleet);
        if (refused.Count < LeastRefused || total <= refused.Count)
        {
            return [];
        }

        return
        [
            .. refused.SelectMany(static one => one).CountBy(static pair => (pair.Key, pair.Value))
                .Select(pair =>
                    Suspect(pair.Key, pair.Value, refused.Count, Math.Max(fleet.GetValueOrDefault(pair.Key), pair.Value), total))
                .Where(static one =>
                    one.Refused >= LeastShare * one.OfRefused && one.Lift >= LeastLift && one.Deviations >= LeastDeviations)
                .OrderByDescending(static one => one.Deviations).ThenByDescending(static one => one.Lift).ThenBy(static one =>
                    one.Dimension, StringComparer.Ordinal),
        ];
    }

    /// <summary>The refused as draws from the fleet: mean n·p, variance n·p·(1−p)·(N−n)/(N−1), as without putting back.</summary>
    private static ChangeSuspect Suspect((string Dimension, string Value) what, int with, int refused, int fleet, int total)
    {
        double share = (double)fleet / total;
        double variance = refused * share * (1 - share) * (total - refused) / Math.Max(1, total - 1);
        double deviations = variance > 0 ? (with - (refused * share)) / Math.Sqrt(variance) : 0;
        return new ChangeSuspect(what.Dimension, what.Value, with, refused, fleet, total, deviations);
    }
}
