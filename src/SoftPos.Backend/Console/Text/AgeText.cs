using System.Globalization;

namespace SoftPos.Backend.Console.Text;

/// <summary>How long ago, in one unit: enough to tell fresh from old at a glance.</summary>
internal static class AgeText
{
    public static string Of(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan age = now - then;
        return age.TotalSeconds switch
        {
            < 5 => "just now",
            < 60 => Unit((long)age.TotalSeconds, "s"),
            < 3600 => Unit((long)age.TotalMinutes, "min"),
            < 172_800 => Unit((long)age.TotalHours, "h"),
            _ => Unit((long)age.TotalDays, "days"),
        };
    }

    /// <summary>The exact time, for people.</summary>
    public static string Exact(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Unit(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit} ago");
}
