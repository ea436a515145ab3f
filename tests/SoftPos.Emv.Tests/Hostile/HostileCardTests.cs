using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Tests.Hostile;

/// <summary>Whatever a card answers, the reader ends with an outcome, in bounded exchanges and without an exception.</summary>
public sealed class HostileCardTests
{
    private const int Cards = 100_000;
    private const byte Echo = 0xDF;

    /// <summary>Set to one seed to run that card alone.</summary>
    private const string OneSeed = "SOFTPOS_HOSTILE_SEED";

    [Fact]
    public void A_hundred_thousand_hostile_cards_each_end_in_an_outcome()
    {
        if (Environment.GetEnvironmentVariable(OneSeed) is { Length: > 0 } one)
        {
            Run(ulong.Parse(one, System.Globalization.CultureInfo.InvariantCulture), new ContactlessReader(), 0, out _);
            return;
        }

        Dictionary<OutcomeKind, int> kinds = [];
        Dictionary<byte, int> instructions = [];
        HashSet<OutcomeReason> reasons = [];
        ContactlessReader reader = new();
        for (ulong seed = 0; seed < Cards; seed++)
        {
            Outcome outcome = Guarded(seed, reader, 0, out HostileCard card);
            kinds[outcome.Kind] = kinds.GetValueOrDefault(outcome.Kind) + 1;
            reasons.Add(outcome.Reason);
            foreach (byte instruction in card.Seen)
            {
                instructions[instruction] = instructions.GetValueOrDefault(instruction) + 1;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", kinds) + " | " + string.Join(", ", instructions.Select(pair => $"{pair.Key:X2}: {pair.Value}")));

        // The cards are of use only when they get deep: every command of both kernels, every final outcome, most reasons.
        Assert.All((byte[])[0xA8, 0xB2, 0xEA, 0xAE], instruction => Assert.InRange(instructions.GetValueOrDefault(instruction), 1000, Cards));
        Assert.All((byte[])[0xCA, 0xD0], instruction => Assert.InRange(instructions.GetValueOrDefault(instruction), 10, Cards));
        Assert.All(
            (OutcomeKind[])[OutcomeKind.Approved, OutcomeKind.Declined, OutcomeKind.OnlineRequest, OutcomeKind.TryAnotherInterface, OutcomeKind.EndApplication],
            kind => Assert.InRange(kinds.GetValueOrDefault(kind), 10, Cards));
        Assert.InRange(reasons.Count, 15, 64);
    }

    /// <summary>The same for the kernels of one scheme each. A kernel that believes only signatures never approves a card that has no keys.</summary>
    [Theory]
    [InlineData(4, 0xAE, true)]
    [InlineData(5, 0xAE, true)]
    [InlineData(6, 0xB2, false)]
    [InlineData(7, 0xB2, false)]
    public void A_hundred_thousand_hostile_cards_of_one_scheme_each_end_in_an_outcome(int kernel, byte last, bool approves)
    {
        Dictionary<OutcomeKind, int> kinds = [];
        HashSet<OutcomeReason> reasons = [];
        int deep = 0;
        int recovering = 0;
        ContactlessReader reader = new();
        for (ulong seed = 0; seed < Cards; seed++)
        {
            Outcome outcome = Guarded(seed, reader, kernel, out HostileCard card);
            kinds[outcome.Kind] = kinds.GetValueOrDefault(outcome.Kind) + 1;
            reasons.Add(outcome.Reason);
            deep += card.Seen.Contains(last) ? 1 : 0;
            recovering += card.Seen.Contains(Echo) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(", ", kinds)} | {deep} with {last:X2}, {recovering} with {Echo:X2} | {string.Join(", ", reasons)}");
        Assert.InRange(deep, 1000, Cards);
        Assert.InRange(recovering, kernel == 5 ? 100 : 0, kernel == 5 ? Cards : 0);
        Assert.Equal(approves, kinds.ContainsKey(OutcomeKind.Approved));
        Assert.All(
            (OutcomeKind[])[OutcomeKind.Declined, OutcomeKind.OnlineRequest, OutcomeKind.TryAnotherInterface, OutcomeKind.EndApplication],
            kind => Assert.InRange(kinds.GetValueOrDefault(kind), 5, Cards));
        Assert.InRange(reasons.Count, 10, 64);
    }

    private static Outcome Guarded(ulong seed, ContactlessReader reader, int kernel, out HostileCard card)
    {
        try
        {
            Outcome outcome = Run(seed, reader, kernel, out card);
            outcome.Account?.Dispose();
            return outcome;
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException(
                $"kernel {kernel}, seed {seed}: {fault.GetType().Name}. Again: {OneSeed}={seed} SoftPos.Emv.Tests -class {typeof(HostileCardTests).FullName}", fault);
        }
    }

    private static Outcome Run(ulong seed, ContactlessReader reader, int kernel, out HostileCard card)
    {
        HostileCard made = new(seed, kernel);
        card = made;
        int taps = 3;
        SeededNumbers numbers = new(~seed);
        TransactionRequest request = new(TransactionKind.Purchase, (long)(numbers.Next() % 9000), new DateOnly(2026, 11, 24), new TimeOnly(12, 0));
        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            reader.Start(request, (seed & 1) == 0 ? OnlineOnly : Offline, () => numbers.Bytes(4)),
            command => made.Transceive(command.Span),
            () => taps-- > 0,
            elapsedTenthsMs: made.Elapsed);
        Assert.InRange(made.Commands, 0, 3 * ContactlessReader.MaxCommands);
        return outcome;
    }

    /// <summary>Nothing is denied and little goes online, so that every way through the kernel is walked; contacts and another interface are there.</summary>
    private static readonly Kernel4Options Lenient = new()
    {
        ReaderCapabilities = [0x9C, 0xE0, 0x00, 0x03],
        TacDefault = new byte[5],
        TacOnline = new byte[5],
        DeclineOnCdaFailure = false,
        CheckBrand = false,
        DeliverMembership = true,
        NoCvmCheck = true,
    };

    /// <summary>The same for kernel 5, with every mode and verification.</summary>
    private static readonly Kernel5Options LenientJcb = new()
    {
        InterchangeProfile = [0x70, 0x00, 0x00],
        LegacyMode = true,
        TacDefault = new byte[5],
        TacDenial = new byte[5],
        TacOnline = new byte[5],
        TransactionLimit = 6000,
        TransactionLimitOnDevice = 7000,
        RandomTargetPercent = 10,
        RandomMaxTargetPercent = 90,
        WithoutPreference = Kernel5Verifications.Signature,
        CheckBrand = false,
    };

    private static readonly ReaderConfiguration OnlineOnly = Configure(0x21);

    private static readonly ReaderConfiguration Offline = Configure(0x22);

    private static ReaderConfiguration Configure(byte terminalType)
    {
        Combination visa = new()
        {
            Aid = Convert.FromHexString("A000000003"),
            KernelId = [3],
            Kinds = [TransactionKind.Purchase],
            TransactionLimit = 8000,
            FloorLimit = terminalType == 0x22 ? 5000 : 0,
            CvmLimit = 3000,
            Ttq = Convert.FromHexString("37004000"),
        };
        Combination mastercard = visa with
        {
            Aid = Convert.FromHexString("A0000000041010"),
            KernelId = [2],
            Ttq = null,
            Kernel2 = new Kernel2Options
            {
                TacDefault = new byte[5],
                TacDenial = new byte[5],
                TacOnline = new byte[5],
                RelayResistance = true,
                TornRecords = 3,
                BalanceBefore = true,
                BalanceAfter = true,
                CardDataInput = terminalType == 0x22 ? (byte)0x20 : (byte)0x00,
            },
        };
        return new ReaderConfiguration
        {
            Version = "hostile",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978, TerminalType = terminalType },
            Combinations =
            [
                visa,
                mastercard,
                visa with { Aid = Convert.FromHexString("A00000002501"), KernelId = [4], Ttq = null, Kernel4 = Lenient },
                visa with { Aid = Convert.FromHexString("A0000000651010"), KernelId = [5], Ttq = null, Kernel5 = LenientJcb },
                visa with
                {
                    Aid = Convert.FromHexString("A0000001523010"),
                    KernelId = [6],
                    Kernel6 = new Kernel6Options { OdaForOnline = true, DeclineNoCvmAboveLimit = false, LoyaltyApproval = true, CheckBrand = false },
                },
                visa with
                {
                    Aid = Convert.FromHexString("A0000003330101"),
                    KernelId = [7],
                    Kernel7 = new Kernel7Options { AcceptFddaVersion0 = true, CheckBrand = false, IssuerUpdate = true },
                },
            ],
            CaKeys = new CaKeySet([.. PublishedCaKeys.Test], []),
        };
    }
}
