using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>
/// A Discover D-PAS card for kernel 6: GET PROCESSING OPTIONS gives the cryptogram, inside a signature of the shape of CDA for an offline
/// approval, and for an online request where the reader asks for that.
/// </summary>
internal sealed class DiscoverCard : VirtualCard
{
    /// <summary>Qualifiers, amounts, country, currency, date, type, UN; no TVR, as cards in the field.</summary>
    private const string PdolText = "9F66049F02069F03069F1A025F2A029A039C019F3704";

    private const int DataFile = 1;
    private const int IssuerFile = 2;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;
    private const byte Domestic = 0x10;
    private const byte CodePerformed = 0x02;
    private const byte CodeFailed = 0x01;

    /// <summary>Switch if unable to go online, online if CDA failed, online if expired, both fallbacks.</summary>
    private const byte Requirements = 0xCB;

    private static readonly byte[] Profile = [0x19, 0x00];
    private static readonly Dol Pdol = Parse(PdolText);

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Dictionary<(int Sfi, int Record), byte[]>> _records;
    private bool _selected;

    public DiscoverCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _records = new Lazy<Dictionary<(int Sfi, int Record), byte[]>>(MakeRecords);
    }

    private protected override byte[] Aid => Convert.FromHexString(Description.Aid ?? "A0000001523010");

    private protected override string Label => "DISCOVER";

    private protected override byte KernelId => 6;

    private bool IsDevice => Description.Device != "card";

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
        byte type = Description.Behaviour == "declines" ? Aac
            : Description.Behaviour == "insists-offline" || (Description.Offline && !onlineRequired) ? Tc
            : Arqc;
        return Respond(terminal, values, type, (ttq[1] & 0x40) != 0);
    }

    private byte[] Respond(TlvMap terminal, byte[] values, byte type, bool isCvmRequired)
    {
        bool asksPin = !IsDevice && (isCvmRequired || Description.OnlinePin);
        bool signs = type == Tc || (type == Arqc && (terminal[0x9F66]![0] & 0x01) != 0);
        byte[] requirements = [(byte)((asksPin ? 0x80 : 0x00) | (IsDevice ? 0x10 : 0x00)), Requirements];
        byte verified = !Description.Cdcvm ? (byte)0x00
            : Description.Behaviour == "verification-failed" ? (byte)(CodePerformed | CodeFailed)
            : CodePerformed;
        byte[] counter = CounterBytes();

        // Key index, version, eight bytes of results.
        byte[] iad = [Issued.DerivationKeyIndex, Issued.CvnByte, (byte)(0x80 | (type >> 2)), (byte)(Domestic | verified), .. new byte[6]];
        byte[] cryptogram = _cryptography.Cryptogram(terminal, Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        TlvWriter answer = new TlvWriter()
            .Write(0x82, Profile)
            .Write(0x94, signs ? [DataFile << 3, 1, 1, 1, IssuerFile << 3, 1, 2, 0] : [DataFile << 3, 1, 1, 1])
            .Write(0x9F10, iad)
            .Write(0x9F27, [type])
            .Write(0x9F36, counter)
            .Write(0x9F71, requirements);
        if (IsDevice)
        {
            answer.Write(0x9F6E, Convert.FromHexString(Description.Device == "watch" ? "0000000000000004" : "0000000000000003"));
        }

        byte[] proof = signs
            ? new TlvWriter().Write(0x9F4B, Signature(terminal, type, cryptogram, [.. values, .. answer.Written])).ToArray()
            : new TlvWriter().Write(0x9F26, cryptogram).ToArray();
        return Done(new TlvWriter().Write(0x77, [.. answer.Written, .. proof]).ToArray());
    }

    private byte[] Signature(TlvMap terminal, byte type, byte[] cryptogram, byte[] exchanged) =>
        CombinedSignature("discover", terminal, type, cryptogram, exchanged, []);

    private Dictionary<(int Sfi, int Record), byte[]> MakeRecords()
    {
        TlvWriter data = Account()
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F08, [0x00, 0x01])
            .Write(0x9F4A, [0x82]);
        if (Issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        byte[] written = data.ToArray();
        (byte[] issuer, byte[] keys) = LabCertificates.Records(Description, Issued, "discover", [.. written, .. Profile]);
        return new Dictionary<(int Sfi, int Record), byte[]>
        {
            [(DataFile, 1)] = LabCertificates.Template(written),
            [(IssuerFile, 1)] = issuer,
            [(IssuerFile, 2)] = keys,
        };
    }
}
