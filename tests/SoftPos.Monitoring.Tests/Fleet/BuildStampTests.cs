using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;

namespace SoftPos.Monitoring.Tests.Fleet;

/// <summary>An app is good for a time: epoch and expiry of its build against the back end's clock.</summary>
public sealed class BuildStampTests
{
    [Fact]
    [Requirement("CRY-06", Partly = true)]
    public async Task A_build_is_refused_from_the_day_after_its_expiry_whatever_the_phones_clock_says()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync(set: Stamp(fleet, epoch: 1, days: 2));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer!.Verdict);
        fleet.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer!.Verdict);
        fleet.Clock.Advance(TimeSpan.FromDays(1));
        AttestationAnswer late = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Equal(Verdict.Denied, late.Verdict);
        Assert.Contains(late.Findings, static finding => finding.Reason == ReasonCodes.UpgradeRequired);

        // The next release has a later day, and the terminal pays again.
        Stamp(fleet, epoch: 1, days: 90)(phone);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer!.Verdict);
    }

    [Fact]
    [Requirement("CRY-06", Partly = true)]
    public async Task An_epoch_that_counts_as_broken_is_refused_and_where_a_stamp_is_asked_for_so_is_a_build_without()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone old = await fleet.EnrolAsync(set: Stamp(fleet, epoch: 1, days: 90));
        TestPhone current = await fleet.EnrolAsync(set: Stamp(fleet, epoch: 2, days: 90));
        TestPhone bare = await fleet.EnrolAsync();
        JsonObject values = DefaultPolicy.ValuesFor([LabApp.Package], [LabApp.SignerHex]);
        values["minBuildEpoch"] = 2;
        fleet.Options.Policy.Use(DefaultPolicy.With(values));
        Assert.Equal(
            (Verdict.Denied, Verdict.Trusted, Verdict.Trusted),
            (await VerdictAsync(fleet, old), await VerdictAsync(fleet, current), await VerdictAsync(fleet, bare)));
        values["requireBuildStamp"] = true;
        fleet.Options.Policy.Use(DefaultPolicy.With(values));
        Assert.Equal((Verdict.Trusted, Verdict.Denied), (await VerdictAsync(fleet, current), await VerdictAsync(fleet, bare)));
    }

    private static async Task<Verdict> VerdictAsync(TestFleet fleet, TestPhone phone) => (await fleet.AttestAsync(phone)).Answer!.Verdict;

    private static Action<TestPhone> Stamp(TestFleet fleet, int epoch, int days) => phone =>
    {
        phone.Health["buildEpoch"] = epoch;
        phone.Health["buildExpiryDays"] = Math.Floor((fleet.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays) + days;
    };
}
