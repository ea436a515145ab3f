namespace SoftPos.Cryptography;

public class BufferedRandomTests
{
    [Fact]
    [Requirement("CRY-02", Partly = true)]
    public void No_bytes_come_twice_from_any_thread()
    {
        using BufferedRandom random = new();
        HashSet<string> seen = [];
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 2000; i++)
            {
                byte[] bytes = new byte[16];
                random.GetBytes(bytes);
                lock (seen)
                {
                    Assert.True(seen.Add(Convert.ToHexString(bytes)));
                }
            }
        });
        Assert.Equal(8000, seen.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(5000)]
    public void Every_length_is_filled(int length)
    {
        using BufferedRandom random = new();
        byte[] bytes = new byte[length];
        byte[] seen = new byte[length];
        for (int i = 0; i < 20; i++)
        {
            random.GetBytes(bytes);
            for (int j = 0; j < length; j++)
            {
                seen[j] |= bytes[j];
            }
        }

        Assert.DoesNotContain((byte)0, seen);
        random.GetNonZeroBytes(bytes);
        Assert.DoesNotContain((byte)0, bytes);
    }
}
