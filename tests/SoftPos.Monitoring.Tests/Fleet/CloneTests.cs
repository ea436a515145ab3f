using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class CloneTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(80)]
    [Requirement("MON-02")]
    public async Task Two_that_share_one_state_are_found_at_the_second_use_and_both_are_stopped(int ahead)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone original = await fleet.EnrolAsync();
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(original)).Answer?.Verdict);
        TestPhone clone = original.Clone();
        for (int i = 0; i <= ahead; i++)
        {
            Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(original)).Answer?.Verdict);
        }

        AttestationAnswer second = (await fleet.AttestAsync(clone)).Answer!;
        Assert.Equal(Verdict.Denied, second.Verdict);
        Assert.Null(second.ResultToken);
        Assert.Equal(ReasonCodes.Cloned, second.Findings[0].Reason);

        Assert.Equal(ReasonCodes.TerminalSuspended, (await fleet.AttestAsync(original)).Refusal?.Reason);
        Assert.Equal(ReasonCodes.TerminalSuspended, (await fleet.AttestAsync(clone)).Refusal?.Reason);
        TerminalRecord record = await fleet.RecordAsync(original);
        Assert.Equal(TerminalState.Suspended, record.State);
        Assert.Contains(record.Findings, finding => finding.Rule == CloneDetection.Rule);
        Assert.Contains(await fleet.JournalAsync(original), entry =>
            entry.Kind == "terminal.suspended" && entry.Content["reason"]!.GetValue<string>() == ReasonCodes.Cloned);
    }

    [Fact]
    public async Task A_message_that_others_overtook_is_refused_without_calling_the_terminal_a_clone()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        byte[] slow = phone.Evidence(fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        AttestationAnswer late = (await fleet.Appraisal.AppraiseAsync(slow, default)).Answer!;
        Assert.Equal(Verdict.Denied, late.Verdict);
        Assert.DoesNotContain(late.Findings, finding => finding.Reason == ReasonCodes.Cloned);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
    }

    [Fact]
    public async Task State_that_turns_up_on_another_model_is_suspended_by_the_pin_of_first_sight()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        phone.Model = "Other Two";
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.Equal(TerminalState.Suspended, (await fleet.RecordAsync(phone)).State);
    }

    [Fact]
    public void The_window_tells_new_from_late_from_seen()
    {
        SequenceWindow window = new SequenceWindow(0, 0).After(1).After(2).After(5);
        Assert.Equal((5, SequenceSight.New), (window.Highest, window.Look(6)));
        Assert.Equal(SequenceSight.Seen, window.Look(5));
        Assert.Equal(SequenceSight.Late, window.Look(4));
        Assert.Equal(SequenceSight.Seen, window.After(4).Look(4));
        Assert.Equal(SequenceSight.Seen, window.Look(2));
        Assert.Equal(SequenceSight.Seen, window.After(200).Look(5));
        Assert.Equal(SequenceSight.Late, window.After(200).Look(199));
        Assert.Equal(SequenceSight.Seen, new SequenceWindow(long.MaxValue, 1).Look(long.MinValue));
    }
}
