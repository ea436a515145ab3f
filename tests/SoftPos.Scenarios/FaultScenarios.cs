using System.Diagnostics;
using System.Globalization;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Acquirers that misbehave and back ends that are killed, with real processes: no acknowledged sale is lost, none is doubled, each ends.</summary>
public sealed class FaultScenarios
{
    /// <summary>Kills of one run; SOFTPOS_KILLS asks for more, which then have the time that they need.</summary>
    private static readonly int Kills = LongRun.Number("SOFTPOS_KILLS", 40);

    /// <summary>The kills end here, however few there were: the rest of the minute and a half is for the reckoning.</summary>
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(Math.Max(50, Kills * 4));

    [Fact]
    [Requirement("PBE-03")]
    public async Task A_slow_late_silent_doubling_wrong_or_broken_answer_ends_definite_and_charges_what_it_says()
    {
        await using Stack stack = await Stack.StartWithAsync(["--late", "4", "--slow", "0.5", "--mac"], "--acquirer-timeout", "2", "--acquirer-mac");
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 1);
        VirtualTerminal phone = load.Phones[0];
        (int Cents, PaymentOutcome Expected)[] faults =
        [
            (0, PaymentOutcome.Approved), (66, PaymentOutcome.Approved), (97, PaymentOutcome.Approved), (67, PaymentOutcome.Reversed),
            (0, PaymentOutcome.Approved), (68, PaymentOutcome.Reversed), (69, PaymentOutcome.Reversed), (71, PaymentOutcome.Reversed),
            (0, PaymentOutcome.Approved), (72, PaymentOutcome.Reversed), (77, PaymentOutcome.Reversed), (98, PaymentOutcome.Reversed),
            (99, PaymentOutcome.Reversed), (73, PaymentOutcome.Reversed), (74, PaymentOutcome.Reversed),
        ];
        List<(int Cents, PaymentOutcome Expected, Guid Id, long Minor)> sales = [];
        foreach ((int cents, PaymentOutcome expected) in faults)
        {
            PaymentOrder order = new() { AmountMinor = 1_000 + cents };
            PaymentResult result = await PayAsync(phone, order);
            Assert.True(result.Outcome is PaymentOutcome.Approved or PaymentOutcome.Unknown, $".{cents:D2}: {result.Outcome} {result.Reason.Code}");
            Assert.Equal(expected is PaymentOutcome.Approved, result.Outcome is PaymentOutcome.Approved);
            sales.Add((cents, expected, result.PaymentId, order.AmountMinor));
        }

        foreach ((int cents, PaymentOutcome expected, Guid id, long minor) in sales)
        {
            PaymentResult settled = await Load.SettledAsync(phone, id);
            Assert.True(settled.Outcome == expected, $".{cents:D2} ended {settled.Outcome}, expected {expected}");
            using LabLedger books = LabLedger.Read(stack.LedgerPath);
            LedgerOriginal? original = books.FindByReference(settled.Answer!.RetrievalReference!);
            Assert.True((original?.ChargedMinor ?? 0) == (expected is PaymentOutcome.Approved ? minor : 0), $".{cents:D2} is charged {original?.ChargedMinor}");
            Assert.True(original is null || original.ReversalStans.Count <= 1, $".{cents:D2} was reversed under {original?.ReversalStans.Count} numbers");
        }
    }

    [Fact]
    [Requirement("PBE-03")]
    public async Task A_back_end_that_is_killed_again_and_again_under_load_loses_and_doubles_nothing()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "2");
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 4);
        Paying paying = new(load);

        long began = Stopwatch.GetTimestamp();
        int kills = 0;
        for (; kills < Kills && Stopwatch.GetElapsedTime(began) < KillTime; kills++)
        {
            // After a changing number of messages at the acquirer: some are then before it, some between it and the answer, some after.
            await GrownAsync(stack, 3 + (kills * 7 % 17));
            await stack.Server.KillAsync();
            await stack.Server.DisposeAsync();
            await stack.StartServerAsync("--acquirer-timeout", "2");
        }

        Assert.True(kills >= 5, $"only {kills} kills");
        await (await paying.EndAsync()).AssertNothingLostOrDoubledAsync(stack, $"{kills} kills in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
    }

    [Fact]
    public async Task When_the_first_acquirer_is_gone_sales_go_over_the_second()
    {
        await using Stack stack = await Stack.StartAsync();
        string second = Path.Combine(stack.Folder, "second.jsonl");
        int port = Stack.FreePort();
        await using SoftPosProcess spare = SoftPosProcess.Start("acquirer", "--port", port.ToString(CultureInfo.InvariantCulture), "--ledger", second);
        await spare.WaitForAsync("listening");
        await stack.Server.KillAsync();
        await stack.Server.DisposeAsync();
        stack.Further = $",127.0.0.1:{port}";
        await stack.StartServerAsync("--acquirer-timeout", "2");
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 1);

        Assert.Equal(stack.LedgerPath, await TakenAsync());
        await stack.Acquirer.KillAsync();
        Assert.Equal(second, await TakenAsync());

        async Task<string?> TakenAsync()
        {
            PaymentResult sale = await PayAsync(load.Phones[0], new PaymentOrder { AmountMinor = 1_250 });
            Assert.True(sale.Outcome is PaymentOutcome.Approved, sale.Reason.Code);
            return new[] { stack.LedgerPath, second }.SingleOrDefault(path =>
            {
                using LabLedger books = LabLedger.Read(path);
                return books.FindByReference(sale.Answer!.RetrievalReference!) is { ChargedMinor: 1_250 };
            });
        }
    }

    /// <summary>Pays; while the link comes back after a lost connection nothing is sent, and the sale is taken again.</summary>
    private static async Task<PaymentResult> PayAsync(VirtualTerminal phone, PaymentOrder order)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(300));
        while (true)
        {
            PaymentResult result = await phone.PayAsync(order, cancellation: TestContext.Current.CancellationToken);
            if (result.Reason.Code != Contract.ReasonCodes.AcquirerUnavailable)
            {
                return result;
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>Waits until the acquirer has so many more messages; other processes tell nothing but their files.</summary>
    private static async Task GrownAsync(Stack stack, int more)
    {
        int Lines() => Stack.ReadShared(stack.LedgerPath).Count(static c => c == '\n');
        int from = Lines();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        while (Lines() < from + more && !patience.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
