using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Jcb;

/// <summary>Kernel 5 from its cryptogram on: status, mandatory objects, verification, outcome.</summary>
public sealed class Kernel5OutcomeTests
{
    [Theory]
    [InlineData(0x6984, OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked)]
    [InlineData(0x6985, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(0x6A81, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    public void A_status_of_the_cryptogram_command_has_its_outcome(int status, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Answers[ScriptedJcb.Generate] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];

        Assert.Equal((kind, reason), ScriptedJcb.Ends(card));
    }

    [Theory]
    [InlineData(0x6984)]
    [InlineData(0x6986)]
    public void A_legacy_card_sends_nowhere(int status)
    {
        ScriptedCard card = ScriptedJcb.Legacy();
        card.Answers[ScriptedJcb.Generate] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), ScriptedJcb.Ends(card));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public void A_phone_that_asks_for_its_owner_is_waited_for_a_number_of_times(int most, int taps)
    {
        ScriptedCard card = ScriptedJcb.Card();
        ScriptedJcb.Change(card, options => options with { MostPhoneRestarts = most });
        card.Answers[ScriptedJcb.Generate] = _ => [0x69, 0x86];
        card.Taps = 9;

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.CvmNotPossible), ScriptedJcb.Ends(card));
        Assert.Equal(taps, card.Count(ScriptedJcb.Generate));
        Assert.Equal(0, card.Count(ScriptedJcb.Echo));
    }

    [Theory]
    [InlineData(EmvTag.Atc, 0x80, false)]
    [InlineData(EmvTag.Cryptogram, 0x80, false)]
    [InlineData(0x9F50, 0x80, false)]
    [InlineData(0x9F50, 0x40, false)]
    [InlineData(EmvTag.Cryptogram, 0x00, false)]
    [InlineData(EmvTag.Atc, 0x80, true)]
    [InlineData(EmvTag.Cryptogram, 0x80, true)]
    public void What_the_answer_lacks_declines(uint tag, byte cid, bool isLegacy)
    {
        ScriptedCard card = isLegacy ? ScriptedJcb.Legacy() : ScriptedJcb.Card();
        card.Cid = cid;
        card.Cryptogram[tag] = null;

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.MissingCardData), ScriptedJcb.Ends(card));
    }

    [Theory]
    [InlineData("9F3600")]
    [InlineData("9F360100")]
    [InlineData("9F360200429F36020042")]
    [InlineData("9F5002")]
    public void An_answer_that_breaks_a_rule_declines(string more)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Answers[ScriptedJcb.Generate] = _ => ScriptedCard.Done(0x77, [0x9F, 0x27, 0x01, 0x80, .. Convert.FromHexString(more)]);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.Declined, outcome.Kind);
        Assert.Contains(outcome.Reason, (OutcomeReason[])[OutcomeReason.BadCardData, OutcomeReason.DuplicateCardData]);
    }

    [Fact]
    public void Format_1_is_for_legacy_cards_only()
    {
        foreach ((ScriptedCard card, OutcomeKind kind) in ((ScriptedCard, OutcomeKind)[])
            [(ScriptedJcb.Card(), OutcomeKind.Declined), (ScriptedJcb.Legacy(), OutcomeKind.OnlineRequest)])
        {
            byte[] answer = Convert.FromHexString("800042112233445566778806010203A40000");
            card.Answers[ScriptedJcb.Generate] = _ => ScriptedCard.Done(0x80, answer);

            Assert.Equal(kind, card.Run().Kind);
        }
    }

    [Fact]
    public void A_signature_that_was_asked_for_must_be_there_and_right()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Options[EmvTag.Aip] = Convert.FromHexString("1980");
        foreach ((uint tag, string hex) in ((uint, string)[])[(0x8F, "92"), (0x90, "00"), (0x9F32, "03"), (0x9F46, "00"), (0x9F47, "03")])
        {
            card.Record[tag] = Convert.FromHexString(hex);
        }

        card.Keys.Add(PublishedCaKeys.Test.First(key => key.Index == 0x92) with { Rid = Convert.FromHexString("A000000065") });
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.MissingCardData), ScriptedJcb.Ends(card));

        card.Cryptogram[EmvTag.SignedDynamicData] = new byte[128];
        Outcome outcome = card.Run();
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.AuthenticationFailed), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
        Assert.Null(outcome.Account);

        // The host gets what the cryptogram covers.
        Assert.Equal("0000008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    [Theory]

    // Asked for, answered: a card may only go down.
    [InlineData(0x22, "9060009000", 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData(0x22, "9060009000", 0x40, OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired)]
    [InlineData(0x22, "9060009000", 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    [InlineData(0x22, "9060009000", 0xC0, OutcomeKind.Declined, OutcomeReason.CryptogramTypeUnknown)]
    [InlineData(0x22, "0000000000", 0x40, OutcomeKind.Approved, OutcomeReason.ApprovedOffline)]
    [InlineData(0x22, "0000000000", 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData(0x23, "0000000000", 0x80, OutcomeKind.Declined, OutcomeReason.ReaderOfflineOnly)]
    [InlineData(0x23, "0000000000", 0x40, OutcomeKind.Approved, OutcomeReason.ApprovedOffline)]
    public void The_answer_to_what_was_asked_decides(byte type, string codes, byte cid, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.TerminalType = type;
        card.Cid = cid;
        byte[] all = Convert.FromHexString(codes);
        ScriptedJcb.Change(card, options => options with { TacOnline = all, TacDefault = all });

        Outcome outcome = card.Run();

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(kind is OutcomeKind.Declined, outcome.Account is null);
    }

    [Theory]
    [InlineData(0x22, OutcomeKind.OnlineRequest, OutcomeReason.OnlineRequiredByReader)]
    [InlineData(0x23, OutcomeKind.Declined, OutcomeReason.ActionCodes)]
    public void A_refund_asks_for_a_refusal_and_goes_to_the_host(byte type, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.TerminalType = type;
        card.Request = card.Request with { Kind = TransactionKind.Refund };
        card.Cryptogram[0x9F50] = null;

        Assert.Equal((kind, reason), ScriptedJcb.Ends(card));
        Assert.Equal(0x00, card.Control);
    }

    [Theory]

    // The card's word, as far as the reader offers what it asks for.
    [InlineData("00", 1000, "700000", CvmKind.NoCvm, "1F0002")]
    [InlineData("00", 5000, "700000", null, null)]
    [InlineData("10", 1000, "700000", CvmKind.ObtainSignature, "1E0000")]
    [InlineData("10", 5000, "300000", null, null)]
    [InlineData("20", 1000, "700000", CvmKind.OnlinePin, "020000")]
    [InlineData("20", 5000, "700000", CvmKind.OnlinePin, "020000")]
    [InlineData("20", 5000, "500000", null, null)]
    [InlineData("30", 1000, "700000", CvmKind.ConfirmationCodeVerified, "010002")]
    [InlineData("3A", 5000, "700000", CvmKind.ConfirmationCodeVerified, "010002")]
    [InlineData("30", 5000, "600000", null, null)]

    // No preference: the merchant's choice where a verification is required.
    [InlineData("F0", 1000, "700000", CvmKind.NoCvm, "1F0002")]
    [InlineData("F0", 5000, "700000", CvmKind.OnlinePin, "020000")]
    [InlineData("40", 5000, "500000", null, null)]
    public void The_word_of_the_card_chooses_the_verification(string status, long amount, string profile, CvmKind? cvm, string? results)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { AmountMinor = amount };
        card.Cryptogram[0x9F50] = Convert.FromHexString(status);
        ScriptedJcb.Change(card, options => options with { InterchangeProfile = Convert.FromHexString(profile) });

        Outcome outcome = card.Run();

        Assert.Equal(cvm is null ? OutcomeReason.CvmNotPossible : OutcomeReason.OnlineAsked, outcome.Reason);
        Assert.Equal(cvm ?? CvmKind.NoCvm, outcome.Cvm);
        Assert.Equal(results ?? "000000", Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
        Assert.Equal(cvm is CvmKind.ObtainSignature, outcome.Receipt);
    }

    [Theory]
    [InlineData(Kernel5Verifications.Signature, "700000", CvmKind.ObtainSignature)]
    [InlineData(Kernel5Verifications.Signature, "300000", null)]
    [InlineData(Kernel5Verifications.None, "300000", CvmKind.NoCvm)]
    [InlineData(Kernel5Verifications.OnlinePin, "300000", CvmKind.OnlinePin)]
    public void What_a_card_without_preference_is_asked_for_is_a_switch(Kernel5Verifications choice, string profile, CvmKind? cvm)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Request = card.Request with { AmountMinor = 5000 };
        card.Cryptogram[0x9F50] = [0xF0];
        ScriptedJcb.Change(card, options => options with
        {
            WithoutPreference = choice, InterchangeProfile = Convert.FromHexString(profile),
        });

        Outcome outcome = card.Run();

        Assert.Equal((cvm is null ? OutcomeKind.Declined : OutcomeKind.OnlineRequest, cvm ?? CvmKind.NoCvm), (outcome.Kind, outcome.Cvm));
    }

    [Theory]
    [InlineData(1000, "42031E03", "700000", CvmKind.NoCvm)]
    [InlineData(5000, "42031E03", "700000", CvmKind.OnlinePin)]
    [InlineData(5000, "42031E03", "500000", CvmKind.ObtainSignature)]
    [InlineData(5000, "1F00", "700000", null)]
    [InlineData(5000, "44001F00", "700000", null)]
    [InlineData(5000, "4203", "500000", null)]
    [InlineData(5000, null, "300000", CvmKind.OnlinePin)]
    [InlineData(5000, "42", "700000", null)]
    public void The_list_of_a_legacy_card_counts_above_the_limit(long amount, string? rules, string profile, CvmKind? cvm)
    {
        ScriptedCard card = ScriptedJcb.Legacy();
        card.Request = card.Request with { AmountMinor = amount };
        card.Record[EmvTag.CvmList] = rules is null ? null : Convert.FromHexString("0000000000000000" + rules);
        ScriptedJcb.Change(card, options => options with { InterchangeProfile = Convert.FromHexString(profile) });

        Outcome outcome = card.Run();

        Assert.Equal((cvm is null ? OutcomeKind.Declined : OutcomeKind.OnlineRequest, cvm ?? CvmKind.NoCvm), (outcome.Kind, outcome.Cvm));
    }

    [Fact]
    public void An_offline_approval_with_an_online_PIN_is_none()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Cryptogram[0x9F50] = [0x20];
        ScriptedJcb.Change(card, options => options with { TacOnline = new byte[5] });

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.CvmNotPossible), ScriptedJcb.Ends(card));
        Assert.Equal(0x40, card.Control);
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x40)]
    public void A_legacy_card_is_asked_for_an_online_cryptogram_and_must_give_one(byte cid)
    {
        ScriptedCard card = ScriptedJcb.Legacy();
        card.Combination = card.Combination with { FloorLimit = 9000 };
        card.Cid = cid;
        ScriptedJcb.Change(card, options => options with { TacOnline = new byte[5] });

        Assert.Equal(cid == 0x80 ? OutcomeKind.OnlineRequest : OutcomeKind.Declined, card.Run().Kind);
        Assert.Equal(0x80, card.Control);
    }

    [Fact]
    public void A_data_record_holds_what_the_cryptogram_covers_and_no_account()
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Cryptogram[0x9F50] = [0x20];

        Outcome outcome = card.Run();

        // "Online PIN entered" came after the cryptogram.
        Assert.Equal("8000008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
        Assert.Equal("8000048000", outcome.Tvr.ToString());
        Assert.Equal("20", Convert.ToHexString(outcome.DataRecord![0x9F50]!));
        Assert.Null(outcome.DataRecord![EmvTag.Track2EquivalentData]);
        Assert.Null(outcome.DataRecord![EmvTag.Pan]);
        Assert.NotNull(outcome.Account);
    }

    [Fact]
    public void A_stop_ends_the_kernel_before_the_cryptogram_and_not_after()
    {
        foreach ((byte instruction, bool isStopped) in ((byte, bool)[])[(0xA8, true), (0xB2, true), (0xAE, false)])
        {
            ScriptedCard card = ScriptedJcb.Card();
            bool stopped = false;
            card.Answers[instruction] = _ =>
            {
                stopped = card.Reader.Step(new ReaderEvent.Stop()).OfType<ReaderEffect.Finish>()
                    .Any(one => one.Outcome.Reason is OutcomeReason.Stopped);
                return [0x69, 0x85];
            };

            try
            {
                card.Run();
            }
            catch (InvalidOperationException)
            {
                // A reader that was stopped takes no answer.
            }

            Assert.Equal(isStopped, stopped);
        }
    }
}
