using System.Globalization;

namespace SoftPos.Iso8583;

/// <summary>
/// The elements that name an original message in its reversal or advice: DE 90 of 1987, DE 56 of 1993 and 2003. Values are kept as digits.
/// </summary>
/// <param name="Type">Message type of the original.</param>
/// <param name="Stan">DE 11 of the original: 6 digits, 12 in 2003.</param>
/// <param name="Time">DE 7 of the original in 1987 (10 digits); DE 12 in 1993 (12) and 2003 (14).</param>
/// <param name="Acquirer">DE 32, at most 11 digits; empty when absent.</param>
/// <param name="Forwarder">DE 33, at most 11 digits; empty when absent. Only in 1987.</param>
public sealed record OriginalDataElements(MessageType Type, string Stan, string Time, string Acquirer, string Forwarder)
{
    private const int InstitutionDigits = 11;

    /// <summary>Field that carries them in a version: 90 in 1987, 56 later.</summary>
    public static int FieldOf(MessageType type) => type.Version == 0 ? 90 : 56;

    /// <summary>Takes them from the original itself.</summary>
    public static OriginalDataElements Of(Iso8583View original) => new(
        original.Type,
        original.Text(11) ?? string.Empty,
        original.Text(original.Type.Version == 0 ? 7 : 12) ?? string.Empty,
        original.Text(32) ?? string.Empty,
        original.Type.Version == 0 ? original.Text(33) ?? string.Empty : string.Empty);

    /// <summary>
    /// The value of DE 90 or DE 56. Institutions are right-justified and zero-filled, zeros when absent; only 1993 counts them instead.
    /// </summary>
    public string Text => Type.Version switch
    {
        0 => $"{Type}{Stan.PadLeft(6, '0')}{Time.PadLeft(10, '0')}{Filled(Acquirer)}{Filled(Forwarder)}",
        1 => string.Create(CultureInfo.InvariantCulture, $"{Type}{Stan.PadLeft(6, '0')}{Time.PadLeft(12, '0')}{Acquirer.Length:D2}{Acquirer}"),
        _ => $"{Type}{Stan.PadLeft(12, '0')}{Time.PadLeft(14, '0')}{Filled(Acquirer)}",
    };

    /// <summary>Reads the value of DE 90 or DE 56 of a message of <paramref name="version"/> (0 for 1987, 1 for 1993, 2 for 2003).</summary>
    public static bool TryParse(string text, int version, out OriginalDataElements? elements)
    {
        ArgumentNullException.ThrowIfNull(text);
        elements = null;
        (int stan, int time) = version switch { 0 => (6, 10), 1 => (6, 12), _ => (12, 14) };
        int fixedLength = 4 + stan + time;
        if (text.Length < fixedLength || text.AsSpan().ContainsAnyExceptInRange('0', '9') || !MessageType.TryParse(text.AsSpan(0, 4), out MessageType type))
        {
            return false;
        }

        string rest = text[fixedLength..];
        string acquirer = string.Empty;
        string forwarder = string.Empty;
        if (version == 1)
        {
            if (rest.Length > 0
                && (rest.Length < 2
                    || rest.Length - 2 > InstitutionDigits
                    || int.Parse(rest[..2], CultureInfo.InvariantCulture) != rest.Length - 2))
            {
                return false;
            }

            acquirer = rest.Length > 0 ? rest[2..] : string.Empty;
        }
        else
        {
            if (rest.Length != (version == 0 ? 2 : 1) * InstitutionDigits)
            {
                return false;
            }

            acquirer = rest[..InstitutionDigits].TrimStart('0');
            forwarder = rest[InstitutionDigits..].TrimStart('0');
        }

        elements = new OriginalDataElements(type, text.Substring(4, stan), text.Substring(4 + stan, time), acquirer, forwarder);
        return true;
    }

    /// <summary>Whether this value of DE 90 or DE 56 names the same original: institutions compare without leading zeros.</summary>
    public bool Names(OriginalDataElements other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type.Exchange == other.Type.Exchange
            && Stan == other.Stan
            && Time == other.Time
            && Acquirer.TrimStart('0') == other.Acquirer.TrimStart('0')
            && Forwarder.TrimStart('0') == other.Forwarder.TrimStart('0');
    }

    private static string Filled(string institution) => institution.PadLeft(InstitutionDigits, '0');
}
