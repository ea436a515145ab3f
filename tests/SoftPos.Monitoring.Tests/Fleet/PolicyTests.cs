using System.Text;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class PolicyTests
{
    private static readonly string Shipped = Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span);

    /// <summary>Phones of the lab are one month behind; this refuses them.</summary>
    private static readonly byte[] Strict = Encoding.UTF8.GetBytes(
        Shipped.Replace("patchDenyMonths: 12", "patchDenyMonths: 0", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal));

    [Fact]
    [Requirement("ATT-16")]
    public async Task A_rule_is_loaded_by_two_persons_and_flips_the_verdict_of_the_same_phone_without_a_restart()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);

        PolicyVersionRecord proposed = (await fleet.Policies.ProposeAsync(Strict, "anna", default)).Version!;
        Assert.Equal("number", (await fleet.Policies.ActivateAsync(proposed.Number, "anna", default)).Refusal?.Field);
        Assert.Equal("by", (await fleet.Policies.ApproveAsync(proposed.Number, "anna", default)).Refusal?.Field);
        Assert.NotNull((await fleet.Policies.ApproveAsync(proposed.Number, "ben", default)).Version);
        Assert.Equal("number", (await fleet.Policies.ApproveAsync(proposed.Number, "carla", default)).Refusal?.Field);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);

        Assert.NotNull((await fleet.Policies.ActivateAsync(proposed.Number, "anna", default)).Version);
        AttestationAnswer refused = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Equal(Verdict.Denied, refused.Verdict);
        Assert.Equal("PATCH_LEVEL_OLD", refused.Findings[0].Reason);
        Assert.Equal(proposed.Hash, (await fleet.JournalAsync(phone))[^1].Content["policyHash"]!.GetValue<string>());
        Assert.Equal(
            ["policy.proposed", "policy.approved", "policy.activated"], (await fleet.JournalAsync("policy")).Select(entry => entry.Kind));

        // It stays in force in the next process.
        await fleet.ReopenAsync();
        Assert.Equal(proposed.Hash, fleet.Options.Policy.Current.HashHex);
    }

    [Fact]
    public async Task A_version_that_was_changed_after_its_approval_is_not_put_in_force()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        PolicyVersionRecord version = (await fleet.Policies.ProposeAsync(Strict, "anna", default)).Version!;
        version = (await fleet.Policies.ApproveAsync(version.Number, "ben", default)).Version!;
        await fleet.Database.CommitAsync(new Change().Move(version, version with { Approver = "mallory" }));
        await Assert.ThrowsAsync<InvalidDataException>(() => fleet.Policies.ActivateAsync(version.Number, "anna", default));
        Assert.NotEqual(version.Hash, fleet.Options.Policy.Current.HashHex);
    }

    [Fact]
    public async Task A_document_that_is_no_policy_is_refused_with_its_fault()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        Refusal fault = (await fleet.Policies.ProposeAsync("rules: 7"u8.ToArray(), "anna", default)).Refusal!;
        Assert.Equal("document", fault.Field);
        Assert.Empty(await fleet.Database.Policies.NewestAsync(10));
    }

    [Fact]
    public async Task A_simulation_of_the_live_policy_is_equal_to_what_happened()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        DateTimeOffset since = fleet.Clock.GetUtcNow();
        TestPhone[] phones = [await fleet.EnrolAsync(), await fleet.EnrolAsync("hot"), await fleet.EnrolAsync("hooked"), await fleet.EnrolAsync("wrong-clock")];
        for (int round = 0; round < 3; round++)
        {
            foreach (TestPhone phone in phones)
            {
                await fleet.AttestAsync(phone);
            }

            fleet.Clock.Advance(TimeSpan.FromDays(2));
        }

        TestPhone copied = phones[0].Clone();
        await fleet.AttestAsync(phones[0]);
        await fleet.AttestAsync(copied);
        SimulationReport report = await fleet.Simulation.RunAsync(fleet.Options.Policy.Current, since, default);
        int appraised = (await fleet.Database.Journal.NewestAsync("evidence", 500)).Count(entry => entry.Kind == "evidence.appraised");
        Assert.InRange(appraised, 10, 20);
        Assert.Equal((appraised, 0), (report.Evaluated, report.Skipped));
        Assert.Empty(report.Changed);
        Assert.Empty(report.NewlyRefused);
        Assert.Empty(report.NewlyAdmitted);
    }

    [Fact]
    public async Task A_stricter_patch_rule_names_terminals_rule_model_and_takings_and_changes_nothing()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.AddMerchantAsync("m2");
        DateTimeOffset since = fleet.Clock.GetUtcNow();
        TestPhone behind = await fleet.EnrolAsync(merchant: "m2");
        TestPhone current = await fleet.EnrolAsync(set: phone => phone.PatchAgeMonths = 0);
        await SellAsync(behind, "m2", 5_000);
        await SellAsync(current, TestFleet.Merchant, 9_000);
        await fleet.AttestAsync(behind);
        await fleet.AttestAsync(current);
        fleet.Clock.Advance(TimeSpan.FromDays(2));

        (CompiledPolicy? draft, _) = fleet.Policies.Compile(Strict);
        SimulationReport report = await fleet.Simulation.RunAsync(draft!, since, default);
        SimulatedTerminal refused = Assert.Single(report.NewlyRefused);
        Assert.Equal((behind.TerminalId, "m2", "Lab One", 202610), (refused.TerminalId, refused.MerchantId, refused.Model, refused.OsPatch));
        Assert.Equal((Verdict.Trusted, Verdict.Denied), (refused.Was, refused.Would));
        Assert.Equal(["sdk.patch"], refused.Rules);
        Assert.Equal(1, report.Models["Lab One"]);
        Assert.Equal(new Dictionary<string, long> { ["m2 710"] = 2_500 }, report.DailyTakingsMinor);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(behind)).Answer?.Verdict);

        async Task SellAsync(TestPhone phone, string merchant, long amount) => (await fleet.Database.CommitAsync(new Change().Add(new PaymentRecord
        {
            PaymentId = Guid.CreateVersion7(fleet.Clock.GetUtcNow()),
            TerminalId = phone.TerminalId,
            MerchantId = merchant,
            State = PaymentState.Approved,
            Reason = ReasonCodes.Approved,
            RequestHash = [1],
            AmountMinor = amount,
            Currency = "710",
            MaskedPan = "400000******0002",
            CreatedAt = fleet.Clock.GetUtcNow(),
            ChangedAt = fleet.Clock.GetUtcNow(),
        }))).Require();
    }
}
