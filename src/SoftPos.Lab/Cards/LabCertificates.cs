using System.Collections.Concurrent;
using System.Security.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>Signs the certificates and dynamic signatures of lab cards (EMV Book 2, 5 and 6).</summary>
internal static class LabCertificates
{
    /// <summary>Month and year of every certificate.</summary>
    private const string Validity = "1249";

    /// <summary>More than the catalogue has cards, with room for variants.</summary>
    private const int MostSigned = 512;

    private static readonly ConcurrentDictionary<string, (byte[] Certificate, byte[] Remainder)> Signed = new(StringComparer.Ordinal);

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

    /// <summary>Signed dynamic application data 9F4B of combined DDA (EMV Book 2, 6.6.1), over what was exchanged.</summary>
    /// <param name="card">Card key.</param>
    /// <param name="dynamicNumber">ICC dynamic number, 2 to 8 bytes.</param>
    /// <param name="information">9F27.</param>
    /// <param name="cryptogram">Application cryptogram.</param>
    /// <param name="exchanged">Values of PDOL and CDOL and the objects of the answer without the signature.</param>
    /// <param name="more">What a kernel adds.</param>
    /// <param name="unpredictableNumber">9F37.</param>
    public static byte[] Combined(
        LabRsaKey card, byte[] dynamicNumber, byte information, byte[] cryptogram, byte[] exchanged, byte[] more, byte[] unpredictableNumber) =>
        Dynamic(
            card,
            0x05,
            [(byte)dynamicNumber.Length, .. dynamicNumber, information, .. cryptogram, .. SHA1.HashData(exchanged), .. more],
            unpredictableNumber);

    /// <summary>
    /// The two records of a card's certificates: that of the issuer, and all else. They outlive the card, so that an expired one fails for
    /// its date only.
    /// </summary>
    public static (byte[] Issuer, byte[] Keys) Records(
        LabCardDescription description, LabIssuedCard issued, string scheme, byte[] staticData)
    {
        LabRsaKey issuer = LabCardKeys.Issuer(scheme);
        LabRsaKey card = LabCardKeys.Card(scheme);
        string name = $"{scheme} {issued.Pan}";
        (byte[] issuerCertificate, byte[] issuerRemainder) = Once(name, () => ForIssuer(LabCardKeys.Ca(scheme), issuer, issued.Pan, Validity));
        (byte[] cardCertificate, byte[] cardRemainder) = Once(
            $"{name} {Convert.ToHexString(SHA256.HashData(staticData))}", () => ForCard(issuer, card, issued.Pan, Validity, staticData));
        Turn(description, issuerCertificate, "bad-issuer-certificate");
        Turn(description, cardCertificate, "bad-card-certificate");
        TlvWriter keys = new TlvWriter()
            .Write(0x8F, [LabCardKeys.CaKeyIndex])
            .Write(0x9F32, issuer.Exponent)
            .Write(0x9F46, cardCertificate)
            .Write(0x9F47, card.Exponent);
        if (issuerRemainder.Length > 0)
        {
            keys.Write(0x92, issuerRemainder);
        }

        if (cardRemainder.Length > 0)
        {
            keys.Write(0x9F48, cardRemainder);
        }

        return (Template(new TlvWriter().Write(0x90, issuerCertificate).ToArray()), Template(keys.ToArray()));
    }

    /// <summary>A record: template 70 around its objects.</summary>
    public static byte[] Template(byte[] value) => new TlvWriter().Write(0x70, value).ToArray();

    /// <summary>Signs once in the life of the process what is signed alike each time: the same card is tapped often.</summary>
    private static (byte[] Certificate, byte[] Remainder) Once(string name, Func<(byte[] Certificate, byte[] Remainder)> sign)
    {
        if (!Signed.TryGetValue(name, out (byte[] Certificate, byte[] Remainder) made))
        {
            made = sign();
            if (Signed.Count < MostSigned)
            {
                Signed.TryAdd(name, made);
            }
        }

        // A card of the lab may spoil its own.
        return ([.. made.Certificate], made.Remainder);
    }

    private static void Turn(LabCardDescription description, byte[] certificate, string behaviour)
    {
        if (description.Behaviour == behaviour)
        {
            certificate[certificate.Length / 2] ^= 0x01;
        }
    }

    private static byte[] Padded(byte[] modulus, int room) =>
        modulus.Length >= room ? modulus[..room] : [.. modulus, .. Enumerable.Repeat((byte)0xBB, room - modulus.Length)];

    private static byte[] Sign(LabRsaKey key, byte[] body, byte[] rest) =>
        key.Sign([0x6A, .. body, .. SHA1.HashData([.. body, .. rest]), 0xBC]);
}
