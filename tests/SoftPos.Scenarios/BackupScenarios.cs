using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>A restore drill: what was copied from a running stack opens elsewhere and goes on.</summary>
public sealed class BackupScenarios
{
    [Fact]
    [Requirement("MON-04", Partly = true)]
    public async Task A_copy_of_a_running_stack_verifies_and_a_payment_in_it_can_be_voided_after_the_restore()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, string output) = await stack.SaleAsync("12.50");
        Assert.True(code == 0, output);
        (code, JsonObject backup, output) = await stack.RunAsync("backup");
        Assert.True(code == 0, output);
        string copy = backup["file"]!.GetValue<string>();
        Assert.True(backup["journalSize"]!.GetValue<long>() > 3);
        (code, output) = await SoftPosProcess.RunAsync("verify", copy);
        Assert.True(code == 0, output);

        // The disk is lost: what is left is the copy, the master key, and the phones with their own state.
        await stack.Server.DisposeAsync();
        foreach (string lost in Directory.EnumerateFiles(stack.Data, "softpos.db*"))
        {
            File.Delete(lost);
        }

        File.Copy(copy, Path.Combine(stack.Data, "softpos.db"));
        await stack.StartServerAsync();
        (code, JsonObject voided, output) = await stack.RunAsync("void", sale["paymentId"]!.GetValue<string>());
        Assert.True(code == 0, output);
        Assert.Equal("VOIDED", voided["reason"]!["code"]!.GetValue<string>());
    }
}
