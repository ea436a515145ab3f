using System.Globalization;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// Which card numbers an application of this RID may carry: the reader's own guard against another brand behind the AID, for nothing that
/// the card signs online binds the one to the other.
/// </summary>
internal static class MastercardBrand
{
    private static readonly byte[] Rid = [0xA0, 0x00, 0x00, 0x00, 0x04];

    /// <summary>Last two bytes of the AID A0000000043060 of Maestro.</summary>
    private static readonly byte[] Maestro = [0x30, 0x60];

    /// <summary>True for a number of the brand; every number fits an application of another RID.</summary>
    public static bool Fits(ReadOnlySpan<byte> adfName, string pan)
    {
        if (!adfName.StartsWith(Rid))
        {
            return true;
        }

        int head = int.Parse(pan.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture);
        bool mastercard = head is (>= 5100 and <= 5599) or (>= 2221 and <= 2720);

        // Maestro and its debit sisters use 50 and 56 to 69; those ranges hold other brands too, so they fit no Mastercard credit AID.
        bool maestro = head is (>= 5000 and <= 5099) or (>= 5600 and <= 6999);
        return mastercard || (maestro && adfName.Length >= 7 && adfName.Slice(5, 2).SequenceEqual(Maestro));
    }
}
