using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>READ DATA, WRITE DATA and the exchange with the terminal about them (Book C-8, 24, 25, 30).</summary>
public sealed class Kernel8EnvelopeTests
{
    [Fact]
    public void Envelopes_are_read_through_the_channel_and_given_to_the_terminal()
    {
        ScriptedKernel8 card = new() { Envelopes = { [0x9F8111] = [1, 2, 3], [0x9F811A] = new byte[200] } };
        card.TerminalObjects[0x9F8203] = ScriptedKernel8.Hex("9F8111" + "9F811A" + "9F36" + "5A" + "50");

        Outcome outcome = card.Run();

        Assert.Equal(["8432000003" + "9F811100", "8432000003" + "9F811A00"], card.Commands.Where(command => command[1] == 0x32).Select(Convert.ToHexString));
        TlvMap sent = card.Effects.OfType<ReaderEffect.ExchangeData>().Single().ToSend;
        Assert.Equal([1, 2, 3], sent[0x9F8111]!);
        Assert.Equal(new byte[200], sent[0x9F811A]!);
        Assert.Equal("COMMON"u8.ToArray(), sent[0x50]!);
        Assert.Equal([], sent[0x9F36]!);
        Assert.False(sent.Contains(EmvTag.Pan));
        Assert.Equal((OutcomeKind.OnlineRequest, 0x80), (outcome.Kind, outcome.DiscretionaryData![0x9F821C]![0]));
        Assert.True(outcome.Oda!.IsValid);
    }

    [Theory]
    [InlineData("envelope", 3)]
    [InlineData("envelope MAC", 0)]
    [InlineData("envelope MAC", 63)]
    public void A_turned_bit_of_an_envelope_is_found_and_the_payment_goes_on(string what, int bit)
    {
        ScriptedKernel8 card = new() { Envelopes = { [0x9F8111] = [1, 2, 3] }, Flips = { [what] = bit } };
        card.TerminalObjects[0x9F8203] = ScriptedKernel8.Hex("9F8111");

        Outcome outcome = card.Run();

        Assert.Equal([], card.Effects.OfType<ReaderEffect.ExchangeData>().Single().ToSend[0x9F8111]!);
        Assert.Equal((OutcomeKind.OnlineRequest, 0x00), (outcome.Kind, outcome.DiscretionaryData![0x9F821C]![0]));
    }

    [Theory]
    [InlineData("6A88")]
    [InlineData("9000")]
    [InlineData("01020304050607089000")]
    public void An_envelope_that_is_not_there_is_told_and_the_payment_goes_on(string answer)
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[0x9F8203] = ScriptedKernel8.Hex("9F8112");
        card.Answers[0x32] = _ => ScriptedKernel8.Hex(answer);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 0x00), (outcome.Kind, outcome.DiscretionaryData![0x9F821C]![0]));
    }

    [Fact]
    public void Envelopes_are_written_after_the_cryptogram_and_receipted_one_by_one()
    {
        ScriptedKernel8 card = new();
        byte[] first = ScriptedKernel8.Hex("9F811103AABBCC");
        byte[] second = ScriptedKernel8.Hex("9F811201DD");
        card.TerminalObjects[0xBF8104] = [.. first, .. second];

        Outcome outcome = card.Run();

        Assert.Equal(0x80, card.Commands.Single(command => command[1] == 0xAE)[3]);
        Assert.Equal([0x80, 0x00], card.Commands.Where(command => command[1] == 0x34).Select(command => command[3]));
        Assert.Equal([first, second], card.Written);
        Assert.Equal((OutcomeKind.OnlineRequest, 0x80), (outcome.Kind, outcome.DiscretionaryData![0x9F821B]![0]));
    }

    [Theory]
    [InlineData("receipt")]
    [InlineData("status")]
    [InlineData("gone")]
    [InlineData("short")]
    public void A_write_that_is_not_receipted_is_told_and_the_payment_goes_on(string how)
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[0xBF8104] = ScriptedKernel8.Hex("9F811103AABBCC" + "9F811201DD");
        switch (how)
        {
            case "receipt":
                card.Flips["receipt"] = 7;
                break;
            default:
                card.Answers[0x34] = _ => ScriptedKernel8.Hex(how switch { "status" => "6985", "short" => "019000", _ => string.Empty });
                break;
        }

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 0x00), (outcome.Kind, outcome.DiscretionaryData![0x9F821B]![0]));
        Assert.Single(card.Commands, command => command[1] == 0x34);
    }

    [Theory]
    [InlineData("9F811103AABB")]
    [InlineData("9F3601AA")]
    [InlineData("9F811101AA" + "5A0199")]
    [InlineData("9F811B01AA")]
    public void Only_envelopes_are_written(string list)
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[0xBF8104] = ScriptedKernel8.Hex(list);

        Outcome outcome = card.Run();

        Assert.DoesNotContain(card.Commands, command => command[1] == 0x34);
        Assert.Equal((OutcomeKind.OnlineRequest, 0x00), (outcome.Kind, outcome.DiscretionaryData![0x9F821B]![0]));
    }

    [Fact]
    public void Nothing_is_written_for_a_cryptogram_that_is_not_the_partners()
    {
        ScriptedKernel8 card = new() { Flips = { ["EDA-MAC"] = 3 } };
        card.TerminalObjects[0xBF8104] = ScriptedKernel8.Hex("9F811103AABBCC");

        card.Run();

        Assert.DoesNotContain(card.Commands, command => command[1] == 0x34);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    public void The_flag_of_the_terminal_is_waited_for(string flag)
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[0x9F8202] = ScriptedKernel8.Hex(flag);
        card.Start();
        IReadOnlyList<ReaderEffect> effects = card.Reader.Step(new ReaderEvent.CardDetected());
        while (effects.OfType<ReaderEffect.SendCommand>().SingleOrDefault() is { } send)
        {
            effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(send.Command.ToArray())));
        }

        Assert.Equal([0x9F8202u], Assert.IsType<ReaderEffect.ExchangeData>(Assert.Single(effects)).Needed);

        effects = card.Reader.Step(new ReaderEvent.TerminalData(new TlvMap { [0x9F8202] = [0x01], [0xBF8104] = ScriptedKernel8.Hex("9F811101AA") }));

        CommandApdu generate = Assert.IsType<ReaderEffect.SendCommand>(Assert.Single(effects)).Command;
        Assert.Equal((0xAE, 0x80), ((int)generate.Ins, (int)generate.P2));
        card.Reader.Step(new ReaderEvent.FieldError());
    }
}
