using System.Text;
using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>Values of the X9.24-3 supplement, as two open suites carry them.</summary>
public class AesDukptSupplementTests
{
    private static readonly string[] Aes128 = ["emv", "openemv-dukpt", "dukpt_aes128_test.json"];

    [Fact]
    public void The_initial_key_is_the_published_one()
    {
        PublishedValues values = new(Aes128);
        Assert.Equal(values.Hex("ik_verify"), InitialKeyOf(values));
    }

    [Theory]
    [InlineData("ksn_verify", "txn_key_verify")]
    [InlineData("ksn_verify2", "txn_key_verify2")]
    [InlineData("ksn_verify3", "txn_key_verify3")]
    public void Transaction_keys_are_the_published_ones_on_host_and_terminal(string serialNumbers, string keys)
    {
        PublishedValues values = new(Aes128);
        byte[] initialKey = InitialKeyOf(values);
        foreach ((byte[] serial, byte[] expected) in values.List(serialNumbers).Zip(values.List(keys)))
        {
            Assert.True(KeySerialNumber.TryRead(serial, out KeySerialNumber serialNumber));
            byte[] key = new byte[16];
            Assert.Equal(KeySerialNumberFault.None, AesDukpt.DeriveIntermediateKey(initialKey, serialNumber, key));
            Assert.Equal(expected, key);
        }
    }

    [Theory]
    [InlineData("pin_key_aes128_verify", DukptKeyUsage.PinEncryption)]
    [InlineData("cmac_aes128_key_verify", DukptKeyUsage.MacGeneration)]
    [InlineData("data_aes128_key_verify", DukptKeyUsage.DataEncryption)]
    public void Working_keys_are_the_published_ones(string name, DukptKeyUsage usage)
    {
        PublishedValues values = new(Aes128);
        byte[] initialKey = InitialKeyOf(values);
        foreach ((byte[] serial, byte[] expected) in values.List("ksn_verify").Zip(values.List(name)))
        {
            Assert.True(KeySerialNumber.TryRead(serial, out KeySerialNumber serialNumber));
            byte[] key = new byte[16];
            Assert.Equal(KeySerialNumberFault.None, AesDukpt.DeriveWorkingKey(initialKey, serialNumber, usage, DukptKeyType.Aes128, key));
            Assert.Equal(expected, key);
        }
    }

    [Theory]
    [Requirement("KEY-06")]
    [InlineData("PIN", DukptKeyUsage.PinEncryption)]
    [InlineData("MAC-GENERATE", DukptKeyUsage.MacGeneration)]
    [InlineData("MAC-VERIFY", DukptKeyUsage.MacVerification)]
    [InlineData("MAC-BOTH", DukptKeyUsage.MacBoth)]
    [InlineData("DATA-ENCRYPT", DukptKeyUsage.DataEncryption)]
    [InlineData("DATA-DECRYPT", DukptKeyUsage.DataDecryption)]
    [InlineData("DATA-BOTH", DukptKeyUsage.DataBoth)]
    [InlineData("KEK", DukptKeyUsage.KeyEncryption)]
    public void Every_usage_gives_its_published_key(string name, DukptKeyUsage usage)
    {
        PublishedValues values = new("emv", "x9-24-3-suites", "aes_dukpt_suites.json");
        JsonElement root = values.Root;
        byte[] initialKey = Convert.FromHexString(root.GetProperty("IK_AES128").GetString()!);
        ulong id = Convert.ToUInt64(root.GetProperty("initial_key_id").GetString(), 16);
        byte[] key = new byte[16];
        AesDukpt.DeriveWorkingKey(initialKey, new KeySerialNumber(id, 1), usage, DukptKeyType.Aes128, key);
        Assert.Equal(root.GetProperty("aes128_counter1_usages").GetProperty(name).GetString(), Convert.ToHexString(key));
    }

