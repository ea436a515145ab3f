using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>
/// A card for kernel 8 as a script with real keys: every object of it can be changed, one bit of everything that it sends can be turned, and
/// every command is kept. It is written from the card's side of the book, apart from the kernel.
/// </summary>
internal sealed class ScriptedKernel8
{
    public const string Aid = "F04C4142381010";
    public const string CdolHex = "9F02069F03069F1A0295055F2A029A039C019F37049F35019F1D089F3303";
    public const string PanHex = "9908420001000011";
    public const byte CaIndex = 0xE1;

    private byte _number = 1;
    private BlindedChannel? _channel;
    private byte[] _pdolValues = [];
    private byte[] _relay = [];

    public static byte[] CaKey { get; } = Key(32, 0x11);

    public static byte[] IssuerKey { get; } = Key(32, 0x22);

    public static byte[] LongKey { get; } = Key(66, 0x01);

    /// <summary>The key that the certificate is for.</summary>
    public byte[] CertifiedKey { get; set; } = Key(32, 0x33);

    /// <summary>The key that the card has.</summary>
    public byte[] CardKey { get; set; } = Key(32, 0x33);

    public byte[] Factor { get; set; } = Key(32, 0x44);

    public TlvMap Fci { get; } = new() { [0x9F38] = Hex("9E409F2B089F02069F37049F1D08"), [0x9F2C] = Hex("0200FFFF000000") };

    public TlvMap Options { get; } = new() { [EmvTag.Aip] = Hex("0102"), [EmvTag.Afl] = Hex("1001010118010200"), [EmvTag.Cdol1] = Hex(CdolHex) };

    /// <summary>The signed record.</summary>
    public TlvMap Record { get; } = new()
    {
        [EmvTag.Track2EquivalentData] = Hex(PanHex + "D30122010000000000"),
        [EmvTag.Pan] = Hex(PanHex),
        [EmvTag.ExpirationDate] = Hex("301231"),
        [EmvTag.PanSequenceNumber] = Hex("01"),
        [0x9F810A] = Hex("849F2C"),
    };

    /// <summary>Two records that are not signed; 8F, 90 and 9F46 are put in where they are not set.</summary>
    public TlvMap[] Keys { get; } = [[], []];

    /// <summary>Objects of the GENERATE AC response before cryptogram and EDA-MAC; 9F27 comes first.</summary>
    public TlvMap Cryptogram { get; } = new()
    {
        [EmvTag.Atc] = Hex("0042"),
        [EmvTag.IssuerApplicationData] = Hex("0FA501A0000000000000000000000000000F000000000000000000000000000000"[..64]),
        [0x9F8102] = Hex("00"),
    };

    public byte[] ApplicationCryptogram { get; set; } = Hex("1122334455667788");

    public byte? Cid { get; set; }

    public bool IsEnciphered { get; set; } = true;

    /// <summary>Counter of what the card sends; the factor has the first.</summary>
    public ushort Counter { get; set; }

    /// <summary>Bit to turn, by the name of what is sent.</summary>
    public Dictionary<string, int> Flips { get; } = [];

    /// <summary>Names of all that <see cref="Flips"/> can turn a bit of, as far as it was sent.</summary>
    public Dictionary<string, int> Sent { get; } = [];

    /// <summary>Changes certificate bodies before they are signed.</summary>
    public Func<byte[], byte[]> IssuerBody { get; set; } = body => body;

    public Func<byte[], byte[]> CardBody { get; set; } = body => body;

    /// <summary>CA and issuer on P-521.</summary>
    public bool IsLong { get; set; }

    /// <summary>Envelopes by tag, plain.</summary>
    public Dictionary<uint, byte[]> Envelopes { get; } = [];

    /// <summary>Whole answers by INS, before anything else; an empty one is a card that has left.</summary>
    public Dictionary<byte, Func<byte[], byte[]>> Answers { get; } = [];

    public Kernel8Options Kernel { get; set; } = new() { TacDenial = new byte[5], TacOnline = new byte[5], CvmCapabilityRequired = 0x64, CvmCapabilityNotRequired = 0x4C };

