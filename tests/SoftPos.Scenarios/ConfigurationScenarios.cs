using System.Text.Json.Nodes;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>A reader configuration is published at the back end and governs the next tap of a phone.</summary>
public sealed class ConfigurationScenarios
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("ACC-05")]
    public async Task A_published_configuration_governs_the_next_tap_and_is_named_in_the_journal()
    {
        await using Stack stack = await Stack.StartAsync();
        string folder = Path.Combine(stack.Folder, "phones", "one");
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(new VirtualTerminalOptions { Backend = stack.Address, Folder = folder }, Cancel);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, Cancel)).CanPay);
        Assert.Equal(PaymentOutcome.Approved, (await phone.PayAsync(new PaymentOrder { AmountMinor = 1250 }, null, Cancel)).Outcome);
        Assert.Equal(0, phone.Terminal.ReaderConfigurationVersion);

        // A limit of ten for everyone, then of fifty for this country, which is closer.
        await PublishAsync(stack, 1000);
        PaymentResult refused = await phone.PayAsync(new PaymentOrder { AmountMinor = 1250 }, null, Cancel);
        Assert.Equal((PaymentOutcome.Refused, "CARD_NOT_ACCEPTED"), (refused.Outcome, refused.Reason.Code));
        Assert.Equal((1, null), (phone.Terminal.ReaderConfigurationVersion, phone.Terminal.ReaderConfigurationFault));
        await PublishAsync(stack, 5000, "--country", "ZA");
        PaymentResult taken = await phone.PayAsync(new PaymentOrder { AmountMinor = 1250 }, null, Cancel);
        Assert.Equal(PaymentOutcome.Approved, taken.Outcome);
        Assert.Equal(2, phone.Terminal.ReaderConfigurationVersion);

        // The back end still has it after a restart, and journals with the payment what the card was read under.
        await stack.Server.KillAsync();
        string stored = string.Concat(Directory.EnumerateFiles(stack.Data, "softpos.db*").Select(Stack.ReadShared));
        Assert.Contains("\"readerConfiguration\":2", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("\"readerConfiguration\":1", stored, StringComparison.Ordinal);
        await stack.StartServerAsync();
        Assert.Equal(PaymentOutcome.Approved, (await phone.PayAsync(new PaymentOrder { AmountMinor = 1250 }, null, Cancel)).Outcome);
        Assert.Equal(2, phone.Terminal.ReaderConfigurationVersion);
    }

    [Fact]
    [Requirement("ACC-05")]
    public async Task A_document_with_faults_is_not_published_and_each_fault_is_told()
    {
        await using Stack stack = await Stack.StartAsync();
        string path = Path.Combine(stack.Folder, "bad.json");
        JsonNode document = JsonNode.Parse(ReaderConfigurationWriter.Write(LabReader.AtTheMarketStall()))!;
        document["combinations"]![0]!["ttq"] = "2500";
        document["environment"] = "production";
        await File.WriteAllTextAsync(path, document.ToJsonString(), Cancel);

        (int code, string output) = await SoftPosProcess.RunAsync("configuration", "publish", path, "--port", $"{stack.Port}", "--data", stack.Data);

        Assert.Equal(2, code);
        Assert.Contains($"{path}: combinations[0].ttq: expected 4 bytes", output, StringComparison.Ordinal);
        Assert.Contains("lab and production never mix", output, StringComparison.Ordinal);
    }

    private static async Task PublishAsync(Stack stack, long limit, params string[] more)
    {
        ReaderConfiguration lab = LabReader.AtTheMarketStall();
        string path = Path.Combine(stack.Folder, $"limit-{limit}.json");
        await File.WriteAllBytesAsync(
            path,
            ReaderConfigurationWriter.Write(lab with
            {
                Combinations = [.. lab.Combinations.Select(combination => combination with { TransactionLimit = limit, CvmLimit = Math.Min(limit, combination.CvmLimit!.Value) })],
            }),
            Cancel);
        (int code, string output) = await SoftPosProcess.RunAsync(["configuration", "publish", path, "--port", $"{stack.Port}", "--data", stack.Data, .. more]);
        Assert.True(code == 0, output);
    }
}
