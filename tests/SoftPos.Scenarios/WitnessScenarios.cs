namespace SoftPos.Scenarios;

/// <summary>A witness of a running back end's log, as a process of somebody else.</summary>
public sealed class WitnessScenarios
{
    [Fact]
    public async Task A_checkpoint_counts_with_its_cosignature_only_and_each_continues_the_last()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using Stack stack = await Stack.StartAsync();
        using HttpClient http = new() { BaseAddress = stack.Address };
        string folder = Path.Combine(stack.Folder, "witness"), key = Path.Combine(stack.Folder, "log.key"), plain = Path.Combine(stack.Folder, "plain");
        string cosigned = Path.Combine(stack.Folder, "cosigned"), database = Path.Combine(stack.Data, "softpos.db");
        await File.WriteAllTextAsync(key, await http.GetStringAsync(new Uri("log/v1/key", UriKind.Relative), cancellation), cancellation);
        await File.WriteAllTextAsync(plain, await http.GetStringAsync(new Uri("log/v1/checkpoint", UriKind.Relative), cancellation), cancellation);
        (int code, string text) = await SoftPosProcess.RunAsync("witness", "key", "witness.example/w1", "--folder", folder);
        Assert.True(code == 0, text);
        string witness = text.Trim();

        for (int round = 0; round < 2; round++)
        {
            (int sold, _, string output) = await stack.SaleAsync("12.50");
            Assert.True(sold == 0, output);
            (code, text) = await SoftPosProcess.RunAsync(
                "witness", "cosign", "--folder", folder, "--log", key, "--from", stack.Address.ToString(), "--into", cosigned);
            Assert.True(code == 0, text);
            Assert.Contains("— witness.example/w1 ", text, StringComparison.Ordinal);
            (code, text) = await SoftPosProcess.RunAsync("verify", database, "--key", key, "--checkpoint", cosigned, "--witness", witness);
            Assert.True(code == 0, text);
        }

        // The demand is a demand.
        (code, text) = await SoftPosProcess.RunAsync("verify", database, "--key", key, "--checkpoint", plain, "--witness", witness);
        Assert.Equal(3, code);
        Assert.Contains("not signed by witness.example/w1", text, StringComparison.Ordinal);
    }
}
