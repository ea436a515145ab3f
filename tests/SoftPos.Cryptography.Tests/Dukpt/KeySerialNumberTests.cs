namespace SoftPos.Cryptography;

public class KeySerialNumberTests
{
    [Theory]
    [Requirement("KEY-07")]
    [InlineData("123456789012345600000000", KeySerialNumberFault.ZeroCounter)]
    [InlineData("123456789012345600000001", KeySerialNumberFault.None)]
    [InlineData("12345678901234560000FFFF", KeySerialNumberFault.None)]
    [InlineData("12345678901234560001FFFF", KeySerialNumberFault.TooManyOnes)]
    [InlineData("1234567890123456FFFF0000", KeySerialNumberFault.None)]
    [InlineData("1234567890123456FFFF0001", KeySerialNumberFault.TooManyOnes)]
    [InlineData("1234567890123456FFFFFFFF", KeySerialNumberFault.TooManyOnes)]
    public void The_counter_rules_hold_and_a_refused_number_gives_no_key(string text, KeySerialNumberFault expected)
    {
        Assert.True(KeySerialNumber.TryParse(text, out KeySerialNumber serialNumber));
        byte[] key = new byte[16];
        Assert.Equal(expected, serialNumber.Check());
        Assert.Equal(expected, AesDukpt.DeriveWorkingKey(new byte[16], serialNumber, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, key));
        Assert.Equal(expected is not KeySerialNumberFault.None, key.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(text, serialNumber.ToString());
    }

    [Fact]
    public void Seventeen_ones_are_taken_only_where_a_fleet_asks_for_them()
    {
        KeySerialNumber seventeen = new(1, 0x0001FFFF);
        Assert.Equal(KeySerialNumberFault.TooManyOnes, seventeen.Check());
        Assert.Equal(KeySerialNumberFault.None, seventeen.Check(17));
        Assert.Equal(KeySerialNumberFault.TooManyOnes, new KeySerialNumber(1, 0x0003FFFF).Check(17));
    }

    [Theory]
    [Requirement("KEY-07")]
    [InlineData("")]
    [InlineData("12345678901234560000000")]
    [InlineData("1234567890123456000000011")]
    [InlineData("12345678901234560000000G")]
    [InlineData("+23456789012345600000001")]
    public void A_malformed_number_is_refused(string text) => Assert.False(KeySerialNumber.TryParse(text, out _));

    [Fact]
    public void Any_other_number_of_bytes_is_refused()
    {
        for (int length = 0; length < 32; length++)
        {
            Assert.Equal(length == KeySerialNumber.Length, KeySerialNumber.TryRead(new byte[length], out _));
        }
    }

    [Fact]
    public void A_key_of_another_initial_key_is_a_fault_of_the_caller()
    {
        using InitialKey host = new(1, new byte[16]);
        Assert.Throws<ArgumentException>(() => host.TryDerivePinKey(new KeySerialNumber(2, 1), DukptKeyType.Aes128, out _));
    }

    [Fact]
    [Requirement("CRY-05")]
    public void A_key_of_one_purpose_serves_no_other()
    {
        using InitialKey host = new(1, new byte[16]);
        KeySerialNumber first = new(1, 1);
        Assert.Throws<ArgumentException>(() => host.TryDeriveDataKey(first, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, out _));
        Assert.Throws<ArgumentException>(() => host.TryDeriveDataKey(first, DukptKeyUsage.DataBoth, DukptKeyType.Aes128, out _));
        Assert.Throws<ArgumentException>(() => host.TryDeriveMacKey(first, DukptKeyUsage.DataEncryption, DukptKeyType.Aes128, out _));
        Assert.Throws<ArgumentException>(() => host.TryDerivePinKey(first, DukptKeyType.Hmac128, out _));
    }
}
