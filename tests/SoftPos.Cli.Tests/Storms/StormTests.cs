using System.Text.Json.Nodes;
using SoftPos.Cli.Storms;
using SoftPos.Contract;
using SoftPos.Monitoring;

namespace SoftPos.Cli.Tests.Storms;

[Trait("Pace", "slow")]
public sealed class StormTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task Alarms_and_the_halt_of_a_roll_out_come_as_the_operator_was_told()
    {
        StormSummary summary = await RunAsync(200, 1);
        Storm storm = summary.Storm;
        StormDay day = storm.Day;
        StormTally tally = storm.Tally;

        // Every shop opened, and what was sold and refused fits the taps that were heard.
        Assert.Equal(200, tally.Hours.Values.Sum(static hour => hour.Openings));
        int taps = storm.Terminals.Sum(static one => one.Taps.Count);
        Assert.InRange(tally.Hours.Values.Sum(static hour => hour.Sales + hour.RefusedTaps), taps * 9 / 10, taps);
        Assert.True(tally.Hours.Values.Sum(static hour => hour.Updates) > 80);

        // The maker's patch: good terminals are refused by the new version, and it is taken back for all rings.
        (DateTimeOffset at, RolloutStep halt) = Assert.Single(storm.Steps, static one => one.Step.Kind == "policy.rollout-halted");
        Assert.InRange(at, day.Patch, day.Patched.AddMinutes(6));
        Assert.Equal((RolloutState.Halted, "monitor", "early"), (halt.Next.State, halt.Next.HaltedBy, halt.Next.Rings[halt.Next.Ring].Name));
        Assert.True(halt.Next.Refused >= 3 && halt.Next.Refused * 100 > 2 * halt.Next.Seen);
        Assert.Equal(1, Of(AlarmKinds.Rollout).Alarmed);
        Assert.DoesNotContain(storm.Steps, static one => one.Step.Kind == "policy.rollout-completed");
        Assert.InRange(tally.FalselyBlocked, 3, 10);
        Assert.True(tally.Reasons["DEVELOPER_OPTIONS"] >= 3);

        // The attack: each rooted phone is refused at its next report, an alarm of its own, and what they have in common is named.
        StormDetection rooted = Of(AlarmKinds.Attestation);
        Assert.True(rooted.Affected >= 5);
        Assert.Equal(rooted.Affected, rooted.Alarmed);
        Assert.True(rooted.Longest <= TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(30), $"{rooted.Longest}");
        Assert.Equal(rooted.Affected, tally.RefusedAttacked);
        Assert.Equal(1, Of(AlarmKinds.WhatChanged).Alarmed);

        // Heat: ten minutes above 45 degrees, or one report above 50.
        StormDetection warm = Of(AlarmKinds.Health);
        Assert.True(warm.Affected >= 5);
        Assert.Equal(warm.Affected, warm.Alarmed);
        Assert.True(warm.Longest <= TimeSpan.FromMinutes(16), $"{warm.Longest}");

        // The network: a terminal that is cut off is silent at its deadline, six minutes after its last report; many of them are one cause.
        StormDetection silent = Of(AlarmKinds.Silence);
        Assert.True(silent.Alarmed > 0);
        Assert.True(silent.Longest <= TimeSpan.FromMinutes(6) + TimeSpan.FromSeconds(15), $"{silent.Longest}");
        Assert.Equal(1, Of(AlarmKinds.MassSilence).Alarmed);
        Assert.DoesNotContain(summary.Alarms, static one => one is { Kind: AlarmKinds.Silence or AlarmKinds.MassSilence, IsOpen: true });

        StormDetection Of(string kind) => summary.Detections.Single(one => one.Kind == kind);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_summary_and_another_one_another()
    {
        string[] days = await Task.WhenAll(((long[])[7, 7, 8]).Select(static async seed => (await RunAsync(8, seed)).ToJson().ToJsonString()));
        Assert.Equal(days[0], days[1]);
        Assert.NotEqual(days[0], days[2]);
        Assert.Equal(8, JsonNode.Parse(days[0])!["terminals"]!.GetValue<int>());
    }

    private static async Task<StormSummary> RunAsync(int terminals, long seed)
    {
        string folder = Directory.CreateTempSubdirectory("softpos-storm-").FullName;
        try
        {
            await using Storm storm = await Storm.OpenAsync(
                new StormOptions(terminals, seed, folder, Midnight, TimeSpan.FromMinutes(5)), None);
            await storm.RunAsync(static _ => { }, None);
            return await StormSummary.OfAsync(storm, None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
