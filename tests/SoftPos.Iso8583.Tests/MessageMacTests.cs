using System.Security.Cryptography;

namespace SoftPos.Iso8583;

public sealed class MessageMacTests
{
    private static readonly byte[] Key = [1, 2, 3];

    [Theory]
    [Requirement("PBE-01")]
    [InlineData("lab", 64)]
    [InlineData("lab", 128)]
    [InlineData("1987-binary", 64)]
    public void A_sealed_message_verifies_and_any_changed_byte_does_not(string dialectName, int field)
    {
        Iso8583Message message = LabMessages.Authorisation(ShippedDialects.Get(dialectName));
        if (field == 128)
        {
            message[70] = "301";
        }

        byte[] sealedBytes = MessageMac.Seal(message, Mac);
        Assert.True(Iso8583View.TryRead(sealedBytes, message.Dialect, out Iso8583View view, out _));
        Assert.True(view.Has(field));
        Assert.True(MessageMac.Verify(view, Mac));
        Assert.Equal(sealedBytes, message.Encode());
        int readable = 0;
        for (int i = 0; i < sealedBytes.Length; i++)
        {
            byte[] changed = [.. sealedBytes];
            changed[i] ^= 0x01;
            if (Iso8583View.TryRead(changed, message.Dialect, out Iso8583View tampered, out _))
            {
                readable++;
                Assert.False(MessageMac.Verify(tampered, Mac), $"byte {i}");
            }
        }

        Assert.True(readable > 100);
    }

    [Fact]
    public void The_mac_covers_the_message_type_up_to_its_own_first_byte()
    {
        Iso8583Message message = new(ShippedDialects.Lab, "0800") { [7] = "1124014833", [11] = "1", [70] = "301" };
        byte[] covered = [];
        byte[] sealedBytes = MessageMac.Seal(message, bytes =>
        {
            covered = bytes.ToArray();
            return [1, 2, 3, 4];
        });
        Assert.Equal(sealedBytes[..^8], covered);
        Assert.Equal("0102030400000000", Convert.ToHexString(sealedBytes.AsSpan(sealedBytes.Length - 8)));
    }

    [Fact]
    public void A_message_without_mac_does_not_verify()
    {
        Assert.True(Iso8583View.TryRead(LabMessages.Authorisation().Encode(), ShippedDialects.Lab, out Iso8583View view, out _));
        Assert.False(MessageMac.Verify(view, Mac));
    }

    private static byte[] Mac(ReadOnlySpan<byte> covered) => HMACSHA256.HashData(Key, covered)[..8];
}
