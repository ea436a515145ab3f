namespace SoftPos.Attestation.Claims;

/// <summary>Health figures, by the names that evidence uses.</summary>
internal static class HealthClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim BatteryLevel = Claim.Define(Defined, "health.batteryLevelPercent", ClaimKind.Number, "battery level");
    private static readonly Claim BatteryTemperature = Claim.Define(
        Defined, "health.batteryTemperatureCelsius", ClaimKind.Number, "battery temperature");
    private static readonly Claim Thermal = Claim.Define(
        Defined, "health.thermalStatus", ClaimKind.Number, "thermal status of the system, 0 none to 6 shutdown");
    private static readonly Claim FreeStorage = Claim.Define(
        Defined, "health.storageFreeMegabytes", ClaimKind.Number, "free data storage");
    private static readonly Claim FreeMemory = Claim.Define(Defined, "health.memoryFreeMegabytes", ClaimKind.Number, "free memory");
    private static readonly Claim Charging = Claim.Define(Defined, "health.batteryCharging", ClaimKind.Number, "1 while charging");
    private static readonly Claim BatteryCycles = Claim.Define(Defined, "health.batteryCycles", ClaimKind.Number, "charge cycles");
    private static readonly Claim NetworkDelay = Claim.Define(
        Defined, "health.networkRoundTripMilliseconds", ClaimKind.Number, "round trip to the back end");
    private static readonly Claim Taps = Claim.Define(Defined, "health.tapsSinceLast", ClaimKind.Number, "taps since the last evidence");
    private static readonly Claim FailedTaps = Claim.Define(
        Defined, "health.failedTapsSinceLast", ClaimKind.Number, "failed taps since the last evidence");
    private static readonly Claim Crashes = Claim.Define(
        Defined, "health.crashesSinceLast", ClaimKind.Number, "crashes since the last evidence");
    private static readonly Claim Queued = Claim.Define(Defined, "health.queuedItems", ClaimKind.Number, "items waiting to be sent");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    private static readonly System.Collections.Frozen.FrozenDictionary<string, Claim> ByFigure =
        System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(Defined, claim => claim.Name["health.".Length..], StringComparer.Ordinal);

    public static void Fill(ClaimSet claims, IReadOnlyDictionary<string, double> health)
    {
        foreach ((string figure, double value) in health)
        {
            if (ByFigure.TryGetValue(figure, out Claim? claim))
            {
                claims.Set(claim, value);
            }
        }
    }
}
