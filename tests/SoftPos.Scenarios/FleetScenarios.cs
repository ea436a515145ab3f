using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>The long arm over the wire: a real back end in a process of its own, and the SDK on a lab phone.</summary>
public sealed class FleetScenarios
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("ATT-15")]
    public async Task A_wiped_phone_is_refused_at_its_next_request_destroys_its_keys_and_its_old_state_opens_nowhere()
    {
        await using Stack stack = await Stack.StartAsync();
        string folder = Path.Combine(stack.Folder, "phone");
        await using VirtualTerminal phone = await OpenAsync(stack, folder);
        string terminal = phone.Terminal.TerminalId!.Value.ToString();
        Assert.True((await phone.PayAsync(new PaymentOrder { AmountMinor = 1000 }, cancellation: Test)).Outcome is PaymentOutcome.Approved);

        // A copy of everything that the app could keep, as a thief or a backup would have it.
        string copy = Path.Combine(stack.Folder, "copy");
        Copy(Path.Combine(folder, "storage"), Path.Combine(copy, "storage"));
        (int code, JsonObject ordered, _) = await stack.RunAsync("fleet", "wipe", "--terminal", terminal, "--note", "stolen", "--reason", "TERMINAL_SUSPENDED");
        Assert.Equal((0, 1), (code, ordered["reach"]!["terminals"]!.GetValue<int>()));

        PaymentResult refused = await phone.PayAsync(new PaymentOrder { AmountMinor = 1000 }, cancellation: Test);
        Assert.Equal(ReasonCodes.TerminalSuspended, refused.Reason?.Code);
        await phone.HeartbeatAsync(Test);
        Assert.Null(phone.Terminal.TerminalId);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "hardware")));

        // The hardware keys are gone, so the copy is noise: put back, it opens nothing.
        Copy(Path.Combine(copy, "storage"), Path.Combine(folder, "storage"));
        await using VirtualTerminal again = await VirtualTerminal.OpenAsync(new VirtualTerminalOptions { Backend = stack.Address, Folder = folder }, Test);
        Assert.Null(again.Terminal.TerminalId);
        (code, string output) = await SoftPosProcess.RunAsync(
            ["fleet", "restore", terminal, "--note", "found", "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data]);
        Assert.NotEqual(0, code);
        Assert.Contains("retired", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_reach_the_phone_at_its_next_report_and_its_answers_come_back()
    {
        await using Stack stack = await Stack.StartAsync();
        await using VirtualTerminal phone = await OpenAsync(stack, Path.Combine(stack.Folder, "phone"));
        List<MerchantNotice> notices = [];
        phone.Terminal.Noticed += notices.Add;
        Guid first = phone.Terminal.TerminalId!.Value;
        foreach (string[] command in (string[][])[["Message", "Closed on Monday"], ["Diagnostics"], ["Restart"]])
        {
            Assert.Equal(0, (await stack.RunAsync("fleet", ["send", first.ToString(), .. command])).Code);
        }

        await phone.HeartbeatAsync(Test);
        await phone.HeartbeatAsync(Test);
        Assert.Equal("Closed on Monday", Assert.Single(notices).Text);
        Assert.Equal(first, phone.Terminal.TerminalId);

        Assert.Equal(0, (await stack.RunAsync("fleet", "send", first.ToString(), "ReplaceKeys")).Code);
        await phone.HeartbeatAsync(Test);
        Assert.NotNull(phone.Terminal.TerminalId);
        Assert.NotEqual(first, phone.Terminal.TerminalId);
        Assert.True((await phone.PayAsync(new PaymentOrder { AmountMinor = 1000 }, cancellation: Test)).Outcome is PaymentOutcome.Approved);
    }

    [Fact]
    public async Task A_draft_is_simulated_over_what_a_running_stack_has_recorded()
    {
        await using Stack stack = await Stack.StartAsync();
        await using VirtualTerminal phone = await OpenAsync(stack, Path.Combine(stack.Folder, "phone"));
        Assert.True((await phone.PayAsync(new PaymentOrder { AmountMinor = 1000 }, cancellation: Test)).Outcome is PaymentOutcome.Approved);
        string draft = Path.Combine(stack.Folder, "draft.yaml");
        string shipped = System.Text.Encoding.UTF8.GetString(Attestation.Policy.DefaultPolicy.Utf8.Span);
        await File.WriteAllTextAsync(draft, shipped.Replace("patchDenyMonths: 12", "patchDenyMonths: 0", StringComparison.Ordinal), Test);
        (int code, JsonObject live, _) = await stack.RunAsync("policy", "simulate", "default", "--since", "1d");
        Assert.Equal((0, 0), (code, live["changed"]!.AsObject().Count));
        (code, JsonObject strict, _) = await stack.RunAsync("policy", "simulate", draft, "--since", "1d");
        Assert.Equal(0, code);
        JsonNode refused = Assert.Single(strict["newlyRefused"]!.AsArray())!;
        Assert.Equal(phone.Terminal.TerminalId.ToString(), refused["terminalId"]!.GetValue<string>());
        Assert.Equal(1000, Assert.Single(strict["dailyTakingsMinor"]!.AsObject()).Value!.GetValue<long>());
    }

    private static async Task<VirtualTerminal> OpenAsync(Stack stack, string folder)
    {
        VirtualTerminal phone = await VirtualTerminal.OpenAsync(new VirtualTerminalOptions { Backend = stack.Address, Folder = folder }, Test);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, Test)).CanPay);
        return phone;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
