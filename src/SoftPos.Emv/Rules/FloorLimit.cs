using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>The floor limit of kernels that compare it themselves; for the entry point a limit that is reached is not exceeded.</summary>
internal static class FloorLimit
{
    /// <summary>True when the amount goes online by the floor limit of the combination, or of the terminal where that has none.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="isInclusive">An amount equal to the limit exceeds it.</param>
    public static bool IsExceeded(KernelActivation activation, bool isInclusive)
    {
        long floor = activation.Combination.FloorLimit ?? activation.Combination.TerminalFloorLimit ?? 0;
        long amount = activation.Request.AmountMinor;
        return amount > floor || (isInclusive && amount == floor);
    }
}
