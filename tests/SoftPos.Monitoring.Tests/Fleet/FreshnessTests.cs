using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class FreshnessTests
{
    [Fact]
    [Requirement("ATT-05")]
    public async Task Each_way_to_be_stale_is_refused_and_has_its_own_code_in_the_journal()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        TestPhone other = await fleet.EnrolAsync();

        byte[] good = phone.Evidence(fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId));
        Assert.Null((await fleet.Appraisal.AppraiseAsync(good, default)).Refusal);
        await ExpectAsync(good, ReasonCodes.NonceInvalid, "nonce.used");

        Challenge used = fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId);
        Assert.Null((await fleet.Appraisal.AppraiseAsync(phone.Evidence(used), default)).Refusal);
        await ExpectAsync(phone.Evidence(used), ReasonCodes.NonceInvalid, "nonce.used");

        Challenge foreign = fleet.Ask(ChallengePurpose.Heartbeat, other.TerminalId);
        await ExpectAsync(phone.Evidence(foreign), ReasonCodes.NonceInvalid, "nonce.other-session");
        Challenge tap = fleet.Ask(ChallengePurpose.Tap, phone.TerminalId);
        await ExpectAsync(phone.Evidence(tap, ChallengePurpose.Pin), ReasonCodes.NonceInvalid, "nonce.other-session");

        Challenge unknown = fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId) with { Nonce = new byte[Challenge.NonceLength] };
        await ExpectAsync(phone.Evidence(unknown), ReasonCodes.NonceInvalid, "nonce.unknown");

        byte[] late = phone.Evidence(fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId));
        fleet.Clock.Advance(ChallengeStore.Lifetime);
        await ExpectAsync(late, ReasonCodes.NonceExpired, "nonce.expired");

        // Refusals cost the terminal nothing: its next evidence is as good as ever.
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);

        async Task ExpectAsync(byte[] evidence, string reason, string cause)
        {
            AttestationOutcome outcome = await fleet.Appraisal.AppraiseAsync(evidence, default);
            Assert.Null(outcome.Answer);
            Assert.Equal((reason, cause), (outcome.Refusal!.Reason, outcome.Refusal.Cause));
            (string kind, System.Text.Json.Nodes.JsonNode content) = (await fleet.JournalAsync(phone))[^1];
            Assert.Equal(("evidence.refused", cause), (kind, content["cause"]!.GetValue<string>()));
        }
    }

    [Fact]
    [Requirement("ATT-05")]
    public async Task A_phone_whose_clock_is_wrong_is_told_so_by_the_servers_time()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = new(Lab.Phones.LabPhoneDescription.Find("good")! with { ClockSkewSeconds = 3600 }, fleet.Clock);
        await fleet.ActivateAsync(phone, await fleet.NewCodeAsync());
        AttestationAnswer skewed = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Contains(skewed.Findings, finding => finding.Reason == "CLOCK_SKEW");
        AttestationAnswer right = (await fleet.AttestAsync(await fleet.EnrolAsync())).Answer!;
        Assert.DoesNotContain(right.Findings, finding => finding.Reason == "CLOCK_SKEW");
    }

    [Fact]
    public async Task Evidence_that_the_enrolled_key_did_not_sign_leaves_no_trace()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        TestPhone stranger = fleet.NewPhone();
        stranger.TerminalId = phone.TerminalId;
        int before = (await fleet.JournalAsync(phone)).Count;
        AttestationOutcome outcome = await fleet.AttestAsync(stranger);
        Assert.Equal(ReasonCodes.SignatureInvalid, outcome.Refusal?.Reason);
        Assert.Equal(before, (await fleet.JournalAsync(phone)).Count);
        Assert.Equal(0, (await fleet.RecordAsync(phone)).EvidenceSequence);
    }
}
