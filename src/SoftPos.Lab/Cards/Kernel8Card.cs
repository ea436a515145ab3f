using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>
/// A card for kernel 8: blinds its key and opens a secure channel at GET PROCESSING OPTIONS, enciphers its records, and answers GENERATE AC
/// with its own decisions, a cryptogram and an EDA-MAC. It keeps data envelopes for READ DATA and WRITE DATA.
/// </summary>
internal sealed class Kernel8Card : VirtualCard
{
    private const byte TypeBits = 0xC0;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;

    /// <summary>Place of the IAD-MAC in the issuer application data: the issuer's own part of the CCD form.</summary>
    private const int MacOffset = 17;

    private static readonly Dol PdolList = Parse(Kernel8Data.Pdol);
    private static readonly Dol CdolList = Parse(Kernel8Data.Cdol1);

    /// <summary>What the attacker of a changed amount shows the card: one unit of the currency.</summary>
    private static readonly byte[] SmallAmount = [0x00, 0x00, 0x00, 0x00, 0x01, 0x00];

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Kernel8Data> _data;
    private readonly Dictionary<uint, byte[]> _envelopes = [];
    private BlindedChannel? _channel;
    private ushort _ownCounter;
    private ushort _kernelCounter;
    private bool _selected;
    private byte[] _pdolValues = [];
    private byte[] _relayData = [];
    private bool _hasAnswered;

    public Kernel8Card(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _data = new Lazy<Kernel8Data>(() => new Kernel8Data(Description, Issued, Track2(), Random));
    }

    private protected override byte[] Aid => Convert.FromHexString(Kernel8Keys.Aid);

    private protected override string Label => "LAB COMMON";

    private protected override byte KernelId => 8;

    public override void Personalise() => _ = _data.Value;

