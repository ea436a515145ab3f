using System.Security.Cryptography;

namespace SoftPos.Lab.Cards;

/// <summary>Signs the certificates and dynamic signatures of lab cards (EMV Book 2, 5 and 6).</summary>
internal static class LabCertificates
{
    private const int IssuerOverhead = 36;
    private const int CardOverhead = 42;

    /// <summary>Issuer certificate 90 and remainder 92.</summary>
    public static (byte[] Certificate, byte[] Remainder) ForIssuer(LabRsaKey ca, LabRsaKey issuer, string pan, string monthYear)
    {
        int room = ca.Modulus.Length - IssuerOverhead;
        byte[] remainder = issuer.Modulus.Length > room ? issuer.Modulus[room..] : [];
        byte[] body =
        [
            0x02, .. Convert.FromHexString(pan[..6] + "FF"), .. Convert.FromHexString(monthYear), 0x00, 0x00, 0x01, 0x01, 0x01,
            (byte)issuer.Modulus.Length, (byte)issuer.Exponent.Length, .. Padded(issuer.Modulus, room),
        ];
        return (Sign(ca, body, [.. remainder, .. issuer.Exponent]), remainder);
    }

    /// <summary>Card certificate 9F46 and remainder 9F48.</summary>
    public static (byte[] Certificate, byte[] Remainder) ForCard(LabRsaKey issuer, LabRsaKey card, string pan, string monthYear, byte[] staticData)
    {
        int room = issuer.Modulus.Length - CardOverhead;
        byte[] remainder = card.Modulus.Length > room ? card.Modulus[room..] : [];
        byte[] body =
        [
            0x04, .. Convert.FromHexString(pan.PadRight(20, 'F')), .. Convert.FromHexString(monthYear), 0x00, 0x00, 0x02, 0x01, 0x01,
            (byte)card.Modulus.Length, (byte)card.Exponent.Length, .. Padded(card.Modulus, room),
        ];
        return (Sign(issuer, body, [.. remainder, .. card.Exponent, .. staticData]), remainder);
    }

    /// <summary>Signed dynamic application data 9F4B.</summary>
    public static byte[] Dynamic(LabRsaKey card, byte format, byte[] dynamicData, byte[] terminalData)
    {
        byte[] body = [format, 0x01, (byte)dynamicData.Length, .. dynamicData];
        int padding = card.Modulus.Length - 22 - body.Length;
        return Sign(card, [.. body, .. Enumerable.Repeat((byte)0xBB, padding)], terminalData);
    }

    private static byte[] Padded(byte[] modulus, int room) =>
        modulus.Length >= room ? modulus[..room] : [.. modulus, .. Enumerable.Repeat((byte)0xBB, room - modulus.Length)];

    private static byte[] Sign(LabRsaKey key, byte[] body, byte[] rest) =>
        key.Sign([0x6A, .. body, .. SHA1.HashData([.. body, .. rest]), 0xBC]);
}
