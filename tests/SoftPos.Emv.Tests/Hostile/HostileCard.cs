using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Hostile;

/// <summary>
/// A card from a seed: it speaks well enough to get far into a kernel and then errs, lies, repeats itself, grows, breaks off or leaves. How
/// much it errs is part of its seed.
/// </summary>
internal sealed class HostileCard
{
    private static readonly byte[] VisaAid = Convert.FromHexString("A0000000031010");
    private static readonly byte[] MastercardAid = Convert.FromHexString("A0000000041010");
    private static readonly string[] VisaPdols = ["9F66049F02069F03069F1A0295055F2A029A039C019F3704", "9F6604", "9F66049F3704", "", "9F", "9F66FF9F02FF"];
    private static readonly string[] MastercardPdols = ["", "9F1D089F1A02", "9F5C089F4005", "DF811B01", "83FFFF"];

    /// <summary>Objects of the records and of the options response, with a value as it should be.</summary>
    private static readonly (uint Tag, string Value)[] Objects =
    [
        (0x57, "5413339000001513D30122010000000000"), (0x5A, "5413339000001513"), (0x5F24, "301231"), (0x5F25, "200101"), (0x5F28, "0276"),
        (0x5F34, "01"), (0x8C, "9F02069F03069F1A0295055F2A029A039C019F37049F35019F34039F3303"), (0x8E, "0000000100000002420341031E031F03"),
        (0x8F, "F3"), (0x90, "00"), (0x92, "00"), (0x9F07, "FFC0"), (0x9F08, "0002"), (0x9F0D, "0000000000"), (0x9F0E, "0000000000"),
        (0x9F0F, "0000000000"), (0x9F32, "03"), (0x9F42, "0978"), (0x9F46, "00"), (0x9F47, "03"), (0x9F48, "00"), (0x9F4A, "82"), (0x9F51, "9F3704"),
        (0x9F24, "00"), (0x9F6E, "02760000303100"), (0x9F5D, "000300"), (0xDF4B, "000001"), (0x9F69, "01112233440000"), (0x9F6C, "8000"),
        (0x9F10, "06011203A00000"), (0x9F26, "1122334455667788"), (0x9F27, "80"), (0x9F36, "0042"), (0x9F4B, "00"), (0x82, "3980"), (0x94, "10010101"),
    ];

    /// <summary>Objects that stand elsewhere, or would always spoil a record.</summary>
    private static readonly HashSet<uint> NotInRecord = [0x9F10, 0x9F26, 0x9F27, 0x9F36, 0x9F4B, 0x9F24, 0x9F5D, 0x82, 0x94];

    private static readonly string[] QualifierPdols = [.. VisaPdols, "9F66049F02069F03069F1A029F37045F2A029A039C019F7A01"];
    private static readonly string[] ModePdols = ["9F5201", "9F52019F02069F1A02", "9F3704", "", "9F52"];
    private static readonly string[] CapabilityPdols = ["9F3501", "9F35019F6E04", "9F6D01", "9F66FF", "9F"];

    private readonly SeededNumbers _seed;
    private readonly int _kernel;

    /// <summary>Visa, or a kernel that talks as its does.</summary>
    private readonly bool _isVisa;

    /// <summary>One answer in so many is spoilt.</summary>
    private readonly int _mercy;

    /// <param name="seed">Everything that the card does.</param>
    /// <param name="kernel">Kernel that it is for; 0 for kernel 2 or 3 by the seed.</param>
    public HostileCard(ulong seed, int kernel = 0)
    {
        _seed = new SeededNumbers(seed);
        _isVisa = kernel is 6 or 7 || (kernel == 0 && _seed.OneIn(2));
        _kernel = kernel;
        _mercy = 1 + _seed.Below(60);
    }

    /// <summary>Instructions that the reader sent.</summary>
    public HashSet<byte> Seen { get; } = [];

    public int Commands { get; private set; }

    public int Elapsed => _seed.Below(1000);

    public byte[]? Transceive(ReadOnlySpan<byte> command)
    {
        Seen.Add(command[1]);
        Commands++;
        byte[] answer = Answer(command[1], command[2], command.Length > 5 && command[5] == (byte)'2');
        return _seed.OneIn(_mercy) ? Spoil(answer) : answer;
    }

