namespace SoftPos.Iso7816.Tests;

public sealed class DolTests
{
    [Theory]
    [InlineData("000000012345", TagFormat.Numeric, 3, "012345")]
    [InlineData("1234", TagFormat.Numeric, 4, "00001234")]
    [InlineData("1234", TagFormat.CompressedNumeric, 4, "1234FFFF")]
    [InlineData("123456", TagFormat.CompressedNumeric, 2, "1234")]
    [InlineData("AABB", TagFormat.Binary, 4, "AABB0000")]
    [InlineData("AABBCC", TagFormat.Binary, 2, "AABB")]
    [InlineData("4142", TagFormat.Text, 3, "414200")]
    [InlineData("AABB", TagFormat.Binary, 0, "")]
    public void Values_are_fitted_by_format(string value, TagFormat format, int length, string expected)
    {
        byte[] field = new byte[length];
        Dol.Fit(Convert.FromHexString(value), format, field);

        Assert.Equal(expected, Convert.ToHexString(field));
    }

    [Fact]
    public void Unknown_and_constructed_tags_are_zeros()
    {
        Assert.True(Dol.TryParse(Convert.FromHexString("9F7602700382029F3704"), out Dol? dol, out _));

        byte[] built = dol.Build(tag => tag switch { 0x82 => [0x20, 0x00], 0x70 => [1, 2, 3], 0x9F37 => [9, 8, 7, 6], _ => null });

        Assert.Equal("0000" + "000000" + "2000" + "09080706", Convert.ToHexString(built));
    }

    [Fact]
    public void A_tag_list_has_no_lengths()
    {
        Assert.True(Dol.TryParseTagList([0x82, 0x9F, 0x02], out IReadOnlyList<uint> tags, out _));
        Assert.Equal([0x82u, 0x9F02u], tags);
        Assert.False(Dol.TryParseTagList([0x82, 0x9F], out _, out TlvFault fault));
        Assert.Equal(new TlvFault(TlvFaultKind.TagTruncated, 2), fault);
    }
}
