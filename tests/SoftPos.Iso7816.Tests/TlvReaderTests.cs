namespace SoftPos.Iso7816.Tests;

public sealed class TlvReaderTests
{
    [Fact]
    public void Objects_are_read_in_order_with_their_offsets()
    {
        byte[] data = Convert.FromHexString("9F2608AABBCCDDEEFF001182022000000057021234");
        TlvReader reader = new(data);

        Assert.True(reader.TryRead(out TlvObject first));
        Assert.Equal(0x9F26u, first.Tag);
        Assert.Equal(8, first.Value.Length);
        Assert.Equal(0, first.Offset);
        Assert.Equal(3, first.ValueOffset);
        Assert.True(reader.TryRead(out TlvObject second));
        Assert.Equal(0x82u, second.Tag);
        Assert.Equal(11, second.Offset);
        Assert.True(reader.TryRead(out TlvObject third));
        Assert.Equal(0x57u, third.Tag);
        Assert.Equal(17, third.Offset);
        Assert.Equal("57021234", Convert.ToHexString(third.Encoded));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Fault.IsFault);
    }

    [Theory]
    [InlineData("9F", TlvFaultKind.TagTruncated, 1)]
    [InlineData("9F26", TlvFaultKind.LengthTruncated, 2)]
    [InlineData("9FFFFFFF0100", TlvFaultKind.TagTooLong, 0)]
    [InlineData("820100820280", TlvFaultKind.ValueTruncated, 5)]
    [InlineData("8280", TlvFaultKind.LengthIndefinite, 1)]
    [InlineData("828400000001AA", TlvFaultKind.LengthTooLong, 1)]
    [InlineData("828201", TlvFaultKind.LengthTruncated, 2)]
    [InlineData("8203AABB", TlvFaultKind.ValueTruncated, 2)]
    [InlineData("82", TlvFaultKind.LengthTruncated, 1)]
    public void A_fault_names_its_kind_and_offset(string hex, TlvFaultKind kind, int offset)
    {
        TlvReader reader = new(Convert.FromHexString(hex));
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal(new TlvFault(kind, offset), reader.Fault);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData("5A8108AABBCCDDEEFF0011", 0x5Au, 8)]
    [InlineData("DF81010100", 0xDF8101u, 1)]
    [InlineData("00000082022000", 0x82u, 2)]
    [InlineData("7083000002AABB", 0x70u, 2)]
    public void Long_lengths_long_tags_and_padding_are_understood(string hex, uint tag, int length)
    {
        TlvReader reader = new(Convert.FromHexString(hex));

        Assert.True(reader.TryRead(out TlvObject item));
        Assert.Equal(tag, item.Tag);
        Assert.Equal(length, item.Value.Length);
    }

    [Fact]
    public void Tree_reports_offsets_in_the_outermost_data()
    {
        byte[] data = Convert.FromHexString("6F0E8407A0000000031010A503500158");

        Assert.True(TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out _));

        TlvNode label = nodes[0].Child(0xA5)!.Child(0x50)!;
        Assert.Equal(13, label.Offset);
        Assert.Equal(15, label.ValueOffset);
        Assert.Equal("58", Convert.ToHexString(label.Value.Span));
    }

    [Fact]
    public void A_fault_inside_a_template_has_the_outer_offset()
    {
        Assert.False(TlvTree.TryParse(Convert.FromHexString("8201007004820A0000"), out _, out TlvFault fault));
        Assert.Equal(new TlvFault(TlvFaultKind.ValueTruncated, 7), fault);
    }

    [Fact]
    public void Depth_and_count_are_bounded()
    {
        TlvWriter deep = new();
        for (int i = 0; i <= TlvTree.MaxDepth; i++)
        {
            deep.Open(0x70);
        }

        for (int i = 0; i <= TlvTree.MaxDepth; i++)
        {
            deep.Close();
        }

        Assert.False(TlvTree.TryParse(deep.ToArray(), out _, out TlvFault tooDeep));
        Assert.Equal(TlvFaultKind.TooDeep, tooDeep.Kind);

        TlvWriter wide = new();
        for (int i = 0; i <= TlvTree.MaxObjects; i++)
        {
            wide.Write(0x82, []);
        }

        Assert.False(TlvTree.TryParse(wide.ToArray(), out _, out TlvFault tooMany));
        Assert.Equal(TlvFaultKind.TooMany, tooMany.Kind);
    }

    [Fact]
    public void Any_bytes_give_objects_or_a_fault_inside_the_data()
    {
        SeededBytes bytes = new(0x7816);
        byte[] seed = Convert.FromHexString("6F278407A0000000031010A51C500B56495341204352454449549F380C9F66049F02065F2A029F3704");
        for (int round = 0; round < 20_000; round++)
        {
            byte[] data = bytes.Mutate(seed);
            bool parsed = TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out TlvFault fault);
            Assert.Equal(parsed, !fault.IsFault);
            Assert.InRange(fault.Offset, 0, data.Length);
            Check(nodes, data);
            Assert.Equal(Dol.TryParse(data, out _, out TlvFault dolFault), !dolFault.IsFault);
            Assert.InRange(dolFault.Offset, 0, data.Length);
            Assert.Equal(data.Length * 2, SensitiveTags.ShowEncoded(data).Length);
        }
    }

    private static void Check(IReadOnlyList<TlvNode> nodes, byte[] data)
    {
        foreach (TlvNode node in nodes)
        {
            Assert.True(data.AsSpan(node.ValueOffset, node.Value.Length).SequenceEqual(node.Value.Span));
            Check(node.Children, data);
        }
    }
}
