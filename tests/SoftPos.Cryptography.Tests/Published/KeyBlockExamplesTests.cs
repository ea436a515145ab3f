using System.Text;
using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>Examples of TR-31, X9.143 and ISO 20038, and the blocks of psec and openemv.</summary>
public class KeyBlockExamplesTests
{
    // Key block protection keys that the standards and the open suites publish.
    private static readonly string[] PublishedProtectionKeys =
    [
        "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6",
        "DD7515F2BFC17F85CE48F3CA25CB21F6",
        "89E88CF7931444F334BD7547FC3F380C",
        "B8ED59E0A279A295E9F5ED7944FD06B9",
        "1D22BF32387C600AD97F9B97A51311AC",
        "EFE0853B256B583D868F251CE99EA1D9",
        "AB2E09DB3EF0BA71E0CE6CD755C23A3B",
        "3235362D62697420414553207772617070696E67202849534F20323030333829",
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB",
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCC",
        "ABABABABABABABABABABABABABABABAB",
        "45454545454545454545454545454545",
    ];

    [Theory]
    [Requirement("KEY-04")]
    [InlineData("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6", "3F419E1CB7079442AA37474C2EFBF8B8",
        "D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB"
        + "54C48F4C4FEF7AC75E90FC47F1B77E7B19A73ED46E64410082557")]
    [InlineData("4141414141414141414141414141414141414141414141414141414141414141", "1273671EA26AC29AFA4D1084127652A1",
        "D0176B1AX00E0200IK141234567890123456PB0C00000000DEB71D525131C73AA70D2BB3727BF7D6BACC806F269"
        + "279ACA2122144179F07E032379193541D2EF79B76FCFD2746E6A0C4B4D89E9CD67C2EB94BCFE2A673AA87")]
    [InlineData("DD7515F2BFC17F85CE48F3CA25CB21F6", "3F419E1CB7079442AA37474C2EFBF8B8",
        "B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E")]
    [InlineData("89E88CF7931444F334BD7547FC3F380C", "F039121BEC83D26B169BDCD5B22AAF8F",
        "A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701")]
    [InlineData("B8ED59E0A279A295E9F5ED7944FD06B9", "EDB380DD340BC2620247D445F5B8D678",
        "C0096B0TX12S0100KS1800604B120F9292800000BFB9B689CB567E66FC3FEE5AD5F52161FC6545B9D60989015D02155C")]
    [InlineData("3235362D62697420414553207772617070696E67202849534F20323030333829", "777261707065642033444553206B6579",
        "E0084B0TV16N0000B2AE5E26BBA7F246E84D5EA24167E208A6B66EF2E27E55A52DB52F0AEACB94C57547")]
    [InlineData("1D22BF32387C600AD97F9B97A51311AC", "E8BC63E5479455E26577F715D587FE68",
        "B0104B0TX12S0100KS1800604B120F9292800000BB68BE8680A400D9191AD4ECE45B6E6C0D21C4738A52190E248719E24B433627")]
    [InlineData("AB2E09DB3EF0BA71E0CE6CD755C23A3B", "BF82DAC6A33DF92CE66E15B70E5DCEB6",
        "B0128B1TX00N0300KS18FFFF00A0200001E00000KC0C000169E3KP0C00ECAD626F9F1A826814AA066D86C8C18BD0E14033E1EBEC75BEDF586E6E325F3AA8C0E5")]
    public void A_published_block_opens_to_its_key(string protectionKey, string expected, string block)
    {
        using KeyBlockProtectionKey key = new(Convert.FromHexString(protectionKey));
        Assert.True(KeyBlock.TryUnwrap(key, block, out KeyBlockContent? content, out KeyBlockFault fault), fault.ToString());
        using (content)
        {
            Assert.Equal(expected, Convert.ToHexString(content!.Key));
        }
    }

    [Fact]
    public void A_block_with_fixed_padding_is_wrapped_to_the_known_text()
    {
        using KeyBlockProtectionKey key = new(Enumerable.Repeat((byte)0x41, 32).ToArray());
        KeyBlockHeader header = new()
        {
            Usage = "B0",
            Algorithm = 'A',
            ModeOfUse = 'X',
            Exportability = 'E',
            Options = [new KeyBlockOption("BI", "0112345678")],
        };
        string block = KeyBlock.Wrap(key, header, Convert.FromHexString("FEDCBA9876543210F1F1F1F1F1F1F1F1"), new ConstantRandom(0x5A));
        Assert.Equal(
            "D0176B0AX00E0200BI0E0112345678PB1200000000000000"
            + "08154E17A436CDEED93034D8D033E33429279E428CA47C6F28FB67E57B715E65DAD8EA60EC2F890B69713302581BC95F"
            + "4EE9F2CB6A5351BC56F6CD4AC0BDCFE5",
            block);
    }

