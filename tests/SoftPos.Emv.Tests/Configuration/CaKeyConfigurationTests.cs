using System.Text;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Configuration;

/// <summary>CA keys of a configuration: proven by their checksum, live and test keys apart.</summary>
public sealed class CaKeyConfigurationTests
{
    [Fact]
    [Requirement("ACC-05", Partly = true)]
    public void A_key_that_is_not_its_checksums_is_refused_with_its_path()
    {
        CaPublicKey key = PublishedCaKeys.Production[0];
        byte[] modulus = [.. key.Modulus];
        modulus[10] ^= 0x01;

        Assert.Empty(Faults("production", Key(key, key.Modulus)));
        Assert.Equal(
            "keys.json: caKeys[0].checksum: is not the SHA-1 of RID, index, modulus and exponent",
            Assert.Single(Faults("production", Key(key, modulus))).ToString());
    }

    [Theory]
    [InlineData("production", "publishedTestKeys", "is a test key; lab and production never mix")]
    [InlineData("lab", "publishedProductionKeys", "is a live key; lab and production never mix")]
    public void Published_keys_of_the_other_world_are_refused(string environment, string field, string rule) =>
        Assert.All(Faults(environment, string.Empty, $", \"{field}\": true"), fault => Assert.EndsWith(rule, fault.Rule, StringComparison.Ordinal));

    [Fact]
    public void Published_production_keys_are_taken_by_name_and_stand_once()
    {
        Assert.Empty(Faults("production", string.Empty, ", \"publishedProductionKeys\": true"));
        Assert.InRange(PublishedCaKeys.Production.Count, 10, ReaderConfiguration.MaxCaKeys);
        Assert.Empty(PublishedCaKeys.Production.Select(Name).Intersect(PublishedCaKeys.Test.Select(Name)));

        CaPublicKey key = PublishedCaKeys.Production[0];
        Assert.Contains("is there twice", Assert.Single(Faults("production", Key(key, key.Modulus), ", \"publishedProductionKeys\": true")).Rule, StringComparison.Ordinal);
    }

    private static string Name(CaPublicKey key) => Convert.ToHexString([.. key.Rid, key.Index, .. key.Modulus]);

    private static string Key(CaPublicKey key, byte[] modulus) => $$"""
        {"rid": "{{Convert.ToHexString(key.Rid)}}", "index": "{{key.Index:X2}}", "modulus": "{{Convert.ToHexString(modulus)}}",
         "exponent": "{{Convert.ToHexString(key.Exponent)}}", "checksum": "{{Convert.ToHexString(key.Checksum())}}", "environment": "production"}
        """;

    private static IReadOnlyList<ConfigurationFault> Faults(string environment, string key, string more = "")
    {
        string document = $$"""
            {"version": "1", "environment": "{{environment}}", "terminal": {"country": 276, "currency": 978},
             "combinations": [{"aid": "A0000000031010", "kernel": "03", "transactions": ["purchase"], "ttq": "25004000"}],
             "caKeys": [{{key}}]{{more}}}
            """;
        ReaderConfigurationReader.TryRead(Encoding.UTF8.GetBytes(document), "keys.json", out _, out IReadOnlyList<ConfigurationFault> faults);
        return faults;
    }
}
