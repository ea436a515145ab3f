using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>A terminal gets new payment keys from a real key room, without a visit, and goes on selling.</summary>
public sealed class KeyReplacementScenarios
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("KEY-08", Partly = true)]
    public async Task Sales_go_on_under_the_new_keys_and_a_copy_with_the_old_ones_is_refused()
    {
        await using Stack stack = await Stack.StartAsync("--keys-due-days", "0");
        VirtualTerminalOptions phone = new() { Backend = stack.Address, Folder = Path.Combine(stack.Folder, "phone"), Card = "visa" };
        await using (VirtualTerminal terminal = await VirtualTerminal.OpenAsync(phone, Cancellation))
        {
            Assert.True((await Sandbox.ActivateAsync(terminal, stack.Address, Cancellation)).CanPay);
            Assert.Equal(PaymentOutcome.Approved, (await SellAsync(terminal)).Outcome);
        }

        string copied = Path.Combine(stack.Folder, "copy");
        Copy(phone.Folder, copied);
        await using (VirtualTerminal terminal = await VirtualTerminal.OpenAsync(phone, Cancellation))
        {
            Assert.True((await terminal.HeartbeatAsync(Cancellation)).CanPay);
            Assert.Equal(PaymentOutcome.Approved, (await SellAsync(terminal)).Outcome);
            Assert.Equal(PaymentOutcome.Approved, (await SellAsync(terminal)).Outcome);
        }

        await using VirtualTerminal copy = await VirtualTerminal.OpenAsync(phone with { Folder = copied }, Cancellation);
        Assert.Equal(PaymentOutcome.Refused, (await SellAsync(copy)).Outcome);
    }

    private static Task<PaymentResult> SellAsync(VirtualTerminal terminal) =>
        terminal.PayAsync(new PaymentOrder { AmountMinor = 1250 }, cancellation: Cancellation);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
