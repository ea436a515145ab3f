using SoftPos.Contract;
using SoftPos.Monitoring.Tests.Fleet;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Watch;

public sealed class HealthTests
{
    [Fact]
    public async Task Evidence_becomes_a_series_in_three_grains_with_lowest_mean_and_highest()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        DateTimeOffset start = fleet.Clock.GetUtcNow();
        foreach (double celsius in (double[])[30, 32, 40])
        {
            phone.Health["batteryTemperatureCelsius"] = celsius;
            await fleet.AttestAsync(phone);
            fleet.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([30, 32, 40], (await SeriesAsync(HealthGrain.Raw)).Select(static point => point.Mean));
        HealthPoint minutes = Assert.Single(await SeriesAsync(HealthGrain.FiveMinutes));
        Assert.Equal((3, 30, 34, 40), (minutes.Count, minutes.Min, minutes.Mean, minutes.Max));
        HealthPoint hour = Assert.Single(await SeriesAsync(HealthGrain.Hour));
        Assert.Equal(minutes with { Time = hour.Time }, hour);

        async Task<List<HealthPoint>> SeriesAsync(HealthGrain grain) => (await fleet.Database.Health.SeriesAsync(
            phone.TerminalId, grain, start.AddHours(-1), fleet.Clock.GetUtcNow()))[HealthMeasures.Find("batteryTemperatureCelsius")!.Code];
    }

    [Fact]
    public async Task Figures_that_cannot_be_meant_and_names_that_are_ours_are_no_points()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        phone.Health["batteryLevelPercent"] = 250;
        phone.Health["osPatchAgeMonths"] = -99;
        phone.Health["myOwnFigure"] = 1;
        await fleet.AttestAsync(phone);
        IReadOnlyDictionary<byte, List<HealthPoint>> series = await fleet.Database.Health.SeriesAsync(
            phone.TerminalId, HealthGrain.Raw, fleet.Clock.GetUtcNow().AddHours(-1), fleet.Clock.GetUtcNow());
        Assert.DoesNotContain(HealthMeasures.Find("batteryLevelPercent")!.Code, series.Keys);
        Assert.Equal(1, Assert.Single(series[HealthMeasures.Find("osPatchAgeMonths")!.Code]).Mean);
        Assert.Equal(series.Count, series.Keys.Count(static code => HealthMeasures.Find(code) is not null));
        string[] told = ["batteryTemperatureCelsius", "thermalStatus", "nfcState", "networkKind", "bootCount", "uptimeSeconds",
            "clockSkewSeconds", "sdkVersionNumber", "appVersion"];
        Assert.All(told, name => Assert.Contains(HealthMeasures.Find(name)!.Code, series.Keys));
    }

    [Fact]
    public async Task Fine_points_go_before_coarse_ones_so_that_the_disk_is_bounded()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        for (int day = 0; day < 30; day++)
        {
            await fleet.AttestAsync(phone);
            fleet.Clock.Advance(TimeSpan.FromDays(1));
            await fleet.AlarmOptions.Health.PruneAsync(fleet.Database, fleet.Clock.GetUtcNow(), default);
        }

        IReadOnlyDictionary<HealthGrain, long> rows = await fleet.Database.Health.CountAsync();
        Assert.Equal((2, 14, 30), (rows[HealthGrain.Raw], rows[HealthGrain.FiveMinutes], rows[HealthGrain.Hour]));
    }

    [Fact]
    public async Task A_battery_that_stays_warm_is_found_after_ten_minutes_and_is_an_alarm_with_an_owner()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.Alarms.FollowOnceAsync(default);
        phone.Health["batteryTemperatureCelsius"] = 46;
        for (int minute = 0; minute < 10; minute += 5)
        {
            Assert.DoesNotContain((await fleet.AttestAsync(phone)).Answer!.Findings, static finding => finding.Reason == "BATTERY_HOT");
            fleet.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        MerchantFinding finding = Assert.Single((await fleet.AttestAsync(phone)).Answer!.Findings, static one =>
            one.Reason == "BATTERY_HOT");
        Assert.Equal(Owner.Merchant, finding.Owner);
        await fleet.Alarms.FollowOnceAsync(default);
        AlarmRecord alarm = (await fleet.AlarmAsync(phone, AlarmKinds.Health))!;
        Assert.Equal(("BATTERY_HOT", "health.warm"), (alarm.Reason, alarm.Evidence[0].What));

        // It cools down: over, and the ten minutes begin anew.
        phone.Health["batteryTemperatureCelsius"] = 40;
        await fleet.AttestAsync(phone);
        phone.Health["batteryTemperatureCelsius"] = 46;
        fleet.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain((await fleet.AttestAsync(phone)).Answer!.Findings, static one => one.Reason == "BATTERY_HOT");
        await fleet.Alarms.FollowOnceAsync(default);
        Assert.Equal(AlarmState.Resolved, (await fleet.AlarmAsync(phone, AlarmKinds.Health))!.State);
    }

    [Fact]
    public async Task Two_warm_reports_with_a_night_between_them_are_no_ten_minutes()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        phone.Health["batteryTemperatureCelsius"] = 46;
        await fleet.AttestAsync(phone);
        fleet.Clock.Advance(TimeSpan.FromHours(8));
        Assert.DoesNotContain((await fleet.AttestAsync(phone)).Answer!.Findings, static finding => finding.Reason == "BATTERY_HOT");
    }

    [Fact]
    public async Task A_reader_that_fails_twice_as_often_since_the_update_is_found()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await TapAsync(taps: 100, failed: 3);
        phone.SdkVersion = "1.1.0";
        Assert.DoesNotContain((await TapAsync(taps: 10, failed: 3)).Findings, static finding => finding.Reason == "NFC_DEGRADED");
        MerchantFinding found = Assert.Single((await TapAsync(taps: 20, failed: 1)).Findings, static finding =>
            finding.Reason == "NFC_DEGRADED");
        Assert.Equal(Owner.Us, found.Owner);

        async Task<AttestationAnswer> TapAsync(int taps, int failed)
        {
            phone.Health["tapsSinceLast"] = taps;
            phone.Health["failedTapsSinceLast"] = failed;
            fleet.Clock.Advance(TimeSpan.FromMinutes(1));
            return (await fleet.AttestAsync(phone)).Answer!;
        }
    }
}
