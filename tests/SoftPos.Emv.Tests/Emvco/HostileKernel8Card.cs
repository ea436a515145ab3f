using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>
/// A kernel 8 card from a seed: a good card whose answers are spoilt now and then, inside the channel and outside of it. Reader and card
/// have the same secrets at every seed, so that a run costs what the reader costs.
/// </summary>
internal sealed class HostileKernel8Card
{
    private static readonly byte[] KernelKey = ScriptedKernel8.Key(32, 0x55);
    private static readonly byte[] CardKey = ScriptedKernel8.Key(32, 0x33);
    private static readonly byte[] Factor = ScriptedKernel8.Key(32, 0x44);
    private static readonly (byte[] Secret, byte[] Blinded) Agreed = Agree();

    private static readonly (uint Tag, string Value)[] Objects =
    [
        (0x57, ScriptedKernel8.PanHex + "D30122010000000000"), (0x5A, ScriptedKernel8.PanHex), (0x5F24, "301231"), (0x5F34, "01"),
        (0x9F810A, "849F2C"), (0x8F, "E1"), (0x9F07, "FFC0"), (0x9F810D, "0000"), (0x9F24, ""), (0x42, "990842"), (0x9F19, "010203040506"),
    ];

    private readonly SeededNumbers _seed;
    private readonly BlindedChannel _channel = BlindedChannel.FromSecret(Agreed.Secret);
    private readonly byte[] _issuerCertificate;
    private readonly byte[] _cardCertificate;

    /// <summary>One answer in so many is spoilt.</summary>
    private readonly int _mercy;

    private ushort _counter = 0x8001;
    private byte[] _pdolValues = [];
    private byte[] _relay = [];
    private byte[] _qualifier = ScriptedKernel8.Hex("0200FFFF000000");
    private byte[] _profile = [];
    private byte[] _signed = [];

    public HostileKernel8Card(ulong seed, byte[] issuerCertificate, byte[] cardCertificate)
    {
        _seed = new SeededNumbers(seed);
        _mercy = 1 + _seed.Below(60);
        (_issuerCertificate, _cardCertificate) = (issuerCertificate, cardCertificate);
    }

    public HashSet<byte> Seen { get; } = [];

    public int Commands { get; private set; }

    public int Elapsed => _seed.Below(1000);

    /// <summary>What the reader draws for its key.</summary>
    public static byte[] Secret(int length) => ScriptedKernel8.Key(length, 0x55);

    /// <summary>Certificates of a scripted card, made for this card's own record, with the profile of a card that errs in nothing.</summary>
    public static (byte[] Issuer, byte[] Card) Personalise(ScriptedKernel8 scripted)
    {
        scripted.Options[0x82] = [0x01, 0x0A];
        foreach (uint tag in scripted.Record.Tags.ToArray())
        {
            scripted.Record[tag] = null;
        }

        foreach ((uint tag, string value) in Objects)
        {
            scripted.Record[tag] = value.Length == 0 ? new byte[29] : ScriptedKernel8.Hex(value);
        }

        return (scripted.IssuerCertificate(), scripted.CardCertificate());
    }

    public byte[]? Transceive(ReadOnlySpan<byte> command)
    {
        Seen.Add(command[1]);
        Commands++;
        byte[] answer = Answer(command);
        return _seed.OneIn(_mercy) ? Spoil(answer) : answer;
    }

