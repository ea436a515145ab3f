namespace SoftPos.Emv.EntryPoint;

/// <summary>Reads account numbers from the objects that carry them.</summary>
internal static class TrackTwo
{
    /// <summary>Fewest digits of an account number.</summary>
    private const int ShortestPan = 8;

    /// <summary>Most digits of an account number.</summary>
    private const int LongestPan = 19;

    /// <summary>The digits before the separator of track 2 equivalent data; null when there is no separator or no account number.</summary>
    public static string? Pan(byte[] track2)
    {
        string digits = Bcd.Digits(track2);
        int at = digits.Length;
        int nibble = at / 2 < track2.Length ? (at % 2 == 0 ? track2[at / 2] >> 4 : track2[at / 2] & 0xF) : 0xF;

        // Separator, four digits of expiry and three of service code must be there (ISO 7813).
        return nibble == 0xD && digits.Length is >= ShortestPan and <= LongestPan && (track2.Length * 2) - at >= 8 ? digits : null;
    }

    /// <summary>The digits of 5A without filler; null when they are no account number.</summary>
    public static string? PanOf5A(byte[] pan)
    {
        string digits = Bcd.Digits(pan);
        return digits.Length is >= ShortestPan and <= LongestPan ? digits : null;
    }
}
