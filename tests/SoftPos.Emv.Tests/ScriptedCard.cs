using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests;

/// <summary>A card of any scheme as a script, without keys: every object of it can be changed, every command is kept.</summary>
internal sealed class ScriptedCard
{
    private byte _number;

    public required Combination Combination { get; set; }

    public string? Pdol { get; set; }

    /// <summary>Objects of the FCI beside name and PDOL.</summary>
    public TlvMap Fci { get; } = [];

    /// <summary>Objects of the options response, template 77.</summary>
    public TlvMap Options { get; } = [];

    public TlvMap Record { get; } = [];

    /// <summary>Objects of the GENERATE AC response; 9F27 is put before them.</summary>
    public TlvMap Cryptogram { get; } = [];

    /// <summary>9F27 of GENERATE AC; null gives what was asked for.</summary>
    public byte? Cid { get; set; }

    /// <summary>Whole answers by INS, before anything else; an empty one is a card that has left.</summary>
    public Dictionary<byte, Func<byte[], byte[]>> Answers { get; } = [];

    public byte TerminalType { get; set; } = 0x22;

    public TlvMap TerminalObjects { get; } = [];

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1000, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public HashSet<string> ExceptionFile { get; } = [];

    public List<CaPublicKey> Keys { get; } = [];

    public List<byte[]> Commands { get; } = [];

    public List<ReaderEffect> Effects { get; } = [];

    public ContactlessReader Reader { get; } = new();

    /// <summary>How often the card is held to the reader.</summary>
    public int Taps { get; set; } = 1;

    /// <summary>P1 of the last GENERATE AC.</summary>
    public byte Control => Commands.Last(command => command[1] == 0xAE)[2];

    /// <summary>Number of commands with the instruction.</summary>
    public int Count(byte instruction) => Commands.Count(command => command[1] == instruction);

    public static byte[] Hex(string digits) => Convert.FromHexString(digits);

    public Outcome Run()
    {
        int left = Taps;
        return ReaderRun.ToOutcome(Reader, Start(), command => Transceive(command.ToArray()), () => left-- > 0, Effects.Add);
    }

    /// <summary>Goes on after the host's answer.</summary>
    public Outcome Continue(ReaderEvent happened) =>
        ReaderRun.ToOutcome(Reader, Reader.Step(happened), command => Transceive(command.ToArray()), () => true, Effects.Add);

    public IReadOnlyList<ReaderEffect> Start() => Reader.Start(Request, Configuration(), () => [0, 0, 0, ++_number]);

    /// <summary>The values of the last GET PROCESSING OPTIONS, or GENERATE AC, for a tag of its list.</summary>
    public string Sent(byte instruction, uint tag)
    {
        byte[] command = Commands.Last(one => one[1] == instruction);
        Assert.True(Dol.TryParse(instruction == 0xA8 ? Hex(Pdol!) : Record[EmvTag.Cdol1], out Dol? list, out _));
        int at = instruction == 0xA8 ? 7 : 5;
        foreach (DolEntry entry in list.Entries)
        {
            if (entry.Tag == tag)
            {
                return Convert.ToHexString(command.AsSpan(at, entry.Length));
            }

            at += entry.Length;
        }

        throw new ArgumentException("not in the list", nameof(tag));
    }

    public static byte[] Done(uint tag, byte[] value) => [.. new TlvWriter().Write(tag, value).ToArray(), 0x90, 0x00];

    private ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = TerminalType, Objects = TerminalObjects },
        Combinations = [Combination],
        CaKeys = new CaKeySet(Keys, []),
        ExceptionFile = ExceptionFile,
    };

    private byte[]? Transceive(byte[] command)
    {
        Commands.Add(command);
        if (Answers.TryGetValue(command[1], out Func<byte[], byte[]>? answer))
        {
            return answer(command) is { Length: > 0 } bytes ? bytes : null;
        }

        return command[1] switch
        {
            0xA4 when command.AsSpan(5).StartsWith("2PAY"u8) => Directory(),
            0xA4 => Application(),
            0xA8 => Done(0x77, Options.Encode()),
            0xB2 => Done(0x70, Record.Encode()),
            0xAE => Done(0x77, [0x9F, 0x27, 0x01, Cid ?? (byte)(command[2] & 0xC0), .. Cryptogram.Encode()]),
            _ => [0x6D, 0x00],
        };
    }

    private byte[] Directory() => Done(0x6F, new TlvWriter()
        .Write(0x84, "2PAY.SYS.DDF01"u8)
        .Open(0xA5).Open(0xBF0C).Open(0x61).Write(0x4F, Combination.Aid).Write(0x87, [1]).Close().Close().Close()
        .ToArray());

    private byte[] Application() => Done(0x6F, new TlvWriter()
        .Write(0x84, Combination.Aid)
        .Write(0xA5, [.. new TlvWriter().Write(0x50, "CARD"u8).ToArray(), .. PdolObject(), .. Fci.Encode()])
        .ToArray());

    private byte[] PdolObject() => Pdol is null ? [] : new TlvWriter().Write(0x9F38, Hex(Pdol)).ToArray();
}
