namespace SoftPos.Iso8583;

public sealed class OriginalDataElementsTests
{
    [Fact]
    public void The_elements_of_1987_have_42_digits_with_zero_filled_institutions()
    {
        Iso8583Message original = LabMessages.Authorisation();
        original[32] = "12345";
        Assert.True(Iso8583View.TryRead(original.Encode(), original.Dialect, out Iso8583View view, out _));
        OriginalDataElements elements = OriginalDataElements.Of(view);
        Assert.Equal("0100" + "000123" + "1124014833" + "00000012345" + "00000000000", elements.Text);
        Assert.True(OriginalDataElements.TryParse(elements.Text, 0, out OriginalDataElements? parsed));
        Assert.True(parsed!.Names(elements));
        Assert.Equal(90, OriginalDataElements.FieldOf(original.Type));
    }

    [Fact]
    public void The_elements_of_1993_count_the_acquirer()
    {
        OriginalDataElements elements = new(MessageType.Parse("1100"), "000123", "261124024833", "12345", string.Empty);
        Assert.Equal("1100" + "000123" + "261124024833" + "05" + "12345", elements.Text);
        Assert.True(OriginalDataElements.TryParse(elements.Text, 1, out OriginalDataElements? parsed));
        Assert.Equal(elements, parsed);
    }

    [Fact]
    public void The_elements_of_2003_have_41_digits()
    {
        OriginalDataElements elements = new(MessageType.Parse("2100"), "123", "20261124024833", "12345", string.Empty);
        Assert.Equal("2100" + "000000000123" + "20261124024833" + "00000012345", elements.Text);
        Assert.True(OriginalDataElements.TryParse(elements.Text, 2, out OriginalDataElements? parsed));
        Assert.Equal(elements with { Stan = "000000000123" }, parsed);
    }

    [Fact]
    public void Another_stan_names_another_original()
    {
        OriginalDataElements one = new(MessageType.Parse("0100"), "000123", "1124014833", string.Empty, string.Empty);
        Assert.False(one.Names(one with { Stan = "000124" }));
        Assert.True(one.Names(one with { Type = MessageType.Parse("0101"), Acquirer = "000" }));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("010000012311240148330000001234500000000000A", 0)]
    [InlineData("01000001231124014833000000123450000000000", 0)]
    [InlineData("110000012326112402483306123", 1)]
    public void Broken_elements_are_refused(string text, int version) => Assert.False(OriginalDataElements.TryParse(text, version, out _));
}
