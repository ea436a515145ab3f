using System.Buffers;

namespace SoftPos.Iso8583;

public sealed class FrameFormatTests
{
    private static readonly byte[] Message = Convert.FromHexString("30383030822000000000000004000000");

    [Theory]
    [InlineData("binary2", "0010")]
    [InlineData("binary2-le", "1000")]
    [InlineData("binary2-inclusive", "0012")]
    [InlineData("binary3", "000010")]
    [InlineData("binary4", "00000010")]
    [InlineData("packed2", "0016")]
    [InlineData("decimal4", "30303136")]
    [InlineData("hex4", "30303130")]
    [InlineData("vap", "00100000")]
    [InlineData("base24", "0011")]
    [InlineData("nac", "00156000010002")]
    [InlineData("ncc", "00216000010002")]
    public void Each_framing_writes_its_prefix_and_reads_itself_split_at_every_byte(string name, string prefix)
    {
        FrameFormat format = FrameFormat.Parse(name, name is "nac" or "ncc" ? Convert.FromHexString("6000010002") : default);
        byte[] frame = format.Frame(Message);
        Assert.StartsWith(prefix + Convert.ToHexString(Message), Convert.ToHexString(frame), StringComparison.Ordinal);
        byte[] two = [.. frame, .. frame];
        for (int cut = 0; cut < frame.Length; cut++)
        {
            ReadOnlySequence<byte> part = new(two, 0, cut);
            Assert.Equal(FrameOutcome.Incomplete, format.Read(ref part, out _));
        }

        ReadOnlySequence<byte> both = new(two);
        Assert.Equal(FrameOutcome.Message, format.Read(ref both, out ReadOnlySequence<byte> first));
        Assert.Equal(FrameOutcome.Message, format.Read(ref both, out ReadOnlySequence<byte> second));
        Assert.Equal(Message, first.ToArray());
        Assert.Equal(Message, second.ToArray());
        Assert.Equal(0, both.Length);
    }

    [Fact]
    public void The_other_end_swaps_destination_and_source()
    {
        FrameFormat format = FrameFormat.Parse("nac", Convert.FromHexString("6000010002"));
        Assert.Equal("6000020001", Convert.ToHexString(format.Reverse.Tpdu.Span));
    }

    [Theory]
    [InlineData("binary2", "0000")]
    [InlineData("decimal4", "30303030")]
    [InlineData("base24", "0000")]
    public void An_empty_frame_is_a_heartbeat(string name, string hex)
    {
        ReadOnlySequence<byte> buffer = new(Convert.FromHexString(hex));
        Assert.Equal(FrameOutcome.Heartbeat, FrameFormat.Parse(name).Read(ref buffer, out _));
        Assert.Equal(0, buffer.Length);
    }

    [Theory]
    [InlineData("binary2", "FFFF")]
    [InlineData("binary4", "FFFFFFFF")]
    [InlineData("decimal4", "3031323A")]
    [InlineData("packed2", "0A00")]
    [InlineData("binary2-inclusive", "0001")]
    [InlineData("base24", "00023041")]
    public void An_impossible_frame_breaks_the_stream(string name, string hex)
    {
        ReadOnlySequence<byte> buffer = new(Convert.FromHexString(hex));
        Assert.Equal(FrameOutcome.Broken, FrameFormat.Parse(name).Read(ref buffer, out _));
    }

    [Fact]
    public void A_message_beyond_the_limit_is_refused() =>
        Assert.Throws<ArgumentException>(() => FrameFormat.TwoBytes.Frame(new byte[FrameFormat.MaxMessageLength + 1]));
}
