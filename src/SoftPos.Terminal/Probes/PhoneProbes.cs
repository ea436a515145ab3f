namespace SoftPos.Terminal;

/// <summary>Every probe of the SDK over one phone.</summary>
internal static class PhoneProbes
{
    /// <summary>All of them; the order of a run comes from the challenge.</summary>
    public static IReadOnlyList<IProbe> Of(IPhoneSystem phone, AppRelease release) =>
    [
        .. RootProbes.Of(phone),
        .. DebugProbes.Of(phone),
        .. VirtualProbes.Of(phone, release),
        .. HookProbes.Of(phone),
        .. AppProbes.Of(phone, release),
        .. NeighbourProbes.Of(phone),
    ];
}
