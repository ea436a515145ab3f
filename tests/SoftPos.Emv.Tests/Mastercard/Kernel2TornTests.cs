using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>Torn transactions: what is kept, for how long, and when it is asked for again (Book C-2, S9 to S11).</summary>
public sealed class Kernel2TornTests
{
    private const byte Generate = 0xAE;
    private const byte Recover = 0xD0;

    [Fact]
    public void A_torn_cryptogram_is_recovered_with_the_values_of_its_own_tap()
    {
        ScriptedMastercard card = Card(2);
        LoseOnce(card, Generate);
        card.Answers[Recover] = _ => ScriptedMastercard.Done(0x77, [0x9F, 0x27, 0x01, 0x40, .. card.Cryptogram.Encode()]);

        Outcome outcome = card.Run();

        // DRDOL asks for 9F37: the number of the first tap, not that of the second.
        Assert.Equal("80D000000400000001" + "00", Convert.ToHexString(Assert.Single(card.Commands, command => command[1] == Recover)));
        Assert.Equal("00000001", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
    }

    [Fact]
    public void Nothing_to_recover_leads_to_a_new_cryptogram_and_forgets_the_old()
    {
        ScriptedMastercard card = Card(2);
        LoseOnce(card, Generate);
        card.Answers[Recover] = _ => [0x69, 0x85];
        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(2, card.Commands.Count(command => command[1] == Generate));

        card.Commands.Clear();
        card.Taps = 1;
        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.DoesNotContain(card.Commands, command => command[1] == Recover);
    }

    [Fact]
    public void A_field_that_breaks_while_recovering_keeps_the_record()
    {
        ScriptedMastercard card = Card(3);
        LoseOnce(card, Generate);
        int recoveries = 0;
        card.Answers[Recover] = _ => ++recoveries == 1 ? [] : ScriptedMastercard.Done(0x77, [0x9F, 0x27, 0x01, 0x40, .. card.Cryptogram.Encode()]);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.Approved, 2), (outcome.Kind, recoveries));
        Assert.Equal("00000001", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
    }

    [Fact]
    public void A_second_loss_replaces_the_record_by_the_later_one()
    {
        ScriptedMastercard card = Card(3);
        int cryptograms = 0;
        card.Answers[Generate] = _ =>
        {
            cryptograms++;
            return [];
        };
        List<string> asked = [];
        card.Answers[Recover] = command =>
        {
            asked.Add(Convert.ToHexString(command.AsSpan(5, 4)));
            return asked.Count == 1 ? [0x69, 0x85] : ScriptedMastercard.Done(0x77, [0x9F, 0x27, 0x01, 0x40, .. card.Cryptogram.Encode()]);
        };

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.Equal(2, cryptograms);
        Assert.Equal(["00000001", "00000002"], asked);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, false, true)]
    [InlineData(2, true, true)]
    public void No_more_records_are_kept_than_configured(int records, bool first, bool second)
    {
        ScriptedMastercard card = Card(1);
        card.Kernel = card.Kernel with { TornRecords = records };
        card.Answers[Generate] = _ => [];
        card.Answers[Recover] = _ => ScriptedMastercard.Done(0x77, [0x9F, 0x27, 0x01, 0x40, .. card.Cryptogram.Encode()]);
        foreach (string sequence in (string[])["01", "02"])
        {
            card.Record[EmvTag.PanSequenceNumber] = ScriptedMastercard.Hex(sequence);
            card.Taps = 1;
            Assert.Equal(OutcomeReason.Stopped, card.Run().Reason);
        }

        card.Answers.Remove(Generate);
        Assert.Equal(second, Recovers(card, "02"));
        Assert.Equal(first, Recovers(card, "01"));
    }

    [Theory]
    [InlineData(EmvTag.Amount)]
    [InlineData(EmvTag.TransactionType)]
    [InlineData(EmvTag.CurrencyCode)]
    public void Another_sale_is_not_recovered(uint what)
    {
        ScriptedMastercard card = Card(1);
        LoseOnce(card, Generate);
        card.Run();
        card.Request = what switch
        {
            EmvTag.Amount => card.Request with { AmountMinor = 999 },
            EmvTag.TransactionType => card.Request with { Kind = TransactionKind.Refund },
            _ => card.Request with { CurrencyCode = 840 },
        };

        Assert.False(Recovers(card, "01"));
    }

    [Fact]
    public void A_card_without_a_list_for_recovery_is_not_kept()
    {
        ScriptedMastercard card = Card(2);
        card.Record[EmvTag.Drdol] = null;
        LoseOnce(card, Generate);

        Assert.Equal(OutcomeKind.Approved, card.Run().Kind);
        Assert.DoesNotContain(card.Commands, command => command[1] == Recover);
    }

    private static ScriptedMastercard Card(int taps)
    {
        ScriptedMastercard card = new() { Taps = taps };
        card.Kernel = card.Kernel with { TornRecords = 2 };
        card.Record[EmvTag.Drdol] = ScriptedMastercard.Hex("9F3704");
        return card;
    }

    private static bool Recovers(ScriptedMastercard card, string sequence)
    {
        card.Record[EmvTag.PanSequenceNumber] = ScriptedMastercard.Hex(sequence);
        card.Commands.Clear();
        card.Taps = 1;
        Assert.NotEqual(OutcomeReason.Stopped, card.Run().Reason);
        return card.Commands.Exists(command => command[1] == Recover);
    }

    private static void LoseOnce(ScriptedMastercard card, byte instruction) => card.Answers[instruction] = _ =>
    {
        card.Answers.Remove(instruction);
        return [];
    };
}
