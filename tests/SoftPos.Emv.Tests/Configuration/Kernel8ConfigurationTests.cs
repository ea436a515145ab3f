using System.Text;
using SoftPos.Cryptography;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Configuration;

/// <summary>The kernel 8 part of a configuration document, and CA keys on elliptic curves.</summary>
public sealed class Kernel8ConfigurationTests
{
    [Fact]
    public void What_a_document_leaves_out_has_the_defaults()
    {
        Kernel8Options options = Read(string.Empty, out _)!.Combinations[0].Kernel8;

        Assert.Equal("840000000C", Convert.ToHexString(options.TacDenial));
        Assert.Equal("84008480CF", Convert.ToHexString(options.ReservedTvrMask));
        Assert.False(options.RelayResistance);
        Assert.False(options.LongSecureChannel);
        Assert.True(options.StrictCardData);
    }

    [Theory]
    [InlineData("""  "reservedTvrMask": "0000000000" """, "kernel8.reservedTvrMask: must hold 84008480CF: a card must not change what the reader found")]
    [InlineData("""  "reservedTvrMask": "84008480CE" """, "kernel8.reservedTvrMask: must hold 84008480CF: a card must not change what the reader found")]
    [InlineData("""  "cvmCapabilityRequired": "80" """, "kernel8.cvmCapabilityRequired: an offline PIN (bits 8, 5 and 2) cannot be given to a contactless card")]
    [InlineData("""  "tagMapping": "9F36" """, "kernel8.tagMapping: expected pairs of tags one after another")]
    [InlineData("""  "discretionaryTags": "9F" """, "kernel8.discretionaryTags: expected tags one after another")]
    [InlineData("""  "defaultCdol1": "9F37FF9F02FF" """, "kernel8.defaultCdol1: expected a data object list of at most 255 bytes of data")]
    [InlineData("""  "tacDenial": "00" """, "kernel8.tacDenial: expected 5 bytes as hexadecimal digits")]
    [InlineData("""  "fieldOffMs": 25500 """, "kernel8.fieldOffMs: expected a whole number from 0 to 25400")]
    [InlineData("""  "rsaCertificates": true """, "kernel8.rsaCertificates: is unknown")]
    public void A_rule_that_is_broken_is_named(string fields, string fault)
    {
        Assert.Null(Read(fields, out IReadOnlyList<ConfigurationFault> faults));
        Assert.Equal("document: combinations[0]." + fault, Assert.Single(faults).ToString());
    }

    [Theory]
    [InlineData("P256", "lab", null)]
    [InlineData("P521", "lab", null)]
    [InlineData("turned", "lab", "eccCaKeys[0].publicKey: expected x and y of a point on P-256 (64 bytes) or P-521 (132 bytes)")]
    [InlineData("short", "lab", "eccCaKeys[0].publicKey: expected x and y of a point on P-256 (64 bytes) or P-521 (132 bytes)")]
    [InlineData("P256", "production", "eccCaKeys: key F04C414238 E1 (P-256) is a live key; lab and production never mix")]
    [InlineData("twice", "lab", "eccCaKeys: key F04C414238 E1 is there twice")]
    public void A_key_must_lie_on_its_curve_and_belong_to_the_environment(string key, string environment, string? fault)
    {
        byte[] point = new byte[key == "P521" ? 132 : 64];
        byte[] scalar = new byte[point.Length / 2];
        scalar[^1] = 7;
        Assert.True(EmvCurve.TryGetPublicKey(scalar, point));
        point[^1] ^= key == "turned" ? (byte)1 : (byte)0;
        point = key == "short" ? [.. point, 0, 0] : point;
        string entry = $$"""{ "rid": "F04C414238", "index": "E1", "publicKey": "{{Convert.ToHexString(point)}}", "environment": "{{environment}}", "expires": "2030-12-31" }""";

        ReaderConfiguration? read = Read(string.Empty, out IReadOnlyList<ConfigurationFault> faults, key == "twice" ? $"{entry}, {entry}" : entry);

        Assert.Equal(fault is null ? [] : [$"document: {fault}"], faults.Select(one => one.ToString()));
        if (fault is null)
        {
            CaEccPublicKey found = read!.CaKeys.FindEcc([0xF0, 0x4C, 0x41, 0x42, 0x38], 0xE1)!;
            Assert.Equal((key == "P521" ? 0x11 : 0x10, new DateOnly(2030, 12, 31)), ((int)found.Suite, found.Expires));
            Assert.Null(read.CaKeys.FindEcc([0xF0, 0x4C, 0x41, 0x42, 0x38], 0xE2));
        }
    }

    private static ReaderConfiguration? Read(string fields, out IReadOnlyList<ConfigurationFault> faults, string keys = "")
    {
        string document = $$"""
            { "version": "1", "environment": "lab", "terminal": { "country": 276, "currency": 978 }, "eccCaKeys": [{{keys}}],
              "combinations": [{ "aid": "F04C414238", "kernel": "08", "transactions": ["purchase"], "kernel8": { {{fields}} } }] }
            """;
        ReaderConfigurationReader.TryRead(Encoding.UTF8.GetBytes(document), "document", out ReaderConfiguration? configuration, out faults);
        return configuration;
    }
}
