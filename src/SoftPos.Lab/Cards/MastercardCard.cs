using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>
/// A Mastercard card for kernel 2 in EMV mode: options and records, then a cryptogram by GENERATE AC under a CDA signature. It keeps its
/// last answer for RECOVER AC and takes part in the relay resistance protocol where its description says so.
/// </summary>
internal sealed class MastercardCard : VirtualCard
{
    private const byte CdaRequested = 0x10;
    private const byte TypeBits = 0xC0;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;

    /// <summary>Values that the card gets with GENERATE AC.</summary>
    private static readonly Dol Cdol1 = Parse(MastercardData.Cdol1);

    private readonly CardCryptography _cryptography;
    private readonly Lazy<MastercardData> _data;
    private readonly Lazy<LabStripe> _stripe;
    private bool _selected;
    private byte[] _pdolValues = [];
    private byte[] _relayData = [];
    private byte[]? _lastAnswer;
    private byte[] _lastNumber = [];

    public MastercardCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _stripe = new Lazy<LabStripe>(() => new LabStripe(Issued));
        _data = new Lazy<MastercardData>(() => new MastercardData(Description, Issued, Track2()));
    }

    private protected override byte[] Aid => Convert.FromHexString("A0000000041010");

    private protected override string Label => "Mastercard";

    private protected override byte KernelId => 2;

    private bool IsStripe => Description.Behaviour is "mag-stripe" or "mag-stripe-bad-code";

    private bool IsDevice => Description.Device != "card";

    public override void Personalise() => _ = _data.Value;

    private protected override void Reset()
    {
        // The last answer outlives the field: that is what RECOVER AC is for.
        _selected = false;
        _pdolValues = [];
        _relayData = [];
    }

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        TlvWriter writer = new TlvWriter()
            .Open(0x6F)
            .Write(0x84, Aid)
            .Open(0xA5)
            .Write(0x50, System.Text.Encoding.ASCII.GetBytes(Label))
            .Write(0x87, [0x01])
            .Write(0x5F2D, "ende"u8);
        if (IsDevice)
        {
            writer.Write(0x9F38, Convert.FromHexString(MastercardData.DevicePdol));
        }

        // 9F5D: CDA on every cryptogram type; the offline card lets its balance be read.
        return Done(writer
            .Open(0xBF0C)
            .Write(0x9F5D, [0x00, Description.Offline ? (byte)0x03 : (byte)0x01, 0x00])
            .Close()
            .Close()
            .Close()
            .ToArray());
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x80, 0xEA) when _selected && Description.Relay => ExchangeRelay(command.Data.Span),
        (0x00, 0xB2) when _selected && IsStripe => command is { P1: 1, P2: 0x0C } ? Done(_stripe.Value.Record()) : Status(0x6A83),
        (0x00, 0xB2) when _selected => _data.Value.Record(command.P1, command.P2) is { } record ? Done(record) : Status(0x6A83),
        (0x80, 0xCA) when _selected => GetData(command),
        (0x80, 0x2A) when _selected && IsStripe => ComputeChecksum(command),
        (0x80, 0xAE) when _selected => GenerateCryptogram(command.P1, command.Data.Span),
        (0x80, 0xD0) when _selected => Recover(command.Data.Span),
        (0x80 or 0x00, 0xA8 or 0xB2 or 0xAE or 0xD0 or 0xEA or 0xCA or 0x2A) => Status(0x6985),
        _ => Status(0x6D00),
    };

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        int expected = IsDevice ? Parse(MastercardData.DevicePdol).TotalLength : 0;
        if (data.Length != expected + 2 || data[0] != 0x83 || data[1] != expected)
        {
            return Status(0x6A80);
        }

        if (Description.Behaviour == "conditions")
        {
            return Status(0x6985);
        }

        Counter++;
        _pdolValues = data[2..].ToArray();
        return Done(new TlvWriter().Open(0x77).Write(0x82, _data.Value.Profile).Write(0x94, IsStripe ? LabStripe.Locator : MastercardData.Locator).Close().ToArray());
    }

    private byte[] ComputeChecksum(CommandApdu command)
    {
        if ((command.P1, command.P2) != (0x8E, 0x80) || command.Data.Length != 4)
        {
            return Status(0x6A80);
        }

        byte[] answer = _stripe.Value.Answer((ushort)Counter, command.Data.Span, Description.Behaviour == "mag-stripe-bad-code");
        return Done(answer);
    }

    private byte[] ExchangeRelay(ReadOnlySpan<byte> terminalEntropy)
    {
        if (terminalEntropy.Length != 4)
        {
            return Status(0x6700);
        }

        // Least 0, most 50 ms, estimated transmission 2.4 ms: wide enough for a card in software.
        byte[] own = [.. Random(4), 0x00, 0x00, 0x01, 0xF4, 0x00, 0x18];
        _relayData = [.. terminalEntropy, .. own];
        return Done(new TlvWriter().Write(0x80, own).ToArray());
    }

    private byte[] GetData(CommandApdu command) => (command.P1, command.P2) is (0x9F, 0x50) && Description.Offline
        ? Done(new TlvWriter().Write(0x9F50, Convert.FromHexString(MastercardData.OfflineBalance)).ToArray())
        : Status(0x6A88);

    private byte[] GenerateCryptogram(byte control, ReadOnlySpan<byte> values)
    {
        if (values.Length != Cdol1.TotalLength)
        {
            return Status(0x6700);
        }

        TlvMap terminal = Split(Cdol1, values);
        bool secondTap = Description.Behaviour == "see-phone" && Tap == 1;
        byte type = secondTap || Description.Behaviour == "declines" ? Aac : TypeOf((byte)(control & TypeBits));
        bool signs = (control & CdaRequested) != 0 && !secondTap;
        byte[] answer = Done(Respond(terminal, values, type, signs, secondTap));
        (_lastAnswer, _lastNumber) = (answer, terminal[0x9F37]!);
        return answer;
    }

    private byte TypeOf(byte asked) => (asked, Description) switch
    {
        (Aac, _) => Aac,
        (Tc, { Offline: true }) => Tc,
        (_, { Behaviour: "offline-only" }) => Aac,
        _ => Arqc,
    };

    private byte[] Respond(TlvMap terminal, ReadOnlySpan<byte> cdolValues, byte type, bool signs, bool secondTap)
    {
        byte[] counter = [(byte)(Counter >> 8), (byte)(Counter & 0xFF)];

        // M/Chip: key index, version, six bytes of results, data authentication code, counters.
        byte[] iad = [Issued.DerivationKeyIndex, Issued.CvnByte, (byte)(0x80 | (type >> 2)), .. new byte[5], .. new byte[10]];
        byte[] cryptogram = _cryptography.Cryptogram(terminal, _data.Value.Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        TlvWriter before = new TlvWriter().Write(0x9F27, [type]).Write(0x9F36, counter);
        TlvWriter after = new TlvWriter().Write(0x9F10, iad);
        if (secondTap)
        {
            // Verification on the device is wanted, and a second tap after it.
            after.Write(0xDF4B, [0x00, 0x01, 0x01]);
        }

        byte[] unsigned = [.. before.Written, .. after.Written];
        byte[] middle = signs
            ? new TlvWriter().Write(0x9F4B, Signature(terminal, cdolValues, type, cryptogram, unsigned)).ToArray()
            : new TlvWriter().Write(0x9F26, cryptogram).ToArray();
        return new TlvWriter().Write(0x77, [.. before.Written, .. middle, .. after.Written]).ToArray();
    }

    /// <summary>The signature of CDA, with the relay resistance data where it was exchanged.</summary>
    private byte[] Signature(TlvMap terminal, ReadOnlySpan<byte> cdolValues, byte type, byte[] cryptogram, byte[] unsigned)
    {
        byte[] exchanged = [.. _pdolValues, .. cdolValues, .. unsigned];
        return CombinedSignature("mastercard", terminal, type, cryptogram, exchanged, _relayData);
    }

    private byte[] Recover(ReadOnlySpan<byte> number)
    {
        if (_lastAnswer is not { } answer || !number.SequenceEqual(_lastNumber))
        {
            return Status(0x6985);
        }

        _lastAnswer = null;
        return answer;
    }
}
