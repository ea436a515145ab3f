using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>Mag-stripe mode, step by step: what must be there, the numbers, the phone's part.</summary>
public sealed class Kernel2MagStripeTests
{
    private const byte Checksum = 0x2A;

    [Fact]
    [Requirement("ACC-02")]
    public void It_is_off_by_default()
    {
        Assert.False(new Kernel2Options().MagStripeMode);
        ScriptedMastercard card = Stripe();
        card.Kernel = card.Kernel with { MagStripeMode = false };

        Assert.Equal(OutcomeReason.MagStripeNotSupported, card.Run().Reason);
        Assert.DoesNotContain(card.Commands, command => command[1] is 0xB2 or Checksum);
    }

    [Fact]
    public void A_reader_with_the_mode_reads_a_chip_card_as_a_chip_card_without_the_stripe_record()
    {
        ScriptedMastercard card = new();
        card.Kernel = card.Kernel with { MagStripeMode = true };
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex("0801010010010101");

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(0x14, Assert.Single(card.Commands, command => command[1] == 0xB2)[3]);
    }

    [Fact]
    public void Of_the_file_locator_only_the_stripe_record_is_read()
    {
        ScriptedMastercard card = Stripe();
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex("0801010010010201");

        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);
        Assert.Equal(0x0C, Assert.Single(card.Commands, command => command[1] == 0xB2)[3]);
    }

    [Theory]
    [InlineData(0x9F6B)]
    [InlineData(0x9F65)]
    [InlineData(0x9F66)]
    [InlineData(0x9F67)]
    [InlineData(0x9F62)]
    [InlineData(0x9F63)]
    [InlineData(0x9F64)]
    public void What_must_be_there_is_missed(int tag)
    {
        ScriptedMastercard card = Stripe();
        card.Record[(uint)tag] = null;

        Assert.Equal("00010000001C", ScriptedMastercard.Error(card.Run()));
        Assert.DoesNotContain(card.Commands, command => command[1] == Checksum);
    }

    [Theory]
    [InlineData(0x9F67, "08")]
    [InlineData(0x9F64, "03")]
    [InlineData(0x9F66, "FFFF")]
    [InlineData(0x9F65, "8000")]
    [InlineData(0x9F6B, "5413339000001513D3012201")]
    [InlineData(0x9F6B, "5413339000001513F3012201000000000000")]
    [InlineData(0x56, "4235343133333339303030303031353133")]
    public void Places_that_no_track_can_have_end_the_transaction(int tag, string value)
    {
        ScriptedMastercard card = Stripe();
        card.Record[(uint)tag] = ScriptedMastercard.Hex(value);

        Assert.Equal("00060000001C", ScriptedMastercard.Error(card.Run()));
        Assert.DoesNotContain(card.Commands, command => command[1] == Checksum);
    }

    [Theory]
    [InlineData(100_000, OutcomeKind.OnlineRequest)]
    [InlineData(100_001, OutcomeKind.EndApplication)]
    public void More_than_the_transaction_limit_selects_the_next_application(long amount, OutcomeKind kind)
    {
        ScriptedMastercard card = Stripe();
        card.Combination = card.Combination with { TransactionLimit = null };
        card.Kernel = card.Kernel with { TransactionLimit = 100_000 };
        card.Request = card.Request with { AmountMinor = amount };

        Assert.Equal(kind, card.Run().Kind);
    }

    [Fact]
    public void The_digits_stand_where_the_bitmaps_say()
    {
        ScriptedMastercard card = Stripe();
        card.Answers[Checksum] = _ => Answer("9F61023039" + "9F6002D431" + "9F36020042");

        TlvMap account = card.Run().Account!.Reveal();

        // Number: the second draw as decimal digits, of which three go into the tracks. Code 12345 in track 2, 54321 in track 1; counter 66.
        Assert.Equal("00000002", Convert.ToHexString(card.Commands.Last(command => command[1] == Checksum).AsSpan(5, 4)));
        Assert.Equal("5413339000001513D3012201" + "0034500660023" + "F", Convert.ToHexString(account[EmvTag.StripeTrack2]!));
        Assert.Equal("B5413339000001513^X/Y^3012201" + "0032100660023", System.Text.Encoding.ASCII.GetString(account[EmvTag.Track1]!));
    }

    [Theory]
    [InlineData("", "00010000001C", OutcomeKind.EndApplication)]
    [InlineData("9F61023039", "00010000001C", OutcomeKind.EndApplication)]
    [InlineData("9F36020042", "00010000001C", OutcomeKind.EndApplication)]
    [InlineData("9F610230399F36020042", "00010000001C", OutcomeKind.EndApplication)]
    [InlineData("9F610230", "00040000001C", OutcomeKind.EndApplication)]
    public void What_the_answer_lacks_is_missed_and_counts_as_a_failure(string objects, string error, OutcomeKind kind)
    {
        ScriptedMastercard card = Stripe();
        card.Answers[Checksum] = _ => Answer(objects);

        Outcome outcome = card.Run();

        Assert.Equal((kind, error, 300), (outcome.Kind, ScriptedMastercard.Error(outcome), outcome.FieldOffMs));
        Assert.Equal(600, card.Run().FieldOffMs);
    }

    [Theory]
    [InlineData("DF4B03000101", OutcomeReason.SeePhone)]
    [InlineData("DF4B03000000", OutcomeReason.CardDeclined)]
    public void A_device_without_a_code_asks_for_a_second_tap_or_declines(string interaction, OutcomeReason reason)
    {
        ScriptedMastercard card = Stripe();
        card.Answers[Checksum] = _ => Answer("9F36020042" + interaction);

        Outcome outcome = card.Run();

        // After the second-tap message nobody comes again, so the reader is stopped; a refusal is final.
        Assert.Equal(reason is OutcomeReason.SeePhone ? OutcomeReason.Stopped : reason, outcome.Reason);
        Assert.Equal(
            reason is OutcomeReason.SeePhone,
            card.Effects.OfType<ReaderEffect.Show>().Any(show => show.Request is { Message: UiMessage.SeePhone, Status: UiStatus.ReadyToRead }));
        Assert.Null(outcome.Account);
    }

    [Theory]
    [InlineData(1000, "DF4B03001000", "8", CvmKind.NoCvm)]
    [InlineData(5001, "DF4B03001000", "8", CvmKind.ConfirmationCodeVerified)]
    [InlineData(1000, "DF4B03000000", "3", CvmKind.NoCvm)]
    [InlineData(5001, "DF4B03000000", null, CvmKind.NotApplicable)]
    [InlineData(1000, "", null, CvmKind.NotApplicable)]
    public void A_device_that_verified_its_holder_says_so_in_the_last_digit(long amount, string interaction, string? last, CvmKind cvm)
    {
        ScriptedMastercard card = Stripe();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("0200");
        card.Record[0x9F69] = ScriptedMastercard.Hex("9F6A049F7E01");
        card.Request = card.Request with { AmountMinor = amount };
        card.Answers[Checksum] = _ => Answer("9F61023039" + "9F6002D431" + "9F36020042" + interaction);

        Outcome outcome = card.Run();

        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal(last, outcome.Account is { } account ? Convert.ToHexString(account.Reveal()[EmvTag.StripeTrack2]!)[^2..^1] : null);

        // 9F7E bit 2: a verification on the device is asked for above the limit only.
        Assert.Equal(amount > 5000 ? 0x03 : 0x01, card.Commands.Last(command => command[1] == Checksum)[9]);
    }

    [Fact]
    public void A_stop_comes_too_late_once_the_checksum_is_asked_for()
    {
        ScriptedMastercard card = Stripe();
        card.Start();
        IReadOnlyList<ReaderEffect> effects = card.Reader.Step(new ReaderEvent.CardDetected());
        while (effects.OfType<ReaderEffect.SendCommand>().Single().Command is var command && command.Ins != Checksum)
        {
            effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(command.ToArray())));
        }

        Assert.Empty(card.Reader.Step(new ReaderEvent.Stop()));
    }

    private static byte[] Answer(string objects) => ScriptedMastercard.Done(0x77, ScriptedMastercard.Hex(objects));

    private static ScriptedMastercard Stripe()
    {
        ScriptedMastercard card = new();
        card.Kernel = card.Kernel with { MagStripeMode = true };
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("0000");
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex("08010100");
        card.Record.Clear();
        card.Record[EmvTag.Track1] = System.Text.Encoding.ASCII.GetBytes("B5413339000001513^X/Y^30122010000000000000");
        card.Record[0x9F62] = ScriptedMastercard.Hex("000000000700");
        card.Record[0x9F63] = ScriptedMastercard.Hex("0000000000FE");
        card.Record[0x9F64] = ScriptedMastercard.Hex("04");
        card.Record[0x9F65] = ScriptedMastercard.Hex("0700");
        card.Record[0x9F66] = ScriptedMastercard.Hex("00FE");
        card.Record[0x9F67] = ScriptedMastercard.Hex("04");
        card.Record[0x9F6B] = ScriptedMastercard.Hex("5413339000001513D30122010000000000000F");
        card.Answers[Checksum] = _ => Answer("9F61023039" + "9F6002D431" + "9F36020042");
        return card;
    }
}