    public byte TerminalType { get; set; } = 0x21;

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1000, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public Combination Combination { get; set; } = new()
    {
        Aid = Hex("F04C414238"),
        KernelId = [8],
        Kinds = [TransactionKind.Purchase, TransactionKind.Refund, TransactionKind.CashAdvance, TransactionKind.PurchaseWithCashback],
        TransactionLimit = 100_000,
        FloorLimit = 50_000,
        CvmLimit = 5_000,
    };

    public List<Combination> MoreCombinations { get; } = [];

    public TlvMap TerminalObjects { get; } = [];

    public HashSet<string> ExceptionFile { get; } = [];

    public List<CertificateRevocation> Revocations { get; } = [];

    public IReadOnlyList<CaEccPublicKey> CaKeys { get; set; } =
    [
        new(Hex(Aid)[..5], CaIndex, Point(CaKey), CaKeyEnvironment.Lab), new(Hex(Aid)[..5], 0xE2, Point(LongKey), CaKeyEnvironment.Lab),
    ];

    public int Elapsed { get; set; }

    public List<byte[]> Commands { get; } = [];

    public List<ReaderEffect> Effects { get; } = [];

    public List<ReaderNote> Notes { get; } = [];

    public ContactlessReader Reader { get; } = new();

    /// <summary>How often the card is held to the reader.</summary>
    public int Taps { get; set; } = 1;

    /// <summary>P1 of the last GENERATE AC.</summary>
    public byte Control => Commands.Last(command => command[1] == 0xAE)[2];

    public static byte[] Hex(string digits) => Convert.FromHexString(digits);

    public static byte[] Key(int length, byte seed) => [.. Enumerable.Range(0, length).Select(at => (byte)(at == 0 ? seed & 1 : (at * 37 + seed) & 0xFF))];

    public IReadOnlyList<ReaderEffect> Start()
    {
        Reader.Notes = Notes.Add;
        return Reader.Start(Request, Configuration(), () => [0, 0, 0, _number++], length => Key(length, 0x55));
    }