    // X9.24-3 supplement and derived values of the fact sheet, 1.10.
    [Theory]
    [InlineData(DukptKeyUsage.MacGeneration, DukptKeyType.Hmac128, "27D99DA9C091C20DEC0D1C56244ADF8C")]
    [InlineData(DukptKeyUsage.PinEncryption, DukptKeyType.Tdes2, "630C706D9546E47D4449313F61C4D4AB")]
    public void Other_algorithms_give_their_known_keys(DukptKeyUsage usage, DukptKeyType type, string expected)
    {
        byte[] key = new byte[type.Length()];
        AesDukpt.DeriveWorkingKey(
            Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1"), new KeySerialNumber(0x1234567890123456, 1), usage, type, key);
        Assert.Equal(expected, Convert.ToHexString(key));
    }

    [Fact]
    public void A_256_bit_base_key_gives_the_known_keys()
    {
        byte[] half = Convert.FromHexString("FEDCBA9876543210F1F1F1F1F1F1F1F1");
        byte[] initialKey = new byte[32];
        AesDukpt.DeriveInitialKey([.. half, .. half], 0x1234567890123456, initialKey);
        Assert.Equal("CE9CE0C101D1138F97FB6CAD4DF045A7083D4EAE2D35A31789D01CCF0949550F", Convert.ToHexString(initialKey));
        KeySerialNumber first = new(0x1234567890123456, 1);
        byte[] key = new byte[32];
        AesDukpt.DeriveWorkingKey(initialKey, first, DukptKeyUsage.PinEncryption, DukptKeyType.Aes256, key);
        Assert.Equal("8C1AB7BEE973829E30242E0BBBDD4946D540C98FC1B5BDCF94790001A23FD502", Convert.ToHexString(key));
        AesDukpt.DeriveUpdateKey(initialKey, first.InitialKeyId, key);
        Assert.Equal("AEFB210C136278A1279F7C8815F446DB8EBE2AA910B157AA4E6484D8DE9C4807", Convert.ToHexString(key));
        byte[] shortKey = new byte[16];
        AesDukpt.DeriveWorkingKey(initialKey, first, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, shortKey);
        Assert.Equal("09C9C432966811D6B2C3336BAC1B1202", Convert.ToHexString(shortKey));
        AesDukpt.DeriveUpdateKey(Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1"), first.InitialKeyId, shortKey);
        Assert.Equal("9A9770AEE1ACD1B13473D0463A1883B9", Convert.ToHexString(shortKey));
    }

    [Fact]
    public void A_serial_number_of_counter_zero_is_refused()
    {
        PublishedValues values = new("emv", "openemv-dukpt", "dukpt_aes_ksn_test.json");
        Assert.True(KeySerialNumber.TryRead(values.Hex("ksn"), out KeySerialNumber serialNumber));
        byte[] key = new byte[16];
        Assert.Equal(
            KeySerialNumberFault.ZeroCounter,
            AesDukpt.DeriveWorkingKey(new byte[16], serialNumber, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, key));
        Assert.Equal(new byte[16], key);
    }

    [Fact]
    public void The_terminal_gives_the_published_keys_from_its_loaded_state()
    {
        PublishedValues values = new("emv", "openemv-dukpt", "dukpt_aes128_state_test.json");
        PublishedValues published = new(Aes128);
        ulong id = Convert.ToUInt64(Convert.ToHexString(values.Hex("ikid")), 16);
        using AesDukptTerminal terminal = AesDukptTerminal.Load(id, values.Hex("ik_verify"));
        byte[] message = Encoding.ASCII.GetBytes(published.Text("txn_data"));
        foreach ((byte[] serial, byte[] macKey) in published.List("ksn_verify").Zip(published.List("cmac_aes128_key_verify")))
        {
            Assert.True(terminal.TryBegin(_ => { }, out DukptTransaction? transaction));
            using (transaction)
            using (MacKey key = transaction!.DeriveMacKey(DukptKeyUsage.MacGeneration, DukptKeyType.Aes128))
            {
                Assert.Equal(serial, transaction.SerialNumber.ToBytes());
                byte[] mac = new byte[16];
                byte[] expected = new byte[16];
                key.Compute(message, mac);
                Cmac.ComputeAes(macKey, message, expected);
                Assert.Equal(expected, mac);
                Assert.True(key.Verify(message, mac));
            }
        }
    }

    private static byte[] InitialKeyOf(PublishedValues values)
    {
        byte[] initialKey = new byte[16];
        AesDukpt.DeriveInitialKey(values.Hex("bdk"), Convert.ToUInt64(Convert.ToHexString(values.Hex("ikid")), 16), initialKey);
        return initialKey;
    }
}
