using SoftPos.Contract;
using SoftPos.Monitoring.Tests.Fleet;

namespace SoftPos.Monitoring.Tests.Alarms;

public sealed class ChangeCorrelationTests
{
    [Fact]
    public void The_version_that_all_refused_ones_share_and_few_others_have_comes_first()
    {
        ChangeSuspect first = ChangeCorrelation.Of(
            Refused(8, ("sdk", "2.0.0"), ("model", "Lab One")),
            new Dictionary<(string, string), int> { [("sdk", "2.0.0")] = 10, [("model", "Lab One")] = 90 },
            total: 100)[0];
        Assert.Equal(("sdk", "2.0.0", 8, 8), (first.Dimension, first.Value, first.Refused, first.OfRefused));
        Assert.Equal(10, first.Lift, 3);

        // Drawing 8 of 100, where 10 have it: mean 0.8, deviation 0.818.
        Assert.Equal(8.80, first.Deviations, 2);
    }

    [Fact]
    public void What_nearly_everybody_has_is_no_suspect() => Assert.Empty(ChangeCorrelation.Of(
        Refused(8, ("model", "Lab One")), new Dictionary<(string, string), int> { [("model", "Lab One")] = 95 }, total: 100));

    [Fact]
    public void A_handful_says_nothing() => Assert.Empty(ChangeCorrelation.Of(
        Refused(4, ("sdk", "2.0.0")), new Dictionary<(string, string), int> { [("sdk", "2.0.0")] = 4 }, total: 100));

    [Fact]
    [Requirement("MON-01", Partly = true)]
    public async Task Terminals_that_are_refused_after_an_update_raise_one_alarm_that_names_the_version()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 18; i++)
        {
            phones.Add(await fleet.EnrolAsync());
            await fleet.AttestAsync(phones[i]);
        }

        await fleet.Alarms.FollowOnceAsync(default);
        await Task.WhenAll(phones.Take(6).Select(phone =>
        {
            phone.SdkVersion = "two";
            return fleet.AttestAsync(phone);
        }));
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = Assert.Single(await fleet.OpenAlarmsAsync(), static one => one.Kind == AlarmKinds.WhatChanged);
        Assert.Equal(("sdk:two", Severity.Critical), (alarm.Originator, alarm.Severity));
        Assert.Equal(6, (await fleet.OpenAlarmsAsync()).Count(static one => one.Kind == AlarmKinds.Attestation));

        // Half of them is more than the policy lets pass for a version, so the trend says it too, once there are enough.
        Assert.DoesNotContain(await fleet.OpenAlarmsAsync(), static one => one.Kind == AlarmKinds.FleetTrend);
        await Task.WhenAll(phones.Take(6).Select(phone =>
        {
            phone.SdkVersion = "1.0.0";
            return fleet.AttestAsync(phone);
        }));
        await fleet.Alarms.LookAsync(default);
        Assert.Empty(await fleet.OpenAlarmsAsync());
    }

    [Fact]
    public async Task A_kind_of_phone_in_trouble_is_found_by_a_rule_of_the_policy()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        List<TestPhone> phones = [];
        for (int i = 0; i < 12; i++)
        {
            TestPhone phone = await fleet.EnrolAsync();
            phone.Health["batteryTemperatureCelsius"] = i < 5 ? 48 : 30;
            await fleet.AttestAsync(phone);
            phones.Add(phone);
        }

        await fleet.Alarms.LookAsync(default);
        AlarmRecord[] trends = [.. (await fleet.OpenAlarmsAsync()).Where(static one => one.Kind == AlarmKinds.FleetTrend)];
        Assert.Contains(trends, static one => one.Originator == "model:Lab One" && one.Evidence[0].What == "fleet.hot");
        Assert.All(trends, static one => Assert.Equal(ReasonCodes.FleetDegraded, one.Reason));
    }

    private static List<IReadOnlyDictionary<string, string>> Refused(int count, params (string Dimension, string Value)[] properties) =>
        [.. Enumerable.Repeat<IReadOnlyDictionary<string,
            string>>(properties.ToDictionary(static one => one.Dimension, static one => one.Value), count)];
}
