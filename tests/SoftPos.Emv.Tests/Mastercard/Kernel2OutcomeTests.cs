using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

public sealed class Kernel2OutcomeTests
{
    [Theory]
    [InlineData(0x40, 0x40, OutcomeKind.Approved)]
    [InlineData(0x40, 0x80, OutcomeKind.OnlineRequest)]
    [InlineData(0x40, 0x00, OutcomeKind.Declined)]
    [InlineData(0x80, 0x80, OutcomeKind.OnlineRequest)]
    [InlineData(0x80, 0x00, OutcomeKind.Declined)]
    [InlineData(0x80, 0x40, OutcomeKind.EndApplication)]
    [InlineData(0x40, 0xC0, OutcomeKind.EndApplication)]
    [InlineData(0x80, 0xC0, OutcomeKind.EndApplication)]
    public void A_card_may_answer_less_than_it_was_asked_for_never_more(byte asked, byte answered, OutcomeKind kind)
    {
        ScriptedMastercard card = new() { Cid = answered, TerminalType = asked == 0x80 ? (byte)0x21 : (byte)0x22 };

        Outcome outcome = card.Run();

        Assert.Equal(asked, card.Control);
        Assert.Equal(kind, outcome.Kind);
        Assert.Equal(kind is OutcomeKind.Approved or OutcomeKind.OnlineRequest, outcome.Account is not null);
        Assert.Equal(kind is OutcomeKind.EndApplication ? "00060000001C" : "0000000000FF", ScriptedMastercard.Error(outcome));
    }

    [Theory]

    // 9F33 bit 6 (contact chip), 9F6E, outcome.
    [InlineData(0x00, null, OutcomeKind.Declined, UiMessage.NotAuthorised)]
    [InlineData(0x20, null, OutcomeKind.TryAnotherInterface, UiMessage.InsertCard)]
    [InlineData(0x20, "02760000303100", OutcomeKind.Declined, UiMessage.NotAuthorised)]
    [InlineData(0x20, "02760000303000", OutcomeKind.TryAnotherInterface, UiMessage.InsertCard)]
    [InlineData(0x20, "02768000303100", OutcomeKind.TryAnotherInterface, UiMessage.InsertCard)]
    [InlineData(0x20, "0276000000", OutcomeKind.TryAnotherInterface, UiMessage.InsertCard)]
    public void A_refusal_of_the_card_sends_to_the_contacts_where_both_have_them(byte input, string? thirdParty, OutcomeKind kind, UiMessage message)
    {
        ScriptedMastercard card = new() { Cid = 0x00 };
        card.Kernel = card.Kernel with { CardDataInput = input };
        card.Record[0x9F6E] = thirdParty is null ? null : ScriptedMastercard.Hex(thirdParty);

        Outcome outcome = card.Run();

        Assert.Equal((kind, message, 1300), (outcome.Kind, outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.HoldTimeMs));
        Assert.Equal(kind is OutcomeKind.TryAnotherInterface, outcome.AlternateInterface is AlternateInterface.ContactChip);
    }

