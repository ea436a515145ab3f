namespace SoftPos.Iso7816.Tests;

public sealed class TlvWriterTests
{
    [Theory]
    [InlineData(0x7F, "5A7F")]
    [InlineData(0x80, "5A8180")]
    [InlineData(0xFF, "5A81FF")]
    [InlineData(0x100, "5A820100")]
    [InlineData(0x10000, "5A83010000")]
    public void Length_takes_the_shortest_form(int length, string header)
    {
        byte[] written = new TlvWriter().Write(0x5A, new byte[length]).ToArray();

        Assert.StartsWith(header, Convert.ToHexString(written), StringComparison.Ordinal);
        Assert.Equal((header.Length / 2) + length, written.Length);
    }

    [Fact]
    public void Templates_enclose_what_was_written_between_open_and_close()
    {
        byte[] written = new TlvWriter().Open(0x6F).Write(0x84, [1, 2]).Open(0xA5).Write(0x50, "X"u8).Close().Close().ToArray();

        Assert.Equal("6F0984020102A503500158", Convert.ToHexString(written));
    }

    [Fact]
    public void What_is_written_parses_to_the_same_objects()
    {
        SeededBytes bytes = new(1);
        uint[] tags = [0x5A, 0x57, 0x9F26, 0xDF8101, 0x82, 0x9F10];
        for (int round = 0; round < 500; round++)
        {
            TlvMap map = [];
            foreach (uint tag in tags)
            {
                byte[] value = new byte[bytes.Next(300)];
                for (int i = 0; i < value.Length; i++)
                {
                    value[i] = (byte)bytes.Next(256);
                }

                map[tag] = value;
            }

            Assert.True(TlvMap.TryParse(map.Encode(), out TlvMap? parsed, out _));
            Assert.Equal(map.Tags, parsed.Tags);
            foreach (uint tag in tags)
            {
                Assert.Equal(map[tag], parsed[tag]);
            }
        }
    }

    [Theory]
    [InlineData(0x00u)]
    [InlineData(0x9Fu)]
    [InlineData(0x5A01u)]
    [InlineData(0x9F8Fu)]
    public void A_number_that_is_no_tag_is_refused(uint tag) =>
        Assert.Throws<ArgumentException>(() => new TlvWriter().Write(tag, []));
}
