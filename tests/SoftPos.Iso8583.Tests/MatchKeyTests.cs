namespace SoftPos.Iso8583;

public sealed class MatchKeyTests
{
    [Fact]
    public void Request_and_answer_have_the_same_key()
    {
        Iso8583Message request = LabMessages.Authorisation();
        Assert.True(Iso8583View.TryRead(request.Encode(), request.Dialect, out Iso8583View view, out _));
        Iso8583Message answer = new(request.Dialect, view.Type.Response);
        answer.Echo(view, 3, 4, 7, 11, 37, 41, 42, 49);
        answer[39] = "00";
        Assert.Equal(MatchKey.Of(request), MatchKey.Of(answer));
        Assert.Equal(MatchKey.Of(view), MatchKey.Of(answer));
        answer[11] = "000124";
        Assert.NotEqual(MatchKey.Of(request), MatchKey.Of(answer));
    }

    [Fact]
    public void A_network_answer_without_terminal_still_matches()
    {
        Iso8583Message request = new(ShippedDialects.Lab, "0800") { [7] = "1124014833", [11] = "1", [41] = "TERM01", [70] = "301" };
        Iso8583Message answer = new(ShippedDialects.Lab, "0810") { [7] = "1124014833", [11] = "1", [39] = "00", [70] = "301" };
        Assert.Equal(MatchKey.Of(request), MatchKey.Of(answer));
    }
}
