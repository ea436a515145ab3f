using SoftPos.Contract;
using SoftPos.Iso7816;

namespace SoftPos.Terminal;

/// <summary>Chooses of the kernel's data record what an authorisation carries (ISO 8583 DE 55), most important first, within its bound.</summary>
internal static class AuthorisationData
{
    // Issuers verify the cryptogram over the first row; the second tells how the card was read; the third are scheme data.
    private static readonly uint[] Tags =
    [
        0x9F26, 0x9F27, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9C, 0x9F02, 0x5F2A, 0x82, 0x9F1A, 0x9F03,
        0x84, 0x9F33, 0x9F34, 0x9F35, 0x9F06, 0x9F09, 0x9F1E, 0x9F41, 0x9F66, 0x9F6C,
        0x9F6E, 0x9F7C, 0x9F5D, 0x9F24, 0x9F19, 0x9F25, 0x9F71, 0x9F50, 0x9F63, 0x9F74,
    ];

    public static byte[] Of(TlvMap record)
    {
        List<uint> chosen = [];
        byte[] encoded = [];
        foreach (uint tag in Tags.Where(record.Contains))
        {
            byte[] longer = record.Encode([.. chosen, tag]);
            if (longer.Length <= PaymentRequest.MaxEmvData)
            {
                chosen.Add(tag);
                encoded = longer;
            }
        }

        return encoded;
    }
}
