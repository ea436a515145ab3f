using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Visa;

/// <summary>A Visa card as a script, without keys: every object of it can be changed, every command is kept.</summary>
internal sealed class ScriptedVisa
{
    private static readonly byte[] Aid = Convert.FromHexString("A0000000031010");

    public TlvMap Options { get; } = new()
    {
        [EmvTag.Aip] = [0x20, 0x00],
        [EmvTag.Afl] = [0x10, 0x01, 0x01, 0x01],
        [EmvTag.Track2EquivalentData] = Hex("4761739001010010D30122010000000000"),
        [EmvTag.IssuerApplicationData] = Hex("06011203A00000"),
        [EmvTag.Cryptogram] = Hex("1122334455667788"),
        [EmvTag.CryptogramInformation] = [0x80],
        [EmvTag.Atc] = [0x00, 0x42],
        [EmvTag.Ctq] = [0x00, 0x00],
    };

    public TlvMap Record { get; } = new()
    {
        [EmvTag.Pan] = Hex("4761739001010010"),
        [EmvTag.ExpirationDate] = Hex("301231"),
        [EmvTag.IssuerCountryCode] = Hex("0276"),
        [EmvTag.ApplicationUsageControl] = Hex("FFC0"),
    };

    public Dictionary<byte, Func<byte[], byte[]>> Answers { get; } = [];

    public string Ttq { get; set; } = "26004000";

    public byte TerminalType { get; set; } = 0x22;

    public long? FloorLimit { get; set; } = 50_000;

    public long? CvmLimit { get; set; } = 50_000;

    public Kernel3Options Kernel { get; set; } = new();

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1000, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public HashSet<string> ExceptionFile { get; } = [];

    public List<byte[]> Commands { get; } = [];

    public List<ReaderEffect> Effects { get; } = [];

    public ContactlessReader Reader { get; } = new();

    public int Taps { get; set; } = 1;

    public static byte[] Hex(string digits) => Convert.FromHexString(digits);

    public Outcome Run() => ToOutcome(Reader.Start(Request, Configuration(), () => [1, 2, 3, 4]));

    public Outcome Continue(ReaderEvent happened) => ToOutcome(Reader.Step(happened));

    private Outcome ToOutcome(IReadOnlyList<ReaderEffect> effects) =>
        ReaderRun.ToOutcome(Reader, effects, command => Transceive(command.ToArray()), () => Taps-- > 0, Effects.Add);

    private ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = TerminalType },
        Combinations =
        [
            new Combination
            {
                Aid = Aid,
                KernelId = [3],
                Kinds = [TransactionKind.Purchase, TransactionKind.Refund, TransactionKind.CashAdvance, TransactionKind.PurchaseWithCashback],
                FloorLimit = FloorLimit,
                CvmLimit = CvmLimit,
                Ttq = Hex(Ttq),
                Kernel3 = Kernel,
            },
        ],
        CaKeys = new CaKeySet([], []),
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
            0xA4 when command.AsSpan(5).StartsWith("2PAY"u8) => Done(new TlvWriter()
                .Open(0x6F).Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C).Open(0x61).Write(0x4F, Aid).Close().Close().Close().Close()),
            0xA4 => Done(new TlvWriter()
                .Open(0x6F).Write(0x84, Aid).Open(0xA5).Write(0x50, "VISA"u8).Write(0x9F38, Hex("9F66049F02069F37045F2A02")).Close().Close()),
            0xA8 => Done(new TlvWriter().Write(0x77, Options.Encode())),
            0xB2 => Done(new TlvWriter().Write(0x70, Record.Encode())),
            _ => [0x90, 0x00],
        };
    }

    private static byte[] Done(TlvWriter writer) => [.. writer.ToArray(), 0x90, 0x00];
}
