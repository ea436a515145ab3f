using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>An American Express card for kernel 4: options and records, then one cryptogram by GENERATE AC under a CDA signature.</summary>
internal sealed class AmericanExpressCard : VirtualCard
{
    /// <summary>Amounts, country, TVR, currency, date, type, UN.</summary>
    private const string Cdol1Text = "9F02069F03069F1A0295055F2A029A039C019F3704";

    /// <summary>A card asks for the terminal type, a device for the reader's capabilities too.</summary>
    private const string CardPdol = "9F3501", DevicePdol = "9F35019F6E04";

    private const int DataFile = 1;
    private const int IssuerFile = 2;
    private const byte CdaRequested = 0x10;
    private const byte TypeBits = 0xC0;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;
    private static readonly Dol Cdol1 = Parse(Cdol1Text);
    private static readonly byte[] Locator = [DataFile << 3, 1, 1, 1, IssuerFile << 3, 1, 2, 0];

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Dictionary<(int Sfi, int Record), byte[]>> _records;
    private bool _selected;
    private bool _isCvmRequired;
    private byte[] _pdolValues = [];

    public AmericanExpressCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _records = new Lazy<Dictionary<(int Sfi, int Record), byte[]>>(MakeRecords);
    }

    private protected override byte[] Aid => Convert.FromHexString(IsDevice ? "A000000025010901" : "A000000025010403");

    private protected override string Label => "AMERICAN EXPRESS";

    private protected override byte KernelId => 4;

    private bool IsDevice => Description.Device != "card";

    /// <summary>Verification, risk management, CDA; EMV mode, mobile.</summary>
    private byte[] Profile =>
    [
        (byte)(Description.Behaviour == "no-cda" ? 0x18 : 0x19),
        (byte)((Description.Behaviour == "mag-stripe" ? 0x00 : 0x80) | (IsDevice ? 0x40 : 0x00)),
    ];

    public override void Personalise() => _ = _records.Value;

    private protected override void Reset()
    {
        _selected = false;
        _pdolValues = [];
    }

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        return Information(IsDevice ? DevicePdol : CardPdol);
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x00, 0xB2) when _selected => Record(_records.Value, command),
        (0x80, 0xAE) when _selected => GenerateCryptogram(command.P1, command.Data.Span),
        (0x80 or 0x00, 0xA8 or 0xB2 or 0xAE) => Status(0x6985),
        _ => Status(0x6D00),
    };

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        if (OptionsValues(Parse(IsDevice ? DevicePdol : CardPdol), data) is not { } values)
        {
            return Status(0x6A80);
        }

        switch (Description.Behaviour)
        {
            case "other-interface":
                return Status(0x6984);
            case "conditions":
                return Status(0x6985);
            case "see-phone" when Tap == 1:
                return Status(0x6986);
        }

        Counter++;
        _pdolValues = values;

        // The terminal type carries bits of the reader: EA with, E2 without a verification that is required.
        _isCvmRequired = (values[0] & 0x08) != 0;
        return IsDevice
            ? Done(new TlvWriter().Open(0x77).Write(0x82, Profile).Write(0x94, Locator).Write(0x9F71, MobileResults()).Close().ToArray())
            : Done(new TlvWriter().Write(0x80, [.. Profile, .. Locator]).ToArray());
    }

    private byte[] MobileResults() => Description.Cdcvm
        ? [0x01, _isCvmRequired ? (byte)0x03 : (byte)0x00, 0x02]
        : [0x3F, 0x00, 0x00];

    private byte[] GenerateCryptogram(byte control, ReadOnlySpan<byte> values)
    {
        if (values.Length != Cdol1.TotalLength)
        {
            return Status(0x6700);
        }

        TlvMap terminal = Split(Cdol1, values);
        byte type = (Description.Behaviour, control & TypeBits) switch
        {
            ("declines", _) or (_, Aac) => Aac,
            ("insists-offline", _) => Tc,
            (_, Tc) when Description.Offline => Tc,
            _ => Arqc,
        };
        byte[] counter = CounterBytes();

        // Length, key index, version, then four bytes of results: first cryptogram in bits 6 and 5, second not requested.
        byte results = (byte)(0x80 | (type >> 2) | (Description.Cdcvm ? 0x04 : 0x00));
        byte[] iad = [0x06, Issued.DerivationKeyIndex, Issued.CvnByte, 0x03, results, 0x00, 0x00];
        byte[] cryptogram = _cryptography.Cryptogram(terminal, Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        TlvWriter before = new TlvWriter().Write(0x9F27, [type]).Write(0x9F36, counter);
        byte[] after = new TlvWriter().Write(0x9F10, iad).ToArray();
        bool signs = (control & CdaRequested) != 0 && type != Aac;
        byte[] middle = signs
            ? new TlvWriter().Write(0x9F4B, Signature(terminal, type, cryptogram, [.. values, .. before.Written, .. after])).ToArray()
            : new TlvWriter().Write(0x9F26, cryptogram).ToArray();
        return Done(new TlvWriter().Write(0x77, [.. before.Written, .. middle, .. after]).ToArray());
    }

    private byte[] Signature(TlvMap terminal, byte type, byte[] cryptogram, byte[] exchanged) =>
        CombinedSignature("amex", terminal, type, cryptogram, [.. _pdolValues, .. exchanged], []);

    private Dictionary<(int Sfi, int Record), byte[]> MakeRecords()
    {
        TlvWriter data = Account()
            .Write(0x8C, Convert.FromHexString(Cdol1Text))

            // Online PIN, signature, nothing: each where the terminal supports it.
            .Write(0x8E, Convert.FromHexString("000000000000000042035E031F03"))
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F08, [0x00, 0x01])
            .Write(0x9F0D, Convert.FromHexString("FC50ECA800"))
            .Write(0x9F0E, Convert.FromHexString("0000000000"))
            .Write(0x9F0F, Convert.FromHexString("FC78ECA800"))
            .Write(0x9F42, [0x09, 0x78])
            .Write(0x9F4A, [0x82])

            // Membership data, which a reader does not keep unless it is told to.
            .Write(0x9F5A, Convert.FromHexString("4C41423030303031"))
            .Write(0x9F5B, "LAB-MEMBER-01"u8);
        if (Issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        byte[] written = data.ToArray();
        (byte[] issuer, byte[] keys) = LabCertificates.Records(Description, Issued, "amex", [.. written, .. Profile]);
        return new Dictionary<(int Sfi, int Record), byte[]>
        {
            [(DataFile, 1)] = LabCertificates.Template(written),
            [(IssuerFile, 1)] = issuer,
            [(IssuerFile, 2)] = keys,
        };
    }
}
