using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Sales above the CVM limit with a plain card: the PIN goes from glass to issuer through real processes.</summary>
public sealed class PinScenarios
{
    /// <summary>Above the lab reader's limit of 50.00.</summary>
    private static readonly PaymentOrder Order = new() { AmountMinor = 12_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("PIN-07", Partly = true)]
    [Requirement("PBE-02", Partly = true)]
    public async Task The_issuer_judges_the_pin_and_counts_the_tries()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, string output) = await stack.SaleAsync("120.00", "--pin", "1234");
        Assert.True(code == 0, output);
        Assert.Equal("OnlinePin", sale["card"]!["cardholderVerification"]!.GetValue<string>());
        Assert.Contains(stack.Ledger(), entry => entry.ToJsonString().Contains("PIN right", StringComparison.Ordinal));
        foreach (string expected in (string[])["PIN_WRONG", "PIN_WRONG", "PIN_WRONG", "PIN_TRIES_EXCEEDED"])
        {
            (_, sale, output) = await stack.SaleAsync("120.00", "--pin", "9876");
            Assert.True(sale["reason"]!["code"]!.GetValue<string>() == expected, output);
            Assert.DoesNotContain("9876", output, StringComparison.Ordinal);
        }

        (_, sale, _) = await stack.SaleAsync("120.00", "--pin", "1234");
        Assert.Equal("75", sale["answer"]!["responseCode"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("visa")]
    [InlineData("mastercard")]
    public async Task Guided_entry_pays_like_any_other(string card)
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, string output) = await stack.SaleAsync("120.00", "--card", card, "--guided-pin");
        Assert.True(code == 0, output);
        Assert.Equal("OnlinePin", sale["card"]!["cardholderVerification"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_customer_who_cancels_is_not_charged()
    {
        await using Stack stack = await Stack.StartAsync();
        (_, JsonObject sale, _) = await stack.SaleAsync("120.00", "--pin", "none");
        Assert.Equal("PIN_CANCELLED", sale["reason"]!["code"]!.GetValue<string>());
        Assert.DoesNotContain(stack.Ledger(), entry => entry.ToJsonString().Contains("0100", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hooked", "HOOKING_DETECTED")]
    [InlineData("developer", "DEVELOPER_OPTIONS")]
    [InlineData("wireless-debug", "DEVELOPER_OPTIONS")]
    [InlineData("captured", "SCREEN_CAPTURE")]
    [InlineData("overlaid", "SCREEN_CAPTURE")]
    [InlineData("foreign-keyboard", "ACCESSIBILITY_RISK")]
    [InlineData("remote-controlled", "ACCESSIBILITY_RISK")]
    [Requirement("ATT-03")]
    [Requirement("PIN-03")]
    public async Task A_phone_that_turns_between_tap_and_pin_never_draws_the_pad(string into, string reason)
    {
        await using Stack stack = await Stack.StartAsync();
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(
            new VirtualTerminalOptions { Backend = stack.Address, Folder = Path.Combine(stack.Folder, "phone") }, Cancel);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, Cancel)).CanPay);
        PaymentResult good = await phone.PayAsync(Order, null, Cancel);
        Assert.Equal((PaymentOutcome.Approved, 1), (good.Outcome, phone.PinPadsDrawn));
        PaymentResult result = await phone.PayAsync(Order, screen => Turn(phone, screen, into), Cancel);
        Assert.Equal(PaymentOutcome.Refused, result.Outcome);
        Assert.Contains(result.Findings, finding => finding.Reason == reason);
        Assert.Equal(1, phone.PinPadsDrawn);
        Assert.Single(stack.Ledger(), entry => entry.ToJsonString().Contains("0100", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Findings_come_in_the_language_of_the_terminal()
    {
        await using Stack stack = await Stack.StartAsync();
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(
            new VirtualTerminalOptions { Backend = stack.Address, Folder = Path.Combine(stack.Folder, "phone"), Phone = "developer", Language = "de" }, Cancel);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, Cancel)).CanPay);
        MerchantFinding finding = Assert.Single((await phone.HeartbeatAsync(Cancel)).Findings);
        Assert.Equal(ReasonCatalogue.Get("DEVELOPER_OPTIONS").TextIn("de"), finding.Text);
        Assert.NotEqual(ReasonCatalogue.Get("DEVELOPER_OPTIONS").TextIn("en"), finding.Text);
    }

    private static void Turn(VirtualTerminal phone, PaymentScreen screen, string into)
    {
        if (screen.Stage == PaymentStage.EnterPin)
        {
            phone.Become(into);
        }
    }
}
