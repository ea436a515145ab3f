using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Outcomes, restarts and exits (Book C-8, 2930.1 to 2930.41 and the error exits).</summary>
public sealed class Kernel8OutcomeTests
{
    [Theory]
    [InlineData(0x40, 0x40, OutcomeKind.Approved, OutcomeReason.ApprovedOffline, UiMessage.Approved, 1300)]
    [InlineData(0x40, 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, UiMessage.AuthorisingPleaseWait, 0)]
    [InlineData(0x40, 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined, UiMessage.NotAuthorised, 1300)]
    public void The_cryptogram_and_the_decision_give_the_outcome(byte asked, byte cid, OutcomeKind kind, OutcomeReason reason, UiMessage message, int holdMs)
    {
        ScriptedKernel8 card = Offline();
        card.Cid = cid;

        Outcome outcome = card.Run();

        Assert.Equal(asked, card.Control);
        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal((message, UiStatus.NotReady, holdMs), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.Status, outcome.UiOnOutcome.HoldTimeMs));
        Assert.Equal(kind is not OutcomeKind.Declined, outcome.Account is not null);
        Assert.NotNull(outcome.DataRecord);
    }

    [Fact]
    public void A_signature_is_asked_for_with_its_own_text()
    {
        ScriptedKernel8 card = Offline();
        card.Kernel = card.Kernel with { CvmCapabilityNotRequired = 0x20 };
        card.Cryptogram[0x9F8102] = [0x01];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.Approved, UiMessage.ApprovedSign), (outcome.Kind, outcome.UiOnOutcome!.Message));
    }

    [Fact]
    public void An_approval_goes_online_when_the_merged_results_ask_for_it()
    {
        ScriptedKernel8 card = Offline();
        card.Cryptogram[0x9F8104] = ScriptedKernel8.Hex("0010000000");
        card.Kernel = card.Kernel with { TacOnline = ScriptedKernel8.Hex("0010000000") };

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineRequiredByReader), (outcome.Kind, outcome.Reason));
        Assert.Equal([0x40], outcome.DataRecord![EmvTag.CryptogramInformation]!);
    }

    [Theory]
    [InlineData(0x80, 0x40)]
    [InlineData(0x00, 0x40)]
    [InlineData(0x00, 0x80)]
    [InlineData(0x80, 0xC0)]
    public void A_cryptogram_that_was_not_asked_for_ends_the_transaction(byte asked, byte cid)
    {
        ScriptedKernel8 card = new() { Cid = cid };
        card.Kernel = asked == 0x00 ? card.Kernel with { TacDenial = ScriptedKernel8.Hex("0000000001") } : card.Kernel;

        Outcome outcome = card.Run();

        Assert.Equal(asked, card.Control);
        Assert.Equal((OutcomeKind.EndApplication, "00060000001C"), (outcome.Kind, ScriptedKernel8.Error(outcome)));
    }

    [Theory]
    [InlineData(EmvTag.Atc)]
    [InlineData(EmvTag.IssuerApplicationData)]
    [InlineData(0x9F8102)]
    public void What_the_cryptogram_response_lacks_is_missed(uint tag)
    {
        ScriptedKernel8 card = new();
        card.Cryptogram[tag] = null;

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeReason.MissingCardData, "00010000001C"), (outcome.Reason, ScriptedKernel8.Error(outcome)));
    }

    [Theory]
    [InlineData("6985", "000300" + "69851C")]
    [InlineData("800B8000429F26112233445566" + "9000", "00040000001C")]
    [InlineData("77039F27019000", "00040000001C")]
    [InlineData("9000", "00040000001C")]
    public void A_bad_cryptogram_response_ends_the_transaction(string answer, string error)
    {
        ScriptedKernel8 card = new();
        card.Answers[0xAE] = _ => ScriptedKernel8.Hex(answer);

        Outcome outcome = card.Run();

        Assert.Equal(error, ScriptedKernel8.Error(outcome));
        Assert.Equal((UiMessage.UseAnotherCard, 1300), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.HoldTimeMs));
    }

    [Fact]
    public void A_card_without_an_account_number_is_missed()
    {
        ScriptedKernel8 card = new();
        card.Record[EmvTag.Pan] = null;

        Assert.Equal("00010000001C", ScriptedKernel8.Error(card.Run()));
    }

    [Theory]
    [InlineData("2020", UiMessage.SeePhone)]
    [InlineData("2021", UiMessage.PresentCardAgain)]
    [InlineData("2000", UiMessage.PresentCardAgain)]
    [InlineData("2003", UiMessage.PresentCardAgain)]
    [InlineData("2F99AABBCC", UiMessage.PresentCardAgain)]
    public void A_restart_shows_a_listed_text_now_and_at_the_restart(string indicator, UiMessage message)
    {
        ScriptedKernel8 card = new() { Taps = 2 };
        int answers = 0;
        card.Answers[0xAE] = command =>
        {
            card.Cryptogram[0x9F8108] = answers++ == 0 ? ScriptedKernel8.Hex(indicator) : null;
            card.Cid = answers == 1 ? (byte)0x00 : null;
            return card.GenerateCryptogram(command[2], command.AsSpan(5, command[4]));
        };

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        List<UiRequest> shown = [.. card.Effects.OfType<ReaderEffect.Show>().Select(show => show.Request)];
        Assert.Contains(shown, request => request.Message == message && request is { Status: UiStatus.NotReady, HoldTimeMs: 1300 });
        Assert.Contains(shown, request => request.Message == message && request is { Status: UiStatus.ReadyToRead, HoldTimeMs: 0 });
        Assert.Equal(2, card.Commands.Count(command => command[1] == 0xA8));
    }

    [Theory]
    [InlineData("3100", AlternateInterface.ContactChip, UiMessage.InsertOrSwipe)]
    [InlineData("3220", AlternateInterface.MagneticStripe, UiMessage.SeePhone)]
    [InlineData("3F03", AlternateInterface.NotApplicable, UiMessage.InsertOrSwipe)]
    public void A_refusing_card_may_send_to_another_interface(string indicator, AlternateInterface other, UiMessage message)
    {
        ScriptedKernel8 card = new() { Cid = 0x00 };
        card.Cryptogram[0x9F8108] = ScriptedKernel8.Hex(indicator);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.TryAnotherInterface, other, message), (outcome.Kind, outcome.AlternateInterface, outcome.UiOnOutcome!.Message));
    }

    [Theory]
    [InlineData("4020", UiMessage.SeePhone)]
    [InlineData("4003", UiMessage.NotAuthorised)]
    public void Any_other_indicator_declines(string indicator, UiMessage message)
    {
        ScriptedKernel8 card = new() { Cid = 0x00 };
        card.Cryptogram[0x9F8108] = ScriptedKernel8.Hex(indicator);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.Declined, message), (outcome.Kind, outcome.UiOnOutcome!.Message));
    }

    [Theory]
    [InlineData(TransactionKind.Refund, OutcomeKind.EndApplication, true)]
    [InlineData(TransactionKind.Purchase, OutcomeKind.Declined, false)]
    [InlineData(TransactionKind.PurchaseWithCashback, OutcomeKind.Declined, false)]
    [InlineData(TransactionKind.CashAdvance, OutcomeKind.Declined, false)]
    public void A_refused_credit_is_for_the_host(TransactionKind kind, OutcomeKind outcome, bool withAccount)
    {
        ScriptedKernel8 card = new() { Cid = 0x00 };
        card.Request = card.Request with { Kind = kind };

        Outcome found = card.Run();

        Assert.Equal((outcome, withAccount), (found.Kind, found.Account is not null));
    }

    [Theory]
    [InlineData(0xA8)]
    [InlineData(0xB2)]
    [InlineData(0xEA)]
    [InlineData(0xAE)]
    public void A_card_that_leaves_is_asked_for_again(byte instruction)
    {
        ScriptedKernel8 card = new() { Taps = 2 };
        card.Kernel = card.Kernel with { RelayResistance = true };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex("0103");
        card.Answers[instruction] = _ =>
        {
            card.Answers.Clear();
            return [];
        };

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Contains(card.Effects, effect => effect is ReaderEffect.Show { Request: { Message: UiMessage.PresentCardAgain, Status: UiStatus.ReadyToRead } });
    }

    [Fact]
    public void After_the_cryptogram_asking_again_is_a_switch()
    {
        ScriptedKernel8 card = new() { Taps = 2 };
        card.Kernel = card.Kernel with { AgainAfterCryptogram = false };
        card.Answers[0xAE] = _ => [];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.CommunicationError), (outcome.Kind, outcome.Reason));
        Assert.Single(card.Commands, command => command[1] == 0xA8);
    }

    [Theory]
    [InlineData(0xA8, true)]
    [InlineData(0xB2, true)]
    [InlineData(0xAE, false)]
    public void A_stop_ends_the_kernel_before_the_cryptogram_and_not_after(byte instruction, bool ends)
    {
        ScriptedKernel8 card = new();
        card.Start();
        IReadOnlyList<ReaderEffect> effects = card.Reader.Step(new ReaderEvent.CardDetected());
        while (effects.OfType<ReaderEffect.SendCommand>().Single().Command is { } command && command.Ins != instruction)
        {
            effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(command.ToArray())));
        }

        effects = card.Reader.Step(new ReaderEvent.Stop());

        Assert.Equal(ends, effects.OfType<ReaderEffect.Finish>().Any(finish => finish.Outcome.Reason is OutcomeReason.Stopped));
    }

    [Fact]
    public void A_card_that_notices_a_lost_field_is_given_its_time()
    {
        ScriptedKernel8 card = new();
        card.Fci[0x9F2C] = ScriptedKernel8.Hex("0200FFFF800000");
        card.Kernel = card.Kernel with { FieldOffMs = 700 };

        Assert.Equal(700, card.Run().FieldOffMs);
        Assert.Null(new ScriptedKernel8().Run().FieldOffMs);
    }

    [Fact]
    public void The_data_record_holds_what_is_there_and_no_account()
    {
        ScriptedKernel8 card = new();
        card.Cryptogram[0x9F8106] = [1, 2, 3];

        Outcome outcome = card.Run();

        TlvMap record = outcome.DataRecord!;
        Assert.All((uint[])[EmvTag.Pan, EmvTag.Track2EquivalentData, EmvTag.ExpirationDate], tag => Assert.Null(record[tag]));
        Assert.All(
            (uint[])[EmvTag.Amount, EmvTag.Cryptogram, EmvTag.Aip, EmvTag.Atc, EmvTag.CryptogramInformation, EmvTag.CvmResults, EmvTag.DfName, 0x9F8106, 0x9F8109, EmvTag.Tvr],
            tag => Assert.NotNull(record[tag]));
        Assert.Equal("000000" + "0000FF", ScriptedKernel8.Error(outcome));
        Assert.Equal([0x80], outcome.DiscretionaryData![0x9F821C]!);
        Assert.Equal([0x00], outcome.DiscretionaryData[0x9F821B]!);
    }

    [Fact]
    public void Objects_are_renamed_and_chosen_by_configuration_but_the_account_never_is()
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with
        {
            DiscretionaryTags = ScriptedKernel8.Hex("9F8204" + "57" + "5A" + "5F24" + "9F36"),
            TagMapping = ScriptedKernel8.Hex("9F36" + "DF21" + "9F10" + "DF22"),
        };

        Outcome outcome = card.Run();

        Assert.Equal([0x9F8204, 0xDF21], outcome.DiscretionaryData!.Tags);
        Assert.NotNull(outcome.DataRecord![0xDF22]);
        Assert.Null(outcome.DataRecord[EmvTag.IssuerApplicationData]);
        Assert.Equal("0042", Convert.ToHexString(outcome.DataRecord[0xDF21]!));
    }

    [Fact]
    public void The_card_may_leave_before_its_certificates_are_checked()
    {
        ScriptedKernel8 card = new();
        card.Run();

        int off = card.Effects.FindIndex(effect => effect is ReaderEffect.FieldOff);
        Assert.True(card.Effects[off - 1] is ReaderEffect.Show { Request: { Message: UiMessage.CardReadOk, Status: UiStatus.CardReadSuccessfully } });
        Assert.IsType<ReaderEffect.Proceed>(card.Effects[off + 1]);
        Assert.IsType<ReaderEffect.Finish>(card.Effects[^1]);
    }

    private static ScriptedKernel8 Offline()
    {
        ScriptedKernel8 card = new() { TerminalType = 0x22 };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex("010A");
        return card;
    }
}
