using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Visa;

/// <summary>The limits of kernel 3 at one less, equal and one more, as the card sees them in the qualifiers.</summary>
public sealed class Kernel3LimitTests
{
    private static readonly byte[] Aid = Convert.FromHexString("A0000000031010");

    [Theory]
    [InlineData(4_999, "24004000")]
    [InlineData(5_000, "24004000")]
    [InlineData(5_001, "24804000")]
    [InlineData(7_999, "24804000")]
    [InlineData(8_000, "24C04000")]
    [InlineData(8_001, "24C04000")]
    public void Floor_and_CVM_limit_stand_in_the_qualifiers(long amount, string ttq) => Assert.Equal(ttq, Ttq(amount, []));

    [Theory]
    [InlineData(9_999, true)]
    [InlineData(10_000, false)]
    [InlineData(10_001, false)]
    public void From_the_transaction_limit_on_the_card_is_not_even_selected(long amount, bool allowed) =>
        Assert.Equal(allowed, Ttq(amount, []) is not null);

    [Theory]

    // The set for 31: floor 100, CVM 200, transaction 300. The longer prefix 3109 has 1000, 2000, 3000.
    [InlineData("31", 99, "24004000")]
    [InlineData("31", 100, "24004000")]
    [InlineData("31", 101, "24804000")]
    [InlineData("31", 199, "24804000")]
    [InlineData("31", 200, "24C04000")]
    [InlineData("31", 201, "24C04000")]
    [InlineData("31", 299, "24C04000")]
    [InlineData("31", 300, null)]
    [InlineData("31", 301, null)]
    [InlineData("310978", 999, "24004000")]
    [InlineData("310978", 1000, "24004000")]
    [InlineData("310978", 1001, "24804000")]
    [InlineData("310978", 2000, "24C04000")]
    [InlineData("310978", 3000, null)]
    [InlineData("32", 4_999, "24004000")]
    [InlineData("32", 5_001, "24804000")]
    public void Dynamic_limits_by_the_program_of_the_card_replace_the_others(string program, long amount, string? ttq) =>
        Assert.Equal(ttq, Ttq(amount, Convert.FromHexString(program)));

    [Fact]
    public void An_online_only_reader_asks_for_an_online_cryptogram_at_any_amount() => Assert.Equal("24804000", Ttq(1, [], 0x21));

    private static string? Ttq(long amount, byte[] program, byte terminalType = 0x22)
    {
        ReaderConfiguration configuration = new()
        {
            Version = "test",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = terminalType },
            Combinations =
            [
                new Combination
                {
                    Aid = Aid,
                    KernelId = [3],
                    Kinds = [TransactionKind.Purchase],
                    TransactionLimit = 10_000,
                    FloorLimit = 5_000,
                    CvmLimit = 8_000,
                    Ttq = Convert.FromHexString("24004000"),
                    Kernel3 = new Kernel3Options
                    {
                        DynamicLimits =
                        [
                            new DynamicLimitSet([0x31]) { FloorLimit = 100, CvmLimit = 200, TransactionLimit = 300 },
                            new DynamicLimitSet([0x31, 0x09]) { FloorLimit = 1000, CvmLimit = 2000, TransactionLimit = 3000 },
                        ],
                    },
                },
            ],
            CaKeys = new SoftPos.Emv.Authentication.CaKeySet([], []),
        };
        string? seen = null;
        ContactlessReader reader = new();
        bool came = false;
        ReaderRun.ToOutcome(
            reader,
            reader.Start(new TransactionRequest(TransactionKind.Purchase, amount, new DateOnly(2026, 11, 24), default), configuration, () => new byte[4]),
            command =>
            {
                byte[] bytes = command.ToArray();
                seen ??= bytes[1] == 0xA8 ? Convert.ToHexString(bytes.AsSpan(7, 4)) : null;
                return bytes[1] switch
                {
                    0xA4 when bytes.AsSpan(5).StartsWith("2PAY"u8) => Done(Directory()),
                    0xA4 => Done(Application(program)),
                    _ => [0x69, 0x85],
                };
            },
            () => !came && (came = true));
        return seen;
    }

    private static byte[] Done(TlvWriter writer) => [.. writer.ToArray(), 0x90, 0x00];

    private static TlvWriter Directory() => new TlvWriter()
        .Open(0x6F).Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C).Open(0x61).Write(0x4F, Aid).Close().Close().Close().Close();

    private static TlvWriter Application(byte[] program)
    {
        TlvWriter writer = new TlvWriter().Open(0x6F).Write(0x84, Aid).Open(0xA5).Write(0x9F38, Convert.FromHexString("9F6604"));
        if (program.Length > 0)
        {
            writer.Open(0xBF0C).Write(EmvTag.ProgramId, program).Close();
        }

        return writer.Close().Close();
    }
}
