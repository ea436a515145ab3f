using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;

namespace SoftPos.Emv.Tests.Published;

/// <summary>
/// Conversations of a card reader application, masked and full of errors: made for an enrolment, not for a payment, so each must end
/// without one, and in the outcome that its first fault calls for.
/// </summary>
public sealed class DevniedTests
{
    [Theory]
    [InlineData("FailErrorCard", OutcomeReason.NoApplication)]
    [InlineData("FailPpseVisaAid", OutcomeReason.NoApplication)]
    [InlineData("GeldKartePpse", OutcomeReason.NoApplication)]
    [InlineData("InteractPpse", OutcomeReason.NoApplication)]
    [InlineData("LockedCard", OutcomeReason.NoApplication)]
    [InlineData("MasterCardPpse", OutcomeReason.BadCardData)]
    [InlineData("MasterCardPpse2", OutcomeReason.CardStatus)]
    [InlineData("UnknownCard", OutcomeReason.NoApplication)]
    [InlineData("VisaCardAid", OutcomeReason.NoApplication)]
    [InlineData("VisaCardNullTransaction", OutcomeReason.CardStatus)]
    [InlineData("VisaCardPpse", OutcomeReason.CardStatus)]
    [InlineData("VisaCardPpse2", OutcomeReason.BadCardData)]
    [InlineData("VisaCardPpseNoCplc", OutcomeReason.CardStatus)]
    [InlineData("VisaCardPpseNoOptions", OutcomeReason.CardStatus)]
    [InlineData("wrapperTestSW_61", OutcomeReason.NoApplication)]
    [InlineData("wrapperTestSW_6C", OutcomeReason.NoApplication)]
    public void Each_conversation_ends_without_a_payment(string file, OutcomeReason reason)
    {
        Transcript transcript = Transcript.TryParse(File.ReadAllText(Vectors.PathOf("emv", "devnied-paycard", file)), out TranscriptFault? fault)
            ?? throw new InvalidDataException(fault?.Rule);
        TranscriptCard card = new(transcript, 0x6A82);
        bool came = false;
        ContactlessReader reader = new();
        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            reader.Start(new TransactionRequest(TransactionKind.Purchase, 1000, new DateOnly(2015, 1, 1), default), Configuration, () => [1, 2, 3, 4]),
            command => card.Transceive(command.Span),
            () => !came && (came = true));
        TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {outcome} after {card.Used.Count} {string.Join("; ", card.Deviations)}");

        Assert.Equal((OutcomeKind.EndApplication, reason), (outcome.Kind, outcome.Reason));
        Assert.Null(outcome.Account);
    }

    private static ReaderConfiguration Configuration { get; } = new()
    {
        Version = "devnied",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 250, CurrencyCode = 978, TerminalType = 0x22 },
        Combinations =
        [
            Of("A000000003", 3), Of("A000000042", 3), Of("A0000000041010", 2), Of("A0000000421010", 2),
        ],
        CaKeys = new CaKeySet([.. PublishedCaKeys.Test], []),
    };

    private static Combination Of(string aid, byte kernel) => new()
    {
        Aid = Convert.FromHexString(aid),
        KernelId = [kernel],
        Kinds = [TransactionKind.Purchase],
        TransactionLimit = 100_000,
        Ttq = kernel == 3 ? Convert.FromHexString("26004000") : null,
    };
}
