using System.Text;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Configuration;

/// <summary>The kernel 2 part of a configuration: everything is read, and each broken rule is told with document, path and rule.</summary>
public sealed class Kernel2ConfigurationTests
{
    private const string Path = "combinations[0].kernel2";

    [Fact]
    public void Every_option_is_read()
    {
        Kernel2Options options = Read(
            """
            "magStripeMode": true, "defaultUdol": "9F6A049F7E01", "magStripeCvmRequired": "10", "magStripeCvmNotRequired": "00",
            "skipMagStripeRecord": true, "onDeviceVerification": false, "relayResistance": true, "readAllRecords": true,
            "cardDataInput": "20", "cvmCapabilityRequired": "40", "cvmCapabilityNotRequired": "28", "securityCapability": "08",
            "tacDefault": "0102030405", "tacDenial": "1112131415", "tacOnline": "2122232425",
            "transactionLimit": 11, "transactionLimitOnDevice": 12, "floorLimit": 13, "cvmLimit": 9,
            "tornLifetimeSeconds": 14, "tornRecords": 15, "messageHoldMs": 16, "fieldOffMs": 17,
            "phoneMessages": "00000100000120000000000000000700", "balanceBefore": true, "balanceAfter": true, "checkBrand": false,
            "relayMinGrace": 18, "relayMaxGrace": 19, "relayCommandTime": 20, "relayResponseTime": 21, "relayAccuracy": 22, "relayMismatchPercent": 23
            """,
            out IReadOnlyList<ConfigurationFault> faults)!;

        Assert.Empty(faults);
        Assert.Equal(
            (true, "9F6A049F7E01", 0x10, 0x00),
            (options.MagStripeMode, Convert.ToHexString(options.DefaultUdol), options.MagStripeCvmRequired, options.MagStripeCvmNotRequired));
        Assert.Equal((true, false, true, true), (options.SkipMagStripeRecord, options.OnDeviceVerification, options.RelayResistance, options.ReadAllRecords));
        Assert.Equal((0x20, 0x40, 0x28, 0x08), (options.CardDataInput, options.CvmCapabilityRequired, options.CvmCapabilityNotRequired, options.SecurityCapability));
        Assert.Equal(["0102030405", "1112131415", "2122232425"], new[] { options.TacDefault, options.TacDenial, options.TacOnline }.Select(Convert.ToHexString));
        Assert.Equal((11L, 12L, 13L, 9L), (options.TransactionLimit, options.TransactionLimitOnDevice, options.FloorLimit, options.CvmLimit));
        Assert.Equal((14, 15, 16, 17), (options.TornLifetimeSeconds, options.TornRecords, options.MessageHoldMs, options.FieldOffMs));
        Assert.Equal((16, true, true, false), (options.PhoneMessages!.Length, options.BalanceBefore, options.BalanceAfter, options.CheckBrand));
        Assert.Equal((18, 19, 20, 21, 22, 23), (
            options.RelayMinGrace, options.RelayMaxGrace, options.RelayCommandTime, options.RelayResponseTime, options.RelayAccuracy, options.RelayMismatchPercent));
    }

    [Fact]
    public void The_defaults_are_those_of_the_book()
    {
        Kernel2Options options = Read(string.Empty, out _)!;

        Assert.Equal(["840000000C", "840000000C", "840000000C"], new[] { options.TacDefault, options.TacDenial, options.TacOnline }.Select(Convert.ToHexString));
        Assert.Equal((300, 0, 1300, 1300), (options.TornLifetimeSeconds, options.TornRecords, options.MessageHoldMs, options.FieldOffMs));
        Assert.Equal((20, 50, 18, 24, 300, 50), (
            options.RelayMinGrace, options.RelayMaxGrace, options.RelayCommandTime, options.RelayResponseTime, options.RelayAccuracy, options.RelayMismatchPercent));
        Assert.False(options.RelayResistance);
        Assert.False(options.MagStripeMode);
        Assert.Equal(("9F6A04", 0xF0, 0xF0), (Convert.ToHexString(options.DefaultUdol), options.MagStripeCvmRequired, options.MagStripeCvmNotRequired));
    }

