using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Fuzz;

/// <summary>
/// What a card for the kernels of one scheme each may send: parts of the input are the objects of its FCI and its answers to the commands
/// that follow, status word included. The field breaks where an answer is empty.
/// </summary>
internal static class KernelTargets
{
    /// <summary>FCI, options, record, cryptogram, and the answer to ECHO of kernel 5.</summary>
    private const int Parts = 5;

    private static readonly (uint Tag, string Value)[] Account =
    [
        (0x5F24, "301231"), (0x5F28, "0276"), (0x8C, "9F02069F03069F1A0295055F2A029A039C019F37049F3303"), (0x8E, "000000000000000042031E031F03"),
    ];

    private static readonly (uint Tag, string Value)[] Cryptogram =
    [
        (0x9F27, "80"), (0x9F36, "0001"), (0x9F26, "1122334455667788"), (0x9F10, "06010203A40000"), (0x9F50, "00"),
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target(
            "kernel4-tap",
            Combination("A00000002501", 4),
            "9F3501",
            [(0x82, "18C0"), (0x94, "10010101"), (0x9F71, "010302")],
            [(0x57, "374245001741007D30122010000000000F"), (0x5A, "374245001741007F"), .. Account]),
        Target(
            "kernel5-tap",
            Combination("A0000000651010", 5) with { Kernel5 = new Kernel5Options { LegacyMode = true, IssuerUpdate = true } },
            "9F5201",
            [(0x82, "1880"), (0x94, "10010101")],
            [(0x57, "3540599999991047D30122010000000000"), (0x5A, "3540599999991047"), .. Account]),
        Target(
            "kernel6-tap",
            Combination("A0000001523010", 6) with { Ttq = [0x25, 0x00, 0x40, 0x00], Kernel6 = new Kernel6Options { OdaForOnline = true } },
            "9F66049F3704",
            [
                (0x82, "1900"), (0x94, "10010101"), (0x9F10, "01150000000000000000"), (0x9F27, "80"), (0x9F36, "0001"), (0x9F71, "00CB"),
                (0x9F26, "1122334455667788"),
            ],
            [(0x57, "6011000990139424D30122010000000000"), (0x5A, "6011000990139424"), .. Account]),
        Target(
            "kernel7-tap",
            Combination("A0000003330101", 7) with { Ttq = [0x25, 0x00, 0x40, 0x80], Kernel7 = new Kernel7Options { OdaForOnline = true } },
            "9F66049F3704",
            [
                (0x82, "2000"), (0x94, "10010101"), (0x57, "6210948000000011D30122010000000000"), (0x9F10, "07010103A0A80201"), (0x9F27, "80"),
                (0x9F36, "0001"), (0x9F26, "1122334455667788"), (0x9F6C, "8000"),
            ],
            [(0x5A, "6210948000000011"), .. Account]),
    ];

    private static Combination Combination(string aid, byte kernel) => new()
    {
        Aid = Convert.FromHexString(aid),
        KernelId = [kernel],
        Kinds = [TransactionKind.Purchase],
        CvmLimit = 1000,
        FloorLimit = 0,
    };

    private static FuzzTarget Target(
        string name, Combination combination, string pdol, (uint Tag, string Value)[] options, (uint Tag, string Value)[] record)
    {
        ReaderConfiguration configuration = new()
        {
            Version = "fuzz",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = 0x22 },
            Combinations = [combination],
            CaKeys = new CaKeySet([.. PublishedCaKeys.Test], []),
        };
        byte[] fci = new TlvWriter().Write(0x9F38, Convert.FromHexString(pdol)).ToArray();
        byte[] answered = Done(0x77, Objects(Cryptogram));
        byte[][] seed = [fci, Done(0x77, Objects(options)), Done(0x70, Objects(record)), answered, answered];

        // A second seed is torn at GENERATE AC: an answer that never comes.
        byte[][] torn = [.. seed[..3], [], answered];
        return new FuzzTarget(
            name, [FuzzParts.Join(seed), FuzzParts.Join(torn)], input => Tap(configuration, combination.Aid, FuzzParts.Split(input, Parts)));
    }

    private static void Tap(ReaderConfiguration configuration, byte[] aid, byte[][] parts)
    {
        ContactlessReader reader = new();
        TransactionRequest request = new(TransactionKind.Purchase, 900, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));
        int taps = 3;
        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            reader.Start(request, configuration, () => [1, 2, 3, 4]),
            command => Answer(command.Span, aid, parts) is { Length: > 0 } answer ? answer : null,
            () => taps-- > 0);
        outcome.Account?.Dispose();
    }

    private static byte[] Answer(ReadOnlySpan<byte> command, byte[] aid, byte[][] parts) => command[1] switch
    {
        0xA4 when command[5] == (byte)'2' => Done(0x6F, new TlvWriter().Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C)
            .Open(0x61).Write(0x4F, aid).Close().Close().Close().ToArray()),
        0xA4 => Done(0x6F, new TlvWriter().Write(0x84, aid).Open(0xA5).WriteRaw(parts[0]).Close().ToArray()),
        0xA8 => parts[1],
        0xB2 => parts[2],
        0xAE => parts[3],
        0xDF => parts[4],
        _ => [0x6D, 0x00],
    };

    private static byte[] Objects((uint Tag, string Value)[] objects)
    {
        TlvWriter writer = new();
        foreach ((uint tag, string value) in objects)
        {
            writer.Write(tag, Convert.FromHexString(value));
        }

        return writer.ToArray();
    }

    private static byte[] Done(uint template, byte[] value) => [.. new TlvWriter().Write(template, value).ToArray(), 0x90, 0x00];
}
