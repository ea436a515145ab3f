using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Relay resistance of kernel 8 (Book C-8, 21.11 to 21.25); the arithmetic itself is kernel 2's.</summary>
public sealed class Kernel8RelayTests
{
    [Theory]
    [InlineData(true, "0103", true, "0000000082")]
    [InlineData(true, "0102", false, "0000000081")]
    [InlineData(false, "0103", false, "0000000081")]
    public void Both_sides_must_have_the_protocol(bool reader, string aip, bool performed, string tvr)
    {
        ScriptedKernel8 card = new() { Elapsed = 60 };
        card.Kernel = card.Kernel with { RelayResistance = reader };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex(aip);

        Outcome outcome = card.Run();

        Assert.Equal(performed, card.Commands.Any(command => command[1] == 0xEA));
        Assert.Equal(tvr, outcome.Tvr.ToString());
        Assert.True(outcome.Oda!.IsValid);
    }

    [Theory]
    [InlineData(true, new[] { "00000001", "00000002", "00000003" })]
    [InlineData(false, new[] { "00000001", "00000001", "00000001" })]
    public void Too_slow_is_asked_three_times_and_reported(bool fresh, string[] entropies)
    {
        ScriptedKernel8 card = Relayed(600);
        card.Kernel = card.Kernel with { FreshRelayNumber = fresh };

        Outcome outcome = card.Run();

        Assert.Equal(entropies, card.Commands.Where(command => command[1] == 0xEA).Select(command => Convert.ToHexString(command.AsSpan(5, 4))));

        // Time limits and threshold; the MAC holds over the last exchange alone.
        Assert.Equal("000000008E", outcome.Tvr.ToString());
        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal(entropies[2], card.Told(EmvTag.UnpredictableNumber));
    }

    [Fact]
    public void The_excess_is_there_for_the_card_to_ask()
    {
        ScriptedKernel8 card = Relayed(600);
        card.Options[EmvTag.Cdol1] = ScriptedKernel8.Hex("9F810C02");

        card.Run();

        // 60.0 ms less 1.8 and 2.4 of transmission, less the 50.0 that the card names.
        Assert.Equal("003A", Convert.ToHexString(card.Commands.Single(command => command[1] == 0xAE).AsSpan(5, 2)));
    }

    [Fact]
    public void Faster_than_the_card_can_be_is_an_attack()
    {
        ScriptedKernel8 card = Relayed(20);
        card.Answers[0xEA] = _ => ScriptedKernel8.Done(0x80, ScriptedKernel8.Hex("A1B2C3D4" + "0100" + "01F4" + "0018"));

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeReason.RelayResistance, "00060000001C"), (outcome.Reason, ScriptedKernel8.Error(outcome)));
    }

    [Theory]
    [InlineData("6985", "000300" + "69851C")]
    [InlineData("8009A1B2C3D4000001F4009000", "00040000001C")]
    [InlineData("770AA1B2C3D4000001F400189000", "00040000001C")]
    public void A_response_that_is_none_ends_the_transaction(string answer, string error)
    {
        ScriptedKernel8 card = Relayed(60);
        card.Answers[0xEA] = _ => ScriptedKernel8.Hex(answer);

        Assert.Equal(error, ScriptedKernel8.Error(card.Run()));
    }

    [Fact]
    public void A_card_that_did_not_see_the_exchange_is_found_by_its_MAC()
    {
        // A device in between answers for the distant card.
        ScriptedKernel8 card = Relayed(60);
        card.Answers[0xEA] = _ => ScriptedKernel8.Done(0x80, ScriptedKernel8.Hex("A1B2C3D4" + "0000" + "01F4" + "0018"));

        Assert.Equal("00130000001C", ScriptedKernel8.Error(card.Run()));
    }

    private static ScriptedKernel8 Relayed(int elapsed)
    {
        ScriptedKernel8 card = new() { Elapsed = elapsed };
        card.Kernel = card.Kernel with { RelayResistance = true };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex("0103");
        return card;
    }
}
