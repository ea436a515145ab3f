using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class AccountDataSealTests
{
    private static readonly byte[] Key = Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1");

    private static readonly byte[] Data = "4761739001010119=26122011"u8.ToArray();

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public void The_host_opens_what_the_terminal_sealed()
    {
        byte[] sealedData = Seal(out InitialKey host);
        using DataEncryptionKey key = HostKey(host, sealedData);
        Assert.True(AccountDataSeal.TryOpen(key, "payment 1"u8, sealedData, out byte[]? opened));
        Assert.Equal(Data, opened);
        Assert.Equal(-1, sealedData.AsSpan().IndexOf("476173900"u8));
        Assert.Equal(Data.Length + AccountDataSeal.Overhead, sealedData.Length);
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public void Every_changed_byte_and_other_associated_data_are_refused()
    {
        byte[] sealedData = Seal(out InitialKey host);
        using DataEncryptionKey key = HostKey(host, sealedData);
        Assert.False(AccountDataSeal.TryOpen(key, "payment 2"u8, sealedData, out byte[]? opened));
        Assert.Null(opened);
        for (int i = 0; i < sealedData.Length; i++)
        {
            sealedData[i] ^= 1;
            Assert.False(AccountDataSeal.TryOpen(key, "payment 1"u8, sealedData, out _));
            sealedData[i] ^= 1;
        }

        for (int length = 0; length < sealedData.Length; length++)
        {
            Assert.False(AccountDataSeal.TryOpen(key, "payment 1"u8, sealedData.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_key_of_the_other_direction_does_not_open_it()
    {
        byte[] sealedData = Seal(out InitialKey host);
        Assert.True(AccountDataSeal.TryReadSerialNumber(sealedData, out KeySerialNumber serialNumber));
        host.TryDeriveDataKey(serialNumber, DukptKeyUsage.DataDecryption, DukptKeyType.Aes128, out DataEncryptionKey? key);
        Assert.False(AccountDataSeal.TryOpen(key!, "payment 1"u8, sealedData, out _));
    }

    [Fact]
    [Requirement("CRY-07", Partly = true)]
    public void A_disposed_key_opens_nothing_and_no_key_is_printed()
    {
        byte[] sealedData = Seal(out InitialKey host);
        DataEncryptionKey key = HostKey(host, sealedData);
        Assert.DoesNotContain(Convert.ToHexString(key.Bytes), key.ToString(), StringComparison.OrdinalIgnoreCase);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => AccountDataSeal.TryOpen(key, "payment 1"u8, sealedData, out _));
    }

    private static byte[] Seal(out InitialKey host)
    {
        host = new InitialKey(7, Key);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using AesDukptTerminal terminal = AesDukptTerminal.Load(7, Key);
        terminal.TryBegin(_ => { }, out DukptTransaction? transaction);
        using (transaction)
        using (DataEncryptionKey key = transaction!.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128))
        {
            return AccountDataSeal.Seal(key, transaction.SerialNumber, "payment 1"u8, Data, random);
        }
    }

    private static DataEncryptionKey HostKey(InitialKey host, byte[] sealedData)
    {
        Assert.True(AccountDataSeal.TryReadSerialNumber(sealedData, out KeySerialNumber serialNumber));
        Assert.Equal(
            KeySerialNumberFault.None,
            host.TryDeriveDataKey(serialNumber, DukptKeyUsage.DataEncryption, DukptKeyType.Aes128, out DataEncryptionKey? key));
        return key!;
    }
}
