namespace SoftPos.Iso7816.Tests;

public sealed class ApduTests
{
    [Theory]
    [InlineData("00A40400")]
    [InlineData("00B2010C00")]
    [InlineData("00820000021234")]
    [InlineData("00A4040007A000000003101000")]
    [InlineData("00B2010C000000")]
    [InlineData("00D60000000100" + "AA")]
    public void The_four_cases_survive_a_round_trip_or_take_the_short_form(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(CommandApdu.TryParse(bytes, out CommandApdu? command) || hex.StartsWith("00D6", StringComparison.Ordinal));
        if (command is not null)
        {
            Assert.Equal(hex, Convert.ToHexString(command.ToArray()));
        }
    }

    [Fact]
    public void Extended_commands_survive_a_round_trip()
    {
        CommandApdu command = new(0x80, 0xDA, 1, 2, new byte[300], 65536);
        byte[] bytes = command.ToArray();

        Assert.Equal("80DA010200012C", Convert.ToHexString(bytes.AsSpan(0, 7)));
        Assert.True(CommandApdu.TryParse(bytes, out CommandApdu? parsed));
        Assert.Equal(300, parsed.Data.Length);
        Assert.Equal(65536, parsed.Le);
    }

    [Theory]
    [InlineData("00A404")]
    [InlineData("00A4040007A00000000310")]
    [InlineData("00A40400020102030405")]
    [InlineData("00A404000000")]
    [InlineData("00A40400000000")]
    public void Impossible_lengths_are_refused(string hex)
    {
        bool parsed = CommandApdu.TryParse(Convert.FromHexString(hex), out CommandApdu? command);
        Assert.True(!parsed || command!.Le == 65536);
    }

    [Fact]
    public void More_data_is_fetched_with_get_response()
    {
        ApduExchange exchange = new(new CommandApdu(0x00, 0xA4, 4, 0, "2PAY.SYS.DDF01"u8.ToArray(), 256));

        Assert.False(exchange.Next(Response("AABB6103"), out _));
        Assert.Equal("00C0000003", Convert.ToHexString(exchange.Command.ToArray()));
        Assert.True(exchange.Next(Response("CCDDEE9000"), out ResponseApdu? answer));
        Assert.Equal("AABBCCDDEE9000", Convert.ToHexString(answer.ToArray()));
    }

    [Fact]
    public void A_wrong_le_is_corrected_once()
    {
        ApduExchange exchange = new(new CommandApdu(0x00, 0xB2, 1, 0x0C, default, 256));

        Assert.False(exchange.Next(Response("6C4F"), out _));
        Assert.Equal("00B2010C4F", Convert.ToHexString(exchange.Command.ToArray()));
        Assert.True(exchange.Next(Response("6C4E"), out ResponseApdu? answer));
        Assert.Equal(0x6C4E, answer.Status.Value);
    }

    [Fact]
    public void Wrong_length_adds_le_only_where_there_was_none()
    {
        ApduExchange without = new(new CommandApdu(0x00, 0x82, 0, 0, new byte[8]));
        Assert.False(without.Next(Response("6700"), out _));
        Assert.Equal(256, without.Command.Le);

        ApduExchange with = new(new CommandApdu(0x00, 0xB2, 1, 0x0C, default, 256));
        Assert.True(with.Next(Response("6700"), out _));
    }

    [Fact]
    public void An_endless_talker_is_stopped()
    {
        ApduExchange exchange = new(new CommandApdu(0x00, 0xB2, 1, 0x0C, default, 256));
        int exchanges = 0;
        ResponseApdu? answer;
        do
        {
            exchanges++;
        }
        while (!exchange.Next(Response("006100"), out answer));

        Assert.Equal(ApduExchange.MaxExchanges, exchanges);
        Assert.Equal(0x61, answer.Status.Sw1);
    }

    [Fact]
    public void A_response_needs_a_status_word()
    {
        Assert.False(ResponseApdu.TryParse(new byte[1], out _));
        Assert.True(ResponseApdu.TryParse(Convert.FromHexString("9000"), out ResponseApdu? response));
        Assert.True(response.Status.IsOk);
        Assert.False(ResponseApdu.TryParse(new byte[ResponseApdu.MaxLength + 1], out _));
    }

    private static ResponseApdu Response(string hex) =>
        ResponseApdu.TryParse(Convert.FromHexString(hex), out ResponseApdu? response) ? response : throw new InvalidOperationException();
}
