namespace SoftPos.Fuzz;

/// <summary>The table of targets.</summary>
public static class FuzzTargets
{
    /// <summary>All targets by name.</summary>
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } =
        AttestationTargets.All.Concat(PaymentTargets.All).Concat(TapTargets.All).Concat(ChannelTargets.All).Concat(Kernel8Targets.All).Concat(KernelTargets.All)
            .ToDictionary(target => target.Name, StringComparer.Ordinal);
}