    private protected override void Reset()
    {
        _selected = false;
        _channel?.Dispose();
        _channel = null;
        _pdolValues = [];
        _relayData = [];
        _hasAnswered = false;
    }

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        return Done(new TlvWriter()
            .Open(0x6F)
            .Write(0x84, Aid)
            .Open(0xA5)
            .Write(0x50, System.Text.Encoding.ASCII.GetBytes(Label))
            .Write(0x87, [0x01])
            .Write(0x5F2D, "ende"u8)
            .Write(0x9F38, Convert.FromHexString(Kernel8Data.Pdol))
            .Open(0xBF0C)
            .Write(0x9F2C, Kernel8Data.Qualifier)
            .Close()
            .Close()
            .Close()
            .ToArray());
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x80, 0xEA) when _channel is not null && Description.Relay => ExchangeRelay(command.Data.Span),
        (0x00, 0xB2) when _channel is not null => ReadRecord(command.P1, command.P2),
        (0x84, 0x32) when _channel is not null => ReadData(command.Data.Span),
        (0x84, 0x34) when _channel is not null && _hasAnswered => WriteData(command.Data.Span),
        (0x80, 0xAE) when _channel is not null && !_hasAnswered => GenerateCryptogram(command.P1, command.Data.Span),
        (0x80 or 0x84 or 0x00, 0xA8 or 0xB2 or 0xAE or 0xEA or 0x32 or 0x34) => Status(0x6985),
        _ => Status(0x6D00),
    };

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        if (data.Length != PdolList.TotalLength + 2 || data[0] != 0x83 || data[1] != PdolList.TotalLength)
        {
            return Status(0x6A80);
        }

        if (Description.Behaviour == "conditions")
        {
            return Status(0x6985);
        }

        _pdolValues = data[2..].ToArray();
        TlvMap terminal = Split(PdolList, _pdolValues);
        if (OpenChannel(terminal[0x9E]) is not { } keyData)
        {
            return Status(0x6A80);
        }

        Counter++;
        return Done(new TlvWriter()
            .Open(0x77)
            .Write(0x82, _data.Value.Profile)
            .Write(0x94, Kernel8Data.Locator)
            .Write(0x8C, Convert.FromHexString(Kernel8Data.Cdol1))
            .Write(0x9F8103, keyData)
            .Close()
            .ToArray());
    }

    /// <summary>Card Key Data: the blinded key and the factor under the new session key; null when the kernel's key is none (Book E, 7).</summary>
    private byte[]? OpenChannel(ReadOnlySpan<byte> kernelKey)
    {
        byte[] factor = Random(EmvCurve.FieldLength);
        byte[] own = Description.Behaviour == "impostor" ? Random(EmvCurve.FieldLength) : Kernel8Keys.Card.PrivateKey;
        byte[] ownPoint = new byte[2 * EmvCurve.FieldLength];
        byte[] blinded = new byte[EmvCurve.FieldLength];
        byte[] secret = new byte[EmvCurve.FieldLength];
        if (!EmvCurve.IsPoint(kernelKey) || !EmvCurve.TryGetPublicKey(own, ownPoint)
            || !EmvCurve.TryMultiply(factor, ownPoint.AsSpan(0, EmvCurve.FieldLength), blinded)
            || !EmvCurve.TryMultiply(factor, kernelKey[..EmvCurve.FieldLength], secret)
            || !EmvCurve.TryMultiply(own, [.. secret], secret))
        {
            return null;
        }

        _channel = BlindedChannel.FromSecret(secret);
        _ownCounter = BlindedChannel.FirstCardCounter;
        _kernelCounter = 0;
        _channel.Apply(_ownCounter++, factor, factor);
        if (Description.Behaviour == "bad-key")
        {
            // Beyond the prime of the curve.
            blinded.AsSpan().Fill(0xFF);
        }

        if (Description.Behaviour == "bad-counter")
        {
            _ownCounter++;
        }

        return [.. blinded, .. factor];
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

    private byte[] ReadRecord(byte number, byte p2)
    {
        if (_data.Value.Record(number, p2) is not { } value)
        {
            return Status(0x6A83);
        }

        if (Description.Behaviour == "clear-records")
        {
            return Done(new TlvWriter().Write(0x70, value).ToArray());
        }

        byte[] cipherText = new byte[value.Length];
        _channel!.Apply(_ownCounter++, value, cipherText);
        return Done(new TlvWriter().Write(0xDA, cipherText).ToArray());
    }

    private byte[] ReadData(ReadOnlySpan<byte> tag)
    {
        if (tag.Length != 3 || !_envelopes.TryGetValue((uint)((tag[0] << 16) | (tag[1] << 8) | tag[2]), out byte[]? envelope))
        {
            return Status(0x6A88);
        }

        byte[] answer = new byte[envelope.Length + BlindedChannel.MacLength];
        Span<byte> cipherText = answer.AsSpan(0, envelope.Length);
        _channel!.Apply(_ownCounter, envelope, cipherText);
        _channel.ComputeMac(_ownCounter++, cipherText, answer.AsSpan(envelope.Length));
        return Done(answer);
    }

    private byte[] WriteData(ReadOnlySpan<byte> cipherText)
    {
        byte[] plain = new byte[cipherText.Length];
        _channel!.Apply(_kernelCounter++, cipherText, plain);
        TlvReader reader = new(plain);
        if (!reader.TryRead(out TlvObject envelope) || envelope.Tag is not (>= 0x9F8111 and <= 0x9F811A) || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return Status(0x6A80);
        }

        _envelopes[envelope.Tag] = plain;
        byte[] receipt = new byte[BlindedChannel.MacLength];
        _channel.ComputeMac(_ownCounter++, plain, receipt);
        return Done(receipt);
    }

    private byte[] GenerateCryptogram(byte control, ReadOnlySpan<byte> values)
    {
        if (values.Length != CdolList.TotalLength)
        {
            return Status(0x6700);
        }

        byte[] seen = values.ToArray();
        if (Description.Behaviour == "changed-amount")
        {
            SmallAmount.CopyTo(seen, 0);
        }

        _hasAnswered = true;
        return Done(Respond(Split(CdolList, seen), seen, control));
    }

    private byte TypeOf(byte asked) => (asked, Description) switch
    {
        (Aac, _) or (_, { Behaviour: "declines" or "other-interface" }) => Aac,
        (Tc, { Offline: true }) => Tc,
        _ => Arqc,
    };

    private byte[] Respond(TlvMap terminal, byte[] cdolValues, byte control)
    {
        byte[] counter = [(byte)(Counter >> 8), (byte)(Counter & 0xFF)];
        bool secondTap = Description.Behaviour == "see-phone" && Tap == 1;
        byte type = secondTap ? Aac : TypeOf((byte)(control & TypeBits));
        byte decision = Verification(terminal[0x9F1D]!);

        // CCD form: identifier, key index, verification results (with the decision), counters; then the issuer's own fifteen bytes.
        byte[] iad = [0x0F, Issued.CvnByte, Issued.DerivationKeyIndex, (byte)(0x80 | (type >> 2)), decision, .. new byte[11], 0x0F, .. new byte[15]];
        TlvWriter answer = new TlvWriter()
            .Write(0x9F27, [type])
            .Write(0x9F36, counter)
            .Write(0x9F10, iad)
            .Write(0x9F8102, [decision])
            .Write(0x9F8104, Results(terminal[0x9A]!));
        if (secondTap || Description.Behaviour == "other-interface")
        {
            // Restart at B with "see phone"; or the contact interface.
            answer.Write(0x9F8108, secondTap ? [0x20, 0x20] : [0x31, 0x00]);
        }

        byte[] iadMac = new byte[BlindedChannel.MacLength];
        _channel!.ComputeIadMac([.. _pdolValues, .. cdolValues, .. _relayData, .. answer.Written, .. _data.Value.StaticDataHash], iadMac);
        iadMac.CopyTo(iad, MacOffset);
        byte[] cryptogram = Cryptogram(terminal, counter, iad);
        byte[] edaMac = new byte[BlindedChannel.MacLength];
        _channel.ComputeEdaMac(cryptogram, iadMac, edaMac);
        if (Description.Behaviour == "bad-mac")
        {
            edaMac[7] ^= 0x01;
        }

        return new TlvWriter().Write(0x77, [.. answer.Written, .. new TlvWriter().Write(0x9F26, cryptogram).Write(0x9F8105, edaMac).Written]).ToArray();
    }

    /// <summary>
    /// The cryptogram covers the results as the terminal sent them, and the issuer application data with the MAC that the reader copies in:
    /// so the issuer sees whether card and reader agree.
    /// </summary>
    private byte[] Cryptogram(TlvMap terminal, byte[] counter, byte[] iad)
    {
        byte[] cryptogram = _cryptography.Cryptogram(terminal, _data.Value.Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        return cryptogram;
    }

    /// <summary>Decision among what the reader offers: on the device, online PIN, signature, nothing; FF where something is needed and nothing fits.</summary>
    private byte Verification(ReadOnlySpan<byte> riskData)
    {
        byte offered = riskData[0];
        bool isNeeded = (riskData[1] & 0x80) != 0 || Description.OnlinePin;
        return (offered, isNeeded) switch
        {
            _ when Description.Cdcvm && (offered & 0x04) != 0 => 0x03,
            (_, false) when (offered & 0x08) != 0 => 0x00,
            _ when (offered & 0x40) != 0 => 0x02,
            _ when (offered & 0x20) != 0 => 0x01,
            _ => 0xFF,
        };
    }

    /// <summary>The card's own results: expired or not, by the date of the terminal.</summary>
    private byte[] Results(ReadOnlySpan<byte> date)
    {
        bool isExpired = date.SequenceCompareTo(Convert.FromHexString(Description.Expiry)) > 0;
        return [0x00, isExpired ? (byte)0x40 : (byte)0x00, 0x00, 0x00, 0x00];
    }
}
