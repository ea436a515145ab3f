using System.Diagnostics;

namespace SoftPos.Scenarios;

/// <summary>The sample that integrators start from, as it was built with these tests.</summary>
public sealed class SampleScenarios
{
    private const int MaxLines = 40;

    [Fact]
    public async Task The_first_sale_is_taken_in_under_forty_lines()
    {
        string[] lines = await File.ReadAllLinesAsync(ProjectTree.PathOf("samples", "FirstSale", "Program.cs"), TestContext.Current.CancellationToken);
        Assert.True(lines.Length < MaxLines, $"the sample has {lines.Length} lines");
        string guide = await File.ReadAllTextAsync(ProjectTree.PathOf("docs", "integrate", "first-payment.md"), TestContext.Current.CancellationToken);
        Assert.Contains(string.Join('\n', lines), guide, StringComparison.Ordinal);

        await using Stack stack = await Stack.StartAsync();
        for (int day = 1; day <= 2; day++)
        {
            // The second run finds the terminal that the first set up.
            (int code, string output) = await RunAsync(stack.Address.ToString(), Path.Combine(stack.Folder, "first-sale"));
            Assert.True(code == 0, output);
            Assert.Contains("PresentCard", output, StringComparison.Ordinal);
            Assert.Contains("Approved", output, StringComparison.Ordinal);
            Assert.Contains("12.50", output, StringComparison.Ordinal);
        }

        Assert.Equal(2, stack.Ledger().Count(entry => entry.ToJsonString().Contains("\"0100\"", StringComparison.Ordinal)));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        using Process process = Process.Start(new ProcessStartInfo(
            ProjectTree.PathOf("samples", "FirstSale", "bin", configuration, "net10.0", "FirstSale"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
