using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>A PIN block that is made in two rooms is the block of ISO 9564-1, and no room sees both halves.</summary>
public sealed class SplitPinBlockTests
{
    // The AES supplement of X9.24-3, as several public tests carry it.
    private const string Key = "AF8CB133A78F8DC2D1359F18527593FB", Fill = "2F69ADDE2E9E7ACE", Block = "A912150391AB65A67E52883D81CE2D15";

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("000102030405060708090A0B0C0D0E0F")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [Requirement("PIN-08", Partly = true)]
    public void However_the_field_is_cut_the_block_is_that_of_the_standard(string firstShare)
    {
        byte[] one = new byte[16], other = new byte[16];
        SplitPinBlock.Share("4111111111111111", new FixedRandom(Convert.FromHexString(firstShare)), one, other);
        using SplitPinBlock block = new(PinEncryptionKey.Import(PinCipher.Aes, Convert.FromHexString(Key)), one);
        char[] pin = ['1', '2', '3', '4'];
        block.TakePin(pin, new FixedRandom(Convert.FromHexString(Fill)));
        Assert.Equal(Block, Convert.ToHexString(block.Finish(other)));
        Assert.All(pin, static digit => Assert.Equal('\0', digit));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(19)]
    [Requirement("PIN-11", Partly = true)]
    public void One_share_says_nothing_of_the_number(int length)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string pan = "4761739001010119476"[..length];
        byte[] one = new byte[16], other = new byte[16], again = new byte[16], field = new byte[16];
        SplitPinBlock.Share(pan, random, one, other);
        SplitPinBlock.Share(pan, random, new byte[16], again);
        PinBlock.EncodePanField(pan, field);
        Assert.NotEqual(other, again);
        Assert.NotEqual(field, one);
        Assert.NotEqual(field, other);
        byte[] joined = [.. one.Zip(other, static (a, b) => (byte)(a ^ b))];
        Assert.Equal(field, joined);
    }

    [Fact]
    [Requirement("PIN-06", Partly = true)]
    public void A_pin_that_is_none_leaves_no_block_and_no_digits()
    {
        using SplitPinBlock block = new(PinEncryptionKey.Import(PinCipher.Aes, new byte[16]), new byte[16]);
        char[] pin = ['1', '2', '3'];
        Assert.Throws<ArgumentException>(() => block.TakePin(pin, RandomNumberGenerator.Create()));
        Assert.All(pin, static digit => Assert.Equal('\0', digit));
        Assert.Throws<InvalidOperationException>(() => block.Finish(new byte[16]));
    }

    private sealed class FixedRandom(byte[] bytes) : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data) => bytes.AsSpan(0, data.Length).CopyTo(data);
    }
}
