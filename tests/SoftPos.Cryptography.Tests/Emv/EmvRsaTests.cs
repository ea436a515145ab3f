using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class EmvRsaTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(1984)]
    public void A_signed_message_is_recovered(int bits)
    {
        using RSA rsa = RSA.Create(bits);
        RSAParameters key = rsa.ExportParameters(true);
        byte[] message = [0x6A, .. RandomNumberGenerator.GetBytes((bits / 8) - 2), 0xBC];
        byte[] signature = Power(message, key.D!, key.Modulus!);
        byte[] recovered = new byte[message.Length];
        Assert.True(EmvRsa.TryRecover(key.Modulus, key.Exponent, signature, recovered));
        Assert.Equal(message, recovered);
        signature[^1] ^= 1;
        Assert.True(EmvRsa.TryRecover(key.Modulus, key.Exponent, signature, recovered));
        Assert.NotEqual(message, recovered);
    }

    [Fact]
    public void A_short_result_is_filled_with_zeros_on_the_left()
    {
        byte[] modulus = Odd(128);
        byte[] signature = new byte[128];
        signature[^1] = 2;
        byte[] recovered = new byte[128];
        recovered.AsSpan().Fill(0xEE);
        Assert.True(EmvRsa.TryRecover(modulus, [3], signature, recovered));
        Assert.Equal([.. new byte[127], 8], recovered);
    }

    [Fact]
    public void Whatever_breaks_a_rule_is_refused_and_leaves_zeros()
    {
        byte[] modulus = Odd(128);
        byte[] signature = new byte[128];
        signature[5] = 9;
        AssertRefused(Odd(63), [3], new byte[63]);
        AssertRefused(Odd(513), [3], new byte[513]);
        AssertRefused(modulus, [3], new byte[127]);
        AssertRefused(modulus, [2], signature);
        AssertRefused(modulus, [], signature);
        AssertRefused(modulus, [0, 0, 0, 0, 3], signature);
        AssertRefused(modulus, [5], signature);
        AssertRefused([.. modulus.AsSpan(0, 127), 0xFE], [3], signature);
        AssertRefused([0, .. modulus.AsSpan(1)], [3], signature);
        AssertRefused(modulus, [3], modulus);
        byte[] above = [.. modulus];
        above[0] = 0xFF;
        AssertRefused(modulus, [3], above);
    }

    private static void AssertRefused(byte[] modulus, byte[] exponent, byte[] signature)
    {
        byte[] recovered = new byte[modulus.Length];
        recovered.AsSpan().Fill(0xEE);
        Assert.False(EmvRsa.TryRecover(modulus, exponent, signature, recovered));
        Assert.All(recovered, part => Assert.Equal(0, part));
    }

    private static byte[] Odd(int length)
    {
        byte[] modulus = new byte[length];
        modulus.AsSpan().Fill(0xC1);
        return modulus;
    }

    private static byte[] Power(byte[] value, byte[] exponent, byte[] modulus)
    {
        BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
        byte[] result = BigInteger.ModPow(Number(value), Number(exponent), Number(modulus)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[modulus.Length - result.Length], .. result];
    }
}