    private byte[] Answer(byte instruction, byte p1, bool isDirectory) => instruction switch
    {
        0xA4 when isDirectory => Done(0x6F, Directory()),
        0xA4 => Done(0x6F, Application()),
        0xA8 when _kernel == 6 => Done(0x77, DiscoverOptions()),
        0xA8 when _kernel == 4 => Done(0x77, AmericanExpressOptions()),
        0xA8 when _kernel == 5 => JcbOptions(),
        0xA8 => _isVisa ? Done(0x77, VisaOptions()) : MastercardOptions(),
        0xB2 => Done(0x70, Some()),
        0xEA => Done(0x80, [.. _seed.Bytes(4), 0, (byte)_seed.Below(16), 0, (byte)_seed.Below(256), 0, (byte)_seed.Below(64)]),
        0xAE or 0xD0 when _kernel != 5 => Done(
            0x77u,
            [.. Tlv(0x9F27, [(byte)(_seed.OneIn(5) ? _seed.Below(256) : p1 & 0xC0)]), .. Tlv(0x9F36, [0, 1]), .. Tlv(0x9F26, _seed.Bytes(8)), .. Tlv(0x9F10, _seed.Bytes(18))]),
        0xAE or 0xDF => JcbCryptogram((byte)(instruction == 0xAE ? p1 & 0xC0 : 0x80)),
        0xCA => [0x9F, 0x50, 0x06, .. _seed.Bytes(6), 0x90, 0x00],
        0xC0 => [.. _seed.Bytes(_seed.Below(64)), 0x61, 0x10],
        _ => [0x90, 0x00],
    };

    private byte[] Directory()
    {
        TlvWriter writer = new TlvWriter().Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C);
        for (int entries = 1 + _seed.Below(3); entries > 0; entries--)
        {
            writer.Open(0x61).Write(0x4F, Aid).Write(0x87, _seed.Bytes(1)).Close();
        }

