using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>A UnionPay card for kernel 7: the options response holds the cryptogram, fDDA version 1 signs amount, currency and CTQ.</summary>
internal sealed class UnionPayCard : VirtualCard
{
    /// <summary>Qualifiers, amounts, country, TVR, currency, date, type, UN, and whether the terminal takes electronic cash.</summary>
    private const string PdolText = "9F66049F02069F03069F1A0295055F2A029A039C019F37049F7A01";

    private const int DataFile = 1;
    private const int IssuerFile = 2;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;
    private static readonly byte[] Profile = [0x7C, 0x00];
    private static readonly Dol Pdol = Parse(PdolText);

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Dictionary<(int Sfi, int Record), byte[]>> _records;
    private bool _selected;

    public UnionPayCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _records = new Lazy<Dictionary<(int Sfi, int Record), byte[]>>(MakeRecords);
    }

    private protected override byte[] Aid => Convert.FromHexString(
        Description.Aid ?? (Description.Name.Contains("credit", StringComparison.Ordinal) ? "A000000333010102" : "A000000333010101"));

    private protected override string Label => "UnionPay";

    private protected override byte KernelId => 7;

    public override void Personalise() => _ = _records.Value;

    private protected override void Reset() => _selected = false;

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        return Information(PdolText);
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x00, 0xB2) when _selected => Record(_records.Value, command),
        (0x80 or 0x00, 0xA8 or 0xB2) => Status(0x6985),
        _ => Status(0x6D00),
    };

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        if (OptionsValues(Pdol, data) is not { } values)
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
        TlvMap terminal = Split(Pdol, values);
        byte[] ttq = terminal[0x9F66]!;
        bool onlineRequired = (ttq[1] & 0x80) != 0;
        byte type = Description.Behaviour == "declines" || terminal[0x9C] is [0x20] ? Aac
            : Description.Behaviour == "insists-offline" || (Description.Offline && !onlineRequired) ? Tc
            : Arqc;
        return Respond(terminal, ttq, type);
    }

    private byte[] Respond(TlvMap terminal, byte[] ttq, byte type)
    {
        bool isCvmRequired = (ttq[1] & 0x40) != 0;
        byte[] qualifiers =
        [
            (byte)((!Description.Cdcvm && (isCvmRequired || Description.OnlinePin) ? 0x80 : 0x00)
                | (Description.Name.Contains("expired", StringComparison.Ordinal) ? 0x08 : 0x00)),
            (byte)(Description.Cdcvm ? 0x80 : 0x00),
        ];
        byte[] counter = CounterBytes();

        // Length, key index, version, four bytes of results (type in bits 6 and 5), algorithm TDES.
        byte results = (byte)(0x80 | (type >> 2));
        byte[] iad = [0x07, Issued.DerivationKeyIndex, Issued.CvnByte, 0x03, results, Description.Cdcvm ? (byte)0xAC : (byte)0xA8, 0x02, 0x01];
        byte[] cryptogram = _cryptography.Cryptogram(terminal, Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        bool signs = type == Tc || (type == Arqc && (ttq[0] & 0x01) != 0);
        byte[] related = [0x01, .. Random(4), .. qualifiers];
        if (Description.Behaviour == "tampered-qualifiers")
        {
            // What a device in the middle makes of it: no PIN, verified on the device.
            qualifiers = [(byte)(qualifiers[0] & 0x3F), (byte)(qualifiers[1] | 0x80)];
        }

        TlvWriter writer = new TlvWriter()
            .Open(0x77)
            .Write(0x82, Profile)
            .Write(0x94, signs ? [DataFile << 3, 1, 1, 1, IssuerFile << 3, 1, 2, 0] : [DataFile << 3, 1, 1, 1])
            .Write(0x57, Track2())
            .Write(0x5F34, Digits(Issued.Sequence))
            .Write(0x9F10, iad)
            .Write(0x9F26, cryptogram)
            .Write(0x9F36, counter)
            .Write(0x9F6C, qualifiers);
        if (Description.Behaviour != "no-information")
        {
            writer.Write(0x9F27, [type]);
        }

        if (signs)
        {
            writer.Write(0x9F69, related).Write(0x9F4B, Signature(terminal, counter, related));
        }

        return Done(writer.Close().ToArray());
    }

    private byte[] Signature(TlvMap terminal, byte[] counter, byte[] related)
    {
        byte[] amount = [.. terminal[0x9F02]!];
        if (Description.Behaviour == "bad-signature")
        {
            amount[5] ^= 0x01;
        }

        return LabCertificates.Dynamic(
            LabCardKeys.Card("unionpay"), 0x05, [0x02, .. counter], [.. terminal[0x9F37]!, .. amount, .. terminal[0x5F2A]!, .. related]);
    }

    private Dictionary<(int Sfi, int Record), byte[]> MakeRecords()
    {
        TlvWriter data = new TlvWriter()
            .Write(0x5A, Digits(Issued.Pan))
            .Write(0x5F24, Convert.FromHexString(Description.Expiry))
            .Write(0x5F28, [0x02, 0x76])
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F4A, [0x82])

            // Product identification, and an identity document that no reader may keep.
            .Write(0x9F63, Convert.FromHexString("30313032303330343035303630373038"))
            .Write(0x9F61, "LAB-IDENTITY-0001"u8)
            .Write(0x9F62, [0x00]);
        if (Issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        byte[] written = data.ToArray();
        (byte[] issuer, byte[] keys) = LabCertificates.Records(Description, Issued, "unionpay", [.. written, .. Profile]);
        return new Dictionary<(int Sfi, int Record), byte[]>
        {
            [(DataFile, 1)] = LabCertificates.Template(written),
            [(IssuerFile, 1)] = issuer,
            [(IssuerFile, 2)] = keys,
        };
    }
}
