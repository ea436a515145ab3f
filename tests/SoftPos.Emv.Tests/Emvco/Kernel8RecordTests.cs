using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Records, in the clear and enciphered, and the TLV database (Book C-8, 4, 23).</summary>
public sealed class Kernel8RecordTests
{
    [Fact]
    public void Enciphered_and_plain_records_give_the_same_payment()
    {
        ScriptedKernel8 enciphered = new();
        ScriptedKernel8 plain = new() { IsEnciphered = false };

        (Outcome one, Outcome other) = (enciphered.Run(), plain.Run());

        Assert.True(one.Oda!.IsValid);
        Assert.True(other.Oda!.IsValid);
        Assert.Equal(one.DataRecord![EmvTag.Pan], other.DataRecord![EmvTag.Pan]);
        Assert.Equal(one.Account!.MaskedPan, other.Account!.MaskedPan);
    }

    [Fact]
    public void Nothing_that_the_card_sends_under_the_channel_shows_the_account()
    {
        ScriptedKernel8 card = new();
        List<string> answers = [];
        int left = 1;
        SoftPos.Emv.EntryPoint.ReaderRun.ToOutcome(
            card.Reader,
            card.Start(),
            command =>
            {
                byte[]? answer = card.Transceive(command.ToArray());
                answers.Add(Convert.ToHexString(answer!));
                return answer;
            },
            () => left-- > 0);

        Assert.DoesNotContain(answers, answer => answer.Contains(ScriptedKernel8.PanHex, StringComparison.Ordinal));
        Assert.DoesNotContain(card.Commands, command => Convert.ToHexString(command).Contains(ScriptedKernel8.PanHex, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0x8000)]
    [InlineData(0x8002)]
    [InlineData(0x0000)]
    public void A_record_under_another_counter_cannot_be_read(int counter)
    {
        ScriptedKernel8 card = new();
        bool shifted = false;
        Func<byte[], byte[]> read = command =>
        {
            card.Counter = shifted ? card.Counter : (ushort)counter;
            shifted = true;
            card.Answers.Remove(0xB2, out Func<byte[], byte[]>? self);
            byte[] answer = card.Transceive(command)!;
            card.Answers[0xB2] = self!;
            card.Commands.RemoveAt(card.Commands.Count - 1);
            return answer;
        };
        card.Answers[0xB2] = read;

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.EndApplication, outcome.Kind);
        Assert.Null(outcome.Account);
    }

    [Fact]
    public void Counters_follow_the_order_in_which_records_are_read()
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Afl] = ScriptedKernel8.Hex("1801020010010101");

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal(["0118", "0218", "0110"], card.Commands.Where(command => command[1] == 0xB2).Select(command => $"{command[2]:X2}{command[3] & 0xF8:X2}"));
    }

    [Theory]
    [InlineData("6A83", "00036A831C")]
    [InlineData("9000", "000400001C")]
    [InlineData("71009000", "000400001C")]
    [InlineData("7000" + "7000" + "9000", "000400001C")]
    [InlineData("70055A0299" + "9000", "000400001C")]
    [InlineData("7005950500000000009000", "000400001C")]
    [InlineData("70079F37040102030470009000", "000400001C")]
    public void A_bad_record_ends_the_transaction(string answer, string error)
    {
        ScriptedKernel8 card = new();
        card.Answers[0xB2] = _ => ScriptedKernel8.Hex(answer);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.EndApplication, outcome.Kind);
        Assert.Equal(error[..4] + "00" + error[4..], ScriptedKernel8.Error(outcome));
        Assert.Equal(UiMessage.UseAnotherCard, outcome.UiOnOutcome!.Message);
    }

    [Theory]
    [InlineData("11010100")]
    [InlineData("100000")]
    [InlineData("10020100")]
    [InlineData("10000100")]
    [InlineData("10010103")]
    [InlineData("F8010100")]
    [InlineData("0001FF00" + "1001FF00")]
    public void A_file_locator_that_breaks_a_rule_ends_the_transaction(string afl)
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Afl] = ScriptedKernel8.Hex(afl);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.EndApplication, outcome.Kind);
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xB2);
    }

    [Fact]
    public void More_records_than_any_card_has_are_not_read()
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Afl] = ScriptedKernel8.Hex("1001FF00");

        Assert.Equal((OutcomeReason.TooManyRecords, "00060000001C"), card.Run() is { } outcome ? (outcome.Reason, ScriptedKernel8.Error(outcome)) : default);
    }

    [Fact]
    public void The_same_object_may_come_again_and_another_value_may_not()
    {
        ScriptedKernel8 card = new();
        card.Keys[0][EmvTag.ExpirationDate] = ScriptedKernel8.Hex("301231");
        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);

        card = new ScriptedKernel8();
        card.Keys[0][EmvTag.ExpirationDate] = ScriptedKernel8.Hex("311231");
        Outcome outcome = card.Run();
        Assert.Equal((OutcomeReason.DuplicateCardData, "00040000001C"), (outcome.Reason, ScriptedKernel8.Error(outcome)));
    }

    [Fact]
    public void Objects_inside_templates_count_and_unknown_ones_are_skipped()
    {
        ScriptedKernel8 card = new();
        card.Record[0x9F24] = null;
        card.Keys[1][0x61] = new TlvWriter().Write(0x9F24, new byte[29]).Write(0xC1, [1, 2, 3]).ToArray();

        Outcome outcome = card.Run();

        Assert.Equal(new byte[29], outcome.DataRecord![EmvTag.Par]);
    }

    [Fact]
    public void Templates_without_end_are_refused()
    {
        byte[] nested = [0x42, 0x03, 1, 2, 3];
        for (int depth = 0; depth < 12; depth++)
        {
            nested = new TlvWriter().Write(0x61, nested).ToArray();
        }

        ScriptedKernel8 card = new();
        card.Answers[0xB2] = _ => ScriptedKernel8.Done(0x70, nested);

        Assert.Equal("00040000001C", ScriptedKernel8.Error(card.Run()));
    }

    [Theory]
    [InlineData(true, OutcomeKind.EndApplication)]
    [InlineData(false, OutcomeKind.OnlineRequest)]
    public void What_a_card_must_not_give_spoils_a_record_where_the_configuration_is_strict(bool strict, OutcomeKind kind)
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { StrictCardData = strict };
        card.Keys[1][EmvTag.Amount] = ScriptedKernel8.Hex("000000000001");
        card.Keys[1][EmvTag.IssuerCountryCode] = [0x02];

        Outcome outcome = card.Run();

        Assert.Equal(kind, outcome.Kind);
        if (!strict)
        {
            Assert.Equal("000000001000", Convert.ToHexString(outcome.DataRecord![EmvTag.Amount]!));
        }
    }

    [Fact]
    public void Account_number_and_track_must_agree()
    {
        ScriptedKernel8 card = new();
        card.Record[EmvTag.Track2EquivalentData] = ScriptedKernel8.Hex("9908420001000029D30122010000000000");

        Assert.Equal(OutcomeReason.PanMismatch, card.Run().Reason);
    }
}
