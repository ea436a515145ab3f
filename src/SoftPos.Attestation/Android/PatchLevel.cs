using System.Globalization;

namespace SoftPos.Attestation.Android;

/// <summary>
/// A patch level as makers write it: YYYYMM or YYYYMMDD, a day of 00 allowed. Anything else, 0 included, is kept as written and counts
/// as unknown.
/// </summary>
/// <param name="Raw">As attested, in decimal, or a note of what stood there.</param>
/// <param name="Month">Year and month as YYYYMM; null when unknown.</param>
public sealed record PatchLevel(string Raw, int? Month)
{
    /// <summary>Reads the attested number.</summary>
    public static PatchLevel From(ulong value)
    {
        string raw = value.ToString(CultureInfo.InvariantCulture);
        int? month = raw.Length switch
        {
            6 => (int)value,
            8 when value % 100 <= 31 => (int)(value / 100),
            _ => null,
        };
        bool isDate = month is { } date && date / 100 is >= 2000 and <= 2199 && date % 100 is >= 1 and <= 12;
        return new PatchLevel(raw, isDate ? month : null);
    }

    /// <summary>Something other than a number stood there.</summary>
    internal static PatchLevel Malformed { get; } = new("malformed", null);

    /// <summary>Whole months from this level to a time; negative for the future, null when unknown.</summary>
    public int? AgeInMonths(DateTimeOffset time) =>
        Month is { } month ? (((time.Year * 12) + time.Month) - (((month / 100) * 12) + (month % 100))) : null;
}