    [Fact]
    public void A_refund_that_the_card_refuses_ends_with_its_account_for_the_host()
    {
        ScriptedMastercard card = new() { Cid = 0x00 };
        card.Request = card.Request with { Kind = TransactionKind.Refund };

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, UiMessage.ClearDisplay), (outcome.Kind, outcome.UiOnOutcome!.Message));
        Assert.Equal("541333******1513", outcome.Account!.MaskedPan);
    }

    [Theory]

    // DF4B and what it does: every bit of 00030F asks for a second tap.
    [InlineData("000001", true)]
    [InlineData("000002", true)]
    [InlineData("000008", true)]
    [InlineData("000100", true)]
    [InlineData("000200", true)]
    [InlineData("000400", false)]
    [InlineData("000800", false)]
    [InlineData("001000", false)]
    [InlineData("010000", false)]
    [InlineData("000000", false)]
    public void The_device_asks_for_a_second_tap(string interaction, bool second)
    {
        ScriptedMastercard card = new() { Taps = 2 };
        card.Answers[0xAE] = command => ScriptedMastercard.Done(
            0x77,
            [
                0x9F, 0x27, 0x01, (byte)(command[2] & 0xC0), .. card.Cryptogram.Encode(),
                .. card.Commands.Count(one => one[1] == 0xAE) == 1 ? ScriptedMastercard.Hex("DF4B03" + interaction) : [],
            ]);

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(second ? 2 : 1, card.Commands.Count(command => command[1] == 0xAE));
    }

    [Theory]
    [InlineData(null, "000001", UiMessage.SeePhone)]
    [InlineData(null, "000200", UiMessage.SeePhone)]
    [InlineData(null, "000002", UiMessage.NotAuthorised)]
    [InlineData("0000020000022100" + "0000000000000700", "000002", UiMessage.PresentCardAgain)]
    [InlineData("0000020000022100" + "0000000000000F05", "000001", UiMessage.ProcessingError)]
    public void The_phone_message_table_gives_the_text(string? table, string interaction, UiMessage message)
    {
        ScriptedMastercard card = new() { Taps = 2 };
        card.Kernel = card.Kernel with { PhoneMessages = table is null ? null : ScriptedMastercard.Hex(table) };
        card.Cryptogram[EmvTag.CardholderInteraction] = ScriptedMastercard.Hex(interaction);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeReason.Stopped, outcome.Reason);
        List<UiRequest> shown = [.. card.Effects.OfType<ReaderEffect.Show>().Select(show => show.Request).Where(request => request.Message == message)];
        Assert.Contains(shown, request => request.Status is UiStatus.ReadyToRead && request.HoldTimeMs == 0);
        Assert.Contains(shown, request => request.HoldTimeMs == 1300);
    }

    [Theory]
    [InlineData(0xA8, "First tap")]
    [InlineData(0xB2, "Record")]
    [InlineData(0xAE, "Cryptogram")]
    public void A_card_that_leaves_is_asked_for_again(byte instruction, string what)
    {
        ScriptedMastercard card = new() { Taps = 2 };
        bool left = false;
        card.Answers[instruction] = command =>
        {
            if (!left)
            {
                left = true;
                return [];
            }

            card.Answers.Remove(instruction);
            return card.Transceive(command)!;
        };

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(2, card.Effects.Count(effect => effect is ReaderEffect.FieldOn));
        bool says = card.Effects.Exists(effect => effect is ReaderEffect.Show { Request: { Message: UiMessage.PresentCardAgain, Status: UiStatus.ReadyToRead } });
        Assert.True(says == (instruction != 0xA8), what);
    }

    [Fact]
    public void Format_1_of_the_cryptogram_is_read_with_and_without_issuer_data()
    {
        ScriptedMastercard card = new();
        card.Answers[0xAE] = command => ScriptedMastercard.Done(0x80, [(byte)(command[2] & 0xC0), 0, 0x42, 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Null(card.Run().DataRecord![EmvTag.IssuerApplicationData]);

        card.Answers[0xAE] = command => ScriptedMastercard.Done(0x80, [(byte)(command[2] & 0xC0), 0, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 0x77]);
        Assert.Equal("77", Convert.ToHexString(card.Run().DataRecord![EmvTag.IssuerApplicationData]!));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(44)]
    public void Format_1_of_another_length_is_a_parsing_error(int length)
    {
        ScriptedMastercard card = new();
        card.Answers[0xAE] = _ => ScriptedMastercard.Done(0x80, new byte[length]);
        Assert.Equal("00040000001C", ScriptedMastercard.Error(card.Run()));
    }

    [Theory]
    [InlineData("9F5006000000004711", "000000004711")]
    [InlineData("9F500500000047", null)]
    [InlineData("9F5106000000004711", null)]
    public void Balances_are_read_where_card_and_reader_have_them(string answer, string? balance)
    {
        ScriptedMastercard card = new();
        card.Fci[0x9F5D] = ScriptedMastercard.Hex("000200");
        card.Kernel = card.Kernel with { BalanceBefore = true, BalanceAfter = true };
        card.Answers[0xCA] = _ => [.. ScriptedMastercard.Hex(answer), 0x90, 0x00];

        Outcome outcome = card.Run();

        Assert.Equal(2, card.Commands.Count(command => command[1] == 0xCA));
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        Assert.Equal(balance, outcome.DiscretionaryData![0xDF8104] is { } before ? Convert.ToHexString(before) : null);
        Assert.Equal(balance, outcome.DiscretionaryData[0xDF8105] is { } after ? Convert.ToHexString(after) : null);
        Assert.Equal(balance is null ? null : 4711L, outcome.UiOnOutcome!.ValueMinor);
    }

    [Fact]
    public void A_card_that_leaves_while_its_balance_is_read_after_the_cryptogram_has_paid()
    {
        ScriptedMastercard card = new();
        card.Fci[0x9F5D] = ScriptedMastercard.Hex("000200");
        card.Kernel = card.Kernel with { BalanceAfter = true };
        card.Answers[0xCA] = _ => [];

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
    }

    [Fact]
    public void A_data_record_holds_what_is_there_and_no_account()
    {
        ScriptedMastercard card = new();

        TlvMap record = card.Run().DataRecord!;

        Assert.Equal(
            [
                0x9F02, 0x9F03, 0x9F26, 0x82, 0x50, 0x5F34, 0x9F36, 0x9F07, 0x9F09, 0x9F27, 0x9F34, 0x84, 0x9F10, 0x9F33, 0x9F1A, 0x9F35, 0x95,
                0x5F2A, 0x9A, 0x9C, 0x9F37, 0x9F41,
            ],
            record.Tags);
    }

    [Fact]
    public void A_stop_ends_the_kernel_before_the_cryptogram_and_not_after()
    {
        foreach ((byte at, bool stops) in new (byte At, bool Stops)[] { (0xA8, true), (0xB2, true), (0xAE, false) })
        {
            ScriptedMastercard card = new();
            IReadOnlyList<ReaderEffect> effects = card.Start();
            effects = card.Reader.Step(new ReaderEvent.CardDetected());
            while (effects.OfType<ReaderEffect.SendCommand>().Single() is { } send && send.Command.Ins != at)
            {
                effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(send.Command.ToArray())));
            }

            effects = card.Reader.Step(new ReaderEvent.Stop());
            Assert.Equal(stops, effects.OfType<ReaderEffect.Finish>().SingleOrDefault() is { Outcome.Reason: OutcomeReason.Stopped });
        }
    }

    [Fact]
    public void A_terminal_object_that_is_empty_is_asked_for_and_waited_for()
    {
        ScriptedMastercard card = new();
        card.Fci[EmvTag.Pdol] = ScriptedMastercard.Hex("9F1D08");
        card.TerminalObjects[EmvTag.RiskManagementData] = [];
        List<byte[]> answers = [];
        card.Start();
        IReadOnlyList<ReaderEffect> effects = card.Reader.Step(new ReaderEvent.CardDetected());
        while (effects.OfType<ReaderEffect.SendCommand>().SingleOrDefault() is { } send)
        {
            effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(send.Command.ToArray())));
        }

        Assert.Equal([EmvTag.RiskManagementData], Assert.IsType<ReaderEffect.ExchangeData>(Assert.Single(effects)).Needed);
        Assert.IsType<ReaderEffect.ExchangeData>(Assert.Single(card.Reader.Step(new ReaderEvent.TerminalData([]))));
        effects = card.Reader.Step(new ReaderEvent.TerminalData(new TlvMap { [EmvTag.RiskManagementData] = ScriptedMastercard.Hex("6CFF000000000000") }));
        Assert.Equal("80A800000A83086CFF00000000000000", Convert.ToHexString(Assert.IsType<ReaderEffect.SendCommand>(Assert.Single(effects)).Command.ToArray()));

        ScriptedMastercard impatient = new();
        impatient.Fci[EmvTag.Pdol] = ScriptedMastercard.Hex("9F1D08");
        impatient.TerminalObjects[EmvTag.RiskManagementData] = [];
        Outcome outcome = impatient.Run();
        Assert.Equal(OutcomeReason.TimedOut, outcome.Reason);
        Assert.Equal("0000010000FF", ScriptedMastercard.Error(outcome));
    }
}
