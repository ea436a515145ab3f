using System.Globalization;

namespace SoftPos.Iso8583;

/// <summary>Field numbers as text, made once.</summary>
internal static class FieldNames
{
    private static readonly string[] Names =
        [.. Enumerable.Range(0, FieldSet.Highest + 1).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    public static string Of(int field) => field >= 0 && field < Names.Length ? Names[field] : field.ToString(CultureInfo.InvariantCulture);
}
