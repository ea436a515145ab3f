using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>The TLV database: what a card may give, where, and what of it must be there.</summary>
public sealed class Kernel2DataTests
{
    [Theory]
    [InlineData("9F370411223344", "00040000001C")]
    [InlineData("9505FFFFFFFFFF", "00040000001C")]
    [InlineData("DF81290800000000000000", "00040000001C")]
    [InlineData("9F360142", "00040000001C")]
    [InlineData("5A085413339000001513", "00040000001C")]
    [InlineData("9F10", "00040000001C")]
    public void An_object_that_is_not_the_cards_to_give_is_a_parsing_error(string more, string error)
    {
        ScriptedMastercard card = new();
        card.Answers[0xB2] = _ => ScriptedMastercard.Done(0x70, [.. card.Record.Encode(), .. ScriptedMastercard.Hex(more)]);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.EndApplication, outcome.Kind);
        Assert.Equal(error, ScriptedMastercard.Error(outcome));
        Assert.Equal((UiMessage.UseAnotherCard, UiStatus.NotReady), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.Status));
    }

    [Theory]
    [InlineData("C30101")]
    [InlineData("9F8101021234")]
    [InlineData("BF0C03DF0100")]
    public void An_object_that_the_kernel_does_not_know_is_skipped(string more)
    {
        ScriptedMastercard card = new();
        card.Answers[0xB2] = _ => ScriptedMastercard.Done(0x70, [.. card.Record.Encode(), .. ScriptedMastercard.Hex(more)]);

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
    }

    [Theory]
    [InlineData(EmvTag.Pan)]
    [InlineData(EmvTag.ExpirationDate)]
    [InlineData(EmvTag.Cdol1)]
    public void What_must_be_there_is_missed(uint tag)
    {
        ScriptedMastercard card = new();
        card.Record[tag] = null;

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), (outcome.Kind, outcome.Reason));
        Assert.Equal("00010000001C", ScriptedMastercard.Error(outcome));
    }

    [Theory]
    [InlineData(EmvTag.Atc)]
    [InlineData(EmvTag.Cryptogram)]
    public void What_the_cryptogram_response_lacks_is_missed(uint tag)
    {
        ScriptedMastercard card = new();
        card.Cryptogram[tag] = null;

        Assert.Equal("00010000001C", ScriptedMastercard.Error(card.Run()));
    }

    [Fact]
    public void An_account_that_is_another_in_track_2_is_refused()
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.Track2EquivalentData] = ScriptedMastercard.Hex("5413339000001521D30122010000000000");
        Assert.Equal(OutcomeReason.PanMismatch, card.Run().Reason);
    }

    [Theory]
    [InlineData("4761739001010010", OutcomeReason.BrandMismatch)]
    [InlineData("2221000000000009", OutcomeReason.ApprovedOffline)]
    [InlineData("6759649826438453", OutcomeReason.BrandMismatch)]
    public void A_number_of_another_brand_behind_the_AID_is_refused(string pan, OutcomeReason reason)
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.Pan] = ScriptedMastercard.Hex(pan);
        card.Record[EmvTag.Track2EquivalentData] = ScriptedMastercard.Hex(pan + "D30122010000000000");
        Assert.Equal(reason, card.Run().Reason);

        card.Kernel = card.Kernel with { CheckBrand = false };
        Assert.Equal(OutcomeReason.ApprovedOffline, card.Run().Reason);
    }

    [Theory]
    [InlineData("", OutcomeReason.BadCardData)]
    [InlineData("100101", OutcomeReason.BadCardData)]
    [InlineData("10000101", OutcomeReason.BadCardData)]
    [InlineData("10020101", OutcomeReason.BadCardData)]
    [InlineData("10010103", OutcomeReason.BadCardData)]
    [InlineData("11010101", OutcomeReason.BadCardData)]
    [InlineData("1001FF00", OutcomeReason.BadCardData)]
    public void A_file_locator_that_breaks_a_rule_ends_the_transaction(string locator, OutcomeReason reason)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex(locator);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, reason), (outcome.Kind, outcome.Reason));
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xB2);
    }

    [Theory]
    [InlineData("6985", OutcomeReason.NoApplication)]
    [InlineData("6A81", OutcomeReason.NoApplication)]
    public void A_status_of_the_options_command_selects_the_next_application(string status, OutcomeReason reason)
    {
        ScriptedMastercard card = new();
        card.Answers[0xA8] = _ => ScriptedMastercard.Hex(status);
        Assert.Equal(reason, card.Run().Reason);
    }

    [Theory]
    [InlineData("770A820218809404100101019000", OutcomeReason.ApprovedOffline)]
    [InlineData("80061880100101019000", OutcomeReason.ApprovedOffline)]
    [InlineData("800418801001019000", OutcomeReason.BadCardData)]
    [InlineData("8007188010010101009000", OutcomeReason.BadCardData)]
    [InlineData("77048202188090009000", OutcomeReason.BadCardData)]
    [InlineData("7704820218809000", OutcomeReason.MissingCardData)]
    [InlineData("7706940410010101" + "9000", OutcomeReason.MissingCardData)]
    [InlineData("700A820218809404100101019000", OutcomeReason.BadCardData)]
    [InlineData("9000", OutcomeReason.BadCardData)]
    public void Both_formats_of_the_options_response_are_read(string response, OutcomeReason reason)
    {
        ScriptedMastercard card = new();
        card.Answers[0xA8] = _ => ScriptedMastercard.Hex(response);
        Assert.Equal(reason, card.Run().Reason);
    }

    [Fact]
    [Requirement("ACC-02")]
    public void A_card_with_mag_stripe_mode_only_is_refused()
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("0000");

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MagStripeNotSupported), (outcome.Kind, outcome.Reason));
        Assert.Equal("00070000001C", ScriptedMastercard.Error(outcome));
        Assert.DoesNotContain(card.Commands, command => command[1] is 0xB2 or 0x2A);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void The_record_for_mag_stripe_readers_is_left_out_where_that_is_configured(bool skip, int records)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex("0801010010010101");
        card.Kernel = card.Kernel with { SkipMagStripeRecord = skip, ReadAllRecords = true };
        card.Answers[0xB2] = command => command[3] == 0x0C ? ScriptedMastercard.Hex("70009000") : ScriptedMastercard.Done(0x70, card.Record.Encode());

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(records, card.Commands.Count(command => command[1] == 0xB2));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Without_CDA_reading_ends_when_nothing_more_is_needed(bool all, int records)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Afl] = ScriptedMastercard.Hex("10010101" + "18010100");
        card.Kernel = card.Kernel with { ReadAllRecords = all };
        card.Answers[0xB2] = command => command[3] == 0x1C ? ScriptedMastercard.Hex("70009000") : ScriptedMastercard.Done(0x70, card.Record.Encode());

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(records, card.Commands.Count(command => command[1] == 0xB2));
    }

    [Theory]
    [InlineData("6A83", "0003006A831C")]
    [InlineData("77009000", "00040000001C")]
    [InlineData("70009000009000", "00040000001C")]
    public void A_bad_record_ends_the_transaction(string response, string error)
    {
        ScriptedMastercard card = new();
        card.Answers[0xB2] = _ => ScriptedMastercard.Hex(response);
        Assert.Equal(error, ScriptedMastercard.Error(card.Run()));
    }

    [Fact]
    public void A_card_with_CDA_but_without_its_keys_is_reported_and_asked_for_no_signature()
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1980");

        Outcome outcome = card.Run();

        Assert.Equal("2400000001", outcome.Tvr.ToString());
        Assert.Equal(0x40, card.Control);
        Assert.Null(outcome.Oda);
    }

    [Theory]
    [InlineData("82", true)]
    [InlineData("8284", false)]
    [InlineData("9F36", false)]
    public void A_static_data_tag_list_may_name_the_profile_only(string list, bool good)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1980");
        card.Record[EmvTag.SdaTagList] = ScriptedMastercard.Hex(list);

        Outcome outcome = card.Run();

        Assert.Equal(good ? OutcomeReason.ApprovedOffline : OutcomeReason.BadCardData, outcome.Reason);
    }

    [Fact]
    public void Data_list_values_are_cut_and_padded_by_their_format()
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.Cdol1] = ScriptedMastercard.Hex("9F02049F02085F2A01" + "9F3706" + "9F3501" + "FF0102" + "C302");
        card.Request = card.Request with { AmountMinor = 123456 % 90000 };

        card.Run();

        Assert.Equal("00033456" + "0000000000033456" + "78" + "000000010000" + "22" + "0000" + "0000", Convert.ToHexString(card.Commands[^1].AsSpan(5, 24)));
    }
}
