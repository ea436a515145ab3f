using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>Files and certificates of a lab Mastercard card.</summary>
internal sealed class MastercardData
{
    /// <summary>Amounts, country, TVR, currency, date, type, UN, terminal type, DAC, dynamic number, CVM results, time, merchant data.</summary>
    public const string Cdol1 = "9F02069F03069F1A0295055F2A029A039C019F37049F35019F45029F4C089F34039F21039F7C14";

    /// <summary>A device asks for risk management data, country and terminal type at once.</summary>
    public const string DevicePdol = "9F1D089F1A029F3501";

    /// <summary>Balance that the offline card shows, minor units as twelve digits.</summary>
    public const string OfflineBalance = "000000012345";

    private const int IssuerFile = 3;
    private const int DataFile = 2;

    private readonly Dictionary<(int Sfi, int Record), byte[]> _records = [];

    public MastercardData(LabCardDescription description, LabIssuedCard issued, byte[] track2)
    {
        Profile = ProfileOf(description);
        byte[] data = Data(description, issued, track2);
        (byte[] issuer, byte[] keys) = LabCertificates.Records(description, issued, "mastercard", [.. data, .. Profile]);
        _records[(DataFile, 1)] = LabCertificates.Template(data);
        _records[(IssuerFile, 1)] = issuer;
        _records[(IssuerFile, 2)] = keys;
    }

    /// <summary>File locator: the data record is signed, the two of the certificates are not.</summary>
    public static byte[] Locator { get; } = [DataFile << 3, 1, 1, 1, IssuerFile << 3, 1, 2, 0];

    /// <summary>Application interchange profile.</summary>
    public byte[] Profile { get; }

    /// <summary>Record by the parameters of READ RECORD, or null.</summary>
    public byte[]? Record(byte number, byte p2) =>
        (p2 & 0x07) == 4 && _records.TryGetValue((p2 >> 3, number), out byte[]? data) ? data : null;

    private static byte[] ProfileOf(LabCardDescription description)
    {
        // Cardholder verification and terminal risk management; CDA; verification on the device; EMV mode; relay resistance.
        int first = 0x18 | (description.Behaviour == "no-cda" ? 0 : 0x01) | (description.Cdcvm ? 0x02 : 0);
        int second = (description.Behaviour is "mag-stripe" or "mag-stripe-bad-code" ? 0 : 0x80) | (description.Relay ? 0x01 : 0);
        return [(byte)first, (byte)second];
    }

    private static byte[] Data(LabCardDescription description, LabIssuedCard issued, byte[] track2)
    {
        TlvWriter data = new TlvWriter()
            .Write(0x57, track2)
            .Write(0x5A, Convert.FromHexString(issued.Pan))
            .Write(0x5F24, Convert.FromHexString(description.Expiry))
            .Write(0x5F25, Convert.FromHexString("190101"))
            .Write(0x5F28, [0x02, 0x76])
            .Write(0x5F34, Convert.FromHexString(issued.Sequence))
            .Write(0x8C, Convert.FromHexString(Cdol1))

            // Online PIN, signature, nothing: each where the terminal supports it.
            .Write(0x8E, Convert.FromHexString("000000000000000042035E031F03"))
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F08, [0x00, 0x02])
            .Write(0x9F0D, Convert.FromHexString("B450840000"))
            .Write(0x9F0E, Convert.FromHexString("0000000000"))
            .Write(0x9F0F, Convert.FromHexString("B470848000"))
            .Write(0x9F42, [0x09, 0x78])
            .Write(0x9F4A, [0x82])
            .Write(0x9F51, Convert.FromHexString("9F3704"));
        if (issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        if (description.Device != "card")
        {
            // Country, unique identifier with bit 8 clear, device type: 01 phone, 03 watch.
            data.Write(0x9F6E, [0x02, 0x76, 0x00, 0x00, 0x30, description.Device == "watch" ? (byte)0x33 : (byte)0x31, 0x00]);
        }

        return data.ToArray();
    }
}