    public ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = TerminalType, Objects = TerminalObjects },
        Combinations = [Combination with { Kernel8 = Kernel }, .. MoreCombinations],
        CaKeys = new CaKeySet([], Revocations) { EccKeys = CaKeys },
        ExceptionFile = ExceptionFile,
    };

    public Outcome Run()
    {
        int left = Taps;
        return ReaderRun.ToOutcome(Reader, Start(), command => Transceive(command.ToArray()), () => left-- > 0, Effects.Add, Elapsed);
    }

    /// <summary>The value that the last GENERATE AC held for a tag of the CDOL.</summary>
    public string Told(uint tag)
    {
        byte[] command = Commands.Last(one => one[1] == 0xAE);
        return Convert.ToHexString(Values(Hex(CdolHex), command.AsSpan(5, command[4]))[tag]!);
    }

    /// <summary>The error indication of an outcome.</summary>
    public static string Error(Outcome outcome) => Convert.ToHexString(outcome.DiscretionaryData![0x9F8204]!);

    public byte[]? Transceive(byte[] command)
    {
        Commands.Add(command);
        if (Answers.TryGetValue(command[1], out Func<byte[], byte[]>? answer))
        {
            return answer(command) is { Length: > 0 } bytes ? bytes : null;
        }

        return command[1] switch
        {
            0xA4 when command.AsSpan(5).StartsWith("2PAY"u8) => Directory(),
            0xA4 => SelectApplication(),
            0xA8 => ProcessingOptions(command.AsSpan(command[6] == 0x81 ? 8 : 7, command[6] == 0x81 ? command[7] : command[6])),
            0xEA => ExchangeRelay(command.AsSpan(5, 4)),
            0xB2 => ReadRecord(command[2], command[3] >> 3),
            0x32 => ReadData((uint)((command[5] << 16) | (command[6] << 8) | command[7])),
            0xAE => GenerateCryptogram(command[2], command.AsSpan(5, command[4])),
            0x34 => WriteData(command.AsSpan(5, command[4])),
            _ => [0x6D, 0x00],
        };
    }

    public static byte[] Done(uint tag, byte[] value) => [.. new TlvWriter().Write(tag, value).ToArray(), 0x90, 0x00];

    /// <summary>Answer to GENERATE AC, under right MACs.</summary>
    public byte[] GenerateCryptogram(byte control, ReadOnlySpan<byte> values)
    {
        byte[] answer = [0x9F, 0x27, 0x01, Cid ?? (byte)(control & 0xC0), .. Cryptogram.Encode()];
        byte[] iadMac = new byte[8];
        byte[] edaMac = new byte[8];
        _channel!.ComputeIadMac([.. _pdolValues, .. values, .. _relay, .. answer, .. StaticDataHash()], iadMac);
        _channel.ComputeEdaMac(ApplicationCryptogram, iadMac, edaMac);
        TlvWriter rest = new TlvWriter().Write(0x9F26, Turned("cryptogram", ApplicationCryptogram)).Write(0x9F8105, Turned("EDA-MAC", edaMac));
        return Done(0x77, [.. Turned("response", answer), .. rest.Written]);
    }

    private static TlvMap Values(byte[] list, ReadOnlySpan<byte> values)
    {
        Assert.True(Dol.TryParse(list, out Dol? dol, out _));
        TlvMap objects = [];
        foreach (DolEntry entry in dol.Entries)
        {
            objects[entry.Tag] = values[..entry.Length].ToArray();
            values = values[entry.Length..];
        }

        return objects;
    }

    public static byte[] Point(byte[] key)
    {
        byte[] point = new byte[2 * key.Length];
        Assert.True(EmvCurve.TryGetPublicKey(key, point));
        EmvCurve.TryFindPoint(point.AsSpan(0, key.Length), point.AsSpan(key.Length));
        return point;
    }

    private byte[] Turned(string name, byte[] bytes)
    {
        Sent[name] = bytes.Length * 8;
        if (!Flips.TryGetValue(name, out int bit))
        {
            return bytes;
        }

        byte[] turned = [.. bytes];
        turned[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return turned;
    }

    private byte[] Directory() => Done(0x6F, new TlvWriter()
        .Write(0x84, "2PAY.SYS.DDF01"u8)
        .Open(0xA5).Open(0xBF0C).Open(0x61).Write(0x4F, Hex(Aid)).Write(0x87, [1]).Write(0x9F2A, [8]).Close().Close().Close()
        .ToArray());

    private byte[] SelectApplication() => Done(0x6F, new TlvWriter()
        .Write(0x84, Hex(Aid))
        .Write(0xA5, [.. new TlvWriter().Write(0x50, "COMMON"u8).Write(0xBF0C, Fci.Encode()).ToArray()])
        .ToArray());

    private byte[] ProcessingOptions(ReadOnlySpan<byte> values)
    {
        _pdolValues = values.ToArray();
        byte[] kernelKey = Fci[0x9F38] is { } pdol ? Values(pdol, values)[0x9E]! : [];
        int field = Factor.Length;
        (byte[] blinded, byte[] secret, byte[] factor) = (new byte[field], new byte[field], new byte[field]);
        Assert.True(EmvCurve.TryMultiply(Factor, Point(CardKey).AsSpan(0, field), blinded));
        Assert.True(EmvCurve.TryMultiply(Factor, kernelKey.AsSpan(0, field), secret));
        Assert.True(EmvCurve.TryMultiply(CardKey, [.. secret], secret));
        _channel = BlindedChannel.FromSecret(secret);
        _channel.Apply(0x8000, Factor, factor);
        Counter = 0x8001;
        TlvMap answer = [];
        foreach ((uint tag, byte[] value) in Options)
        {
            answer[tag] = value;
        }

        answer[0x9F8103] ??= [.. Turned("blinded key", blinded), .. Turned("factor", factor)];
        return Done(0x77, answer.Encode());
    }

    private byte[] ExchangeRelay(ReadOnlySpan<byte> entropy)
    {
        byte[] answer = Hex("A1B2C3D4" + "0000" + "01F4" + "0018");
        _relay = [.. entropy, .. answer];
        return Done(0x80, Turned("relay", answer));
    }

    private byte[] ReadRecord(byte number, int sfi)
    {
        TlvMap? record = (sfi, number) switch { (2, 1) => Record, (3, 1) => Keys[0], (3, 2) => Keys[1], _ => null };
        if (record is null)
        {
            return [0x6A, 0x83];
        }

        byte[] value = record.Encode();
        if (sfi == 3)
        {
            TlvMap with = number == 1
                ? new() { [0x8F] = [IsLong ? (byte)0xE2 : CaIndex], [0x90] = Turned("issuer certificate", IssuerCertificate()) }
                : new() { [0x9F46] = Turned("card certificate", CardCertificate()) };
            foreach ((uint tag, byte[] own) in record)
            {
                with[tag] = own.Length == 0 ? null : own;
            }

            value = with.Encode();
        }

        value = Turned($"record {sfi}/{number}", value);
        if (!IsEnciphered)
        {
            return Done(0x70, value);
        }

        _channel!.Apply(Counter++, value, value = [.. value]);
        return Done(0xDA, value);
    }

    private byte[] StaticDataHash()
    {
        bool isSigned = Options[EmvTag.Afl]!.Chunk(4).Any(entry => entry is [0x10, _, _, > 0]);
        TlvWriter extended = new();
        if (Record[0x9F810A] is { Length: > 0 })
        {
            extended.Write(0x84, Hex(Aid)).Write(0x9F2C, Fci[0x9F2C]);
        }

        return SHA256.HashData([.. isSigned ? Record.Encode() : [], .. extended.Written, .. Options[EmvTag.Aip]!]);
    }

    public byte[] IssuerCertificate()
    {
        byte[] ca = IsLong ? LongKey : CaKey;
        byte[] issuer = IsLong ? LongKey : IssuerKey;
        byte[] body = IssuerBody(
        [
            0x12, 0x00, 0x99, 0x08, 0x42, 0xFF, 0xFF, IsLong ? (byte)0x11 : (byte)0x10, 0x20, 0x30, 0x12, 0x31, 0x00, 0x00, 0x07,
            .. Hex(Aid)[..5], IsLong ? (byte)0xE2 : CaIndex, .. Point(issuer)[..issuer.Length],
        ]);
        return [.. body, .. EcSdsa.Sign(ca, Key(ca.Length, 0x66), body)!];
    }

    public byte[] CardCertificate()
    {
        byte[] issuer = IsLong ? LongKey : IssuerKey;
        byte[] body = CardBody(
        [
            0x14, 0x00, CertifiedKey.Length == 66 ? (byte)0x01 : (byte)0x00, 0x20, 0x30, 0x12, 0x31, 0x23, 0x59, 0, 0, 0, 0, 0, 0, 0x01, 0x02,
            .. StaticDataHash(), .. Point(CertifiedKey)[..CertifiedKey.Length],
        ]);
        return [.. body, .. EcSdsa.Sign(issuer, Key(issuer.Length, 0x77), body)!];
    }

    private byte[] ReadData(uint tag)
    {
        if (!Envelopes.TryGetValue(tag, out byte[]? value))
        {
            return [0x6A, 0x88];
        }

        byte[] plain = new TlvWriter().Write(tag, value).ToArray();
        byte[] mac = new byte[8];
        _channel!.Apply(Counter, plain, plain);
        _channel.ComputeMac(Counter++, plain, mac);
        return [.. Turned("envelope", plain), .. Turned("envelope MAC", mac), 0x90, 0x00];
    }

    /// <summary>Commands of the kernel that were deciphered.</summary>
    public List<byte[]> Written { get; } = [];

    private byte[] WriteData(ReadOnlySpan<byte> cipherText)
    {
        byte[] plain = new byte[cipherText.Length];
        _channel!.Apply((ushort)Written.Count, cipherText, plain);
        Written.Add(plain);
        byte[] mac = new byte[8];
        _channel.ComputeMac(Counter++, plain, mac);
        return [.. Turned("receipt", mac), 0x90, 0x00];
    }
}
