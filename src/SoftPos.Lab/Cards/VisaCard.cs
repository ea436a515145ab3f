using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>A Visa card for kernel 3: GET PROCESSING OPTIONS gives the cryptogram, fDDA version 1 signs amount, currency and CTQ.</summary>
internal sealed class VisaCard : VirtualCard
{
    private const byte IssuerFile = 2;
    private const byte DataFile = 3;
    private static readonly byte[] Aip = [0x20, 0x00];
    private static readonly Dol Pdol = Parse("9F66049F02069F03069F1A0295055F2A029A039C019F3704");

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Personalisation> _personalisation;
    private bool _selected;
    private byte[]? _lastCryptogram;
    private byte[] _lastUnpredictableNumber = [];

    public VisaCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, description.Behaviour == "odd-counter" ? Math.Max(counter, 200) : counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _personalisation = new Lazy<Personalisation>(MakePersonalisation);
    }

    private sealed record Personalisation(LabRsaKey CardKey, IReadOnlyDictionary<(int Sfi, int Record), byte[]> Records);

    private sealed record Options(byte[] Ttq, TlvMap Terminal)
    {
        public bool OnlineRequired => (Ttq[1] & 0x80) != 0;

        public bool CvmRequired => (Ttq[1] & 0x40) != 0;

        public bool OdaForOnline => (Ttq[0] & 0x01) != 0;

        public bool OnlinePin => (Ttq[0] & 0x04) != 0;

        public bool Signature => (Ttq[0] & 0x02) != 0;

        public byte[] this[uint tag] => Terminal[tag]!;
    }

    private protected override byte[] Aid => Convert.FromHexString("A0000000031010");

    private protected override string Label => "VISA CREDIT";

    private protected override byte KernelId => 3;

    private bool IsDevice => Description.Device != "card";

    /// <summary>Brand mix-up: another brand's card behind this AID; the device in between cannot sign for it.</summary>
    private bool IsRelayedOtherBrand => Issued.Scheme != "visa";

    public override void Personalise() => _ = _personalisation.Value;

    private protected override void Reset()
    {
        _selected = false;
        _lastCryptogram = Description.TornAfter > 0 ? null : _lastCryptogram;
    }

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        return Done(new TlvWriter()
            .Open(0x6F)
            .Write(0x84, Aid)
            .Open(0xA5)
            .Write(0x50, System.Text.Encoding.ASCII.GetBytes(Label))
            .Write(0x5F2D, "ende"u8)
            .Write(0x9F38, PdolBytes())
            .Open(0xBF0C)
            .Write(0x9F5A, [0x31, 0x09, 0x78, 0x02, 0x76])
            .Close()
            .Close()
            .Close()
            .ToArray());
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x00, 0xB2) when _selected => Record(command.P1, command.P2),
        (0x00, 0x82) when _selected => ExternalAuthenticate(command.Data.Span),
        (0x80 or 0x00 or 0x84, 0xA8 or 0xB2 or 0x82) => Status(0x6985),
        (0x84, 0x18 or 0x1E or 0x24 or 0xDA) when _selected => Status(0x9000),
        _ => Status(0x6D00),
    };

    private static byte[] PdolBytes() => Convert.FromHexString("9F66049F02069F03069F1A0295055F2A029A039C019F3704");

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        if (data.Length != Pdol.TotalLength + 2 || data[0] != 0x83 || data[1] != Pdol.TotalLength)
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

        TlvMap terminal = Split(Pdol, data[2..]);
        return Decide(new Options(terminal[0x9F66]!, terminal));
    }

    private byte[] Decide(Options options)
    {
        Counter += Description.Behaviour == "odd-counter" ? -1 : 1;
        bool isZero = options[0x9F02].All(octet => octet == 0);
        byte type = Description.Behaviour == "declines" || options[0x9C][0] == 0x20 ? (byte)0x00
            : Description.Offline && !options.OnlineRequired && !isZero ? (byte)0x40
            : (byte)0x80;
        byte[] ctq = [0x00, 0x00];
        if (Description.Cdcvm)
        {
            ctq[1] |= 0x80;
        }
        else if (options.CvmRequired || Description.OnlinePin)
        {
            if (options.OnlinePin)
            {
                ctq[0] |= 0x80;
            }
            else if (options.Signature)
            {
                ctq[0] |= 0x40;
            }
            else if (options.CvmRequired)
            {
                // No method in common: the other interface.
                return Status(0x6984);
            }
        }

        if (Description.Name.Contains("expired", StringComparison.Ordinal))
        {
            ctq[0] |= 0x08;
        }

        return Respond(options, type, ctq);
    }

    private byte[] Respond(Options options, byte type, byte[] ctq)
    {
        byte[] counter = [(byte)(Counter >> 8), (byte)(Counter & 0xFF)];
        byte[] aip = IsRelayedOtherBrand ? [0x00, 0x00] : [Aip[0], IsDevice ? (byte)0x40 : Aip[1]];
        byte[] iad = IssuerApplicationData(type);
        byte[] cryptogram = _cryptography.Cryptogram(options.Terminal, aip, counter, iad);
        (_lastCryptogram, _lastUnpredictableNumber) = (cryptogram, options[0x9F37]);
        bool signs = !IsRelayedOtherBrand && (type == 0x40 || (type == 0x80 && options.OdaForOnline));
        byte[] authentication = [0x01, .. Random(4), .. ctq];
        byte[] sent = Description.Behaviour == "bad-cryptogram" ? [.. cryptogram[..7], (byte)(cryptogram[7] ^ 1)] : cryptogram;
        if (Description.Behaviour == "tampered-qualifiers")
        {
            // What the device in the middle makes of it: no PIN, verified on the device.
            ctq = [(byte)(ctq[0] & 0x3F), (byte)(ctq[1] | 0x80)];
        }

        TlvWriter writer = new TlvWriter()
            .Open(0x77)
            .Write(0x82, aip)
            .Write(0x94, Locator(signs))
            .Write(0x57, Track2())
            .Write(0x5F34, Digits(Issued.Sequence))
            .Write(0x9F10, iad)
            .Write(0x9F26, sent)
            .Write(0x9F27, [type])
            .Write(0x9F36, counter)
            .Write(0x9F6C, ctq);
        if (IsDevice)
        {
            writer.Write(0x9F6E, [Description.Device == "watch" ? (byte)0x24 : (byte)0x23, 0x8A, 0x00, 0x0F]);
        }

        if (signs)
        {
            writer.Write(0x9F69, authentication).Write(0x9F4B, Signature(options, type, counter, authentication));
        }

        return Done(writer.Close().ToArray());
    }

    private byte[] Signature(Options options, byte type, byte[] counter, byte[] authentication)
    {
        byte[] amount = options[0x9F02].ToArray();
        if (Description.Behaviour == "bad-signature")
        {
            amount[5] ^= 0x01;
        }

        byte[] terminalData = [.. options[0x9F37], .. amount, .. options[0x5F2A], .. authentication];
        return LabCertificates.Dynamic(_personalisation.Value.CardKey, type == 0x80 ? (byte)0x95 : (byte)0x05, [0x02, .. counter], terminalData);
    }

    private byte[] IssuerApplicationData(byte type)
    {
        // First cryptogram type in bits 6 and 5, second not requested (10) in bits 8 and 7.
        byte results = (byte)(0x80 | (type >> 2));
        if (Issued.CvnByte == 0x22)
        {
            byte entity = Description.Cdcvm ? (byte)0x82 : (byte)0x00;
            byte verified = Description.Cdcvm ? (byte)0x04 : (byte)0x00;
            return [0x1F, 0x22, Issued.DerivationKeyIndex, entity, (byte)(results | verified), 0x00, 0x00, 0x00, .. new byte[24]];
        }

        if (IsRelayedOtherBrand)
        {
            // M/Chip: key index, version, six bytes of results, DAC, counters.
            return [Issued.DerivationKeyIndex, Issued.CvnByte, results, 0x00, 0x00, 0x00, 0x00, 0x00, .. new byte[10]];
        }

        return [0x06, Issued.DerivationKeyIndex, Issued.CvnByte, 0x03, results, 0x00, 0x00];
    }

    private static byte[] Locator(bool withCertificates) => withCertificates
        ? [IssuerFile << 3, 1, 2, 0, DataFile << 3, 1, 1, 1]
        : [DataFile << 3, 1, 1, 1];

    private byte[] Record(byte record, byte p2) =>
        (p2 & 0x07) == 4 && _personalisation.Value.Records.TryGetValue((p2 >> 3, record), out byte[]? data) ? Done(data) : Status(0x6A83);

    private byte[] ExternalAuthenticate(ReadOnlySpan<byte> issuerAuthenticationData)
    {
        if (_lastCryptogram is null || Description.Behaviour == "refuses-issuer")
        {
            return Status(0x6985);
        }

        return _cryptography.IsFromIssuer(_lastCryptogram, (ushort)Counter, _lastUnpredictableNumber, issuerAuthenticationData)
            ? Status(0x9000)
            : Status(0x6300);
    }

    private Personalisation MakePersonalisation()
    {
        TlvWriter data = new TlvWriter()
            .Write(0x5A, Digits(Issued.Pan))
            .Write(0x5F24, Convert.FromHexString(Description.Expiry))
            .Write(0x5F28, [0x02, 0x76])
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F4A, [0x82]);
        if (Issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par)).Write(0x9F19, Convert.FromHexString("040010075001"));
        }

        byte[] staticData = [.. data.Written, Aip[0], IsDevice ? (byte)0x40 : Aip[1]];
        (byte[] issuer, byte[] keys) = LabCertificates.Records(Description, Issued, "visa", staticData);
        return new Personalisation(LabCardKeys.Card("visa"), new Dictionary<(int Sfi, int Record), byte[]>
        {
            [(IssuerFile, 1)] = issuer,
            [(IssuerFile, 2)] = keys,
            [(DataFile, 1)] = LabCertificates.Template(data.ToArray()),
        });
    }
}