    private byte[] Answer(ReadOnlySpan<byte> command)
    {
        switch (command[1])
        {
            case 0xA4 when command[5] == (byte)'2':
                return Done(0x6F, new TlvWriter().Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C)
                    .Open(0x61).Write(0x4F, ScriptedKernel8.Hex(ScriptedKernel8.Aid)).Write(0x9F2A, [8]).Close().Close().Close().ToArray());
            case 0xA4:
                _qualifier = _seed.OneIn(40) ? _seed.Bytes(7) : ScriptedKernel8.Hex("0200FFFF000000");
                return Done(0x6F, new TlvWriter().Write(0x84, ScriptedKernel8.Hex(ScriptedKernel8.Aid)).Open(0xA5).Write(0x50, "CARD"u8)
                    .Write(0x9F38, ScriptedKernel8.Hex(_seed.OneIn(40) ? "9E409F2BFF" : "9E409F2B089F02069F37049F1D08"))
                    .Open(0xBF0C).Write(0x9F2C, _qualifier).Close().Close().ToArray());
            case 0xA8:
                return Options(command);
            case 0xEA:
                byte[] relay = [.. _seed.Bytes(4), 0, (byte)_seed.Below(8), 0x01, (byte)_seed.Below(256), 0, (byte)_seed.Below(64)];
                _relay = [.. command.Slice(5, 4), .. relay];
                return Done(0x80, relay);
            case 0xB2:
                return Record(command[3] >> 3, command[2]);
            case 0x32:
                return Envelope(command);
            case 0xAE:
                return Cryptogram(command[2], command.Slice(5, command[4]));
            case 0x34:
                byte[] plain = new byte[command[4]];
                _channel.Apply(0, command.Slice(5, command[4]), plain);
                byte[] receipt = new byte[8];
                _channel.ComputeMac(_counter++, plain, receipt);
                return [.. receipt, 0x90, 0x00];
            case 0xC0:
                return [.. _seed.Bytes(_seed.Below(64)), 0x61, 0x10];
            default:
                return [0x6D, 0x00];
        }
    }

    private byte[] Options(ReadOnlySpan<byte> command)
    {
        _pdolValues = command[6] == 0x81 ? command.Slice(8, command[7]).ToArray() : command.Slice(7, command[6]).ToArray();
        _counter = 0x8001;
        _relay = [];
        _signed = [];
        _profile = _seed.OneIn(6) ? _seed.Bytes(2) : [0x01, (byte)(_seed.Below(2) | 0x0A)];
        byte[] factor = new byte[32];
        _channel.Apply(0x8000, Factor, factor);
        byte[] locator = _seed.Below(20) switch
        {
            0 => _seed.Bytes(4 * _seed.Below(3)),
            1 => [0x10, 1, 64, 0],
            2 => [0x18, 1, 2, 0, 0x10, 1, 1, 1],
            _ => [0x10, 1, 1, 1, 0x18, 1, 2, 0],
        };
        return Done(0x77, new TlvWriter()
            .Write(0x82, _profile)
            .Write(0x94, locator)
            .Write(0x8C, ScriptedKernel8.Hex(_seed.OneIn(40) ? "9F37FF9F02FF" : ScriptedKernel8.CdolHex))
            .Write(0x9F8103, _seed.OneIn(40) ? _seed.Bytes(_seed.Below(140)) : [.. Agreed.Blinded, .. factor])
            .ToArray());
    }

    private byte[] Record(int sfi, byte number)
    {
        TlvWriter writer = new();
        if (sfi == 3)
        {
            writer.Write(number == 1 ? 0x90u : 0x9F46u, number == 1 ? _issuerCertificate : _cardCertificate);
        }
        else
        {
            foreach ((uint tag, string value) in Objects.Where(_ => !_seed.OneIn(200)))
            {
                writer.Write(tag, value.Length == 0 ? new byte[29] : _seed.OneIn(_mercy * 20) ? _seed.Bytes(_seed.Below(40)) : ScriptedKernel8.Hex(value));
            }
        }

        byte[] plain = _seed.OneIn(_mercy * 4) ? Spoil(writer.ToArray()) ?? [] : writer.ToArray();
        _signed = sfi == 2 && number == 1 ? plain : _signed;
        if (_seed.OneIn(4))
        {
            return Done(0x70, plain);
        }

        byte[] cipherText = new byte[plain.Length];
        _channel.Apply(_counter++, plain, cipherText);
        return Done(0xDA, cipherText);
    }

    private byte[] Envelope(ReadOnlySpan<byte> command)
    {
        byte[] plain = new TlvWriter().Write((uint)((command[5] << 16) | (command[6] << 8) | command[7]), _seed.Bytes(_seed.Below(200))).ToArray();
        byte[] mac = new byte[8];
        _channel.Apply(_counter, plain, plain);
        _channel.ComputeMac(_counter++, plain, mac);
        return [.. plain, .. mac, 0x90, 0x00];
    }

    private byte[] Cryptogram(byte control, ReadOnlySpan<byte> values)
    {
        TlvWriter answer = new TlvWriter()
            .Write(0x9F27, [(byte)(_seed.OneIn(5) ? _seed.Below(256) : control & 0xC0)])
            .Write(0x9F36, [0, 1])
            .Write(0x9F10, _seed.Bytes(_seed.OneIn(8) ? _seed.Below(40) : 32))
            .Write(0x9F8102, [(byte)(_seed.OneIn(3) ? _seed.Below(256) : 0)])
            .Write(0x9F8104, _seed.OneIn(2) ? new byte[5] : _seed.Bytes(5));
        if (_seed.OneIn(4))
        {
            answer.Write(0x9F8108, [(byte)((_seed.Below(5) << 4) | _seed.Below(4)), (byte)_seed.Below(40)]);
        }

        byte[] cryptogram = _seed.Bytes(8);
        (byte[] iadMac, byte[] edaMac) = (new byte[8], new byte[8]);

        // What the reader has of a card that did not err on the way.
        byte[] extended = new TlvWriter().Write(0x84, ScriptedKernel8.Hex(ScriptedKernel8.Aid)).Write(0x9F2C, _qualifier).ToArray();
        byte[] staticHash = SHA256.HashData([.. _signed, .. extended, .. _profile]);
        _channel.ComputeIadMac([.. _pdolValues, .. values, .. _relay, .. answer.Written, .. staticHash], iadMac);
        _channel.ComputeEdaMac(cryptogram, iadMac, edaMac);
        return Done(0x77, [.. answer.Written, .. new TlvWriter().Write(0x9F26, cryptogram).Write(0x9F8105, edaMac).Written]);
    }

    private byte[]? Spoil(byte[] answer)
    {
        switch (_seed.Below(9))
        {
            case 0:
                return null;
            case 1:
                return answer[.._seed.Below(answer.Length + 1)];
            case 2:
                return _seed.Bytes(_seed.Below(260));
            case 3:
                return _seed.Bytes(2);
            case 4:
                return [0x61, (byte)_seed.Below(256)];
            case 5:
                return [0x6C, (byte)_seed.Below(256)];
            case 6:
                return answer.Length < 2 ? answer : [.. answer[..^2], .. answer];
            default:
                for (int flips = 1 + _seed.Below(4); flips > 0 && answer.Length > 0; flips--)
                {
                    answer[_seed.Below(answer.Length)] ^= (byte)(1 << _seed.Below(8));
                }

                return answer;
        }
    }

    private static (byte[] Secret, byte[] Blinded) Agree()
    {
        (byte[] point, byte[] secret, byte[] blinded) = (new byte[64], new byte[32], new byte[32]);
        Assert.True(EmvCurve.TryGetPublicKey(CardKey, point));
        Assert.True(EmvCurve.TryMultiply(Factor, point.AsSpan(0, 32), blinded));
        Assert.True(EmvCurve.TryMultiply(KernelKey, blinded, secret));
        return (secret, blinded);
    }

    private static byte[] Done(uint tag, byte[] value) => [.. new TlvWriter().Write(tag, value).ToArray(), 0x90, 0x00];
}
