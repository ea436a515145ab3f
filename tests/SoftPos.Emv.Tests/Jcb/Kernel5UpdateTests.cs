using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Jcb;

/// <summary>Issuer data that go to a JCB card on a second presentment.</summary>
public sealed class Kernel5UpdateTests
{
    private const string Cdol2 = "8A02910A9F370495059F0206";

    [Theory]
    [InlineData(true, "02", Cdol2, true)]
    [InlineData(false, "02", Cdol2, false)]
    [InlineData(true, "01", Cdol2, false)]
    [InlineData(true, "00", Cdol2, false)]
    [InlineData(true, null, Cdol2, false)]
    [InlineData(true, "02", null, false)]
    [InlineData(true, "02", "8A", false)]
    public void A_second_presentment_needs_the_switch_and_the_cards_wish(bool isOn, string? wish, string? list, bool waits)
    {
        ScriptedCard card = Card(isOn, wish, list);

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal((waits ? StartPoint.B : StartPoint.NotApplicable, waits), (outcome.Start, card.Reader.WaitsForHost));
        Assert.Equal(isOn ? "308000" : "300000", card.Sent(0xAE, 0x9F53));
    }

    [Theory]
    [InlineData(true, 0x40, OutcomeKind.Approved)]
    [InlineData(false, 0x00, OutcomeKind.Declined)]
    public void The_second_cryptogram_stands_between_the_scripts_and_takes_the_values_of_the_first(
        bool approved, byte control, OutcomeKind kind)
    {
        ScriptedCard card = Card(true, "02", Cdol2);
        card.Run();
        card.Commands.Clear();

        Outcome last = Continue(
            card, approved, Answer("71", "8418000000") + Answer("72", "8424000000") + "910A11223344556677883030" + "8A023030");

        Assert.Equal((kind, OutcomeReason.IssuerUpdateDone), (last.Kind, last.Reason));
        Assert.Equal([0xA4, 0x18, 0xAE, 0x24], card.Commands.Select(command => command[1]));

        // Response code, issuer authentication data, then number, results and amount of the first presentment.
        Assert.Equal(
            $"80AE{control:X2}001B" + "3030" + "11223344556677883030" + "00000001" + "8000008000" + "000000001000" + "00",
            Convert.ToHexString(card.Commands[2]));
        Assert.Equal("2020", Convert.ToHexString(last.DiscretionaryData![EmvTag.ScriptResults]!));
    }

    [Fact]
    public void Without_issuer_authentication_there_is_no_second_cryptogram()
    {
        ScriptedCard card = Card(true, "02", Cdol2);
        card.Run();
        card.Commands.Clear();

        Assert.Equal(OutcomeKind.Approved, Continue(card, true, Answer("72", "8424000000")).Kind);
        Assert.Equal([0xA4, 0x24], card.Commands.Select(command => command[1]));
    }

    [Fact]
    public void Without_anything_for_the_card_the_hosts_decision_is_final()
    {
        ScriptedCard card = Card(true, "02", Cdol2);
        card.Run();
        card.Commands.Clear();

        Assert.Equal(OutcomeKind.Approved, Continue(card, true, "8A023030").Kind);
        Assert.Empty(card.Commands);
    }

    [Fact]
    public void A_card_that_leaves_is_told_as_an_update_that_failed()
    {
        ScriptedCard card = Card(true, "02", Cdol2);
        card.Run();
        card.Answers[0xAE] = _ => [];

        Outcome last = Continue(card, true, "910A11223344556677883030");

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.IssuerUpdateFailed), (last.Kind, last.Reason));
    }

    private static ScriptedCard Card(bool isOn, string? wish, string? list)
    {
        ScriptedCard card = ScriptedJcb.Card();
        card.Taps = 2;
        card.Answers[0x18] = card.Answers[0x24] = _ => [0x90, 0x00];
        card.Cryptogram[0x9F60] = wish is null ? null : ScriptedCard.Hex(wish);
        card.Record[EmvTag.Cdol2] = list is null ? null : ScriptedCard.Hex(list);
        ScriptedJcb.Change(card, options => options with { IssuerUpdate = isOn });
        return card;
    }

    private static Outcome Continue(ScriptedCard card, bool approved, string answer) =>
        card.Continue(new ReaderEvent.OnlineResponse(approved, ScriptedCard.Hex(answer)));

    private static string Answer(string template, string command) => Convert.ToHexString(
        new TlvWriter().Open(Convert.ToUInt32(template, 16)).Write(0x86, ScriptedCard.Hex(command)).Close().ToArray());
}
