using System.Globalization;
using System.Reflection;

namespace SoftPos.Terminal;

/// <summary>
/// Epoch and expiry of a build, which the release stamps into the platform layer. They travel with every evidence as health figures, so that
/// the back end's policy can refuse an epoch; the phone's own clock decides nothing.
/// </summary>
internal sealed record BuildStamp(int Epoch, DateOnly Expiry)
{
    /// <summary>Names of the assembly metadata.</summary>
    public const string EpochKey = "SoftPosBuildEpoch", ExpiryKey = "SoftPosBuildExpiry";

    /// <summary>Names of the health figures.</summary>
    public const string EpochFigure = "buildEpoch", ExpiryFigure = "buildExpiryDays";

    /// <summary>The stamp of an assembly; null when it has none, as a build of a developer.</summary>
    public static BuildStamp? Of(Assembly assembly)
    {
        Dictionary<string, string> metadata = assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(static entry => entry.Key is EpochKey or ExpiryKey).GroupBy(static entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(static entries => entries.Key, static entries => entries.First().Value ?? string.Empty, StringComparer.Ordinal);
        return Parse(metadata.GetValueOrDefault(EpochKey), metadata.GetValueOrDefault(ExpiryKey));
    }

    /// <summary>A stamp from its texts: a whole number from 1, and a day as <c>2027-05-31</c>.</summary>
    public static BuildStamp? Parse(string? epoch, string? expiry) =>
        int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
        && DateOnly.TryParseExact(expiry, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? new BuildStamp(number, day)
            : null;

    /// <summary>Days since 1970-01-01 of the expiry, as the health figure says it.</summary>
    public double ExpiryDays => Expiry.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
}
