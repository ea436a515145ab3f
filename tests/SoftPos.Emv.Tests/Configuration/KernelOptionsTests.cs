using System.Text;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Configuration;

/// <summary>Options of kernels 4 to 7 in a configuration: each broken rule is told with document, path and rule.</summary>
public sealed class KernelOptionsTests
{
    [Theory]
    [InlineData("\"readerCapabilities\": \"08C00003\"", ".readerCapabilities", "partial online (bit 5)")]
    [InlineData("\"readerCapabilities\": \"38C00003\"", ".readerCapabilities", "full online (bit 6)")]
    [InlineData("\"readerCapabilities\": \"58C00003\"", ".readerCapabilities", "mag-stripe mode (bit 7)")]
    [InlineData("\"readerCapabilities\": \"18D00003\"", ".readerCapabilities", "offline PIN (bit 5)")]
    [InlineData("\"readerCapabilities\": \"18C00043\"", ".readerCapabilities", "delayed authorisation (bit 7)")]
    [InlineData("\"noCvmResults\": \"020000\"", ".noCvmResults", "expected 1F0002 or 3F0000")]
    [InlineData("\"mostPhoneRestarts\": 9", ".mostPhoneRestarts", "from 0 to 8")]
    [InlineData("\"dynamicLimitTag\": \"9F\"", ".dynamicLimitTag", "expected one tag")]
    [InlineData("\"dynamicLimitTag\": \"9F70\"", ".dynamicLimits", "goes with dynamicLimitTag")]
    [InlineData("\"delayedAuth\": true", ".delayedAuth", "is unknown")]
    public void A_broken_rule_of_kernel_4_is_told(string json, string path, string rule) => AssertFault(4, "A00000002501", json, path, rule);

    [Theory]
    [InlineData("\"interchangeProfile\": \"B00000\"", ".interchangeProfile", "CVM required (bit 8)")]
    [InlineData("\"interchangeProfile\": \"310000\"", ".interchangeProfile", "offline PIN (bit 1)")]
    [InlineData("\"interchangeProfile\": \"308000\"", ".interchangeProfile", "issuer update (bit 8)")]
    [InlineData("\"emvMode\": false", ".emvMode", "no mode is left")]
    [InlineData("\"transactionLimit\": 2, \"transactionLimitOnDevice\": 1", ".transactionLimitOnDevice", "transactionLimit beside it")]
    [InlineData("\"transactionLimitOnDevice\": 1", ".transactionLimitOnDevice", "transactionLimit beside it")]
    [InlineData("\"randomTargetPercent\": 2", ".randomMaxTargetPercent", "is below randomTargetPercent")]
    [InlineData("\"withoutPreference\": \"pin\"", ".withoutPreference", "expected one of onlinePin, signature, none")]
    [InlineData("\"tornLifetimeSeconds\": 901", ".tornLifetimeSeconds", "from 0 to 900")]
    [InlineData("\"echoCommand\": \"80DF00\"", ".echoCommand", "expected 4 to 5 bytes")]
    [InlineData("\"mostPhoneRestarts\": 9", ".mostPhoneRestarts", "from 0 to 8")]
    [InlineData("\"magStripe\": true", ".magStripe", "is unknown")]
    [InlineData("\"issuerUpdate\": \"two\"", ".issuerUpdate", "expected true or false")]
    public void A_broken_rule_of_kernel_5_is_told(string json, string path, string rule) => AssertFault(5, "A0000000651010", json, path, rule);

    [Theory]
    [InlineData(6, "A0000001523010", "\"noCvmAboveLimit\": \"allow\"", ".noCvmAboveLimit", "is unknown")]
    [InlineData(6, "A0000001523010", "\"odaForOnline\": 1", ".odaForOnline", "expected true or false")]
    [InlineData(7, "A0000003330101", "\"fdda00\": true", ".fdda00", "is unknown")]
    [InlineData(7, "A0000003330101", "\"pinEvenWithDevice\": \"DE\"", ".pinEvenWithDevice", "expected true or false")]
    public void A_broken_rule_of_kernels_6_and_7_is_told(int kernel, string aid, string json, string path, string rule) =>
        AssertFault(kernel, aid, json, path, rule);

    private static void AssertFault(int kernel, string aid, string json, string path, string rule)
    {
        string ttq = kernel is 6 or 7 ? "\"ttq\": \"24004080\"," : string.Empty;
        string document =
            $$"""
            {
              "version": "1", "environment": "lab", "terminal": { "country": 276, "currency": 978 },
              "combinations": [{ "aid": "{{aid}}", "kernel": "0{{kernel}}", "transactions": ["purchase"], {{ttq}} "kernel{{kernel}}": { {{json}} } }]
            }
            """;

        Assert.False(ReaderConfigurationReader.TryRead(
            Encoding.UTF8.GetBytes(document), "test", out _, out IReadOnlyList<ConfigurationFault> faults));
        ConfigurationFault fault = Assert.Single(faults);
        Assert.Equal($"combinations[0].kernel{kernel}{path}", fault.Path);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }
}
