using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>A Mastercard card as a script, without keys: every object of it can be changed, every command is kept.</summary>
internal sealed class ScriptedMastercard
{
    public const string CdolHex = "9F02069F03069F1A0295055F2A029A039C019F37049F35019F34039F33039F4005";

    private byte _number = 1;

    public TlvMap Fci { get; } = [];

    /// <summary>Objects of the options response.</summary>
    public TlvMap Options { get; } = new() { [EmvTag.Aip] = Hex("1880"), [EmvTag.Afl] = Hex("10010101") };

    public TlvMap Record { get; } = new()
    {
        [EmvTag.Track2EquivalentData] = Hex("5413339000001513D30122010000000000"),
        [EmvTag.Pan] = Hex("5413339000001513"),
        [EmvTag.ExpirationDate] = Hex("301231"),
        [EmvTag.IssuerCountryCode] = Hex("0276"),
        [EmvTag.PanSequenceNumber] = Hex("01"),
        [EmvTag.Cdol1] = Hex(CdolHex),
        [EmvTag.CvmList] = Hex("000000000000000042031E031F03"),
        [EmvTag.ApplicationUsageControl] = Hex("FFC0"),
        [EmvTag.CardVersion] = Hex("0002"),
        [EmvTag.IacDefault] = Hex("0000000000"),
        [EmvTag.IacDenial] = Hex("0000000000"),
        [EmvTag.IacOnline] = Hex("0000000000"),
        [EmvTag.ApplicationCurrency] = Hex("0978"),
    };

    /// <summary>Objects of the GENERATE AC response; 9F27 is put before them.</summary>
    public TlvMap Cryptogram { get; } = new()
    {
        [EmvTag.Atc] = Hex("0042"),
        [EmvTag.Cryptogram] = Hex("1122334455667788"),
        [EmvTag.IssuerApplicationData] = Hex("011000000000000000000000000000000000"),
    };

    /// <summary>9F27 of the response; null gives what was asked for.</summary>
    public byte? Cid { get; set; }

    /// <summary>Whole answers by INS, before anything else; an empty one is a card that has left.</summary>
    public Dictionary<byte, Func<byte[], byte[]>> Answers { get; } = [];

    public Kernel2Options Kernel { get; set; } = new()
    {
        TacDefault = new byte[5],
        TacDenial = new byte[5],
        TacOnline = new byte[5],
        CvmCapabilityRequired = 0x68,
    };

    public byte TerminalType { get; set; } = 0x22;

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1000, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public Combination Combination { get; set; } = new()
    {
        Aid = Hex("A0000000041010"),
        KernelId = [2],
        Kinds = [TransactionKind.Purchase, TransactionKind.Refund, TransactionKind.CashAdvance, TransactionKind.PurchaseWithCashback],
        TransactionLimit = 100_000,
        FloorLimit = 50_000,
        CvmLimit = 5_000,
    };

    public TlvMap TerminalObjects { get; } = [];

    public HashSet<string> ExceptionFile { get; } = [];

    public List<CaPublicKey> Keys { get; } = [];

    public int Elapsed { get; set; }

    public List<byte[]> Commands { get; } = [];

    public List<ReaderEffect> Effects { get; } = [];

    public ContactlessReader Reader { get; } = new();

    /// <summary>How often the card is held to the reader.</summary>
    public int Taps { get; set; } = 1;

    /// <summary>P1 of the last GENERATE AC.</summary>
    public byte Control => Commands.Last(command => command[1] == 0xAE)[2];

    public static byte[] Hex(string digits) => Convert.FromHexString(digits);

    public IReadOnlyList<ReaderEffect> Start() => Reader.Start(Request, Configuration(), () => [0, 0, 0, _number++]);

    public ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = TerminalType, Objects = TerminalObjects },
        Combinations = [Combination with { Kernel2 = Kernel }],
        CaKeys = new CaKeySet(Keys, []),
        ExceptionFile = ExceptionFile,
    };

    public Outcome Run()
    {
        int left = Taps;
        return ReaderRun.ToOutcome(Reader, Start(), command => Transceive(command.ToArray()), () => left-- > 0, Effects.Add, Elapsed);
    }

    /// <summary>The same card at the same reader once more.</summary>
    public ScriptedMastercard RunAgain()
    {
        Run();
        return this;
    }

    /// <summary>The value that the last GENERATE AC held for a tag of the CDOL.</summary>
    public string Sent(uint tag)
    {
        byte[] command = Commands.Last(one => one[1] == 0xAE);
        Assert.True(Dol.TryParse(Record[EmvTag.Cdol1], out Dol? cdol, out _));
        int at = 5;
        foreach (DolEntry entry in cdol.Entries)
        {
            if (entry.Tag == tag)
            {
                return Convert.ToHexString(command.AsSpan(at, entry.Length));
            }

            at += entry.Length;
        }

        throw new ArgumentException("not in the CDOL", nameof(tag));
    }

    /// <summary>The error indication of an outcome.</summary>
    public static string Error(Outcome outcome) => Convert.ToHexString(outcome.DiscretionaryData![0xDF8115]!);

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
            0xA8 => Done(0x77, Options.Encode()),
            0xB2 => Done(0x70, Record.Encode()),
            0xAE => Done(0x77, [0x9F, 0x27, 0x01, Cid ?? (byte)(command[2] & 0xC0), .. Cryptogram.Encode()]),
            _ => [0x6D, 0x00],
        };
    }

    public static byte[] Done(uint tag, byte[] value) => [.. new TlvWriter().Write(tag, value).ToArray(), 0x90, 0x00];

    private byte[] Directory() => Done(0x6F, new TlvWriter()
        .Write(0x84, "2PAY.SYS.DDF01"u8)
        .Open(0xA5).Open(0xBF0C).Open(0x61).Write(0x4F, Combination.Aid).Write(0x87, [1]).Close().Close().Close()
        .ToArray());

    private byte[] SelectApplication() => Done(0x6F, new TlvWriter()
        .Write(0x84, Combination.Aid)
        .Write(0xA5, [.. new TlvWriter().Write(0x50, "MASTERCARD"u8).ToArray(), .. Fci.Encode()])
        .ToArray());
}
