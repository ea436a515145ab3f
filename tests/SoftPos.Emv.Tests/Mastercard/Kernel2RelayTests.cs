using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>Relay resistance: every bound of SR1 at its edge. Times are in 0.1 ms; command 18, response 24 are taken off each.</summary>
public sealed class Kernel2RelayTests
{
    private const int Transmission = 18 + 24;

    [Theory]
    [InlineData(79, false)]
    [InlineData(80, true)]
    [InlineData(81, true)]
    public void Faster_than_the_card_can_be_less_the_grace_is_an_attack(int time, bool accepted)
    {
        // Least time 100, grace 20.
        ScriptedMastercard card = Card("00640190", "0018");
        card.Elapsed = Transmission + time;

        Outcome outcome = card.Run();

        Assert.Equal(accepted, outcome.Kind is OutcomeKind.Approved);
        if (!accepted)
        {
            Assert.Equal(OutcomeReason.RelayResistance, outcome.Reason);
            Assert.Equal("00060000001C", ScriptedMastercard.Error(outcome));
        }
    }

    [Theory]
    [InlineData(449, 1, "800000000A", false)]
    [InlineData(450, 1, "800000000A", false)]
    [InlineData(451, 3, "800000000E", true)]
    public void Slower_than_the_card_says_plus_the_grace_is_asked_three_times(int time, int exchanges, string tvr, bool exceeded)
    {
        // Most time 400, grace 50; the accuracy threshold of 300 is passed in each case.
        ScriptedMastercard card = Card("00640190", "0018");
        card.Elapsed = Transmission + time;

        Outcome outcome = card.Run();

        List<byte[]> sent = [.. card.Commands.Where(command => command[1] == 0xEA)];
        Assert.Equal(exchanges, sent.Count);
        Assert.Equal(exchanges, sent.Select(command => Convert.ToHexString(command)).Distinct().Count());
        Assert.Equal((tvr, exceeded), (outcome.Tvr.ToString(), outcome.Tvr.Has(Tvr.RelayTimesExceeded)));

        // The number of the last exchange goes into the cryptogram, none is made after it.
        Assert.Equal(Convert.ToHexString(sent[^1].AsSpan(5, 4)), card.Sent(EmvTag.UnpredictableNumber));
    }

    [Theory]
    [InlineData("0018", 300, false)]
    [InlineData("0018", 301, true)]
    [InlineData("000C", 0, false)]
    [InlineData("000B", 0, true)]
    [InlineData("0030", 0, false)]
    [InlineData("0031", 0, true)]
    [InlineData("0000", 301, false)]
    public void Estimates_that_differ_and_late_answers_pass_the_threshold(string estimate, int beyondLeast, bool exceeded)
    {
        ScriptedMastercard card = Card("00640FA0", estimate);
        int device = Convert.ToInt32(estimate, 16);
        card.Elapsed = 18 + Math.Min(device, 24) + 100 + beyondLeast;

        Assert.Equal(exceeded, card.Run().Tvr.Has(Tvr.RelayThresholdExceeded));
    }

    [Fact]
    public void A_second_try_in_time_ends_the_protocol()
    {
        ScriptedMastercard card = Card("00000190", "0018");
        int tries = 0;
        IReadOnlyList<ReaderEffect> effects = card.Start();
        Outcome? outcome = null;
        while (outcome is null)
        {
            ReaderEvent? next = null;
            foreach (ReaderEffect effect in effects)
            {
                switch (effect)
                {
                    case ReaderEffect.FieldOn:
                        next = new ReaderEvent.CardDetected();
                        break;
                    case ReaderEffect.SendCommand send:
                        bool slow = send.Command.Ins == 0xEA && tries++ == 0;
                        next = new ReaderEvent.CardResponse(card.Transceive(send.Command.ToArray()), slow ? 5000 : 50);
                        break;
                    case ReaderEffect.Proceed:
                        next = new ReaderEvent.Proceed();
                        break;
                    case ReaderEffect.Finish finish:
                        outcome = finish.Outcome;
                        break;
                }
            }

            effects = next is null ? [] : card.Reader.Step(next);
        }

        Assert.Equal(2, tries);
        Assert.Equal("8000000002", outcome.Tvr.ToString());
    }

    [Theory]
    [InlineData("1880", true)]
    [InlineData("1881", false)]
    public void Both_sides_must_have_the_protocol(string aip, bool configured)
    {
        ScriptedMastercard card = Card("00000190", "0018");
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex(aip);
        card.Kernel = card.Kernel with { RelayResistance = configured };

        Assert.Equal("8000000001", card.Run().Tvr.ToString());
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xEA);
    }

    [Theory]
    [InlineData("6985", OutcomeReason.CardStatus, "00030069851C")]
    [InlineData("80090102030400000190009000", OutcomeReason.BadCardData, "00040000001C")]
    [InlineData("770A010203040000019000189000", OutcomeReason.BadCardData, "00040000001C")]
    [InlineData("9000", OutcomeReason.BadCardData, "00040000001C")]
    public void A_response_that_is_none_ends_the_transaction(string response, OutcomeReason reason, string error)
    {
        ScriptedMastercard card = Card("00000190", "0018");
        card.Answers[0xEA] = _ => ScriptedMastercard.Hex(response);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(error, ScriptedMastercard.Error(outcome));
    }

    [Fact]
    public void What_was_measured_without_a_signature_goes_into_track_2()
    {
        ScriptedMastercard card = Card("00000190", "0018");
        card.Record[EmvTag.CaKeyIndex] = [0x05];
        card.Elapsed = Transmission + 123;

        Outcome outcome = card.Run();

        // CA index 5, no repeat, low entropy bytes CCDD = 52445, third BB = 187, 12.3 ms in whole milliseconds 012.
        Assert.Equal("5413339000001513D3012201" + "5052445187012" + "F", Convert.ToHexString(outcome.Account!.Reveal()[EmvTag.Track2EquivalentData]!));
    }

    private static ScriptedMastercard Card(string times, string estimate)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1881");
        card.Kernel = card.Kernel with { RelayResistance = true };
        card.Answers[0xEA] = _ => ScriptedMastercard.Done(0x80, ScriptedMastercard.Hex("AABBCCDD" + times + estimate));
        return card;
    }
}
