using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class CryptographySelfTestTests
{
    [Fact]
    [Requirement("CRY-04")]
    public void Every_primitive_gives_its_known_answer()
    {
        Assert.Empty(CryptographySelfTest.Run());
        CryptographySelfTest.EnsurePassed();
    }

    [Fact]
    [Requirement("CRY-04")]
    public void A_broken_primitive_is_named()
    {
        foreach (CryptographySelfTest.Case test in CryptographySelfTest.Cases)
        {
            byte[] expected = Convert.FromHexString(test.Expected);
            expected[^1] ^= 1;
            Assert.Equal([test.Name], CryptographySelfTest.Run([test with { Expected = Convert.ToHexString(expected) }]));
            Assert.Equal([test.Name], CryptographySelfTest.Run([test with { Compute = () => throw new CryptographicException() }]));
        }
    }
}
