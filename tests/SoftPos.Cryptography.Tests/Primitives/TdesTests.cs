using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace SoftPos.Cryptography;

public class TdesTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    public void Two_implementations_agree_in_both_directions(int keyLength)
    {
        for (int i = 0; i < 3000; i++)
        {
            byte[] key = RandomNumberGenerator.GetBytes(keyLength);
            byte[] block = RandomNumberGenerator.GetBytes(8);
            byte[] own = new byte[8];
            Tdes.EncryptEcb(key, block, own);
            Assert.Equal(Reference(key, block), own);
            Tdes.DecryptEcb(key, own, own);
            Assert.Equal(block, own);
        }
    }

    // SP 800-17, table 1 (variable plaintext) and table 2 (variable key), first entries; FIPS 81.
    [Theory]
    [InlineData("0101010101010101", "8000000000000000", "95F8A5E5DD31D900")]
    [InlineData("0101010101010101", "0000000000000001", "166B40B44ABA4BD6")]
    [InlineData("8001010101010101", "0000000000000000", "95A8D72813DAA94D")]
    [InlineData("0123456789ABCDEF", "4E6F772069732074", "3FA40E8A984D4815")]
    public void Published_blocks_are_enciphered_rightly(string key, string clear, string expected)
    {
        byte[] output = new byte[8];
        Tdes.EncryptEcb(Convert.FromHexString(key), Convert.FromHexString(clear), output);
        Assert.Equal(expected, Convert.ToHexString(output));
    }

    [Fact]
    public void Every_bit_of_the_key_but_parity_matters()
    {
        byte[] key = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
        byte[] expected = new byte[8];
        Tdes.EncryptEcb(key, new byte[8], expected);
        for (int bit = 0; bit < 128; bit++)
        {
            key[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            byte[] output = new byte[8];
            Tdes.EncryptEcb(key, new byte[8], output);
            Assert.Equal(bit % 8 == 7, expected.AsSpan().SequenceEqual(output));
            key[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        }
    }

    [Fact]
    public void Cbc_chains_and_unchains()
    {
        byte[] key = RandomNumberGenerator.GetBytes(24);
        byte[] iv = RandomNumberGenerator.GetBytes(8);
        byte[] clear = RandomNumberGenerator.GetBytes(40);
        byte[] enciphered = new byte[40];
        Tdes.EncryptCbc(key, iv, clear, enciphered);
        using TripleDES platform = TripleDES.Create();
        platform.Key = key;
        Assert.Equal(platform.EncryptCbc(clear, iv, PaddingMode.None), enciphered);
        Tdes.DecryptCbc(key, iv, enciphered, enciphered);
        Assert.Equal(clear, enciphered);
    }

    [Fact]
    public void Adjusted_keys_have_odd_parity_and_the_same_effect()
    {
        byte[] key = RandomNumberGenerator.GetBytes(16);
        byte[] adjusted = [.. key];
        Tdes.AdjustParity(adjusted);
        Assert.All(adjusted, part => Assert.Equal(1, System.Numerics.BitOperations.PopCount(part) % 2));
        byte[] one = new byte[8];
        byte[] other = new byte[8];
        Tdes.EncryptEcb(key, new byte[8], one);
        Tdes.EncryptEcb(adjusted, new byte[8], other);
        Assert.Equal(one, other);
    }

    private static byte[] Reference(byte[] key, byte[] block)
    {
        IBlockCipher engine = key.Length == 8 ? new DesEngine() : new DesEdeEngine();
        engine.Init(true, new KeyParameter(key));
        byte[] output = new byte[8];
        engine.ProcessBlock(block, 0, output, 0);
        return output;
    }

    [Fact]
    public void Random_keys_give_what_the_platform_gives()
    {
        SeededRandom random = new(46);
        using System.Security.Cryptography.TripleDES platform = System.Security.Cryptography.TripleDES.Create();
        for (int i = 0; i < 500; i++)
        {
            byte[] key = random.Bytes(24);
            byte[] clear = random.Bytes(8 * (1 + random.Next(6)));
            byte[] own = new byte[clear.Length];
            platform.SetKey(key);
            Tdes.EncryptEcb(key, clear, own);
            Assert.Equal(platform.EncryptEcb(clear, System.Security.Cryptography.PaddingMode.None), own);
            Tdes.DecryptEcb(key, own, own);
            Assert.Equal(clear, own);
        }
    }
}
