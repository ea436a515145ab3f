namespace SoftPos.Backend.Console.Text;

/// <summary>Health figures by name: the unit stands in the name and is shown behind the figure.</summary>
internal static class HealthWords
{
    private static readonly string[] First = ["batteryLevelPercent", "batteryTemperatureCelsius"];

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

    /// <summary>What an operator looks at first stands first.</summary>
    public static int Rank(string name) => Array.IndexOf(First, name) is >= 0 and var rank ? rank : First.Length;
}