        return writer.Close().Close().ToArray();
    }

    private byte[] Application()
    {
        string[] pdols = _kernel switch { 4 => CapabilityPdols, 5 => ModePdols, 6 or 7 => QualifierPdols, _ => _isVisa ? VisaPdols : MastercardPdols };
        string pdol = pdols[_seed.Below(!_isVisa || _seed.OneIn(4) ? pdols.Length : 1)];
        return new TlvWriter()
            .Write(0x84, Aid)
            .Open(0xA5)
            .Write(0x50, "CARD"u8)
            .Write(0x9F38, Convert.FromHexString(pdol.Length % 2 == 0 ? pdol : pdol + "0"))
            .Open(0xBF0C)
            .Write(0x9F5A, _seed.Bytes(_seed.Below(6)))
            .Write(0x9F5D, _seed.OneIn(2) ? [0x00, 0x03, 0x00] : _seed.Bytes(3))
            .Close()
            .Close()
            .ToArray();
    }

    private byte[] Aid => _kernel switch
    {
        4 => Convert.FromHexString("A000000025010403"),
        5 => Convert.FromHexString("A0000000651010"),
        6 => Convert.FromHexString("A0000001523010"),
        7 => Convert.FromHexString("A000000333010101"),
        _ => _isVisa ? VisaAid : MastercardAid,
    };

    private byte[] DiscoverOptions()
    {
        byte[] information = _seed.OneIn(4) ? _seed.Bytes(1) : _seed.OneIn(3) ? [0x40] : [0x80];
        bool signs = information[0] == 0x40 || _seed.OneIn(8);
        return
        [
            .. Tlv(0x82, _seed.OneIn(6) ? _seed.Bytes(2) : [0x19, 0x00]), .. Tlv(0x94, Locator()), .. Tlv(0x9F10, _seed.Bytes(10)),
            .. Tlv(0x9F27, information), .. Tlv(0x9F71, _seed.Bytes(2)), .. Tlv(0x9F36, _seed.Bytes(2)),
            .. signs ? Tlv(0x9F4B, _seed.Bytes(128)) : Tlv(0x9F26, _seed.Bytes(8)),
        ];
    }

    private byte[] AmericanExpressOptions() =>
    [
        .. Tlv(0x82, _seed.OneIn(6) ? _seed.Bytes(2) : [0x19, _seed.OneIn(2) ? (byte)0xC0 : (byte)0x80]), .. Tlv(0x94, Locator()),
        .. _seed.OneIn(2) ? Tlv(0x9F71, [0x01, 0x03, (byte)_seed.Below(4)]) : [],
    ];

    private byte[] JcbOptions()
    {
        byte[] profile = _seed.OneIn(6) ? _seed.Bytes(2) : [0x18, 0x80];
        return _seed.OneIn(4) ? Done(0x80, [.. profile, .. Locator()]) : Done(0x77, [.. Tlv(0x82, profile), .. Tlv(0x94, Locator())]);
    }

    private byte[] JcbCryptogram(byte type)
    {
        byte[] status = _seed.OneIn(4) ? _seed.Bytes(1) : [(byte)(_seed.Below(4) << 4)];
        if (_seed.OneIn(20))
        {
            return [0x69, (byte)(0x84 + _seed.Below(3))];
        }

        return Done(
            0x77,
            [
                .. Tlv(0x9F27, [_seed.OneIn(5) ? (byte)_seed.Below(256) : type]), .. Tlv(0x9F36, [0, 1]), .. Tlv(0x9F26, _seed.Bytes(8)),
                .. Tlv(0x9F10, _seed.Bytes(7)), .. Tlv(0x9F50, status),
            ]);
    }

    private byte[] VisaOptions() =>
    [
        .. Tlv(0x82, _seed.OneIn(2) ? [0x20, 0x00] : _seed.Bytes(2)), .. Tlv(0x94, Locator()),
        .. Tlv(0x57, Convert.FromHexString("4761739001010010D30122010000000000")), .. Tlv(0x9F10, _seed.Bytes(7)), .. Tlv(0x9F26, _seed.Bytes(8)),
        .. Tlv(0x9F27, _seed.Bytes(1)), .. Tlv(0x9F36, _seed.Bytes(2)), .. Tlv(0x9F6C, _seed.Bytes(2)), .. Tlv(0x9F4B, _seed.Bytes(128)),
    ];

    private byte[] MastercardOptions()
    {
        byte[] profile = _seed.OneIn(3) ? _seed.Bytes(2) : [0x18, (byte)(0x80 | _seed.Below(2))];
        return _seed.OneIn(3) ? Done(0x80, [.. profile, .. Locator()]) : Done(0x77, [.. Tlv(0x82, profile), .. Tlv(0x94, Locator())]);
    }

    private byte[] Locator() => _seed.Below(12) switch
    {
        0 => [0x10, 1, 2, 1],
        1 => [0x10, 1, 255, 255],
        2 => _seed.Bytes(_seed.Below(9)),
        3 => [0x08, 1, 1, 0, 0x10, 1, 1, 1],
        _ => [0x10, 1, 1, 1],
    };

    /// <summary>Nearly all objects of a record, at times one that stands elsewhere, or another length or value.</summary>
    private byte[] Some()
    {
        TlvWriter writer = new();
        foreach ((uint tag, string value) in Objects)
        {
            bool elsewhere = NotInRecord.Contains(tag) || (_isVisa && _kernel != 6 && tag is (0x57 or 0x5A or 0x9F6C or 0x9F6E or 0x9F69));
            if (elsewhere ? !_seed.OneIn(_mercy * 20) : _seed.OneIn(200))
            {
                continue;
            }

            writer.Write(tag, _seed.OneIn(_mercy * 10) ? _seed.Bytes(_seed.Below(32)) : Convert.FromHexString(value));
        }

        return writer.ToArray();
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
                return [.. answer[..^2], .. answer];
            default:
                for (int flips = 1 + _seed.Below(4); flips > 0; flips--)
                {
                    answer[_seed.Below(answer.Length)] ^= (byte)(1 << _seed.Below(8));
                }

                return answer;
        }
    }

    private static byte[] Done(uint tag, byte[] value) => [.. Tlv(tag, value), 0x90, 0x00];

    private static byte[] Tlv(uint tag, byte[] value) => new TlvWriter().Write(tag, value).ToArray();
}