    [Fact]
    public void Derived_keys_of_every_version_are_the_published_ones()
    {
        PublishedValues values = new("emv", "openemv-tr31", "tr31_crypto_test.json");
        int derived = 0;
        foreach (JsonProperty entry in values.Root.EnumerateObject().Where(entry => entry.Name.EndsWith("_verify", StringComparison.Ordinal)))
        {
            string prefix = entry.Name.Split('_')[0];
            byte[] protectionKey = values.Hex(prefix + "_kbpk");
            bool isAes = protectionKey.Length == 32;
            char version = entry.Name.Contains("variant", StringComparison.Ordinal) ? 'A' : !isAes ? 'B' : prefix == "test7" ? 'E' : 'D';
            byte[] encryption = new byte[protectionKey.Length];
            byte[] authentication = new byte[protectionKey.Length];
            KeyBlockCipher.DeriveKeys(version, protectionKey, encryption, authentication);
            Assert.Equal(values.Hex(entry.Name), entry.Name.Contains("kbek", StringComparison.Ordinal) ? encryption : authentication);
            derived++;
        }

        Assert.Equal(18, derived);
    }

    [Fact]
    public void Headers_of_openemv_are_read_in_full()
    {
        PublishedValues values = new("emv", "openemv-tr31", "tr31_decode_test.json");
        foreach (string name in (string[])["test1", "test2", "test3", "test4"])
        {
            Assert.True(KeyBlockHeader.TryParse(values.Text(name + "_tr31_ascii"), out _, out _, out KeyBlockFault fault), fault.ToString());
        }

        Assert.True(KeyBlockHeader.TryParse(values.Text("test4_tr31_ascii"), out KeyBlockHeader? header, out _, out _));
        Assert.Equal(Convert.ToHexString(values.Hex("test4_ksn_verify")), header!.Option(KeyBlockOption.InitialKeySerialNumber));
        Assert.Equal("00" + Convert.ToHexString(values.Hex("test4_kcv_verify")), header.Option(KeyBlockOption.KeyCheckValue));
        Assert.Equal("00" + Convert.ToHexString(values.Hex("test4_kcv_kbpk_verify")), header.Option(KeyBlockOption.ProtectionKeyCheckValue));
    }

    [Fact]
    public void Malformed_headers_of_psec_are_refused_and_the_others_read()
    {
        foreach (RecordedCall call in RecordedCall.Of("psec", "Header.load"))
        {
            // psec reads a header without the rest of the block and does not look at its length or alignment.
            string text = call.Raw("header");
            bool isRead = KeyBlockHeader.TryParseTemplate(text, out _, out int length, out _);
            Assert.Equal(!call.IsError, isRead);
            if (isRead)
            {
                Assert.Equal(call.ResultNumber, length);
            }
        }
    }

    [Fact]
    public void Blocks_of_psec_open_to_their_keys_under_the_published_protection_keys()
    {
        KeyBlockProtectionKey[] keys = [.. PublishedProtectionKeys.Select(key => new KeyBlockProtectionKey(Convert.FromHexString(key)))];
        int opened = 0;
        int refused = 0;
        foreach (RecordedCall call in RecordedCall.Of("psec", "KeyBlock.unwrap"))
        {
            List<byte[]> found = [];
            foreach (KeyBlockProtectionKey key in keys)
            {
                if (KeyBlock.TryUnwrap(key, call.Raw("key_block"), out KeyBlockContent? content, out _, anyKeyLength: true))
                {
                    found.Add(content!.Key.ToArray());
                }
            }

            if (call.IsError)
            {
                // Two authentic blocks of an empty key are a fault to psec; the library takes them only when any length is asked for.
                Assert.All(found, Assert.Empty);
                Assert.All(keys, key => Assert.False(KeyBlock.TryUnwrap(key, call.Raw("key_block"), out _, out _)));
                refused++;
            }
            else if (found.Count > 0)
            {
                Assert.Equal(call.Result, Assert.Single(found));
                opened++;
            }
        }

        Assert.True(opened >= 9, $"only {opened} blocks opened");
        Assert.Equal(19, refused);
    }

    [Fact]
    public void The_wrapped_block_of_psec_opens()
    {
        RecordedCall call = Assert.Single(RecordedCall.Of("psec", "tr31.wrap"));
        using KeyBlockProtectionKey key = new(call.Hex("kbpk"));
        Assert.True(KeyBlock.TryUnwrap(key, call.ResultText, out KeyBlockContent? content, out _));
        Assert.Equal(call.Hex("key"), content!.Key.ToArray());
        string own = KeyBlock.Wrap(
            key, content.Header, content.Key, new ConstantRandom(0), new KeyBlockWrapping { AllowLegacyVersions = true });
        Assert.Equal(call.ResultText.Length, own.Length);
        Assert.Equal(call.ResultText[..16], own[..16]);
    }
}
