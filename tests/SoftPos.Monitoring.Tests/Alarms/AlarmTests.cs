using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Monitoring.Tests.Fleet;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Alarms;

public sealed class AlarmTests
{
    [Fact]
    [Requirement("MON-01")]
    public async Task Refused_evidence_is_one_alarm_however_often_it_comes_and_is_over_when_it_is_good_again()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        phone.SdkVersion = "unreadable";
        for (int i = 0; i < 3; i++)
        {
            await fleet.AttestAsync(phone);
        }

        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = Assert.Single(await fleet.OpenAlarmsAsync());
        Assert.Equal((AlarmKinds.Attestation, "UPGRADE_REQUIRED", 3), (alarm.Kind, alarm.Reason, alarm.Occurrences));
        Assert.Contains(alarm.Evidence, static one => one.What == "sdk.version");
        JournalEntry proof = Assert.Single(await fleet.Database.Journal.RangeAsync(alarm.Evidence[0].Entry!.Value, 1));
        Assert.Equal("evidence.appraised", proof.Kind);

        phone.SdkVersion = "1.0.0";
        await fleet.AttestAsync(phone);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(AlarmState.Resolved, (await fleet.AlarmAsync(phone, AlarmKinds.Attestation))!.State);
    }

    [Fact]
    [Requirement("MON-01")]
    public async Task Every_step_of_its_life_is_in_the_journal_with_who_and_why()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        long number = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!.Number;

        (AlarmRecord? taken, _) = await fleet.Book.AcknowledgeAsync(number, "anna", null, "I call the shop", default);
        Assert.Equal((AlarmState.Acknowledged, "anna"), (taken!.State, taken.Assignee));
        (AlarmRecord? given, _) = await fleet.Book.AssignAsync(number, "anna", "ben", "he lives nearby", default);
        Assert.Equal("ben", given!.Assignee);
        (AlarmRecord? done, _) = await fleet.Book.ResolveAsync(number, "ben", "the shop has closed for good", default);
        Assert.Equal(AlarmState.Resolved, done!.State);

        List<(string Kind, JsonNode Content)> life = await fleet.JournalAsync(AlarmBook.SubjectOf(number));
        Assert.Equal(
            [
                ("alarm.raised", "monitor", null), ("alarm.acknowledged", "anna", "I call the shop"),
                ("alarm.assigned", "anna", "he lives nearby"),
                ("alarm.resolved", "ben", "the shop has closed for good"),
            ],
            life.Select(static step => (step.Kind, (string)step.Content["by"]!, (string?)step.Content["note"])));
    }

    [Theory]
    [InlineData("", "because", "by")]
    [InlineData("anna", "", "note")]
    public async Task Nobody_acts_without_a_name_and_a_reason(string by, string note, string field)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        long number = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!.Number;
        Assert.Equal(field, (await fleet.Book.AcknowledgeAsync(number, by, null, note, default)).Refusal!.Field);
        Assert.Equal(field, (await fleet.Book.ResolveAsync(number, by, note, default)).Refusal!.Field);
        Assert.Equal("number", (await fleet.Book.ResolveAsync(number + 1000, "anna", "because", default)).Refusal!.Field);
        Assert.Equal(AlarmState.Raised, (await fleet.Database.Alarms.FindAsync(number))!.State);
    }

    [Fact]
    public async Task What_a_person_resolved_while_it_holds_comes_back_only_as_something_else_or_after_it_was_gone()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.AttestAsync(phone);
        phone.SdkVersion = "unreadable";
        AlarmRecord raised = await AttestAsync();
        await fleet.Book.ResolveAsync(raised.Number, "anna", "known, the shop updates tomorrow", default);
        Assert.Equal(AlarmState.Resolved, (await AttestAsync()).State);

        phone.Model = "Another";
        AlarmRecord worse = await AttestAsync();
        Assert.Equal((AlarmState.Raised, 1, Severity.Critical), (worse.State, worse.Reopened, worse.Severity));

        async Task<AlarmRecord> AttestAsync()
        {
            await fleet.AttestAsync(phone);
            await fleet.Alarms.FollowOnceAsync(default);
            return (await fleet.AlarmAsync(phone, AlarmKinds.Attestation))!;
        }
    }

    [Fact]
    [Requirement("MON-01")]
    public async Task Alarms_follow_the_journal_within_a_second()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        using CancellationTokenSource end = new();
        Task running = fleet.Alarms.RunAsync(static fault => throw fault, end.Token);
        await fleet.Alarms.FollowOnceAsync(default);
        using JournalSubscription journal = fleet.Database.Journal.Subscribe();
        phone.SdkVersion = "unreadable";
        long start = TimeProvider.System.GetTimestamp();
        await fleet.AttestAsync(phone);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        TimeSpan took = TimeSpan.MaxValue;
        await foreach (JournalEntry entry in journal.ReadAllAsync(patience.Token))
        {
            if (entry.Kind == "alarm.raised")
            {
                took = TimeProvider.System.GetElapsedTime(start);
                break;
            }
        }

        await end.CancelAsync();
        await running;
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task A_restart_looks_at_every_entry_that_was_not_looked_at()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        phone.SdkVersion = "unreadable";
        await fleet.AttestAsync(phone);
        await fleet.ReopenAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = (await fleet.AlarmAsync(phone, AlarmKinds.Attestation))!;
        Assert.Equal(1, alarm.Occurrences);

        // And not twice.
        await fleet.ReopenAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(1, (await fleet.AlarmAsync(phone, AlarmKinds.Attestation))!.Occurrences);
        Assert.Single(await fleet.JournalAsync(AlarmBook.SubjectOf(alarm.Number)));
    }

    [Fact]
    [Requirement("MON-01")]
    [Requirement("MON-02", Partly = true)]
    public async Task A_clone_is_a_critical_alarm_that_only_a_person_ends()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        TestPhone clone = phone.Clone();
        await fleet.AttestAsync(phone);
        await fleet.AttestAsync(clone);
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = (await fleet.AlarmAsync(phone, AlarmKinds.Suspension))!;
        Assert.Equal((AlarmState.Raised, Severity.Critical, ReasonCodes.Cloned), (alarm.State, alarm.Severity, alarm.Reason));

        await fleet.Responses.RestoreAsync(phone.TerminalId, "anna", "the copy was found", default);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(AlarmState.Resolved, (await fleet.AlarmAsync(phone, AlarmKinds.Suspension))!.State);
    }

    [Fact]
    [Requirement("MON-01")]
    public async Task Bursts_of_payments_declines_and_enrolments_are_alarms_and_calm_down()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        Guid busy = Guid.CreateVersion7(fleet.Clock.GetUtcNow()), tried = Guid.CreateVersion7(fleet.Clock.GetUtcNow());
        await PayAsync(busy, 60, "payment.approved");
        await PayAsync(tried, 10, "payment.declined");
        await EnrolAsync(20);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Empty(await fleet.OpenAlarmsAsync());

        await PayAsync(busy, 1, "payment.approved");
        await PayAsync(tried, 1, "payment.declined");
        await EnrolAsync(1);
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(
            new[]
            {
                ("merchant:m1", AlarmKinds.EnrolmentBurst), (AlarmSignal.Terminal(busy.ToString()), AlarmKinds.Velocity),
                (AlarmSignal.Terminal(tried.ToString()), AlarmKinds.Velocity),
            }.Order(),
            (await fleet.OpenAlarmsAsync()).Select(static alarm => (alarm.Originator, alarm.Kind)).Order());

        fleet.Clock.Advance(TimeSpan.FromMinutes(11));
        await fleet.Alarms.LookAsync(default);
        Assert.Empty(await fleet.OpenAlarmsAsync());

        async Task PayAsync(Guid terminal, int count, string end)
        {
            for (int i = 0; i < count; i++)
            {
                Guid payment = Guid.CreateVersion7(fleet.Clock.GetUtcNow());
                await fleet.Database.CommitAsync(new Change()
                    .Append("payment.received", payment, new JsonObject { ["terminal"] = terminal.ToString() }).Append(end, payment, []));
            }
        }

        async Task EnrolAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await fleet.Database.CommitAsync(new Change().Append(
                    "terminal.enrolled", Guid.CreateVersion7(fleet.Clock.GetUtcNow()),
                    new JsonObject { ["merchantId"] = "m1", ["findings"] = new JsonArray() }));
            }
        }
    }

    [Fact]
    public async Task Parked_reversals_an_old_list_and_keys_that_end_are_alarms()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        Guid payment = Guid.CreateVersion7(fleet.Clock.GetUtcNow());
        DateTimeOffset now = fleet.Clock.GetUtcNow();
        await fleet.Database.CommitAsync(new Change()
            .Append("payment.reversal-parked", payment, [])
            .Append("revocation.stale", "status-list", new JsonObject { ["failure"] = "no answer", ["ageHours"] = 49 })
            .Put(new KeyRecord
            {
                Name = "zone-tdes", Purpose = "PinEncryption", State = KeyState.Active, SealedKey = [1], CheckValue = [2],
                CreatedAt = now.AddDays(-6), ChangedAt = now,
                ExpiresAt = now.AddDays(1),
            })
            .Put(new KeyRecord
            {
                Name = "bdk.data.1", Purpose = "Derivation", State = KeyState.Active, SealedKey = [1], CheckValue = [2], CreatedAt = now,
                ChangedAt = now,
                ExpiresAt = now.AddDays(700),
            }));
        await fleet.Alarms.LookAsync(default);
        Assert.Equal(
            [("key:zone-tdes", AlarmKinds.KeyDue), ("payment:" + payment, AlarmKinds.Parked), ("status-list", AlarmKinds.StatusList)],
            (await fleet.OpenAlarmsAsync()).Select(static alarm => (alarm.Originator, alarm.Kind)).Order());

        await fleet.Database.CommitAsync(new Change()
            .Append("payment.reversed", payment, []).Append("revocation.updated", "status-list", [])
            .Put((await fleet.Database.Keys.FindAsync("zone-tdes"))! with { ExpiresAt = now.AddDays(7) }));
        await fleet.Alarms.LookAsync(default);
        Assert.Empty(await fleet.OpenAlarmsAsync());
    }
}
