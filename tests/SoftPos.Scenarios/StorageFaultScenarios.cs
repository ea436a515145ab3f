using System.Globalization;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>A disk without space and a database that another holds, under load and with real processes: refused honestly, and nothing lost.</summary>
public sealed class StorageFaultScenarios
{
    /// <summary>How long the store is away; SOFTPOS_OUTAGE_SECONDS asks for more.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(LongRun.Number("SOFTPOS_OUTAGE_SECONDS", 15));

    [Fact]
    [Requirement("PBE-03", Partly = true)]
    public async Task A_database_that_another_holds_stops_sales_and_loses_none()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "2");
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 2);
        Paying paying = new(load);
        await paying.ApprovedAsync(5);

        await using (SqliteConnection other = new($"Data Source={Path.Combine(stack.Data, "softpos.db")};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using SqliteCommand hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await OutageAsync(paying);
            hold.CommandText = "ROLLBACK";
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await paying.ApprovedAsync(5);
        await (await paying.EndAsync()).AssertNothingLostOrDoubledAsync(stack, $"database held for {Outage.TotalSeconds:0} s");
    }

    [Fact]
    [Requirement("PBE-03", Partly = true)]
    public async Task A_disk_without_space_stops_sales_and_loses_none()
    {
        Assert.SkipUnless(await SmallDisk.IsPossibleAsync(), "this machine lets no process mount a small disk of its own (unshare -rm)");
        await using Stack stack = await Stack.StartAsync();
        await stack.Server.KillAsync();
        await stack.Server.DisposeAsync();
        stack.DiskMegabytes = 48;
        await stack.StartServerAsync("--acquirer-timeout", "2");
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 2);
        Paying paying = new(load);
        await paying.ApprovedAsync(5);

        // The process's own view of its folder: nobody else sees the small disk.
        string filler = Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/proc/{stack.Server.Id}/root{stack.Data}"), "filler");
        await SmallDisk.FillAsync(filler);
        await OutageAsync(paying);
        File.Delete(filler);

        await paying.ApprovedAsync(5);
        await (await paying.EndAsync()).AssertNothingLostOrDoubledAsync(stack, $"disk full for {Outage.TotalSeconds:0} s");
    }

    /// <summary>While the store is away no sale is approved, and what the merchant hears is true: our fault, or not known yet.</summary>
    private static async Task OutageAsync(Paying paying)
    {
        // Sales that were under way when it began may still end well.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        int before = paying.Results.Count;
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        PaymentResult[] meanwhile = [.. paying.Results.Skip(before)];
        Assert.DoesNotContain(meanwhile, static result => result.Outcome is PaymentOutcome.Approved);
        Assert.All(
            meanwhile.Where(static result => result.Outcome is PaymentOutcome.Refused),
            static result => Assert.Contains(
                result.Reason.Code, new[] { ReasonCodes.StoreUnavailable, ReasonCodes.ResultOutstanding, ReasonCodes.BackendUnreachable }));
        string[] told = [.. meanwhile.GroupBy(static r => $"{r.Outcome} {r.Reason.Code}").Select(static group => $"{group.Count()} {group.Key}")];
        TestContext.Current.TestOutputHelper?.WriteLine($"meanwhile: {string.Join(", ", told)}");
    }
}
