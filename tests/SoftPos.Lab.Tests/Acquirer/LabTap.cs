using System.Globalization;
using SoftPos.Cryptography;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Acquirer;

/// <summary>A tap of a lab card as its authorisation request: the cryptogram is computed with the card's own key.</summary>
internal sealed record LabTap
{
    public string Card { get; init; } = "visa";

    public long AmountMinor { get; init; } = 1250;

    public ushort Counter { get; init; } = 66;

    public int Stan { get; init; } = 1;

    /// <summary>Changes the card data after the cryptogram was made.</summary>
    public Action<TlvMap>? Tamper { get; init; }

    /// <summary>Changes the message before it is encoded.</summary>
    public Action<Iso8583Message>? Change { get; init; }

    public LabIssuedCard Issued => LabIssuer.FindByName(Card)!;

    public CryptogramVersion Version => (Issued.Scheme, Issued.Cvn) switch
    {
        ("visa", "10") => CryptogramVersion.Visa10,
        ("visa", "18") => CryptogramVersion.Visa18,
        ("visa", "22") => CryptogramVersion.Visa22,
        ("mastercard", "16") => CryptogramVersion.Mastercard16,
        _ => CryptogramVersion.Mastercard20,
    };

    public byte[] CardKey()
    {
        byte[] key = new byte[16];
        EmvMasterKey.Derive(Version.CardKeyOption, LabIssuer.MasterKeyForCryptograms(), Issued.Pan, Issued.Sequence, key);
        return key;
    }

    public byte[] AnswerKey()
    {
        byte[] key = CardKey();
        if (Version.ArpcUnderSessionKey)
        {
            ApplicationCryptogram.DeriveKey(Version, CardKey(), Counter, UnpredictableNumber, key);
        }

        return key;
    }

    public byte[] Cryptogram() => CardData()[0x9F26]!;

    public Iso8583Message Request(string type = "0100")
    {
        TlvMap data = CardData();
        Tamper?.Invoke(data);
        Iso8583Message message = new(ShippedDialects.Lab, type)
        {
            [2] = Issued.Pan,
            [3] = "000000",
            [4] = AmountMinor.ToString(CultureInfo.InvariantCulture),
            [7] = "1124120000",
            [11] = Stan.ToString(CultureInfo.InvariantCulture),
            [12] = "120000",
            [13] = "1124",
            [14] = Issued.ExpiryYearMonth,
            [22] = "072",
            [25] = "00",
            [32] = "123456",
            [37] = $"632812{Stan:D6}",
            [41] = "TERM0001",
            [42] = "MERCHANT0000001",
            [49] = "978",
        };
        message.Set(55, data.Encode());
        Change?.Invoke(message);
        return message;
    }

    /// <summary>The reversal of the request, made from its bytes.</summary>
    public Iso8583Message Reversal(int stan, string type = "0400")
    {
        Assert.True(Iso8583View.TryRead(Request().Encode(), ShippedDialects.Lab, out Iso8583View original, out _));
        Iso8583Message message = new(ShippedDialects.Lab, type);
        message.Echo(original, 2, 3, 4, 12, 13, 14, 22, 25, 32, 37, 41, 42, 49);
        message[7] = "1124120031";
        message[11] = stan.ToString(CultureInfo.InvariantCulture);
        message[90] = OriginalDataElements.Of(original).Text;
        return message;
    }

    private static byte[] UnpredictableNumber => [0xA1, 0xB2, 0xC3, 0xD4];

    private TlvMap CardData()
    {
        bool visa = Issued.Scheme == "visa";
        byte[] iad = (Issued.Scheme, Issued.Cvn) switch
        {
            ("visa", "22") => [0x1F, 0x22, 0x01, 0x00, 0xA0, .. new byte[27]],
            ("visa", _) => [0x06, 0x01, Issued.CvnByte, 0x03, 0xA0, 0x00, 0x00],
            _ => [0x01, Issued.CvnByte, 0xA0, 0x00, 0x03, 0x22, 0x00, 0x00, 0x00, 0x00, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        TlvMap data = new()
        {
            { 0x9F02, Convert.FromHexString(AmountMinor.ToString("D12", CultureInfo.InvariantCulture)) },
            { 0x9F03, new byte[6] },
            { 0x9F1A, [0x02, 0x80] },
            { 0x95, new byte[5] },
            { 0x5F2A, [0x09, 0x78] },
            { 0x9A, [0x26, 0x11, 0x24] },
            { 0x9C, [0x00] },
            { 0x9F37, UnpredictableNumber },
            { 0x82, [0x20, 0x00] },
            { 0x9F36, [(byte)(Counter >> 8), (byte)(Counter & 0xFF)] },
            { 0x9F10, iad },
            { 0x9F27, [0x80] },
            { 0x84, Convert.FromHexString(visa ? "A0000000031010" : "A0000000041010") },
        };
        CryptogramInput input = new()
        {
            AmountAuthorised = data[0x9F02]!,
            AmountOther = data[0x9F03]!,
            TerminalCountryCode = data[0x9F1A]!,
            TerminalVerificationResults = data[0x95]!,
            TransactionCurrencyCode = data[0x5F2A]!,
            TransactionDate = data[0x9A]!,
            TransactionType = data[0x9C]!,
            UnpredictableNumber = data[0x9F37]!,
            ApplicationInterchangeProfile = data[0x82]!,
            ApplicationTransactionCounter = data[0x9F36]!,
            IssuerApplicationData = data[0x9F10]!,
        };
        byte[] cryptogram = new byte[8];
        Assert.True(ApplicationCryptogram.TryCompute(Version, CardKey(), input, cryptogram));
        data[0x9F26] = cryptogram;
        return data;
    }
}
