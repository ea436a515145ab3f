using System.Text;

namespace SoftPos.Cryptography.Published;

/// <summary>X9.24-1:2009, A.4: the initial and the roll-over sequence.</summary>
public class TdesDukptTests
{
    private static readonly string[] File = ["emv", "openemv-dukpt", "dukpt_tdes_test.json"];

    [Theory]
    [InlineData("", 21)]
    [InlineData("2", 13)]
    public void Every_published_value_is_reached(string sequence, int count)
    {
        PublishedValues values = new(File);
        byte[] initialKey = new byte[16];
        Assert.True(TdesKeySerialNumber.TryRead(values.Hex("iksn"), out TdesKeySerialNumber initial));
        TdesDukpt.DeriveInitialKey(values.Hex("bdk"), initial, initialKey);
        Assert.Equal(values.Hex("ik_verify"), initialKey);

        byte[] text = Encoding.ASCII.GetBytes(values.Text("txn_data"));
        byte[][] serials = values.List("ksn_verify" + sequence);
        Assert.Equal(count, serials.Length);
        for (int i = 0; i < serials.Length; i++)
        {
            Assert.True(TdesKeySerialNumber.TryRead(serials[i], out TdesKeySerialNumber serial));
            byte[] Key(TdesDukptKey purpose)
            {
                byte[] key = new byte[16];
                Assert.Equal(KeySerialNumberFault.None, TdesDukpt.DeriveWorkingKey(initialKey, serial, purpose, key));
                return key;
            }

            Assert.Equal(values.List("txn_key_verify" + sequence)[i], Key(TdesDukptKey.Transaction));
            byte[] pinBlock = new byte[8];
            Tdes.EncryptEcb(Key(TdesDukptKey.Pin), values.Hex("pinblock"), pinBlock);
            Assert.Equal(values.List("encrypted_pinblock_verify" + sequence)[i], pinBlock);
            Assert.Equal(values.List("mac_request_verify" + sequence)[i], Retail(Key(TdesDukptKey.MacRequest), text));
            Assert.Equal(values.List("mac_response_verify" + sequence)[i], Retail(Key(TdesDukptKey.MacResponse), text));
            Assert.Equal(values.List("cmac_request_verify" + sequence)[i], CmacOf(Key(TdesDukptKey.MacRequest), text));
            Assert.Equal(values.List("cmac_response_verify" + sequence)[i], CmacOf(Key(TdesDukptKey.MacResponse), text));
            Assert.Equal(values.List("txn_request_verify" + sequence)[i], Enciphered(Key(TdesDukptKey.DataRequest), text));
        }
    }

    [Theory]
    [InlineData("FFFF9876543210E00000", KeySerialNumberFault.ZeroCounter)]
    [InlineData("FFFF9876543210E007FF", KeySerialNumberFault.TooManyOnes)]
    [InlineData("FFFF9876543210FFFFFF", KeySerialNumberFault.TooManyOnes)]
    [InlineData("FFFF9876543210FFF800", KeySerialNumberFault.None)]
    [InlineData("9876543210E003FF", KeySerialNumberFault.None)]
    public void The_counter_rules_hold(string text, KeySerialNumberFault expected)
    {
        Assert.True(TdesKeySerialNumber.TryParse(text, out TdesKeySerialNumber serial));
        Assert.Equal(expected, TdesDukpt.DeriveWorkingKey(new byte[16], serial, TdesDukptKey.Pin, new byte[16]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9876543210E0001")]
    [InlineData("FFFFF9876543210E00001")]
    [InlineData("FFFF9876543210E0000G")]
    public void A_malformed_serial_number_is_refused(string text) => Assert.False(TdesKeySerialNumber.TryParse(text, out _));

    private static byte[] Retail(byte[] key, byte[] text)
    {
        byte[] mac = new byte[4];
        RetailMac.Compute(key, text, MacPadding.Method1, mac);
        return mac;
    }

    private static byte[] CmacOf(byte[] key, byte[] text)
    {
        byte[] mac = new byte[8];
        Cmac.ComputeTdes(key, text, mac);
        return mac;
    }

    private static byte[] Enciphered(byte[] key, byte[] text)
    {
        byte[] padded = new byte[(text.Length + 7) / 8 * 8];
        text.CopyTo(padded, 0);
        Tdes.EncryptCbc(key, new byte[8], padded, padded);
        return padded;
    }
}
