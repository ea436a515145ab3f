namespace SoftPos.Iso8583;

public sealed class ResponseCodeTests
{
    [Theory]
    [InlineData("00", AnswerClass.Approved)]
    [InlineData("08", AnswerClass.Approved)]
    [InlineData("10", AnswerClass.PartlyApproved)]
    [InlineData("51", AnswerClass.Declined)]
    [InlineData("09", AnswerClass.Unknown)]
    [InlineData("22", AnswerClass.Unknown)]
    [InlineData("68", AnswerClass.Unknown)]
    [InlineData("85", AnswerClass.Approved)]
    [InlineData("000", AnswerClass.Approved)]
    [InlineData("002", AnswerClass.PartlyApproved)]
    [InlineData("116", AnswerClass.Declined)]
    [InlineData("911", AnswerClass.Unknown)]
    [InlineData("400", AnswerClass.Accepted)]
    [InlineData("0000", AnswerClass.Approved)]
    [InlineData("1016", AnswerClass.Declined)]
    [InlineData("Q7", AnswerClass.Declined)]
    [InlineData("", AnswerClass.Declined)]
    public void A_code_has_one_meaning_for_the_payment(string code, AnswerClass expected) =>
        Assert.Equal(expected, ResponseCode.Of(code).Class);

    [Theory]
    [InlineData("55", AnswerHint.AskPin)]
    [InlineData("65", AnswerHint.AskPinOrInsert)]
    [InlineData("41", AnswerHint.NeutralText)]
    [InlineData("63", AnswerHint.Alert)]
    [InlineData("91", AnswerHint.RetryLater)]
    [InlineData("94", AnswerHint.CompareJournal)]
    public void Some_codes_ask_for_more(string code, AnswerHint expected) => Assert.Equal(expected, ResponseCode.Of(code).Hint);

    [Theory]
    [InlineData("00", ReversalAnswer.Acknowledged)]
    [InlineData("400", ReversalAnswer.Acknowledged)]
    [InlineData("25", ReversalAnswer.OriginalUnknown)]
    [InlineData("914", ReversalAnswer.OriginalUnknown)]
    [InlineData("91", ReversalAnswer.NotAcknowledged)]
    [InlineData("ZZ", ReversalAnswer.NotAcknowledged)]
    public void A_reversal_ends_only_when_the_host_says_so(string code, ReversalAnswer expected) =>
        Assert.Equal(expected, ResponseCode.OfReversal(code));

    [Fact]
    public void The_table_knows_both_versions()
    {
        Assert.True(ResponseCode.All(0).Count > 70);
        Assert.True(ResponseCode.All(1).Count > 60);
    }
}
