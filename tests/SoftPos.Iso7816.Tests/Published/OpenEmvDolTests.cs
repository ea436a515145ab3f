using System.Text.Json.Nodes;

namespace SoftPos.Iso7816.Tests.Published;

public sealed class OpenEmvDolTests
{
    private static readonly TlvMap Data = new()
    {
        [0x9F02] = Convert.FromHexString("000123456789"),
        [0x9F03] = Convert.FromHexString("000987654321"),
        [0x9F1A] = Convert.FromHexString("0528"),
        [0x95] = Convert.FromHexString("1234554321"),
        [0x5F2A] = Convert.FromHexString("0978"),
        [0x9A] = Convert.FromHexString("240217"),
        [0x9C] = Convert.FromHexString("09"),
        [0x9F37] = Convert.FromHexString("DEADBEEF"),
        [0x5A] = Convert.FromHexString("5413330089012345"),
        [0x9F20] = Convert.FromHexString("12345F"),
        [0x9F19] = Convert.FromHexString("654321012345"),
    };

    [Theory]
    [InlineData("test1_dol", true)]
    [InlineData("test2_dol", false)]
    [InlineData("test3_dol", false)]
    [InlineData("test4_dol", true)]
    [InlineData("test5_dol", false)]
    public void Lists_parse_or_fault(string name, bool good)
    {
        byte[] list = Read(name);
        Assert.Equal(good, Dol.TryParse(list, out _, out TlvFault fault));
        Assert.True(good || fault == new TlvFault(TlvFaultKind.LengthTruncated, list.Length));
    }

    [Theory]
    [InlineData("test6")]
    [InlineData("test7")]
    public void Data_is_built_as_published(string name)
    {
        Assert.True(Dol.TryParse(Read(name + "_dol"), out Dol? dol, out _));

        Assert.Equal(Convert.ToHexString(Read(name + "_data")), Convert.ToHexString(dol.Build(tag => Data[tag])));
    }

    private static byte[] Read(string name) => Convert.FromHexString(
        JsonNode.Parse(File.ReadAllText(Vectors.PathOf("emv", "openemv-emv-utils", "emv_dol_test.json")))![name]!["value"]!.GetValue<string>());
}
