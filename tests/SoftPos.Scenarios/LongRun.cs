using System.Globalization;

namespace SoftPos.Scenarios;

/// <summary>Sizes that a person who has an hour may raise; the usual ones fit the whole suite into minutes.</summary>
internal static class LongRun
{
    /// <summary>A whole number from the environment, or the usual one.</summary>
    public static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? asked
            : usual;
}
