namespace SoftPos.Iso8583;

public sealed class MessageTypeTests
{
    [Theory]
    [InlineData("0100", "0110")]
    [InlineData("0101", "0110")]
    [InlineData("0421", "0430")]
    [InlineData("1421", "1430")]
    [InlineData("0402", "0412")]
    [InlineData("0403", "0412")]
    [InlineData("0804", "0814")]
    [InlineData("2200", "2210")]
    public void The_answer_raises_the_function_and_drops_the_repeat_mark(string request, string answer) =>
        Assert.Equal(answer, MessageType.Parse(request).Response.ToString());

    [Theory]
    [InlineData("0400", "0401")]
    [InlineData("0420", "0421")]
    [InlineData("0421", "0421")]
    [InlineData("0102", "0103")]
    public void A_repeat_raises_the_originator_once(string original, string repeat) =>
        Assert.Equal(repeat, MessageType.Parse(original).Repeat.ToString());

    [Theory]
    [InlineData("0401", "0410")]
    [InlineData("0421", "0430")]
    [InlineData("0100", "0110")]
    [InlineData("0800", "0810")]
    public void Request_repeat_and_answer_fold_to_one_exchange(string request, string answer) =>
        Assert.Equal(MessageType.Parse(request).Exchange, MessageType.Parse(answer).Exchange);

    [Fact]
    public void A_request_and_an_advice_are_different_exchanges() =>
        Assert.NotEqual(MessageType.Parse("0400").Exchange, MessageType.Parse("0420").Exchange);

    [Fact]
    public void An_answer_has_no_answer() => Assert.Throws<InvalidOperationException>(() => MessageType.Parse("0110").Response);

    [Theory]
    [InlineData("")]
    [InlineData("010")]
    [InlineData("01000")]
    [InlineData("0A00")]
    [InlineData("-100")]
    public void Anything_but_four_digits_is_refused(string text) => Assert.False(MessageType.TryParse(text, out _));
}
