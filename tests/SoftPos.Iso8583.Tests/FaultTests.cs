namespace SoftPos.Iso8583;

public sealed class FaultTests
{
    private static readonly Iso8583Dialect Ascii = ShippedDialects.Get("1987-ascii");

    [Theory]
    [InlineData("30313030" + "4000000000000000" + "3230" + "34373631373339303031303130313139303030", "2", 12, Iso8583Rule.TooLong)]
    [InlineData("30313030" + "4000000000000000" + "3136" + "343736313733", "2", 14, Iso8583Rule.Truncated)]
    [InlineData("30313030" + "4000000000000000" + "31", "2", 12, Iso8583Rule.PrefixTruncated)]
    [InlineData("30313030" + "4000000000000000" + "3A36", "2", 12, Iso8583Rule.PrefixNotNumeric)]
    [InlineData("30313030" + "2000000000000000" + "30303030303A", "3", 17, Iso8583Rule.InvalidCharacter)]
    [InlineData("30313030" + "2000000000000000" + "30303030303030", "3", 18, Iso8583Rule.TrailingBytes)]
    [InlineData("30313030" + "20000000", "bitmap", 4, Iso8583Rule.Truncated)]
    [InlineData("30313030" + "8000000000000000" + "40", "bitmap 2", 12, Iso8583Rule.Truncated)]
    [InlineData("30313030" + "80000000000000008000000000000000", "65", 20, Iso8583Rule.UndefinedField)]
    [InlineData("303130", "mti", 0, Iso8583Rule.Truncated)]
    [InlineData("31313030" + "0000000000000000", "mti", 0, Iso8583Rule.MessageType)]
    public void A_broken_message_names_field_offset_and_rule(string hex, string field, int offset, Iso8583Rule rule)
    {
        Assert.False(Iso8583View.TryRead(Convert.FromHexString(hex), Ascii, out _, out Iso8583Fault fault));
        Assert.Equal((field, offset, rule), (fault.Field, fault.Offset, fault.Rule));
    }

    [Fact]
    public void Fields_before_the_fault_are_still_given()
    {
        byte[] bytes = LabMessages.Authorisation().Encode();
        Assert.False(Iso8583View.TryRead(bytes.AsSpan(0, bytes.Length - 1), ShippedDialects.Lab, out Iso8583View view, out Iso8583Fault fault));
        Assert.Equal("55", fault.Field);
        Assert.Equal("000123", view.Text(11));
        Assert.False(view.Has(55));
    }

    [Theory]
    [InlineData(4, "1234567890123", Iso8583Rule.WrongLength)]
    [InlineData(4, "12.50", Iso8583Rule.InvalidCharacter)]
    [InlineData(2, "47617390010101190000", Iso8583Rule.TooLong)]
    [InlineData(52, "0123", Iso8583Rule.WrongLength)]
    [InlineData(52, "01234567", Iso8583Rule.WrongLength)]
    [InlineData(52, "012345678", Iso8583Rule.OddHexadecimal)]
    [InlineData(52, "0123456789ABCDEG", Iso8583Rule.NotHexadecimal)]
    [InlineData(65, "00", Iso8583Rule.UndefinedField)]
    [InlineData(28, "E00000001", Iso8583Rule.InvalidCharacter)]
    [InlineData(41, "TERM\u20AC", Iso8583Rule.InvalidCharacter)]
    public void A_value_that_breaks_a_rule_is_refused_when_it_is_set(int field, string value, Iso8583Rule rule)
    {
        Iso8583Message message = new(Ascii, "0100");
        Assert.False(message.TrySet(field, value, out Iso8583Fault fault));
        Assert.Equal(rule, fault.Rule);
        Assert.False(message.Has(field));
        Assert.Throws<Iso8583Exception>(() => message[field] = value);
    }

    [Fact]
    [Requirement("MON-05")]
    public void Faults_and_exceptions_never_show_a_value()
    {
        Iso8583Message message = new(Ascii, "0100");
        Iso8583Exception thrown = Assert.Throws<Iso8583Exception>(() => message[2] = LabMessages.Pan + "00000");
        Assert.DoesNotContain("476173", thrown.ToString(), StringComparison.Ordinal);
        Assert.Contains("field 2", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_filling_nibble_is_refused()
    {
        byte[] bytes = new Iso8583Message(ShippedDialects.Get("1987-binary"), "0100") { [22] = "071" }.Encode();
        bytes[^2] |= 0x10;
        Assert.False(Iso8583View.TryRead(bytes, ShippedDialects.Get("1987-binary"), out _, out Iso8583Fault fault));
        Assert.Equal(("22", 10, Iso8583Rule.InvalidFill), (fault.Field, fault.Offset, fault.Rule));
    }
}
