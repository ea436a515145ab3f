using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>Files, profile and certificates of a lab card for kernel 8.</summary>
internal sealed class Kernel8Data
{
    /// <summary>Kernel key, kernel qualifier, amount, unpredictable number, risk management data.</summary>
    public const string Pdol = "9E409F2B089F02069F37049F1D08";

    /// <summary>Amounts, country, TVR, currency, date, type, number, terminal type, risk management data, capabilities.</summary>
    public const string Cdol1 = "9F02069F03069F1A0295055F2A029A039C019F37049F35019F1D089F3303";

    /// <summary>Beside the signed record, name and Card Qualifier of the FCI are part of the static data.</summary>
    private static readonly byte[] ExtendedTags = [0x84, 0x9F, 0x2C];

    private const int DataFile = 2;
    private const int KeyFile = 3;

    /// <summary>The issuer signs with numbers of a random source like any other.</summary>
    private readonly Func<int, byte[]> _random;

    private readonly Dictionary<(int Sfi, int Record), byte[]> _records = [];

    public Kernel8Data(LabCardDescription description, LabIssuedCard issued, byte[] track2, Func<int, byte[]> random)
    {
        _random = random;
        Profile = ProfileOf(description);
        byte[] data = Data(description, issued, track2);
        byte[] extended = new TlvWriter().Write(0x84, Convert.FromHexString(Kernel8Keys.Aid)).Write(0x9F2C, Qualifier).ToArray();
        StaticDataHash = SHA256.HashData([.. data, .. extended, .. Profile]);
        bool isLong = description.Behaviour == "long-certificates";
        LabEccKey issuer = isLong ? Kernel8Keys.LongIssuer : Kernel8Keys.Issuer;
        byte[] issuerCertificate = IssuerCertificate(isLong, issuer, issued.Pan);
        byte[] cardCertificate = CardCertificate(issuer);
        Turn(description, issuerCertificate, "bad-issuer-certificate");
        Turn(description, cardCertificate, "bad-card-certificate");
        _records[(DataFile, 1)] = data;
        _records[(KeyFile, 1)] = new TlvWriter()
            .Write(0x8F, [isLong ? Kernel8Keys.LongCaKeyIndex : Kernel8Keys.CaKeyIndex])
            .Write(0x90, issuerCertificate)
            .ToArray();
        _records[(KeyFile, 2)] = new TlvWriter().Write(0x9F46, cardCertificate).ToArray();
    }

    /// <summary>Version 2, secure channel on P-256 only, no field-off detection.</summary>
    public static byte[] Qualifier { get; } = [0x02, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00];

    /// <summary>File locator: the data record is signed, those of the certificates are not.</summary>
    public static byte[] Locator { get; } = [DataFile << 3, 1, 1, 1, KeyFile << 3, 1, 2, 0];

    /// <summary>Application interchange profile.</summary>
    public byte[] Profile { get; }

    /// <summary>SHA-256 of the static data.</summary>
    public byte[] StaticDataHash { get; }

    /// <summary>Value of a record by the parameters of READ RECORD, or null.</summary>
    public byte[]? Record(byte number, byte p2) =>
        (p2 & 0x07) == 4 && _records.TryGetValue((p2 >> 3, number), out byte[]? data) ? data : null;

    private static byte[] ProfileOf(LabCardDescription description)
    {
        // Local authentication; the IAD-MAC is copied to the default place; relay resistance; offline approval.
        int second = 0x02 | (description.Relay ? 0x01 : 0) | (description.Offline ? 0x08 : 0);
        return [0x01, (byte)second];
    }

    private static byte[] Data(LabCardDescription description, LabIssuedCard issued, byte[] track2)
    {
        TlvWriter data = new TlvWriter()
            .Write(0x57, track2)
            .Write(0x5A, Convert.FromHexString(issued.Pan))
            .Write(0x5F24, Convert.FromHexString(description.Expiry))
            .Write(0x5F28, [0x02, 0x76])
            .Write(0x5F34, Convert.FromHexString(issued.Sequence))
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F810A, ExtendedTags);
        if (issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        return data.ToArray();
    }

    private byte[] IssuerCertificate(bool isLong, LabEccKey issuer, string pan) => Signed(
        isLong ? Kernel8Keys.LongCa : Kernel8Keys.Ca,
        [
            0x12, 0x00, .. Convert.FromHexString(pan[..6].PadRight(10, 'F')), issuer.Suite, 0x20, 0x49, 0x12, 0x31, 0x00, 0x00, 0x01,
            .. Convert.FromHexString(Kernel8Keys.Aid)[..5], isLong ? Kernel8Keys.LongCaKeyIndex : Kernel8Keys.CaKeyIndex, .. issuer.X,
        ]);

    private byte[] CardCertificate(LabEccKey issuer) => Signed(
        issuer,
        [
            0x14, 0x00, 0x00, 0x20, 0x49, 0x12, 0x31, 0x23, 0x59, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x02,
            .. StaticDataHash, .. Kernel8Keys.Card.X,
        ]);

    private byte[] Signed(LabEccKey key, byte[] body) => [.. body, .. EcSdsa.Sign(key.PrivateKey, Scalar(key.PrivateKey.Length), body)!];

    private byte[] Scalar(int length)
    {
        byte[] scalar = _random(length);
        if (length == EmvCurve.LongFieldLength)
        {
            scalar[0] &= 0x01;
        }

        return EmvCurve.IsScalar(scalar) ? scalar : Scalar(length);
    }

    private static void Turn(LabCardDescription description, byte[] certificate, string behaviour)
    {
        if (description.Behaviour == behaviour)
        {
            certificate[certificate.Length / 2] ^= 0x01;
        }
    }
}
