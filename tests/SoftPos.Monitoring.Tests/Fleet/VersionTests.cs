using System.Text;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

/// <summary>The oldest version of the SDK that may take payments: announced with its date, then enforced.</summary>
public sealed class VersionTests
{
    private const string Rule = "{ claim: sdk.versionNumber, atLeast: $minSdkVersion }\n";

    private static readonly DateTimeOffset Due = new(2026, 12, 24, 0, 0, 0, TimeSpan.Zero);

    private static readonly byte[] Announced = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span)
        .Replace("minSdkVersion: 0", "minSdkVersion: 1001000", StringComparison.Ordinal)
        .Replace(Rule, Rule + "    due: 2026-12-24T00:00:00Z\n", StringComparison.Ordinal)
        .Replace("version: 1", "version: 2", StringComparison.Ordinal));

    [Fact]
    [Requirement("SWP-07")]
    public async Task An_old_version_is_told_the_date_then_refused_and_a_newer_one_is_taken_again()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        PolicyVersionRecord version = (await fleet.Policies.ProposeAsync(Announced, "anna", default)).Version!;
        Assert.NotNull((await fleet.Policies.ApproveAsync(version.Number, "ben", default)).Version);
        Assert.NotNull((await fleet.Policies.ActivateAsync(version.Number, "anna", default)).Version);

        AttestationAnswer before = (await fleet.AttestAsync(phone)).Answer!;
        MerchantFinding notice = Assert.Single(before.Findings, static finding => finding.Reason == ReasonCodes.UpgradeRequired);
        Assert.Equal(Verdict.Trusted, before.Verdict);
        Assert.NotNull(before.ResultToken);
        Assert.Equal((FindingResponse.Notice, Due, Owner.Merchant, true), (notice.Response, notice.Deadline, notice.Owner, notice.SelfFixable));
        Assert.NotEmpty(notice.Fix);

        fleet.Clock.Advance(Due - fleet.Clock.GetUtcNow());
        AttestationAnswer after = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Equal(Verdict.Denied, after.Verdict);
        Assert.Null(after.ResultToken);
        Assert.Equal((ReasonCodes.UpgradeRequired, FindingResponse.Deny), (after.Findings[0].Reason, after.Findings[0].Response));
        Assert.Null(after.Findings[0].Deadline);

        phone.SdkVersion = "1.1.0";
        AttestationAnswer updated = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Equal(Verdict.Trusted, updated.Verdict);
        Assert.NotNull(updated.ResultToken);
        Assert.DoesNotContain(updated.Findings, static finding => finding.Reason == ReasonCodes.UpgradeRequired);
    }
}
