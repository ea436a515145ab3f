namespace SoftPos.Iso7816.Tests;

public sealed class TagDictionaryTests
{
    [Theory]
    [InlineData(0x9F66u, 3, "Terminal Transaction Qualifiers (TTQ)")]
    [InlineData(0x9F66u, 2, "PUNATC Track 2")]
    [InlineData(0x9F6Eu, 3, "Form Factor Indicator (FFI)")]
    [InlineData(0x9F6Eu, 2, "Third Party Data")]
    [InlineData(0x9F02u, 3, "Amount, Authorised (Numeric)")]
    [InlineData(0xDF8129u, 0, "Outcome Parameter Set")]
    [InlineData(0x9F6Cu, 7, "Card Transaction Qualifiers (CTQ)")]
    [InlineData(0xDFAAu, 0, "unknown")]
    public void A_name_depends_on_the_kernel(uint tag, int kernel, string name) =>
        Assert.Equal(name, TagDictionary.NameOf(tag, kernel));

    [Fact]
    public void Every_entry_is_a_well_formed_tag_with_ordered_bounds()
    {
        Assert.NotEmpty(TagDictionary.All);
        foreach (TagInfo info in TagDictionary.All)
        {
            Assert.True(TlvTag.IsWellFormed(info.Tag), TlvTag.Text(info.Tag));
            Assert.Equal(info.Format is TagFormat.Constructed, TlvTag.IsConstructed(info.Tag));
            Assert.True(info.MaxLength == 0 || info.MaxLength >= info.MinLength);
            Assert.InRange(info.Kernel, 0, 8);
        }
    }

    [Theory]
    [InlineData("5A084761739001010010", "5A08476173******0010")]
    [InlineData("5A81084761739001010010", "5A8108476173******0010")]
    [InlineData("57114761739001010010D22122011758928889", "5711476173******0010******************")]
    [InlineData("70045F200141", "70045F2001**")]
    [InlineData("5A021234", "5A02****")]
    [InlineData("82022000", "82022000")]
    [InlineData("5A08476173", "**********")]
    public void Account_data_is_starred(string encoded, string shown) =>
        Assert.Equal(shown, SensitiveTags.ShowEncoded(Convert.FromHexString(encoded)));

    [Fact]
    public void No_text_form_shows_a_value()
    {
        TlvMap map = new() { [0x5A] = Convert.FromHexString("4761739001010010") };

        Assert.Equal("5A[8]", map.ToString());
        Assert.DoesNotContain("4761", new ResponseApdu(map.Encode(), StatusWord.Ok).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4761", new CommandApdu(0, 0xA4, 4, 0, map.Encode()).ToString(), StringComparison.Ordinal);
    }
}
