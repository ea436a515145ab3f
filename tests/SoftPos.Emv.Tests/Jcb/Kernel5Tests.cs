using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Jcb;

/// <summary>Kernel 5 up to its cryptogram, step by step, with a card that has no keys.</summary>
public sealed class Kernel5Tests
{
    [Fact]
    public void The_card_gets_the_modes_of_the_reader_and_the_profile_of_this_transaction()
    {
        ScriptedCard card = ScriptedJcb.Card();

        card.Run();

        Assert.Equal(("02", "300000"), (card.Sent(0xA8, 0x9F52), card.Sent(0xAE, 0x9F53)));
    }

    [Theory]
    [InlineData(4999, TransactionKind.Purchase, "300000")]
    [InlineData(5000, TransactionKind.Purchase, "B00000")]
    [InlineData(5000, TransactionKind.CashAdvance, "B00000")]
    [InlineData(5000, TransactionKind.Refund, "300000")]
    public void From_the_CVM_limit_on_a_verification_is_required_but_for_a_refund(long amount, TransactionKind kind, string profile)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { AmountMinor = amount, Kind = kind };
        card.Cryptogram[0x9F50] = [0x20];

        card.Run();

        Assert.Equal(profile, card.Sent(0xAE, 0x9F53));
    }

    [Theory]
    [InlineData(true, false, OutcomeReason.NoApplication)]
    [InlineData(true, true, OutcomeReason.OnlineAsked)]
    public void A_PDOL_that_does_not_ask_for_the_modes_is_that_of_a_legacy_card(bool isLegacy, bool isOn, OutcomeReason reason)
    {
        ScriptedCard card = isLegacy ? ScriptedJcb.Legacy() : ScriptedJcb.Card();
        ScriptedJcb.Change(card, options => options with { LegacyMode = isOn });

        Assert.Equal(reason, card.Run().Reason);
    }

    [Fact]
    public void Without_EMV_mode_an_EMV_card_is_left()
    {
        ScriptedCard card = ScriptedJcb.Card();
        ScriptedJcb.Change(card, options => options with { EmvMode = false, LegacyMode = true });

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(0xA8));
    }

    [Theory]
    [InlineData(0x6984)]
    [InlineData(0x6985)]
    [InlineData(0x6986)]
    [InlineData(0x6200)]
    [InlineData(0x6A81)]
    public void Every_other_status_of_the_options_command_selects_the_next_application(int status)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Answers[0xA8] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_mode_has_its_response_format(bool isLegacy)
    {
        ScriptedCard card = isLegacy ? ScriptedJcb.Legacy() : ScriptedJcb.Card();
        card.Answers[0xA8] = _ => isLegacy
            ? ScriptedCard.Done(0x77, card.Options.Encode())
            : ScriptedCard.Done(0x80, Convert.FromHexString("188010010101"));

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(0xB2));
    }

    [Theory]
    [InlineData("1800", "10010101")]
    [InlineData("1880", null)]
    [InlineData("1880", "10020101")]
    public void A_card_without_the_mode_or_without_records_is_left(string profile, string? locator)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString(profile);
        card.Options[EmvTag.Afl] = locator is null ? null : Convert.FromHexString(locator);

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(0xB2));
    }

    [Theory]
    [InlineData(EmvTag.Cdol1, null)]
    [InlineData(EmvTag.Track2EquivalentData, null)]
    [InlineData(EmvTag.ExpirationDate, null)]
    [InlineData(EmvTag.ExpirationDate, "3A1231")]
    [InlineData(EmvTag.EffectiveDate, "20010F")]
    [InlineData(EmvTag.CardholderName, "41")]
    [InlineData(0x9F57, "000276")]
    [InlineData(EmvTag.Cdol1, "9F")]
    [InlineData(EmvTag.Cdol1, "9F02FF9F0206")]
    [InlineData(EmvTag.Aip, "1880")]
    public void A_record_that_cannot_be_used_selects_the_next_application(uint tag, string? value)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Record[tag] = value is null ? null : Convert.FromHexString(value);

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(ScriptedJcb.Generate));
    }

    [Fact]
    public void An_object_of_the_terminal_is_never_taken_from_the_card()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Record[EmvTag.Amount] = Convert.FromHexString("000000000001");
        card.Record[0x9F53] = Convert.FromHexString("FFFFFF");

        Outcome outcome = card.Run();

        Assert.Equal("000000001000", card.Sent(0xAE, EmvTag.Amount));
        Assert.Equal("300000", Convert.ToHexString(outcome.DataRecord![0x9F53]!));
    }

    [Theory]
    [InlineData(true, OutcomeReason.BrandMismatch)]
    [InlineData(false, OutcomeReason.OnlineAsked)]
    public void A_number_of_another_brand_is_refused(bool checks, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Record[EmvTag.Pan] = Convert.FromHexString("4761739001010010");
        card.Record[EmvTag.Track2EquivalentData] = Convert.FromHexString("4761739001010010D30122010000000000");
        ScriptedJcb.Change(card, options => options with { CheckBrand = checks });

        Assert.Equal(reason, card.Run().Reason);
    }

    [Theory]

    // Before the card has spoken the greater limit counts, or by the switch the one for cards.
    [InlineData(true, 3000, "00", OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(true, 2999, "00", OutcomeKind.Declined, OutcomeReason.LimitExceeded)]
    [InlineData(true, 2999, "30", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData(true, 1999, "00", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData(false, 2999, "30", OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(false, 2000, "30", OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(false, 1999, "30", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    public void A_device_that_verifies_its_holder_has_its_own_limit(
        bool after, long amount, string status, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { AmountMinor = amount };
        card.Cryptogram[0x9F50] = Convert.FromHexString(status);
        ScriptedJcb.Change(card, options => options with
        {
            TransactionLimit = 2000, TransactionLimitOnDevice = 3000, LimitAfterVerification = after,
        });

        Assert.Equal((kind, reason), ScriptedJcb.Ends(card));
    }

    [Theory]
    [InlineData(1000, 1000, true, 0x22, false, "8000008000")]
    [InlineData(1000, 1000, false, 0x22, false, "8000000000")]
    [InlineData(1001, 1000, false, 0x22, false, "8000008000")]
    [InlineData(999, 1000, true, 0x22, false, "8000000000")]
    [InlineData(999, 1000, true, 0x21, false, "8000008000")]
    [InlineData(100, 1000, true, 0x22, true, "8000008000")]
    public void Floor_limit_status_check_and_an_online_only_reader_go_online(
        long amount, long floor, bool inclusive, byte type, bool checks, string tvr)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.TerminalType = type;
        card.Request = card.Request with { AmountMinor = amount };
        card.Combination = card.Combination with { FloorLimit = floor, StatusCheck = checks };
        ScriptedJcb.Change(card, options => options with { FloorLimitInclusive = inclusive });

        card.Run();

        Assert.Equal(tvr, card.Sent(0xAE, EmvTag.Tvr));
    }

    [Theory]

    // The scripted reader draws 00000002 after the number of the tap: 1 + 2, of 99.
    [InlineData(0, 0, 0, 500, "8000000000")]
    [InlineData(2, 2, 0, 500, "8000000000")]
    [InlineData(3, 3, 0, 500, "8000001000")]
    [InlineData(1, 99, 0, 500, "8000001000")]
    [InlineData(1, 99, 999, 500, "8000000000")]
    [InlineData(1, 99, 400, 401, "8000000000")]
    [InlineData(1, 99, 400, 413, "8000001000")]
    [InlineData(99, 99, 0, 1000, "8000008000")]
    public void A_part_of_the_sales_below_the_floor_limit_is_chosen_for_online(
        int target, int most, long threshold, long amount, string tvr)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { AmountMinor = amount };
        card.Combination = card.Combination with { FloorLimit = 1000 };
        ScriptedJcb.Change(card, options => options with
        {
            RandomTargetPercent = target, RandomMaxTargetPercent = most, RandomThreshold = threshold,
        });

        card.Run();

        Assert.Equal(tvr, card.Sent(0xAE, EmvTag.Tvr));
    }

    [Theory]
    [InlineData(EmvTag.ExpirationDate, "251231", TransactionKind.Purchase, "8040008000")]
    [InlineData(EmvTag.EffectiveDate, "270101", TransactionKind.Purchase, "8020008000")]
    [InlineData(EmvTag.CardVersion, "0001", TransactionKind.Purchase, "8000008000")]
    [InlineData(EmvTag.ApplicationUsageControl, "0100", TransactionKind.Purchase, "8010008000")]
    [InlineData(EmvTag.ApplicationUsageControl, "2900", TransactionKind.Purchase, "8000008000")]
    [InlineData(EmvTag.ApplicationUsageControl, "2800", TransactionKind.Purchase, "8010008000")]
    [InlineData(EmvTag.ApplicationUsageControl, "2900", TransactionKind.CashAdvance, "8010008000")]
    [InlineData(EmvTag.IssuerCountryCode, null, TransactionKind.Purchase, "8010008000")]
    [InlineData(EmvTag.ApplicationUsageControl, null, TransactionKind.Purchase, "8000008000")]
    public void Restrictions_set_bits(uint tag, string? value, TransactionKind kind, string tvr)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { Kind = kind };
        card.Record[tag] = value is null ? null : Convert.FromHexString(value);
        ScriptedJcb.Change(card, options => options with { TacDenial = new byte[5] });

        card.Run();

        Assert.Equal(tvr, card.Sent(0xAE, EmvTag.Tvr));
    }

    [Fact]
    public void The_issuers_country_is_looked_for_in_9F57_first()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Record[0x9F57] = [0x08, 0x40];
        card.Record[EmvTag.ApplicationUsageControl] = [0x29, 0x00];
        ScriptedJcb.Change(card, options => options with { TacDenial = new byte[5] });

        card.Run();

        Assert.Equal("8010008000", card.Sent(0xAE, EmvTag.Tvr));
    }

    [Fact]
    public void The_usage_control_is_not_looked_at_in_legacy_mode()
    {
        ScriptedCard card = ScriptedJcb.Legacy();
        card.Record[EmvTag.ApplicationUsageControl] = [0x00, 0x00];

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), ScriptedJcb.Ends(card));
    }

    [Fact]
    public void A_denial_needs_no_cryptogram()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Record[EmvTag.ApplicationUsageControl] = [0x01, 0x00];

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(ScriptedJcb.Generate));
    }

    [Fact]
    public void A_listed_account_is_refused()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.ExceptionFile.Add("3540599999991047");

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ExceptionFile), ScriptedJcb.Ends(card));
        Assert.Equal(0, card.Count(ScriptedJcb.Generate));
    }

    [Theory]

    // Below the floor limit, expired: the issuer's codes count only where all three are there, else its defaults, which are all ones.
    [InlineData(0x22, "0000000000", "0000000000", true, 0x40)]
    [InlineData(0x22, "0000000000", "0000000000", false, 0x80)]
    [InlineData(0x22, "0040000000", "0000000000", true, 0x80)]
    [InlineData(0x22, "0000000000", "0040000000", true, 0x40)]
    [InlineData(0x23, "0040000000", "0000000000", true, 0x40)]
    [InlineData(0x23, "0000000000", "0040000000", true, 0x00)]
    public void Action_codes_and_terminal_type_choose_the_cryptogram(byte type, string online, string standard, bool hasAll, byte control)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.TerminalType = type;
        card.Combination = card.Combination with { FloorLimit = 9000 };
        card.Record[EmvTag.ExpirationDate] = Convert.FromHexString("251231");
        card.Record[EmvTag.IacDenial] = hasAll ? new byte[5] : null;
        ScriptedJcb.Change(card, options => options with
        {
            TacOnline = Convert.FromHexString(online), TacDefault = Convert.FromHexString(standard),
        });

        card.Run();

        Assert.Equal(control, card.Control);
    }

    [Theory]
    [InlineData("1980", true, false, 0x80, "0400008000")]
    [InlineData("1980", false, true, 0x80, "8000008000")]
    [InlineData("1880", true, true, 0x80, "8000008000")]
    [InlineData("1980", true, true, 0x90, "0000008000")]
    public void A_signature_is_asked_for_where_both_sides_have_it(string profile, bool isOn, bool hasKey, byte control, string tvr)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString(profile);
        foreach ((uint tag, string hex) in ((uint, string)[])[(0x8F, "92"), (0x90, "00"), (0x9F32, "03"), (0x9F46, "00"), (0x9F47, "03")])
        {
            card.Record[tag] = Convert.FromHexString(hex);
        }

        if (hasKey)
        {
            card.Keys.Add(PublishedCaKeys.Test.First(key => Convert.ToHexString(key.Rid) == "A000000003" && key.Index == 0x92) with
            {
                Rid = Convert.FromHexString("A000000065"),
            });
        }

        ScriptedJcb.Change(card, options => options with { OfflineDataAuthentication = isOn, TacDenial = new byte[5] });

        card.Run();

        Assert.Equal((control, tvr), (card.Control, card.Sent(0xAE, EmvTag.Tvr)));
    }

    [Fact]
    public void Objects_that_a_signature_needs_are_missed()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString("1980");

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), (outcome.Kind, outcome.Reason));
        Assert.Equal("2400008000", outcome.Tvr.ToString());
    }
}
