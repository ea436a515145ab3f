using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Whatever a card for kernel 8 answers, the reader ends with an outcome, in bounded exchanges and without an exception.</summary>
[Trait("Pace", "slow")]
public sealed class HostileKernel8Tests
{
    private const int Cards = 100_000;

    /// <summary>Set to one seed to run that card alone.</summary>
    private const string OneSeed = "SOFTPOS_HOSTILE_SEED";

    private static readonly (byte[] Issuer, byte[] Card) Certificates = Personalise();
    private static readonly ReaderConfiguration OnlineOnly = Configure(0x21);
    private static readonly ReaderConfiguration Offline = Configure(0x22);

    [Fact]
    public void A_hundred_thousand_hostile_kernel_8_cards_each_end_in_an_outcome()
    {
        if (Environment.GetEnvironmentVariable(OneSeed) is { Length: > 0 } one)
        {
            Run(ulong.Parse(one, System.Globalization.CultureInfo.InvariantCulture), new ContactlessReader(), out _);
            return;
        }

        Dictionary<OutcomeKind, int> kinds = [];
        Dictionary<byte, int> instructions = [];
        HashSet<OutcomeReason> reasons = [];
        int authenticated = 0;
        ContactlessReader reader = new();
        for (ulong seed = 0; seed < Cards; seed++)
        {
            Outcome outcome = Guarded(seed, reader, out HostileKernel8Card card);
            kinds[outcome.Kind] = kinds.GetValueOrDefault(outcome.Kind) + 1;
            authenticated += outcome is { Oda.IsValid: true } ? 1 : 0;
            reasons.Add(outcome.Reason);
            foreach (byte instruction in card.Seen)
            {
                instructions[instruction] = instructions.GetValueOrDefault(instruction) + 1;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{string.Join(", ", kinds)} | {string.Join(", ", instructions.Select(pair => $"{pair.Key:X2}: {pair.Value}"))} | {authenticated} authenticated, {reasons.Count} reasons");

        // The cards are of use only when they get deep: every command, every final outcome, certificates that hold, most reasons.
        Assert.All((byte[])[0xA8, 0xB2, 0xEA, 0xAE, 0x32, 0x34], instruction => Assert.InRange(instructions.GetValueOrDefault(instruction), 1000, Cards));
        Assert.All(
            (OutcomeKind[])[OutcomeKind.Approved, OutcomeKind.Declined, OutcomeKind.OnlineRequest, OutcomeKind.TryAnotherInterface, OutcomeKind.EndApplication],
            kind => Assert.InRange(kinds.GetValueOrDefault(kind), 10, Cards));
        Assert.InRange(authenticated, 1000, Cards);
        Assert.InRange(reasons.Count, 10, 64);
    }

    private static Outcome Guarded(ulong seed, ContactlessReader reader, out HostileKernel8Card card)
    {
        try
        {
            Outcome outcome = Run(seed, reader, out card);
            outcome.Account?.Dispose();
            return outcome;
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException(
                $"seed {seed}: {fault.GetType().Name}. Again: {OneSeed}={seed} SoftPos.Emv.Tests -class {typeof(HostileKernel8Tests).FullName}", fault);
        }
    }

    private static Outcome Run(ulong seed, ContactlessReader reader, out HostileKernel8Card card)
    {
        HostileKernel8Card made = new(seed, Certificates.Issuer, Certificates.Card);
        card = made;
        int taps = 2;
        SeededNumbers numbers = new(~seed);
        TransactionRequest request = new(TransactionKind.Purchase, (long)(numbers.Next() % 9000), new DateOnly(2026, 11, 24), new TimeOnly(12, 0));
        if (seed % 3 == 0)
        {
            request = request with
            {
                TerminalObjects = new TlvMap { [0x9F8203] = ScriptedKernel8.Hex("9F8111"), [0xBF8104] = ScriptedKernel8.Hex("9F811102AABB") },
            };
        }

        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            reader.Start(request, (seed & 1) == 0 ? OnlineOnly : Offline, () => numbers.Bytes(4), HostileKernel8Card.Secret),
            command => made.Transceive(command.Span),
            () => taps-- > 0,
            elapsedTenthsMs: made.Elapsed);
        Assert.InRange(made.Commands, 0, 2 * ContactlessReader.MaxCommands);
        return outcome;
    }

    /// <summary>Certificates for the static data of the hostile card with the profile that it mostly has.</summary>
    private static (byte[] Issuer, byte[] Card) Personalise() => HostileKernel8Card.Personalise(new ScriptedKernel8());

    private static ReaderConfiguration Configure(byte terminalType)
    {
        ScriptedKernel8 card = new() { TerminalType = terminalType };
        card.Kernel = card.Kernel with { RelayResistance = true };
        card.Combination = card.Combination with { TransactionLimit = 8000, FloorLimit = terminalType == 0x22 ? 5000 : 0, CvmLimit = 3000 };
        return card.Configuration();
    }
}
