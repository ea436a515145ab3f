using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>Dynamic reader limits: an object of the card chooses among sets of limits (Book C-3, 5.1; kernel 4 by configuration).</summary>
internal static class DynamicLimits
{
    /// <summary>The indicators by the set that applies; those of the combination where none does.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="sets">Sets by a prefix of the object.</param>
    /// <param name="chooser">Value of the object that chooses, or null.</param>
    /// <param name="clause">Clause of the notes.</param>
    public static PreProcessingIndicators Apply(
        KernelActivation activation, IReadOnlyList<DynamicLimitSet> sets, byte[]? chooser, string clause)
    {
        // The longest configured prefix is the closest set.
        DynamicLimitSet? set = chooser is not { Length: > 0 }
            ? null
            : sets.Where(candidate => chooser.AsSpan().StartsWith(candidate.ProgramId)).MaxBy(candidate => candidate.ProgramId.Length);
        if (set is null)
        {
            return activation.Indicators;
        }

        activation.Notes?.Add(clause, $"dynamic limits of {Convert.ToHexString(chooser!)}");
        LimitSet limits = new(set.StatusCheck, set.ZeroAmountAllowed, set.TransactionLimit, set.FloorLimit, null, set.CvmLimit);
        return PreProcessing.Run(
            limits, activation.Combination.Ttq, activation.Request.AmountMinor, activation.Configuration.Terminal.CurrencyExponent);
    }
}
