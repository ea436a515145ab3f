using System.Buffers.Binary;

namespace SoftPos.Cryptography.Published;

/// <summary>Issuer-side computations against the calls recorded from pyemv's own tests.</summary>
public class EmvCallTests
{
    private const string Suite = "pyemv";

    // The card of pyemv's CVN tests: three issuer keys, PAN 1234567890123456, sequence number 00.
    private static readonly byte[] CryptogramKey = Derive("0123456789ABCDEFFEDCBA9876543210");
    private static readonly byte[] IntegrityKey = Derive("FEDCBA98765432100123456789ABCDEF");
    private static readonly byte[] ConfidentialityKey = Derive("89ABCDEF0123456776543210FEDCBA98");

    [Theory]
    [InlineData("derive_icc_mk_a", EmvMasterKeyOption.A)]
    [InlineData("derive_icc_mk_b", EmvMasterKeyOption.B)]
    public void Card_keys_are_equal(string function, EmvMasterKeyOption option)
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            byte[] key = new byte[16];
            EmvMasterKey.Derive(option, call.Hex("iss_mk"), call.Digits("pan"), call.Has("psn") ? call.Digits("psn") : "", key);
            Assert.Equal(call.Result, key);
        }
    }

    [Fact]
    public void Common_session_keys_are_equal() => Check("derive_common_sk", call =>
    {
        byte[] key = new byte[16];
        EmvSessionKey.Common(call.Hex("icc_mk"), call.Hex("r"), key);
        return key;
    });

    [Fact]
    public void Visa_secure_messaging_keys_are_equal() => Check("derive_visa_sm_sk", call =>
    {
        byte[] key = new byte[16];
        EmvSessionKey.VisaSecureMessaging(call.Hex("icc_mk"), Counter(call, "atc"), key);
        return key;
    });

    [Fact]
    public void Tree_session_keys_are_equal() => Check("derive_emv2000_tree_sk", call =>
    {
        byte[] key = new byte[16];
        EmvSessionKey.Emv2000Tree(
            call.Hex("icc_mk"),
            Counter(call, "atc"),
            call.Has("height") ? call.Number("height") : 8,
            call.Has("branch_factor") ? call.Number("branch_factor") : 4,
            call.Has("iv") ? call.Hex("iv") : new byte[16],
            key);
        return key;
    });

    [Fact]
    public void Cryptograms_over_ready_data_are_equal() => Check("ac.generate_ac", call =>
    {
        if (call.Has("padding_type") && !call.Raw("padding_type").StartsWith('<'))
        {
            throw new ArgumentException("a padding that has no counterpart in a typed call");
        }

        byte[] cryptogram = new byte[8];
        MacPadding padding = call.Has("padding_type") && call.Raw("padding_type").Contains("VISA", StringComparison.Ordinal)
            ? MacPadding.Method1
            : MacPadding.Method2;
        ApplicationCryptogram.Compute(call.Hex("sk_ac"), call.Hex("data"), padding, cryptogram);
        return cryptogram;
    });

    [Theory]
    [InlineData("VisaCVN10.generate_ac", "visa-10")]
    [InlineData("VisaCVN18.generate_ac", "visa-18")]
    public void Cryptograms_by_version_are_equal(string function, string name)
    {
        Assert.True(CryptogramVersion.TryFind(name, out CryptogramVersion version));
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            CryptogramInput input = new()
            {
                AmountAuthorised = call.Hex("tag_9f02"),
                AmountOther = call.Hex("tag_9f03"),
                TerminalCountryCode = call.Hex("tag_9f1a"),
                TerminalVerificationResults = call.Hex("tag_95"),
                TransactionCurrencyCode = call.Hex("tag_5f2a"),
                TransactionDate = call.Hex("tag_9a"),
                TransactionType = call.Hex("tag_9c"),
                UnpredictableNumber = call.Hex("tag_9f37"),
                ApplicationInterchangeProfile = call.Hex("tag_82"),
                ApplicationTransactionCounter = call.Hex("tag_9f36"),
                IssuerApplicationData = call.Has("tag_9f10") ? call.Hex("tag_9f10") : [6, 1, 0x0A, .. call.Hex("cvr")],
            };
            byte[] cryptogram = new byte[8];
            Assert.True(ApplicationCryptogram.TryCompute(version, CryptogramKey, input, cryptogram));
            Assert.Equal(call.Result, cryptogram);
            Assert.True(ApplicationCryptogram.Verify(version, CryptogramKey, input, cryptogram));
            cryptogram[7] ^= 1;
            Assert.False(ApplicationCryptogram.Verify(version, CryptogramKey, input, cryptogram));
        }
    }

    [Fact]
    public void Answers_by_method_1_are_equal() => Check("ac.generate_arpc_1", call =>
    {
        byte[] arpc = new byte[8];
        IssuerResponse.ComputeMethodOne(call.Hex("sk_ac"), call.Hex("arqc"), call.Hex("arpc_rc"), arpc);
        return arpc;
    });

    [Fact]
    public void Answers_by_method_2_are_equal() => Check("ac.generate_arpc_2", call =>
    {
        byte[] arpc = new byte[4];
        IssuerResponse.ComputeMethodTwo(
            call.Hex("sk_ac"), call.Hex("arqc"), call.Hex("csu"), call.Has("prop_auth_data") ? call.Hex("prop_auth_data") : [], arpc);
        return arpc;
    });

    [Fact]
    public void Answers_by_version_are_equal()
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, "VisaCVN10.generate_arpc"))
        {
            byte[] arpc = new byte[8];
            IssuerResponse.ComputeMethodOne(CryptogramKey, call.Hex("tag_9f26"), call.Hex("arpc_rc"), arpc);
            Assert.Equal(call.Result, arpc);
        }

        foreach (RecordedCall call in RecordedCall.Of(Suite, "VisaCVN18.generate_arpc"))
        {
            byte[] key = new byte[16];
            ApplicationCryptogram.DeriveKey(CryptogramVersion.Visa18, CryptogramKey, Counter(call, "tag_9f36"), [], key);
            byte[] arpc = new byte[4];
            IssuerResponse.ComputeMethodTwo(key, call.Hex("tag_9f26"), call.Hex("csu"), [], arpc);
            Assert.Equal(call.Result, arpc);
        }
    }

    [Fact]
    public void Script_macs_over_ready_commands_are_equal() => Check("sm.generate_command_mac", call =>
    {
        byte[] mac = new byte[8];
        IssuerScript.ComputeMac(call.Hex("sk_smi"), call.Hex("command"), mac);
        return mac;
    });

    [Theory]
    [InlineData("VisaCVN10", "visa-10")]
    [InlineData("VisaCVN18", "visa-18")]
    public void Script_macs_and_pin_changes_by_version_are_equal(string prefix, string name)
    {
        Assert.True(CryptogramVersion.TryFind(name, out CryptogramVersion version));
        foreach (RecordedCall call in RecordedCall.Of(Suite, prefix + ".generate_command_mac"))
        {
            Assert.Equal(call.Result, Mac(version, call, call.Hex("command_header"), []));
        }

        foreach (RecordedCall call in RecordedCall.Of(Suite, prefix + ".generate_pin_change_command"))
        {
            bool hasCurrent = call.Has("current_pin");
            byte[] block = new byte[8];
            IssuerScript.WriteVisaPinChangeBlock(CryptogramKey, call.Digits("pin"), hasCurrent ? call.Digits("current_pin") : "", block);
            byte[] key = new byte[16];
            IssuerScript.DeriveKey(version, ConfidentialityKey, Counter(call, "tag_9f36"), call.Hex("tag_9f26"), key);
            byte[] enciphered = IssuerScript.Encipher(ScriptEncryption.Visa, key, block);
            byte[] header = [0x84, 0x24, 0x00, (byte)(hasCurrent ? 1 : 2), 0x18];
            byte[] command = [.. header, .. enciphered, .. Mac(version, call, header, enciphered)];
            Assert.Equal(call.Result, command);
        }
    }

    [Fact]
    public void Visa_pin_change_blocks_are_equal() => Check("format_vis_pin_block", call =>
    {
        byte[] block = new byte[8];
        IssuerScript.WriteVisaPinChangeBlock(
            call.Hex("icc_mk_ac"), call.Digits("pin"), call.Has("current_pin") ? call.Digits("current_pin") : "", block);
        return block;
    });

    [Fact]
    public void Cvc3_values_are_equal()
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, "generate_cvc3"))
        {
            string Compute() => CardVerification.ComputeCvc3(call.Hex("icc_cvc3"), call.Hex("track_template"), Counter(call, "atc"), call.Hex("un"));
            if (call.IsError)
            {
                Assert.Throws<ArgumentException>(Compute);
            }
            else
            {
                Assert.Equal(call.ResultText, Compute());
            }
        }
    }

    [Fact]
    public void Macs_of_algorithm_3_are_equal() => Check("mac_iso9797_3", call =>
    {
        byte[] mac = new byte[8];
        RetailMac.Compute(call.Hex("key1"), call.Hex("key2"), call.Hex("data"), (MacPadding)call.Number("padding"), mac);
        return mac;
    });

    [Theory]
    [InlineData("pad_iso9797_1", MacPadding.Method1)]
    [InlineData("pad_iso9797_2", MacPadding.Method2)]
    public void Padded_texts_are_equal(string function, MacPadding padding) => Check(function, call =>
    {
        byte[] data = call.Hex("data");
        byte[] padded = new byte[PaddedText.Length(data.Length, padding, call.Number("block_size"))];
        PaddedText.Write(data, padding, call.Number("block_size"), padded);
        return padded;
    });

    private static void Check(string function, Func<RecordedCall, byte[]> compute)
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            if (call.IsError)
            {
                Assert.ThrowsAny<ArgumentException>(() => compute(call));
            }
            else
            {
                Assert.Equal(call.Result, compute(call));
            }
        }
    }

    private static byte[] Mac(CryptogramVersion version, RecordedCall call, byte[] header, byte[] data)
    {
        byte[] key = new byte[16];
        IssuerScript.DeriveKey(version, IntegrityKey, Counter(call, "tag_9f36"), call.Hex("tag_9f26"), key);
        byte[] mac = new byte[8];
        IssuerScript.ComputeMac(key, header, Counter(call, "tag_9f36"), call.Hex("tag_9f26"), data, mac);
        return mac;
    }

    private static ushort Counter(RecordedCall call, string name)
    {
        byte[] value = call.Hex(name);
        return value.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(value) : throw new ArgumentException("a typed counter has two bytes");
    }

    private static byte[] Derive(string issuerKey)
    {
        byte[] key = new byte[16];
        EmvMasterKey.Derive(EmvMasterKeyOption.A, Convert.FromHexString(issuerKey), "1234567890123456", "00", key);
        return key;
    }
}
