using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Monitoring.Tests.Fleet;

namespace SoftPos.Monitoring.Tests.Alarms;

public sealed class AlarmSenderTests
{
    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task What_a_receiver_did_not_take_is_sent_again_also_by_the_next_process_in_order_and_once()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        AlarmRecord alarm = (await fleet.AlarmAsync(phone, AlarmKinds.Silence))!;
        await fleet.Book.AcknowledgeAsync(alarm.Number, "anna", null, "calling", default);

        Receiver receiver = new() { Fault = "away" };
        using (AlarmSender first = Sender(fleet, receiver))
        {
            Assert.False(await first.ServeOnceAsync(receiver, default));
            Assert.True(await first.ServeOnceAsync(receiver, default));
            Assert.Equal(["alarm.raised"], receiver.Tried);
        }

        await fleet.ReopenAsync();
        receiver.Fault = null;
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        using AlarmSender next = Sender(fleet, receiver);
        Assert.True(await next.ServeOnceAsync(receiver, default));
        Assert.Equal(["alarm.raised", "alarm.acknowledged"], receiver.Taken.Select(static one => one.Type));
        Assert.Equal(["anna", "calling", "Acknowledged"],
            ((string[])["by", "note", "state"]).Select(name => (string?)receiver.Bodies[1]["data"]![name]));
        Assert.True(await next.ServeOnceAsync(receiver, default));
        Assert.Equal(2, receiver.Taken.Count);
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_for_long_is_an_alarm_itself()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.EnrolAsync();
        await fleet.PassAsync(TimeSpan.FromMinutes(7));
        Receiver receiver = new() { Fault = "away" };
        using AlarmSender sender = Sender(fleet, receiver);
        await sender.ServeOnceAsync(receiver, default);
        await fleet.PassAsync(TimeSpan.FromMinutes(16));
        AlarmRecord alarm = Assert.Single(await fleet.OpenAlarmsAsync(), static one => one.Kind == AlarmKinds.Delivery);
        Assert.Equal("sink:test", alarm.Originator);

        receiver.Fault = null;
        Assert.True(await sender.ServeOnceAsync(receiver, default));
        await fleet.Alarms.LookAsync(default);
        Assert.DoesNotContain(await fleet.OpenAlarmsAsync(), static one => one.Kind == AlarmKinds.Delivery);
    }

    [Fact]
    public async Task The_monitor_gives_signs_of_life_only_while_it_works()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        Receiver receiver = new();
        using AlarmSender sender = Sender(fleet, receiver);
        Assert.False(await sender.SignAsync(default));
        await fleet.PassAsync(TimeSpan.FromSeconds(15));
        Assert.True(await sender.SignAsync(default));
        Assert.Equal((AlarmEvent.Alive, 60, "Watching"),
            (receiver.Taken[0].Type, (int)receiver.Bodies[0]["data"]!["nextWithinSeconds"]!,
                (string)receiver.Bodies[0]["data"]!["watch"]!));

        // The watch hangs: the process lives, and says nothing.
        fleet.Clock.Advance(TimeSpan.FromMinutes(2));
        await fleet.Alarms.LookAsync(default);
        Assert.NotNull(sender.Ailment());
        Assert.False(await sender.SignAsync(default));
        Assert.Single(receiver.Taken);
    }

    private static AlarmSender Sender(TestFleet fleet, Receiver receiver) => new(
        fleet.Database, [receiver], fleet.Alarms, fleet.Watch, new AlarmOptions { SignOfLife = TimeSpan.FromMinutes(1) }, fleet.Clock);

    private sealed class Receiver : IAlarmSink
    {
        public string Name => "test";

        public string? Fault { get; set; }

        public List<string> Tried { get; } = [];

        public List<AlarmEvent> Taken { get; } = [];

        public List<JsonObject> Bodies { get; } = [];

        public Task<string?> SendAsync(AlarmEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation)
        {
            Tried.Add(happened.Type);
            if (Fault is null)
            {
                Taken.Add(happened);
                Bodies.Add(JsonNode.Parse(body.Span)!.AsObject());
            }

            return Task.FromResult(Fault);
        }
    }
}