    [Theory]
    [InlineData("\"magStripeMode\": 1", ".magStripeMode", "expected true or false")]
    [InlineData("\"defaultUdol\": \"9F3704\"", ".defaultUdol", "expected a data object list with 9F6A")]
    [InlineData("\"magStripeCvmRequired\": \"\"", ".magStripeCvmRequired", "expected 1 bytes as hexadecimal digits")]
    [InlineData("\"tacDenial\": \"00\"", ".tacDenial", "expected 5 bytes as hexadecimal digits")]
    [InlineData("\"tacOnline\": 5", ".tacOnline", "expected a text")]
    [InlineData("\"tornRecords\": 17", ".tornRecords", "expected a whole number from 0 to 16")]
    [InlineData("\"tornLifetimeSeconds\": 65536", ".tornLifetimeSeconds", "expected a whole number from 0 to 65535")]
    [InlineData("\"fieldOffMs\": 25401", ".fieldOffMs", "expected a whole number from 0 to 25400")]
    [InlineData("\"relayMismatchPercent\": 101", ".relayMismatchPercent", "expected a whole number from 0 to 100")]
    [InlineData("\"relayMaxGrace\": -1", ".relayMaxGrace", "expected a whole number from 0 to 65535")]
    [InlineData("\"phoneMessages\": \"000000000000070000\"", ".phoneMessages", "expected rows of 8 bytes: mask 3, value 3, message, status")]
    [InlineData("\"phoneMessages\": \"0000010000012000\"", ".phoneMessages", "the last row must match everything: mask and value 000000")]
    [InlineData("\"cvmCapabilityRequired\": \"C0\"", ".cvmCapabilityRequired", "an offline PIN (bits 8 and 5) cannot be given to a contactless card")]
    [InlineData("\"securityCapability\": \"00\"", ".securityCapability", "verification on the device needs CDA (bit 4)")]
    [InlineData("\"transactionLimit\": 5, \"transactionLimitOnDevice\": 6, \"cvmLimit\": 7", ".cvmLimit", "is above both transaction limits")]
    [InlineData("\"onDeviceVerification\": 1", ".onDeviceVerification", "expected true or false")]
    [InlineData("\"tacdenial\": \"0000000000\"", ".tacdenial", "is unknown")]
    public void A_broken_rule_is_told_with_document_path_and_rule(string fields, string field, string rule)
    {
        Assert.Null(Read(fields, out IReadOnlyList<ConfigurationFault> faults));

        ConfigurationFault fault = Assert.Single(faults);
        Assert.Equal(("reader.json", Path + field, rule), (fault.Document, fault.Path, fault.Rule));
    }

    [Fact]
    public void A_combination_of_kernel_2_without_any_transaction_limit_is_refused()
    {
        Assert.Null(Read(string.Empty, out IReadOnlyList<ConfigurationFault> faults, limit: false));

        Assert.Equal(("combinations[0].transactionLimit", "is needed by kernel 2, whose limit is 0 where none is given"), (faults[0].Path, faults[0].Rule));
    }

    private static Kernel2Options? Read(string fields, out IReadOnlyList<ConfigurationFault> faults, bool limit = true)
    {
        string document = $$"""
            {
              "version": "1", "environment": "lab", "terminal": { "country": 276, "currency": 978 },
              "combinations": [
                { "aid": "A0000000041010", "kernel": "02", "transactions": ["purchase"]{{(limit ? ", \"transactionLimit\": 1000" : string.Empty)}}, "kernel2": { {{fields}} } }
              ]
            }
            """;
        return ReaderConfigurationReader.TryRead(Encoding.UTF8.GetBytes(document), "reader.json", out ReaderConfiguration? configuration, out faults)
            ? configuration.Combinations[0].Kernel2
            : null;
    }
}
