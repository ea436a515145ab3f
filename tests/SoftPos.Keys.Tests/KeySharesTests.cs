using System.Security.Cryptography;

namespace SoftPos.Keys.Tests;

public sealed class KeySharesTests
{
    [Theory]
    [Requirement("KEY-03")]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(2, 16)]
    public void Any_threshold_of_shares_gives_the_key_and_one_fewer_is_refused(int threshold, int count)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        byte[] key = RandomNumberGenerator.GetBytes(32);
        IReadOnlyList<KeyShare> shares = KeyShares.Split(key, threshold, count, random);
        for (int start = 0; start < count; start++)
        {
            KeyShare[] some = [.. Enumerable.Range(start, threshold).Select(i => shares[i % count]).Reverse()];
            Assert.Equal(key, KeyShares.TryCombine(some));
            Assert.Null(KeyShares.TryCombine(some[1..]));
        }
    }

    [Fact]
    public void Fewer_shares_fit_every_key_equally_well()
    {
        // With one share of a 2-of-2 split, each key byte is reached by exactly one second share: the first says nothing.
        for (int share = 0; share < 256; share += 51)
        {
            HashSet<byte> keys = [];
            for (int other = 0; other < 256; other++)
            {
                byte[] first = [.. Enumerable.Repeat((byte)share, 16)];
                byte[] second = [.. Enumerable.Repeat((byte)other, 16)];
                keys.Add(KeyShares.TryCombine([new KeyShare(2, 1, first), new KeyShare(2, 2, second)])![0]);
            }

            Assert.Equal(256, keys.Count);
        }
    }

    [Fact]
    public void The_field_is_that_of_aes()
    {
        // FIPS 197, 4.2: {57} x {83} = {c1}; {57} x {13} = {fe}.
        Assert.Equal(0xC1, KeyShares.Multiply(0x57, 0x83));
        Assert.Equal(0xFE, KeyShares.Multiply(0x57, 0x13));
        Assert.Equal(0, KeyShares.Multiply(0, 0xFF));
    }

    [Fact]
    public void A_written_share_is_read_again_and_a_slip_of_the_pen_is_found()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using KeyShare share = KeyShares.Split(RandomNumberGenerator.GetBytes(16), 3, 5, random)[3];
        string text = share.Text();
        Assert.Equal(text, KeyShare.TryParse(" " + text.ToLowerInvariant())!.Text());
        for (int i = 0; i < text.Length; i++)
        {
            char[] changed = text.ToCharArray();
            changed[i] = changed[i] == '7' ? '8' : '7';
            KeyShare? read = KeyShare.TryParse(new string(changed));
            Assert.True(read is null, $"character {i}");
        }

        Assert.Null(KeyShare.TryParse(""));
        Assert.Null(KeyShare.TryParse("3-4-00-0000"));
        Assert.DoesNotContain(Convert.ToHexString(share.Value), share.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_two_sets_or_one_twice_are_refused()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        IReadOnlyList<KeyShare> two = KeyShares.Split(new byte[16], 2, 3, random);
        IReadOnlyList<KeyShare> three = KeyShares.Split(new byte[16], 3, 3, random);
        Assert.Null(KeyShares.TryCombine([two[0], two[0]]));
        Assert.Null(KeyShares.TryCombine([two[0], three[1]]));
        Assert.Null(KeyShares.TryCombine([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyShares.Split(new byte[16], 1, 3, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyShares.Split(new byte[16], 3, 2, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyShares.Split(new byte[16], 2, 17, random));
    }
}
