using System.Globalization;

namespace SoftPos.Emv.Rules;

/// <summary>
/// Which card numbers an application of a RID may carry: the reader's own guard against another brand behind the AID, for nothing that
/// the card signs online binds the one to the other. Ranges are those of ISO/IEC 7812 as the schemes publish them.
/// </summary>
internal static class CardBrand
{
    /// <summary>Last two bytes of the AID A0000000043060 of Maestro.</summary>
    private static readonly byte[] Maestro = [0x30, 0x60];

    /// <summary>True for a number of the brand; every number fits an application of another RID.</summary>
    public static bool Fits(ReadOnlySpan<byte> adfName, string pan)
    {
        int head = int.Parse(pan.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture);
        return Convert.ToHexString(adfName[..5]) switch
        {
            "A000000003" => IsVisa(head),

            // Maestro and its debit sisters use 50 and 56 to 69; those ranges hold other brands too, so they fit no Mastercard credit AID.
            "A000000004" => IsMastercard(head)
                || (head is (>= 5000 and <= 5099) or (>= 5600 and <= 6999)
                    && adfName.Length >= 7 && adfName.Slice(5, 2).SequenceEqual(Maestro)),
            "A000000025" => IsAmericanExpress(head),
            "A000000065" => head is >= 3528 and <= 3589,

            // Networks behind these two lend each other numbers of many ranges; what is surely another brand's is none of theirs.
            "A000000152" or "A000000324" or "A000000333" => !IsVisa(head) && !IsMastercard(head) && !IsAmericanExpress(head),
            _ => true,
        };
    }

    private static bool IsVisa(int head) => head / 1000 == 4;

    private static bool IsMastercard(int head) => head is (>= 5100 and <= 5599) or (>= 2221 and <= 2720);

    private static bool IsAmericanExpress(int head) => head / 100 is 34 or 37;
}
