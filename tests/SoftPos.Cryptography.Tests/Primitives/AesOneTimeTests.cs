using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class AesOneTimeTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Instructions_and_platform_give_the_same(int keyLength)
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Aes.IsSupported, "this processor has no AES instructions");
        for (int i = 0; i < 2000; i++)
        {
            byte[] key = RandomNumberGenerator.GetBytes(keyLength);
            byte[] blocks = RandomNumberGenerator.GetBytes(16 * (1 + (i % 3)));
            byte[] fast = new byte[blocks.Length];
            byte[] platform = new byte[blocks.Length];
            AesOneTime.EncryptByInstructions(key, blocks, fast);
            AesOneTime.EncryptByPlatform(key, blocks, platform);
            Assert.Equal(platform, fast);
            AesOneTime.DecryptByInstructions(key, platform, fast);
            Assert.Equal(blocks, fast);
            AesOneTime.DecryptByPlatform(key, platform, fast);
            Assert.Equal(blocks, fast);
        }
    }

    [Fact]
    public void Key_and_output_may_be_the_same_memory()
    {
        byte[] key = RandomNumberGenerator.GetBytes(16);
        byte[] block = RandomNumberGenerator.GetBytes(16);
        byte[] expected = new byte[16];
        AesOneTime.Encrypt(key, block, expected);
        AesOneTime.Encrypt(key, block, key);
        Assert.Equal(expected, key);
    }
}
