using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class EnrolmentTests
{
    [Fact]
    public async Task A_good_phone_gets_keys_once_for_its_code_and_its_boot_key_is_pinned()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        string code = await fleet.NewCodeAsync();
        TestPhone phone = fleet.NewPhone();
        EnrolmentOutcome first = await fleet.ActivateAsync(phone, code);
        Assert.Equal(Verdict.Trusted, first.Answer?.Verdict);
        Assert.NotNull(first.Answer!.DataKey);
        Assert.Equal(64, (await fleet.RecordAsync(phone)).BootKey?.Length);
        EnrolmentOutcome again = await fleet.ActivateAsync(fleet.NewPhone(), code);
        Assert.Equal(ReasonCodes.ActivationCodeInvalid, again.Refusal?.Reason);
    }

    [Fact]
    public async Task The_nonce_of_an_enrolment_is_good_once_and_for_a_minute()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        string code = await fleet.NewCodeAsync();
        Challenge late = fleet.Ask(ChallengePurpose.Enrolment);
        byte[] message = fleet.NewPhone().Activation(code, late);
        fleet.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("nonce.expired", (await fleet.Enrolment.ActivateAsync(message, default)).Refusal?.Cause);
        Assert.Equal("nonce.used", (await fleet.Enrolment.ActivateAsync(message, default)).Refusal?.Cause);
        TestPhone phone = await fleet.EnrolAsync();
        byte[] heartbeat = fleet.NewPhone().Activation(code, fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId));
        Assert.Equal("nonce.other-session", (await fleet.Enrolment.ActivateAsync(heartbeat, default)).Refusal?.Cause);
    }

    [Fact]
    public async Task A_refused_phone_that_tries_again_is_one_record_and_every_try_is_in_the_journal()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        string code = await fleet.NewCodeAsync();
        DateTimeOffset first = fleet.Clock.GetUtcNow();
        TestPhone selfSigned = null!;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            selfSigned = fleet.NewPhone("self-signed");
            EnrolmentOutcome outcome = await fleet.ActivateAsync(selfSigned, code);
            Assert.Equal(Verdict.Denied, outcome.Answer?.Verdict);
            Assert.Null(outcome.Answer!.DataKey);
            fleet.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        TerminalRecord record = Assert.Single(await fleet.Database.Terminals.PageAsync(null, null, 10));
        Assert.Equal((TerminalState.Refused, first), (record.State, record.EnrolledAt));
        Assert.Equal(selfSigned.PublicKey, record.DeviceKey);
        Assert.Equal(3, (await fleet.JournalAsync(selfSigned)).Count(entry => entry.Kind == "terminal.refused"));

        // The code stays good for a sound phone; what was refused is then closed.
        TestPhone good = fleet.NewPhone();
        Assert.Equal(Verdict.Trusted, (await fleet.ActivateAsync(good, code)).Answer?.Verdict);
        Assert.Equal(TerminalState.Retired, (await fleet.RecordAsync(selfSigned)).State);
        Assert.Equal("terminal.retired", (await fleet.JournalAsync(selfSigned))[^1].Kind);
    }

    [Fact]
    public async Task After_a_reset_the_phone_takes_its_old_place_at_the_acquirer_and_the_old_terminal_is_gone()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone before = await fleet.EnrolAsync();
        string place = (await fleet.RecordAsync(before)).AcquirerTerminalId;
        TestPhone after = fleet.NewPhone();
        await fleet.ActivateAsync(after, await fleet.NewCodeAsync(replaces: before.TerminalId));
        Assert.NotEqual(before.TerminalId, after.TerminalId);
        Assert.Equal(place, (await fleet.RecordAsync(after)).AcquirerTerminalId);
        TerminalRecord retired = await fleet.RecordAsync(before);
        Assert.Equal((TerminalState.Retired, null), (retired.State, retired.DataKeyId));
        Assert.Equal(ReasonCodes.TerminalUnknown, (await fleet.AttestAsync(before)).Refusal?.Reason);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(after)).Answer?.Verdict);
    }

    [Fact]
    public async Task A_code_of_another_merchant_replaces_nothing()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.AddMerchantAsync("m2");
        TestPhone victim = await fleet.EnrolAsync();
        TestPhone other = fleet.NewPhone();
        await fleet.ActivateAsync(other, await fleet.NewCodeAsync("m2", victim.TerminalId));
        Assert.Equal(TerminalState.Active, (await fleet.RecordAsync(victim)).State);
        Assert.NotEqual((await fleet.RecordAsync(victim)).AcquirerTerminalId, (await fleet.RecordAsync(other)).AcquirerTerminalId);
    }
}
