using System.Globalization;
using SoftPos.Contract;

namespace SoftPos.Backend.Console.Text;

/// <summary>Health figures by name: the unit stands in the name and is shown behind the figure.</summary>
internal static class HealthWords
{
    private static readonly string[] First = ["batteryLevelPercent", "batteryTemperatureCelsius", "nfcErrorPercent",
        "storageFreeMegabytes"];

    private static readonly (string Ending, string Unit)[] Units =
    [
        ("TemperatureCelsius", " °C"), ("Celsius", " °C"), ("Percent", " %"), ("Seconds", " s"), ("Milliseconds", " ms"), ("Ms", " ms"), ("Bytes", " B"),
        ("Megabytes", " MB"), ("Millivolts", " mV"),
    ];

    public static (string Name, string Unit) Of(string name)
    {
        foreach ((string ending, string unit) in Units)
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
            {
                string stem = ending == "TemperatureCelsius" ? name[..^"Celsius".Length] : name[..^ending.Length];
                return (EntryWords.Name(stem), unit);
            }
        }

        return (EntryWords.Name(name), string.Empty);
    }

    /// <summary>States by their numbers.</summary>
    private static readonly Dictionary<string, string[]> States = new(StringComparer.Ordinal)
    {
        ["thermalStatus"] = ["none", "light", "moderate", "severe", "critical", "emergency", "shutdown"],
        ["batteryHealth"] = ["unknown", "unknown", "good", "overheated", "dead", "over-voltage", "failed", "cold"],
        ["nfcState"] = ["none", "off", "on"],
        ["networkKind"] = ["none", "wireless", "mobile", "wired", "other"],
        ["batteryCharging"] = ["no", "yes"],
    };

    /// <summary>Whether a measure is a state and no quantity.</summary>
    public static bool IsState(HealthMeasure measure) => States.ContainsKey(measure.Name);

    /// <summary>A figure: a state by its word, a version as a version, else at most one decimal.</summary>
    public static string Value(HealthMeasure measure, double value)
    {
        if (States.TryGetValue(measure.Name, out string[]? words))
        {
            return words[(int)Math.Clamp(Math.Round(value), 0, words.Length - 1)];
        }

        return measure.Name == "sdkVersionNumber"
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)value / 1_000_000}.{(int)value / 1000 % 1000}.{(int)value % 1000}")
            : value.ToString("0.#", CultureInfo.InvariantCulture);
    }

    /// <summary>A time in words.</summary>
    public static string Span(TimeSpan span) => span.TotalMinutes switch
    {
        < 2 => string.Create(CultureInfo.InvariantCulture, $"over {span.TotalSeconds:0} s"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"over {span.TotalMinutes:0} min"),
        < 2880 => string.Create(CultureInfo.InvariantCulture, $"over {span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"over {span.TotalDays:0} days"),
    };

    /// <summary>What an operator looks at first stands first.</summary>
    public static int Rank(string name) => Array.IndexOf(First, name) is >= 0 and var rank ? rank : First.Length;
}
