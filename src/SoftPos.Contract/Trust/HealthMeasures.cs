using System.Collections.Frozen;

namespace SoftPos.Contract;

/// <summary>One thing that is measured of a phone's health.</summary>
/// <param name="Code">Its number in stored series; given once and never again.</param>
/// <param name="Name">Name with the unit in it, as evidence writes it, such as <c>batteryTemperatureCelsius</c>.</param>
/// <param name="Unit">Unit as people write it; empty for a count or a state.</param>
/// <param name="Lowest">Lowest figure that a phone can mean.</param>
/// <param name="Highest">Highest figure that a phone can mean.</param>
/// <param name="Text">What it says.</param>
public sealed record HealthMeasure(byte Code, string Name, string Unit, double Lowest, double Highest, string Text)
{
    /// <summary>Whether the figure can be meant: a phone says what it wants.</summary>
    public bool Admits(double value) => value >= Lowest && value <= Highest;
}

/// <summary>Every measure that a series is kept of. Evidence may hold other figures; they are journaled and not kept as series.</summary>
public static class HealthMeasures
{
    private const double Many = 1_000_000_000;

    /// <summary>All measures, in the order of their codes.</summary>
    public static IReadOnlyList<HealthMeasure> All { get; } =
    [
        new(1, "batteryLevelPercent", "%", 0, 100, "battery level"),
        new(2, "batteryTemperatureCelsius", "°C", -60, 150, "battery temperature"),
        new(3, "thermalStatus", "", 0, 6, "thermal status of the system, 0 none to 6 shutdown"),
        new(4, "storageFreeMegabytes", "MB", 0, Many, "free data storage"),
        new(5, "memoryFreeMegabytes", "MB", 0, Many, "free memory"),
        new(6, "batteryCharging", "", 0, 1, "1 while charging"),
        new(7, "batteryCycles", "", 0, Many, "charge cycles"),
        new(8, "networkRoundTripMilliseconds", "ms", 0, Many, "round trip to the back end"),
        new(9, "tapsSinceLast", "", 0, Many, "taps since the last evidence"),
        new(10, "failedTapsSinceLast", "", 0, Many, "failed taps since the last evidence"),
        new(11, "crashesSinceLast", "", 0, Many, "crashes since the last evidence"),
        new(12, "queuedItems", "", 0, Many, "items waiting to be sent"),
        new(13, "batteryHealth", "", 1, 7, "battery health: 2 good, 3 overheated, 4 dead, 5 over-voltage, 6 failed, 7 cold"),
        new(14, "nfcState", "", 0, 2, "contactless reader: 0 none, 1 off, 2 on"),
        new(15, "networkKind", "", 0, 4, "network: 0 none, 1 wireless, 2 mobile, 3 wired, 4 other"),
        new(16, "uptimeSeconds", "s", 0, Many, "time since the phone started"),
        new(17, "bootCount", "", 0, Many, "starts of the phone in its life"),
        new(18, "startsSinceLast", "", 0, Many, "starts of the app since the last evidence"),
        new(19, "appVersion", "", 0, Many, "version code of the app"),

        // What the back end makes of the evidence itself.
        new(40, "clockSkewSeconds", "s", -Many, Many, "clock of the phone less ours"),
        new(41, "osPatchAgeMonths", "months", -1200, 1200, "months since the OS patch level"),
        new(42, "sdkVersionNumber", "", 0, Many, "version of the SDK as major x 1000000 + minor x 1000 + patch"),
        new(43, "nfcErrorPercent", "%", 0, 100, "share of taps that failed since the last update"),
    ];

    private static readonly FrozenDictionary<string,
    HealthMeasure> ByName = All.ToFrozenDictionary(measure => measure.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<byte, HealthMeasure> ByCode = All.ToFrozenDictionary(measure => measure.Code);

    /// <summary>First code of what the back end makes; evidence cannot claim it.</summary>
    public const byte FirstDerived = 40;

    /// <summary>A measure by its name, or null.</summary>
    public static HealthMeasure? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A measure by its code, or null.</summary>
    public static HealthMeasure? Find(byte code) => ByCode.GetValueOrDefault(code);
}
