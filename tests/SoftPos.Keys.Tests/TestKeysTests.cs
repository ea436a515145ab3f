namespace SoftPos.Keys.Tests;

public sealed class TestKeysTests
{
    [Theory]
    [Requirement("KEY-09")]
    [InlineData("0123456789ABCDEFFEDCBA9876543210")]
    [InlineData("6AC292FAA1315B4D858AB3A3D7D5933A")]
    [InlineData("FEDCBA9876543210F1F1F1F1F1F1F1F1")]
    [InlineData("FEDCBA9876543210F1F1F1F1F1F1F1F1FEDCBA9876543210F1F1F1F1F1F1F1F1")]
    [InlineData("1273671EA26AC29AFA4D1084127652A1")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F")]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3C")]
    [InlineData("404142434445464748494A4B4C4D4E4F")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("4141414141414141414141414141414141414141414141414141414141414141")]
    [InlineData("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")]
    [InlineData("DD7515F2BFC17F85CE48F3CA25CB21F6")]
    [InlineData("9E15204313F7318ACB79B90BD986AD29")]
    public void A_published_key_is_known_by_its_check_value(string hex)
    {
        byte[] key = Convert.FromHexString(hex);
        Assert.True(TestKeys.IsPublished(BaseDerivationKey.CheckValue(VaultKeyKind.ZonePinAes, key)));
        Assert.True(key.Length != 16 || TestKeys.IsPublished(BaseDerivationKey.CheckValue(VaultKeyKind.ZonePinTdes, key)));
    }

    [Theory]
    [InlineData("11111111111111111111111111111111")]
    [InlineData("A1B2A1B2A1B2A1B2A1B2A1B2A1B2A1B2")]
    [InlineData("0E3A6D5C91B2F7840E3A6D5C91B2F784")]
    [InlineData("0E3A6D5C91B2F7841122334455667799AB3A6D5C91B2F78F0E3A6D5C91B2F784")]
    [InlineData("101112131415161718191A1B1C1D1E1F")]
    [InlineData("FFEEDDCCBBAA99887766554433221100")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("3235362D62697420414553207772617070696E67202849534F20323030333829")]
    public void A_pattern_is_no_key(string hex) => Assert.True(TestKeys.IsPatterned(Convert.FromHexString(hex)));

    [Fact]
    public void Random_keys_are_neither()
    {
        for (int i = 0; i < 2000; i++)
        {
            byte[] key = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
            Assert.False(TestKeys.IsPatterned(key));
            Assert.False(TestKeys.IsPublished(BaseDerivationKey.CheckValue(VaultKeyKind.BaseDerivation, key)));
        }
    }
}
