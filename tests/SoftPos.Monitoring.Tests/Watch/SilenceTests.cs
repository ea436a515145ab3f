using SoftPos.Contract;
using SoftPos.Monitoring.Tests.Fleet;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Watch;

public sealed class SilenceTests
{
    [Fact]
    [Requirement("ATT-04")]
    public async Task A_terminal_that_misses_an_interval_is_not_trusted_at_its_deadline_without_any_request()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.Zero);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer!.Verdict);
        DateTimeOffset heard = fleet.Clock.GetUtcNow();

        await fleet.PassAsync(TimeSpan.FromSeconds(359));
        Assert.Equal(Verdict.Trusted, (await fleet.Database.TrustStatus.ReadAsync(phone.TerminalId, default))!.Verdict);
        await fleet.PassAsync(TimeSpan.FromSeconds(1));

        TerminalRecord silent = (await fleet.Database.TrustStatus.ReadAsync(phone.TerminalId, default))!;
        Assert.Equal((Verdict.Unknown, ReasonCodes.TerminalSilent), (silent.Verdict, silent.Findings[0].Reason));
        AlarmRecord alarm = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!;
        Assert.Equal((AlarmState.Raised, ReasonCodes.TerminalSilent), (alarm.State, alarm.Reason));
        Assert.Equal("terminal.silent", (await fleet.JournalAsync(phone))[^1].Kind);
        Attendance attendance = (await fleet.Database.Attendance.FindAsync(phone.TerminalId))!;
        Assert.Equal((heard, heard, null), (attendance.LastAttemptAt, attendance.LastSuccessAt, attendance.DueAt));
    }

    [Fact]
    [Requirement("ATT-04")]
    public async Task It_is_trusted_again_and_its_alarm_is_over_when_it_speaks()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        Assert.True((await fleet.AlarmAsync(phone, AlarmKinds.Silence))!.IsOpen);

        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer!.Verdict);
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord over = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!;
        Assert.Equal((AlarmState.Resolved, AlarmDecider.Monitor), (over.State, over.By));

        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        AlarmRecord again = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!;
        Assert.Equal((over.Number, AlarmState.Raised, 1), (again.Number, again.State, again.Reopened));
        Assert.Equal(
            ["alarm.raised", "alarm.resolved", "alarm.reopened"],
            (await fleet.JournalAsync(AlarmBook.SubjectOf(over.Number))).Select(static one => one.Kind));
    }

    [Fact]
    [Requirement("ATT-04")]
    public async Task A_terminal_that_said_it_closes_is_not_silent_and_opens_with_its_next_evidence()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        phone.Closing = true;
        AttestationAnswer closed = (await fleet.AttestAsync(phone)).Answer!;
        Assert.Equal((Verdict.Trusted, null), (closed.Verdict, closed.ResultToken));
        await fleet.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(Verdict.Trusted, (await fleet.RecordAsync(phone)).Verdict);
        Assert.Empty(await fleet.OpenAlarmsAsync());

        phone.Closing = false;
        await fleet.AttestAsync(phone);
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        Assert.Equal(Verdict.Unknown, (await fleet.RecordAsync(phone)).Verdict);
    }

    [Fact]
    public async Task A_refused_message_is_an_attempt_and_moves_no_deadline()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        byte[] once = phone.Evidence(fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId));
        await fleet.Appraisal.AppraiseAsync(once, default);
        Attendance good = (await fleet.Database.Attendance.FindAsync(phone.TerminalId))!;
        await fleet.PassAsync(TimeSpan.FromMinutes(3));
        Assert.NotNull((await fleet.Appraisal.AppraiseAsync(once, default)).Refusal);

        Attendance refused = (await fleet.Database.Attendance.FindAsync(phone.TerminalId))!;
        Assert.Equal(
            (fleet.Clock.GetUtcNow(), good.LastSuccessAt, good.DueAt), (refused.LastAttemptAt, refused.LastSuccessAt, refused.DueAt));
        await fleet.PassAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(Verdict.Unknown, (await fleet.RecordAsync(phone)).Verdict);
    }

    [Fact]
    public async Task A_denied_terminal_that_falls_silent_stays_denied()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        phone.SdkVersion = "x";
        await fleet.AttestAsync(phone);
        Assert.Equal(Verdict.Denied, (await fleet.RecordAsync(phone)).Verdict);
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        TerminalRecord record = await fleet.RecordAsync(phone);
        Assert.Equal(Verdict.Denied, record.Verdict);
        Assert.Equal(ReasonCodes.TerminalSilent, record.Findings[0].Reason);
    }

    [Fact]
    [Requirement("ATT-04", Partly = true)]
    public async Task A_restart_in_between_loses_no_deadline()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(5));
        await fleet.ReopenAsync();
        await fleet.PassAsync(TimeSpan.FromSeconds(45));
        Assert.Equal(Verdict.Trusted, (await fleet.RecordAsync(phone)).Verdict);
        await fleet.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Verdict.Unknown, (await fleet.RecordAsync(phone)).Verdict);
        Assert.True((await fleet.AlarmAsync(phone, AlarmKinds.Silence))!.IsOpen);
    }

    [Fact]
    [Requirement("ATT-04", Partly = true)]
    public async Task An_outage_of_ours_is_written_down_as_ours_and_raises_no_storm()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 4; i++)
        {
            phones.Add(await fleet.EnrolAsync());
        }

        await fleet.PassAsync(TimeSpan.FromMinutes(1));
        fleet.Clock.Advance(TimeSpan.FromHours(3));
        await fleet.ReopenAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(0, await fleet.Watch.RoundAsync(default));
        Assert.Equal(WatchState.Recovering, fleet.Watch.State);
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord only = Assert.Single(await fleet.OpenAlarmsAsync());
        Assert.Equal(("monitor", AlarmKinds.Outage), (only.Originator, only.Kind));
        (string kind, System.Text.Json.Nodes.JsonNode content) = (await fleet.JournalAsync("watch"))[^1];
        Assert.Equal(("watch.outage", nameof(Owner.Us), 10_800), (kind, (string?)content["owner"], (int)content["seconds"]!));
        Assert.All(phones, phone => Assert.Equal(Verdict.Trusted, fleet.RecordAsync(phone).Result.Verdict));

        // Three come back; the fourth had its own time after our return and let it pass.
        await Task.WhenAll(phones.Take(3).Select(phone => fleet.AttestAsync(phone)));
        await fleet.PassAsync(TimeSpan.FromSeconds(350));
        Assert.Equal(Verdict.Trusted, (await fleet.RecordAsync(phones[3])).Verdict);
        await Task.WhenAll(phones.Take(3).Select(phone => fleet.AttestAsync(phone)));
        await fleet.PassAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(WatchState.Watching, fleet.Watch.State);
        AlarmRecord silent = Assert.Single(await fleet.OpenAlarmsAsync());
        Assert.Equal(AlarmSignal.Terminal(phones[3].TerminalId.ToString()), silent.Originator);
    }

    [Fact]
    public async Task A_network_that_fails_for_many_is_one_alarm_though_their_deadlines_are_spread()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 60; i++)
        {
            phones.Add(await fleet.EnrolAsync());
            fleet.Clock.Advance(TimeSpan.FromSeconds(5));
            await fleet.Watch.RoundAsync(default);
        }

        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        List<AlarmRecord> open = await fleet.OpenAlarmsAsync();
        Assert.Contains(open, static alarm => alarm is { Originator: "fleet", Kind: AlarmKinds.MassSilence });

        // The first ones could not be told from shops that forgot to close.
        Assert.InRange(open.Count(static alarm => alarm.Kind == AlarmKinds.Silence), 1, 25);
        Assert.All(phones, phone => Assert.Equal(Verdict.Unknown, fleet.RecordAsync(phone).Result.Verdict));
    }

    [Fact]
    public async Task Many_that_fall_silent_together_are_one_alarm_and_none_of_them_is_trusted()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 25; i++)
        {
            phones.Add(await fleet.EnrolAsync());
        }

        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        List<AlarmRecord> open = await fleet.OpenAlarmsAsync();
        Assert.Contains(open, static alarm => alarm is { Originator: "fleet", Kind: AlarmKinds.MassSilence });
        Assert.DoesNotContain(open, static alarm => alarm.Kind == AlarmKinds.Silence);
        Assert.All(phones, phone => Assert.Equal(Verdict.Unknown, fleet.RecordAsync(phone).Result.Verdict));

        await Task.WhenAll(phones.Select(phone => fleet.AttestAsync(phone)));
        await fleet.Alarms.LookAsync(default);
        Assert.DoesNotContain(await fleet.OpenAlarmsAsync(), static alarm => alarm.Kind == AlarmKinds.MassSilence);
    }
}
