namespace SoftPos.Iso8583;

public sealed class MaskingTests
{
    [Fact]
    [Requirement("MON-05")]
    public void ToString_shows_no_pan_track_pin_block_or_card_data()
    {
        string text = LabMessages.Authorisation().ToString();
        Assert.StartsWith("0100 2=476173******0119 3=000000 4=000000001250", text, StringComparison.Ordinal);
        Assert.Contains("35=***[37]", text, StringComparison.Ordinal);
        Assert.Contains("52=***[8 bytes]", text, StringComparison.Ordinal);
        Assert.DoesNotContain(LabMessages.Pan, text, StringComparison.Ordinal);
        Assert.DoesNotContain("C3684342579D8679", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Card_data_is_shown_with_track_objects_starred()
    {
        Iso8583Message message = LabMessages.Authorisation();
        string shown = Masking.Show(message.Content(55), message.Dialect[55]!);
        Assert.Contains("9F2608C3684342579D8679", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("4761739001010119D", shown, StringComparison.Ordinal);
        Assert.Equal(LabMessages.CardData.Length, shown.Length);
    }

    [Fact]
    public void Card_data_that_cannot_be_parsed_is_starred_whole()
    {
        Iso8583Message message = new(ShippedDialects.Lab, "0100") { [55] = "57114761739001010119" };
        Assert.Equal(new string('*', 20), Masking.Show(message.Content(55), message.Dialect[55]!));
    }

    [Fact]
    [Requirement("CRY-07", Partly = true)]
    public void Clear_zeroes_the_values()
    {
        Iso8583Message message = LabMessages.Authorisation();
        ReadOnlyMemory<byte> pan = message.Content(2);
        message.Clear();
        Assert.Equal(0, message.Fields.Count);
        Assert.False(pan.Span.ContainsAnyExcept((byte)0));
    }
}
