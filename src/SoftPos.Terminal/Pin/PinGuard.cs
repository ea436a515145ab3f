namespace SoftPos.Terminal;

/// <summary>
/// What closes the PIN pad on the spot, whatever any policy says: something that may see the screen, the touches or the memory at this
/// moment. The back end judges the rest (developer options, accessibility services) on fresh evidence before the pad opens.
/// </summary>
internal static class PinGuard
{
    /// <summary>Probes whose finding is a refusal by itself. One that cannot run is left to the back end's judgement.</summary>
    public static IReadOnlyList<string> Probes { get; } =
    [
        "screen.capture", "screen.overlay", "input.keyboard", "malware.remote-control", "debug.debugger", "debug.tracer", "hook.frida",
    ];

    /// <summary>Probe that sees something now; null when none does.</summary>
    public static string? Obstacle(IReadOnlyList<IProbe> probes)
    {
        foreach (IProbe probe in probes)
        {
            if (Probes.Contains(probe.Id) && Sees(probe))
            {
                return probe.Id;
            }
        }

        return null;
    }

    private static bool Sees(IProbe probe)
    {
        try
        {
            return probe.Run().Result == Contract.MeasurementResult.Found;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return false;
        }
    }
}
