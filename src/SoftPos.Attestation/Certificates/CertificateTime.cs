using System.Formats.Asn1;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Certificates;

/// <summary>
/// UTCTime and GeneralizedTime as makers write them: either form for any year, seconds always, Z always. Anything else is "not
/// readable", which only matters where the date matters (never in a leaf).
/// </summary>
internal static class CertificateTime
{
    public static DateTimeOffset? Read(DerElement element)
    {
        ReadOnlySpan<byte> text = element.Content;
        int year;
        if (element.Tag == Asn1Tag.UtcTime && text.Length == 13 && Number(text, 0, 2) is int shortYear)
        {
            // RFC 5280, 4.1.2.5.1: two-digit years from 50 belong to the last century.
            year = shortYear >= 50 ? 1900 + shortYear : 2000 + shortYear;
            text = text[2..];
        }
        else if (element.Tag == Asn1Tag.GeneralizedTime && text.Length == 15 && Number(text, 0, 4) is int longYear)
        {
            year = longYear;
            text = text[4..];
        }
        else
        {
            return null;
        }

        return text[^1] == 'Z'
            && Number(text, 0, 2) is int month and >= 1 and <= 12
            && Number(text, 2, 2) is int day and >= 1
            && Number(text, 4, 2) is int hour and <= 23
            && Number(text, 6, 2) is int minute and <= 59
            && Number(text, 8, 2) is int second and <= 59
            && year >= 1
            && day <= DateTime.DaysInMonth(year, month)
            ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero)
            : null;
    }

    private static int? Number(ReadOnlySpan<byte> text, int start, int length)
    {
        int value = 0;
        foreach (byte character in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit((char)character))
            {
                return null;
            }

            value = (value * 10) + (character - '0');
        }

        return value;
    }
}
