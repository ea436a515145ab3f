using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.AmericanExpress;

/// <summary>Kernel 4, step by step, with a card that has no keys.</summary>
public sealed class Kernel4Tests
{
    [Theory]
    [InlineData(4999, "E2", "18C00003")]
    [InlineData(5000, "EA", "18C04003")]
    public void The_PDOL_gets_the_capabilities_of_this_transaction(long amount, string type, string enhanced)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Pdol = "9F35019F6E049F6D01";
        card.Request = card.Request with { AmountMinor = amount };

        card.Run();

        Assert.Equal((type, enhanced), (card.Sent(0xA8, EmvTag.TerminalType), card.Sent(0xA8, 0x9F6E)));
        Assert.Equal(amount < 5000 ? "C0" : "C8", card.Sent(0xA8, 0x9F6D));

        // In the CDOL, and so for the host, the terminal type is what it is.
        Assert.Equal("22", card.Sent(0xAE, EmvTag.TerminalType));
    }

    [Fact]
    public void The_data_hash_of_a_published_transaction_is_the_one_in_its_signature()
    {
        // Signature in the middle of the answer; it is no part of what is hashed.
        CdaInput exchanged = new(
            new byte[] { 0xEA },
            Convert.FromHexString("0000000120000000000000000036000004800000361410310" + "0327273B9"),
            Convert.FromHexString("9F270180" + "9F36020006" + "9F4B021122" + "9F100706010103A00000"),
            0x80,
            Convert.FromHexString("327273B9"),
            default);

        Assert.Equal("19EBB3BF2DB99DE3117419BB473D0A88BF4F3CEB", Convert.ToHexString(OfflineDataAuthentication.TransactionHash(exchanged)));
    }

    [Theory]
    [InlineData(0x9000, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData(0x6984, OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked)]
    [InlineData(0x6985, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(0x6A81, OutcomeKind.EndApplication, OutcomeReason.CardStatus)]
    public void A_status_of_the_options_command_has_its_outcome(int status, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        if (status != 0x9000)
        {
            card.Answers[0xA8] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];
        }

        Assert.Equal((kind, reason), Ends(card));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public void A_phone_that_asks_for_its_owner_is_waited_for_twice(bool isSwitchedOn, int taps)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Combination = card.Combination with { Kernel4 = card.Combination.Kernel4 with { SeePhoneOnStatus6986 = isSwitchedOn } };
        card.Answers[0xA8] = _ => [0x69, 0x86];
        card.Taps = 9;

        Assert.Equal((OutcomeKind.EndApplication, isSwitchedOn ? OutcomeReason.CvmNotPossible : OutcomeReason.CardStatus), Ends(card));
        Assert.Equal(taps, card.Count(0xA8));
    }

    [Theory]
    [InlineData("1900", true, OutcomeReason.NoApplication)]
    [InlineData("1940", true, OutcomeReason.NoApplication)]
    [InlineData("1900", false, OutcomeReason.MagStripeNotSupported)]
    public void A_card_of_mag_stripe_mode_alone_is_left(string profile, bool selectsNext, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString(profile);
        Change(card, options => options with { ModeMismatchSelectsNext = selectsNext });

        Assert.Equal((OutcomeKind.EndApplication, reason), Ends(card));
        Assert.Equal(0, card.Count(0xB2));
    }

    [Fact]
    public void Both_formats_of_the_options_response_are_taken()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Answers[0xA8] = _ => ScriptedCard.Done(0x80, Convert.FromHexString("188010010101"));

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), Ends(card));
    }

    [Theory]
    [InlineData(0x5A)]
    [InlineData(0x57)]
    [InlineData(0x8C)]
    [InlineData(0x5F24)]
    public void A_mandatory_object_is_missed(uint tag)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[tag] = null;

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), Ends(card));
        Assert.Equal(0, card.Count(0xAE));
    }

    [Fact]
    public void An_object_that_comes_twice_ends_the_transaction()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Options[EmvTag.ExpirationDate] = Convert.FromHexString("301231");

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.DuplicateCardData), Ends(card));
    }

    [Fact]
    public void An_object_of_the_terminal_is_never_taken_from_the_card()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[EmvTag.Amount] = Convert.FromHexString("000000000001");
        card.Record[0x9F6E] = Convert.FromHexString("FFFFFFFF");

        Outcome outcome = card.Run();

        Assert.Equal("000000001000", card.Sent(0xAE, EmvTag.Amount));
        Assert.Equal("18C00003", Convert.ToHexString(outcome.DataRecord![0x9F6E]!));
    }

    [Theory]
    [InlineData("4761739001010010", true, OutcomeReason.BrandMismatch)]
    [InlineData("4761739001010010", false, OutcomeReason.OnlineAsked)]
    public void A_number_of_another_brand_is_refused(string pan, bool checks, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[EmvTag.Pan] = Convert.FromHexString(pan);
        card.Record[EmvTag.Track2EquivalentData] = Convert.FromHexString(pan + "D30122010000000000");
        card.Combination = card.Combination with { Kernel4 = card.Combination.Kernel4 with { CheckBrand = checks } };

        Assert.Equal(reason, card.Run().Reason);
    }

    [Theory]

    // Verified on the device, whatever was required.
    [InlineData("010302", 5000, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("010002", 5000, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("010002", 1000, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]

    // Not verified: no matter below the limit, back to the phone above it, or nothing when the phone takes no more.
    [InlineData("3F0000", 1000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("3F0000", 5000, OutcomeKind.EndApplication, CvmKind.NotApplicable)]
    [InlineData("010301", 5000, OutcomeKind.EndApplication, CvmKind.NotApplicable)]
    [InlineData("010001", 1000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("010303", 5000, OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData("010003", 1000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("010300", 5000, OutcomeKind.EndApplication, CvmKind.NotApplicable)]
    public void The_mobile_results_decide_for_a_device(string results, long amount, OutcomeKind kind, CvmKind cvm)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString("18C0");
        card.Options[0x9F71] = Convert.FromHexString(results);
        card.Request = card.Request with { AmountMinor = amount };

        Outcome outcome = card.Run();

        Assert.Equal((kind, cvm), (outcome.Kind, outcome.Cvm));
        Assert.Equal(cvm is CvmKind.ConfirmationCodeVerified ? results : "1F0002", Convert.ToHexString(outcome.DataRecord?[EmvTag.CvmResults] ?? [0x1F, 0, 2]));
    }

    [Theory]
    [InlineData("1880", "18C00003")]
    [InlineData("18C0", "10C00003")]
    [InlineData("18C0", "18400003")]
    public void Mobile_results_count_only_where_both_sides_have_mobile(string profile, string reader)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString(profile);
        card.Options[0x9F71] = Convert.FromHexString("010302");
        Change(card, options => options with { ReaderCapabilities = Convert.FromHexString(reader) });
        card.Request = card.Request with { AmountMinor = 5000 };

        Assert.Equal(CvmKind.OnlinePin, card.Run().Cvm);
    }

    [Theory]
    [InlineData("42031E03", "18C00003", CvmKind.OnlinePin, "420300", "0000048000")]
    [InlineData("42031E03", "18A00003", CvmKind.ObtainSignature, "1E0300", "0000008000")]
    [InlineData("420341031F02", "18800003", CvmKind.NoCvm, "1F0202", "0000008000")]
    [InlineData("0201", "18C00003", CvmKind.NoCvm, "3F0001", "0000808000")]
    [InlineData("41031E00", "18C00003", CvmKind.NoCvm, "3F0001", "0000808000")]
    [InlineData("770042031F00", "18C00003", CvmKind.OnlinePin, "420300", "0000448000")]
    public void Above_the_limit_the_list_decides(string rules, string reader, CvmKind cvm, string results, string tvr)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[EmvTag.CvmList] = Convert.FromHexString("0000000000000000" + rules);
        Change(card, options => options with { ReaderCapabilities = Convert.FromHexString(reader) });
        card.Request = card.Request with { AmountMinor = 5000 };

        Outcome outcome = card.Run();

        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal((results, "80" + tvr[2..]), (Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!), Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!)));
    }

    [Theory]
    [InlineData(false, "42031E03", "18C00003", CvmKind.NoCvm)]
    [InlineData(true, "42031E03", "18C00003", CvmKind.OnlinePin)]
    [InlineData(true, "42031F03", "18C00003", CvmKind.NoCvm)]
    [InlineData(true, "42031E03", "18C00083", CvmKind.NoCvm)]
    public void The_no_CVM_check_asks_below_the_limit_where_it_is_on(bool isOn, string rules, string reader, CvmKind cvm)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[EmvTag.CvmList] = Convert.FromHexString("0000000000000000" + rules);
        card.Combination = card.Combination with
        {
            Kernel4 = card.Combination.Kernel4 with { NoCvmCheck = isOn, NoCvmResults = [0x3F, 0, 0], ReaderCapabilities = Convert.FromHexString(reader) },
        };

        Outcome outcome = card.Run();

        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal(cvm is CvmKind.NoCvm ? "3F0000" : "420300", Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
    }

    [Theory]

    // Asked for, answered: a card may only go down.
    [InlineData("DE00FC9800", 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("DE00FC9800", 0x40, OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired)]
    [InlineData("DE00FC9800", 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    [InlineData("DE00FC9800", 0xC0, OutcomeKind.Declined, OutcomeReason.CryptogramTypeUnknown)]
    [InlineData("0000000000", 0x40, OutcomeKind.Approved, OutcomeReason.ApprovedOffline)]
    [InlineData("0000000000", 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("0000000000", 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    public void The_answer_to_what_was_asked_decides(string tacOnline, byte cid, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Cid = cid;
        Change(card, options => options with { TacOnline = Convert.FromHexString(tacOnline) });

        Assert.Equal((kind, reason), Ends(card));
        Assert.Equal(tacOnline[0] == 'D' ? 0x80 : 0x40, card.Control);
    }

    [Theory]
    [InlineData(OutcomeKind.Declined, "18C00003")]
    [InlineData(OutcomeKind.Declined, "1CC00003")]
    [InlineData(OutcomeKind.TryAnotherInterface, "9CC00003")]
    public void A_refusal_goes_to_the_contacts_where_the_reader_has_them(OutcomeKind kind, string reader)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Cid = 0x00;
        Change(card, options => options with { ReaderCapabilities = Convert.FromHexString(reader) });

        Outcome outcome = card.Run();

        Assert.Equal(kind, outcome.Kind);
        Assert.Null(outcome.Account);
    }

    [Theory]
    [InlineData(1000, 1000, true, "8000008000")]
    [InlineData(1000, 1000, false, "8000000000")]
    [InlineData(1001, 1000, false, "8000008000")]
    [InlineData(999, 1000, true, "8000000000")]
    public void The_floor_limit_is_exceeded_by_an_amount_that_equals_it_where_it_says_so(long amount, long floor, bool inclusive, string tvr)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Request = card.Request with { AmountMinor = amount };
        card.Combination = card.Combination with { FloorLimit = floor, Kernel4 = card.Combination.Kernel4 with { FloorLimitInclusive = inclusive } };

        card.Run();

        Assert.Equal(tvr, card.Sent(0xAE, EmvTag.Tvr));
    }

    [Theory]
    [InlineData(0x5F24, "251231", "8040008000")]
    [InlineData(0x5F25, "270101", "8020008000")]
    [InlineData(0x9F08, "0002", "8080008000")]
    [InlineData(0x9F07, "0100", "8010008000")]
    public void Restrictions_set_bits_and_the_action_codes_decide(uint tag, string value, string tvr)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[tag] = Convert.FromHexString(value);

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), Ends(card));
        Assert.Equal(tvr, card.Sent(0xAE, EmvTag.Tvr));
    }

    [Fact]
    public void A_denial_asks_for_an_AAC_without_a_signature()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString("1980");
        card.Record[EmvTag.ExpirationDate] = Convert.FromHexString("251231");
        Change(card, options => options with { TacDenial = Convert.FromHexString("0040000000") });

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), Ends(card));
        Assert.Equal(0x00, card.Control);
    }

    [Fact]
    public void A_listed_account_is_refused()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.ExceptionFile.Add("374245001741007");

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), Ends(card));
    }

    [Theory]
    [InlineData(EmvTag.Atc)]
    [InlineData(EmvTag.IssuerApplicationData)]
    public void An_answer_without_a_mandatory_object_ends_the_transaction(uint tag)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Cryptogram[tag] = null;

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), Ends(card));
    }

    [Fact]
    public void An_answer_without_a_cryptogram_is_no_request()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Cryptogram[EmvTag.Cryptogram] = null;

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.MissingCardData), Ends(card));
    }

    [Fact]
    public void A_torn_cryptogram_is_asked_for_anew_with_a_new_number()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        bool torn = false;
        card.Taps = 2;
        card.Answers[0xAE] = command => torn ? ScriptedCard.Done(0x77, [0x9F, 0x27, 0x01, (byte)(command[2] & 0xC0), .. card.Cryptogram.Encode()]) : Tear();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), Ends(card));
        Assert.Equal("00000002", card.Sent(0xAE, EmvTag.UnpredictableNumber));

        byte[] Tear()
        {
            torn = true;
            return [];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Membership_data_is_kept_only_where_it_is_wanted_and_never_in_the_record(bool isWanted)
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Record[0x9F5A] = [1, 2];
        card.Record[0x9F5B] = "MEMBER"u8.ToArray();
        card.Combination = card.Combination with { Kernel4 = card.Combination.Kernel4 with { DeliverMembership = isWanted } };

        Outcome outcome = card.Run();

        Assert.Equal(isWanted ? "MEMBER" : null, outcome.DiscretionaryData?[0x9F5B] is { } number ? System.Text.Encoding.ASCII.GetString(number) : null);
        Assert.Null(outcome.DataRecord![0x9F5B]);
        Assert.Null(outcome.DataRecord![0x9F5A]);
    }

    [Fact]
    public void A_set_of_dynamic_limits_is_chosen_by_the_configured_object()
    {
        ScriptedCard card = ScriptedAmericanExpress.Card();
        card.Pdol = "9F3501";
        card.Fci[0x9F70] = [0x20, 0x01];
        card.Combination = card.Combination with
        {
            Kernel4 = card.Combination.Kernel4 with { DynamicLimitTag = 0x9F70, DynamicLimits = [new DynamicLimitSet([0x20]) { CvmLimit = 500 }] },
        };

        card.Run();

        Assert.Equal("EA", card.Sent(0xA8, EmvTag.TerminalType));
    }

    private static void Change(ScriptedCard card, Func<Kernel4Options, Kernel4Options> change) =>
        card.Combination = card.Combination with { Kernel4 = change(card.Combination.Kernel4) };

    private static (OutcomeKind Kind, OutcomeReason Reason) Ends(ScriptedCard card)
    {
        Outcome outcome = card.Run();
        return (outcome.Kind, outcome.Reason);
    }
}
