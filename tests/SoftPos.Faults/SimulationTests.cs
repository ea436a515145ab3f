using SoftPos.Simulation;

namespace SoftPos.Faults;

/// <summary>The whole system under seeded faults. A failing seed prints the command that repeats it.</summary>
[Trait("Pace", "slow")]
public sealed class SimulationTests
{
    /// <summary>Every run of the tests tries these; thousands by <c>softpos simulate --seeds N</c>.</summary>
    private const int Seeds = 200;

    /// <summary>Bound within which a planted bug must be found.</summary>
    private const int SeedsForABug = 1000;

    /// <summary>Steps that fit 200 seeds into a minute of the tests.</summary>
    private static readonly SimulationOptions Short = new() { Steps = 100 };

    [Fact]
    public async Task What_must_hold_holds_under_every_seed()
    {
        // Two at once: each is a world of its own.
        Dictionary<string, int>[] halves = await Task.WhenAll(Enumerable.Range(0, 2).Select(static half => Task.Factory.StartNew(
            () => RunAll(Enumerable.Range(1, Seeds).Where(seed => seed % 2 == half)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        // The runs are about something: payments were taken, went wrong and were put right, and the back end died in between.
        string[] happened =
        [
            "crash", "payment.approved", "payment.declined", "payment.unknown", "payment.abandoned", "told Approved", "told Reversed", "ended Reversed",
            "ended Approved", "ended Voided", "payment.late-answer", "response.ordered", "policy.activated",
        ];
        Assert.All(happened, what => Assert.True(halves.Sum(half => half.GetValueOrDefault(what)) > 0, $"{what} never happened in {Seeds} seeds"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_seed_another()
    {
        using Simulator first = new(), second = new();
        for (ulong seed = 1; seed <= 5; seed++)
        {
            List<string> lines = [], again = [];
            SimulationReport one = first.Run(seed, Short with { Line = lines.Add }), other = second.Run(seed, Short with { Line = again.Add });
            Assert.Equal(lines, again);
            Assert.Equal(one.Trace, other.Trace);
            Assert.NotEqual(one.Trace, first.Run(seed + 1000, Short).Trace);
        }
    }

    [Theory]
    [InlineData(PlantedBug.DoubledReversal, "a payment is reversed under one number")]
    [InlineData(PlantedBug.ReusedNonce, "a nonce is taken once")]
    [InlineData(PlantedBug.UnflushedAnswer, "an answer is durable before its byte leaves|the log only grows|the same key gives the same bytes")]
    public void A_planted_bug_is_found(PlantedBug bug, string invariants)
    {
        SimulationOptions options = Short with { Bug = bug };
        using Simulator simulator = new();
        for (ulong seed = 1; seed <= SeedsForABug; seed++)
        {
            SimulationReport report = simulator.Run(seed, options);
            if (report.Broken is { } broken)
            {
                Assert.Contains(broken, invariants.Split('|'));
                TestContext.Current.TestOutputHelper?.WriteLine($"{bug}: {seed} seeds, {report.Replay(options)}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in {SeedsForABug} seeds");
    }

    private static Dictionary<string, int> RunAll(IEnumerable<int> seeds)
    {
        using Simulator simulator = new();
        Dictionary<string, int> counts = [];
        foreach (int seed in seeds)
        {
            SimulationReport report = simulator.Run((ulong)seed, Short);
            Assert.True(report.Broken is null, $"{report.Replay(Short)}\n{report.Broken}: {report.Detail}\n{string.Join('\n', report.Last)}");
            foreach ((string what, int count) in report.Counts)
            {
                counts[what] = counts.GetValueOrDefault(what) + count;
            }
        }

        return counts;
    }
}
