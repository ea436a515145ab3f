using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Jcb;

/// <summary>Torn transactions of kernel 5: what is kept, for how long, and how the lost answer is taken.</summary>
public sealed class Kernel5TornTests
{
    [Theory]
    [InlineData(0x9000)]
    [InlineData(0x6200)]
    public void A_torn_cryptogram_is_recovered_with_the_values_of_its_own_tap(int status)
    {
        ScriptedCard card = Torn(2);
        card.Answers[0xA8] = _ => card.Count(ScriptedJcb.Echo) == 0
            ? ScriptedCard.Done(0x77, card.Options.Encode())
            : [.. ScriptedCard.Done(0x77, card.Options.Encode())[..^2], (byte)(status >> 8), (byte)(status & 0xFF)];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), (outcome.Kind, outcome.Reason));
        Assert.Equal("80DF000000", Convert.ToHexString(Assert.Single(card.Commands, command => command[1] == ScriptedJcb.Echo)));
        Assert.Equal("00000001", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.Equal("8000008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
        Assert.Equal((1, 2), (card.Count(ScriptedJcb.Generate), card.Count(0xA8)));
        Assert.Equal("00000002", card.Sent(0xA8, EmvTag.UnpredictableNumber));
    }

    [Fact]
    public void The_verification_of_a_recovered_cryptogram_is_that_of_its_sale()
    {
        ScriptedCard card = Torn(2);
        card.Request = card.Request with { AmountMinor = 5000 };

        // 9F50 = 00 where a verification is required, as in a transaction that was not torn.
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.CvmNotPossible), ScriptedJcb.Ends(card));

        ScriptedCard phone = Torn(2);
        phone.Request = phone.Request with { AmountMinor = 5000 };
        phone.Cryptogram[0x9F50] = [0x30];
        Outcome outcome = phone.Run();
        Assert.Equal((OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified), (outcome.Kind, outcome.Cvm));
        Assert.Equal("B00000", Convert.ToHexString(outcome.DataRecord![0x9F53]!));
    }

    [Theory]
    [InlineData("6A88")]
    [InlineData("6D00")]
    [InlineData("9000")]
    public void A_card_with_nothing_to_recover_pays_anew(string answer)
    {
        ScriptedCard card = Torn(2);
        card.Answers[ScriptedJcb.Echo] = _ => Convert.FromHexString(answer);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal("00000002", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.Equal(2, card.Count(ScriptedJcb.Generate));
    }

    [Theory]
    [InlineData("770A9F2701809F360200429F")]
    [InlineData("77049F270180")]
    [InlineData("8000")]
    public void A_kept_answer_must_hold_what_a_first_one_must(string kept)
    {
        ScriptedCard card = Torn(2);
        card.Answers[ScriptedJcb.Echo] = _ => [.. Convert.FromHexString(kept), 0x90, 0x00];

        Assert.Equal(OutcomeKind.Declined, card.Run().Kind);
    }

    [Fact]
    public void Another_card_that_answers_is_not_taken()
    {
        ScriptedCard card = Torn(2);
        card.Answers[ScriptedJcb.Echo] = _ =>
        {
            card.Record[EmvTag.Pan] = Convert.FromHexString("3540599999992029");
            card.Record[EmvTag.Track2EquivalentData] = Convert.FromHexString("3540599999992029D30122010000000000");
            return ScriptedJcb.Answer(card, 0x80);
        };

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.BadCardData), ScriptedJcb.Ends(card));

        // Nothing is left of the first card.
        card.Taps = 1;
        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);
        Assert.Equal(1, card.Count(ScriptedJcb.Echo));
    }

    [Fact]
    public void A_lost_echo_ends_the_recovery()
    {
        ScriptedCard card = Torn(3);
        card.Answers[ScriptedJcb.Echo] = _ => [];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 1, 2), (outcome.Kind, card.Count(ScriptedJcb.Echo), card.Count(ScriptedJcb.Generate)));
    }

    [Fact]
    public void A_card_that_leaves_after_its_echo_is_asked_once_more()
    {
        ScriptedCard card = Torn(3);
        card.Answers[0xB2] = _ => card.Count(ScriptedJcb.Echo) == 1 ? [] : ScriptedCard.Done(0x70, card.Record.Encode());

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 2, 1), (outcome.Kind, card.Count(ScriptedJcb.Echo), card.Count(ScriptedJcb.Generate)));
        Assert.Equal("00000001", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
    }

    [Theory]
    [InlineData(60, 60, true)]
    [InlineData(60, 61, false)]
    [InlineData(60, -1, false)]
    [InlineData(0, 0, false)]
    public void A_torn_transaction_is_kept_for_its_lifetime(int lifetime, int seconds, bool recovers)
    {
        ScriptedCard card = Torn(1);
        ScriptedJcb.Change(card, options => options with { TornLifetimeSeconds = lifetime });
        Assert.Equal(OutcomeReason.Stopped, card.Run().Reason);
        card.Request = card.Request with { Time = card.Request.Time.Add(TimeSpan.FromSeconds(seconds)) };

        card.Run();

        Assert.Equal(recovers ? 1 : 0, card.Count(ScriptedJcb.Echo));
    }

    [Theory]
    [InlineData(EmvTag.Amount)]
    [InlineData(EmvTag.TransactionType)]
    [InlineData(EmvTag.CurrencyCode)]
    public void Another_sale_is_not_recovered(uint what)
    {
        ScriptedCard card = Torn(1);
        card.Run();
        card.Request = what switch
        {
            EmvTag.Amount => card.Request with { AmountMinor = 999 },
            EmvTag.TransactionType => card.Request with { Kind = TransactionKind.Refund },
            _ => card.Request with { CurrencyCode = 840 },
        };

        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);
        Assert.Equal(0, card.Count(ScriptedJcb.Echo));
    }

    [Fact]
    public void A_legacy_cryptogram_is_recovered_too()
    {
        ScriptedCard card = ScriptedJcb.Legacy();
        Tear(card, 2);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 1), (outcome.Kind, card.Count(ScriptedJcb.Generate)));
        Assert.Equal("00000001", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
    }

    [Fact]
    public void A_card_that_comes_back_in_another_mode_is_not_recovered()
    {
        ScriptedCard card = Torn(2);
        card.Answers[ScriptedJcb.Echo] = _ =>
        {
            card.Options[EmvTag.Aip] = Convert.FromHexString("1800");
            return ScriptedJcb.Answer(card, 0x80);
        };

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MagStripeNotSupported), ScriptedJcb.Ends(card));
    }

    [Fact]
    public void The_command_is_the_configured_one()
    {
        ScriptedCard card = Torn(2);
        ScriptedJcb.Change(card, options => options with { EchoCommand = [0x80, 0xDF, 0x01, 0x02] });

        card.Run();

        Assert.Equal("80DF0102", Convert.ToHexString(Assert.Single(card.Commands, command => command[1] == ScriptedJcb.Echo)));
    }

    private static ScriptedCard Torn(int taps)
    {
        ScriptedCard card = ScriptedJcb.Card();
        Tear(card, taps);
        return card;
    }

    /// <summary>The first answer to GENERATE AC is lost; ECHO gives it again.</summary>
    private static void Tear(ScriptedCard card, int taps)
    {
        card.Taps = taps;
        card.Answers[ScriptedJcb.Generate] = command =>
            card.Count(ScriptedJcb.Generate) == 1 ? [] : ScriptedJcb.Answer(card, (byte)(command[2] & 0xC0));
        card.Answers[ScriptedJcb.Echo] = _ => ScriptedJcb.Answer(card, 0x80);
    }
}
