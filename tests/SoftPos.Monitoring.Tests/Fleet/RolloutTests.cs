using System.Text;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class RolloutTests
{
    private static readonly string Shipped = Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span);

    /// <summary>Refuses whoever has no update of this month.</summary>
    private static readonly byte[] Strict = Encoding.UTF8.GetBytes(
        Shipped.Replace("patchDenyMonths: 12", "patchDenyMonths: 0", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal));

    private static readonly RolloutRing[] Rings =
        [new("canary", 1, TimeSpan.FromHours(2)), new("early", 10, TimeSpan.FromHours(2)), new("all", 100, TimeSpan.FromHours(2))];

    [Fact]
    public void A_terminal_is_always_in_the_same_ring_and_rings_are_as_large_as_they_say()
    {
        SeededNumbers numbers = new(7);
        int[] counts = new int[RolloutRing.Scale / 100];
        const int Terminals = 20_000;
        for (int i = 0; i < Terminals; i++)
        {
            Guid identity = new(numbers.Bytes(16));
            int place = RolloutRing.PlaceOf(identity);
            Assert.Equal(place, RolloutRing.PlaceOf(new Guid(identity.ToByteArray())));
            counts[place / 100]++;
        }

        Assert.All(counts, static count => Assert.InRange(count, 130, 280));
        Assert.InRange(counts[0] / (double)Terminals, 0.0065, 0.014);
    }

    [Fact]
    public async Task A_version_goes_from_ring_to_ring_by_its_schedule_and_is_then_in_force()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        (TestPhone canary, TestPhone early, TestPhone rest) = await ThreeAsync(fleet, patchAge: 0);
        PolicyVersionRecord version = await StartAsync(fleet);
        string before = fleet.Options.Policy.Current.HashHex;
        await CheckAsync(version.Hash, before, before);

        fleet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await fleet.Rollouts.RoundAsync(default));
        fleet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("policy.rollout-advanced", (await fleet.Rollouts.RoundAsync(default))?.Kind);
        await CheckAsync(version.Hash, version.Hash, before);

        // It goes on in the next process where it was, with what it had counted.
        await fleet.ReopenAsync();
        Assert.Equal((RolloutState.Running, 1, 2), await StateAsync(fleet));
        await CheckAsync(version.Hash, version.Hash, before);
        fleet.Clock.Advance(TimeSpan.FromHours(2));
        await fleet.Rollouts.RoundAsync(default);
        await CheckAsync(version.Hash, version.Hash, version.Hash);
        Assert.Equal(before, fleet.Options.Policy.Current.HashHex);
        fleet.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("policy.rollout-completed", (await fleet.Rollouts.RoundAsync(default))?.Kind);
        Assert.Equal(version.Hash, fleet.Options.Policy.Current.HashHex);
        Assert.Equal(PolicyVersionState.Active, (await fleet.Database.Policies.FindAsync(version.Number))!.Record.State);
        Assert.Equal(
            ["policy.proposed", "policy.approved", "policy.rollout-started", "policy.rollout-advanced", "policy.rollout-advanced",
                "policy.rollout-completed"],
            (await fleet.JournalAsync("policy")).Select(static entry => entry.Kind));
        await fleet.ReopenAsync();
        Assert.Equal(version.Hash, fleet.Options.Policy.Current.HashHex);

        async Task CheckAsync(params string[] hashes)
        {
            foreach ((TestPhone phone, string hash) in ((TestPhone[])[canary, early, rest]).Zip(hashes))
            {
                Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
                Assert.Equal(hash, (string)(await fleet.JournalAsync(phone))[^1].Content["policyHash"]!);
            }
        }
    }

    [Fact]
    public async Task A_ring_that_no_good_terminal_was_seen_in_holds_the_version_back()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        (TestPhone canary, _, _) = await ThreeAsync(fleet, patchAge: 0);
        await StartAsync(fleet);
        fleet.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Null(await fleet.Rollouts.RoundAsync(default));
        await fleet.AttestAsync(canary);
        Assert.NotNull(await fleet.Rollouts.RoundAsync(default));
    }

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task It_halts_for_all_rings_with_an_alarm_when_too_many_good_terminals_are_refused()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 5; i++)
        {
            phones.Add(await PinnedAsync(fleet, "canary", patchAge: 1));
        }

        PolicyVersionRecord version = await StartAsync(fleet);
        for (int i = 0; i < 2; i++)
        {
            // However often they try, two phones are two.
            Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phones[0])).Answer?.Verdict);
            Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phones[1])).Answer?.Verdict);
        }

        Assert.Null(await fleet.Rollouts.RoundAsync(default));
        await fleet.AttestAsync(phones[2]);
        RolloutStep step = (await fleet.Rollouts.RoundAsync(default))!;
        Assert.Equal((RolloutState.Halted, "monitor", 3, 3), (step.Next.State, step.Next.HaltedBy, step.Next.Seen, step.Next.Refused));
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = (await fleet.Database.Alarms.FindAsync("policy", AlarmKinds.Rollout))!;
        Assert.Equal((AlarmState.Raised, Severity.Critical), (alarm.State, alarm.Severity));
        Assert.Contains("3 of 3 terminals", alarm.Summary, StringComparison.Ordinal);
        foreach (TestPhone phone in phones)
        {
            Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        }

        Assert.Equal(PolicyVersionState.Approved, (await fleet.Database.Policies.FindAsync(version.Number))!.Record.State);
        await fleet.ReopenAsync();
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phones[0])).Answer?.Verdict);

        // A person resumes it: it counts anew, and the alarm is over.
        Assert.NotNull((await fleet.Rollouts.ResumeAsync("anna", "the three shops were told", default)).Rollout);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.False((await fleet.Database.Alarms.FindAsync("policy", AlarmKinds.Rollout))!.IsOpen);
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phones[0])).Answer?.Verdict);
        Assert.Null(await fleet.Rollouts.RoundAsync(default));
        Assert.Equal((RolloutState.Running, 0, 1), await StateAsync(fleet));
    }

    [Fact]
    public async Task Phones_that_the_version_before_refuses_too_are_no_good_terminals_and_halt_nothing()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 6; i++)
        {
            phones.Add(await PinnedAsync(fleet, "canary", patchAge: 0));
        }

        await StartAsync(fleet);
        foreach (TestPhone phone in phones.Take(5))
        {
            phone.SdkVersion = "unreadable";
            Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        }

        await fleet.AttestAsync(phones[5]);
        Assert.Null(await fleet.Rollouts.RoundAsync(default));
        Assert.Equal((RolloutState.Running, 0, 1), await StateAsync(fleet));
        Assert.Equal(0, (await fleet.Rollouts.StatusAsync(default))!.Refused);
    }

    [Fact]
    public async Task Only_what_two_persons_approved_is_rolled_out_and_nothing_else_comes_into_force_beside_it()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        PolicyVersionRecord proposed = (await fleet.Policies.ProposeAsync(Strict, "anna", default)).Version!;
        RolloutRequest request = new() { Version = proposed.Number, By = "anna", Rings = Rings };
        Assert.Equal("number", (await fleet.Rollouts.StartAsync(request, default)).Refusal?.Field);
        await fleet.Policies.ApproveAsync(proposed.Number, "ben", default);
        Assert.Equal("rings", (await fleet.Rollouts.StartAsync(request with { Rings = Rings[..2] }, default)).Refusal?.Field);
        Assert.Equal("leastRefused", (await fleet.Rollouts.StartAsync(request with { LeastRefused = 0 }, default)).Refusal?.Field);
        Assert.Equal("by", (await fleet.Rollouts.StartAsync(request with { By = "" }, default)).Refusal?.Field);
        Assert.NotNull((await fleet.Rollouts.StartAsync(request, default)).Rollout);
        Assert.Equal("number", (await fleet.Rollouts.StartAsync(request, default)).Refusal?.Field);
        Assert.Equal("number", (await fleet.Policies.ActivateAsync(proposed.Number, "anna", default)).Refusal?.Field);

        Assert.Equal("note", (await fleet.Rollouts.HaltAsync("anna", "", default)).Refusal?.Field);
        Assert.NotNull((await fleet.Rollouts.HaltAsync("anna", "a shop called", default)).Rollout);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Null(await fleet.Database.Alarms.FindAsync("policy", AlarmKinds.Rollout));
        Assert.Equal("number", (await fleet.Rollouts.HaltAsync("anna", "again", default)).Refusal?.Field);
        Assert.NotNull((await fleet.Policies.ActivateAsync(proposed.Number, "anna", default)).Version);
        Assert.Equal("number", (await fleet.Rollouts.ResumeAsync("anna", "too late", default)).Refusal?.Field);
    }

    [Fact]
    public async Task A_refused_enrolment_of_a_good_phone_counts_and_trying_again_does_not_change_its_ring()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        byte[] document = Encoding.UTF8.GetBytes(Shipped.Replace("minOsPatch: 0 ", "minOsPatch: 209901 ", StringComparison.Ordinal));
        PolicyVersionRecord version = await StartAsync(fleet, document, new RolloutRing("all", 100, TimeSpan.FromHours(1)));
        TestPhone phone = fleet.NewPhone();
        string code = await fleet.NewCodeAsync();
        for (int i = 0; i < 2; i++)
        {
            EnrolmentOutcome outcome = await fleet.ActivateAsync(phone, code);
            Assert.Null(outcome.Answer?.DataKey);
        }

        Assert.Equal((1, 1), ((await fleet.Rollouts.StatusAsync(default))!.Seen, (await fleet.Rollouts.StatusAsync(default))!.Refused));
        Assert.Equal(version.Number, (await fleet.Rollouts.StatusAsync(default))!.Version);
    }

    private static async Task<PolicyVersionRecord> StartAsync(TestFleet fleet, byte[]? document = null, params RolloutRing[] rings)
    {
        PolicyVersionRecord version = (await fleet.Policies.ProposeAsync(document ?? Strict, "anna", default)).Version!;
        version = (await fleet.Policies.ApproveAsync(version.Number, "ben", default)).Version!;
        RolloutOutcome outcome = await fleet.Rollouts.StartAsync(
            new RolloutRequest { Version = version.Number, By = "anna", Rings = rings.Length > 0 ? rings : Rings }, default);
        Assert.Null(outcome.Refusal);
        return version;
    }

    private static async Task<(TestPhone Canary, TestPhone Early, TestPhone Others)> ThreeAsync(TestFleet fleet, int patchAge) =>
        (await PinnedAsync(fleet, "canary", patchAge), await PinnedAsync(fleet, "early", patchAge), await PinnedAsync(fleet, "all", patchAge));

    private static async Task<TestPhone> PinnedAsync(TestFleet fleet, string ring, int patchAge)
    {
        TestPhone phone = await fleet.EnrolAsync(set: one => one.PatchAgeMonths = patchAge);
        Assert.Null(await fleet.Rollouts.PinAsync(phone.TerminalId, ring, "anna", default));
        return phone;
    }

    private static async Task<(RolloutState, int, int)> StateAsync(TestFleet fleet)
    {
        PolicyRollout status = (await fleet.Rollouts.StatusAsync(default))!;
        return (status.State, status.Ring, status.Seen);
    }
}
