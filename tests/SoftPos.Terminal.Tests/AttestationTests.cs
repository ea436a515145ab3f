using SoftPos.Contract;

namespace SoftPos.Terminal;

public class AttestationTests
{
    [Fact]
    [Requirement("ATT-18")]
    [Requirement("ATT-21")]
    public async Task Evidence_holds_every_probe_in_the_order_of_the_seed_and_the_chain_over_it()
    {
        byte[] seed = [.. Enumerable.Range(1, 16).Select(value => (byte)value)];
        TestPlatform platform = new();
        platform.ProbeList.Add(new TestProbe("emulator.files", MeasurementResult.Found));
        List<Measurement> measurements = EvidenceGatherer.Measure(platform.ProbeList, seed);
        Assert.Equal(MeasurementOrder.Of(platform.ProbeList.Select(probe => probe.Id), seed), measurements.Select(measurement => measurement.Probe));
        Assert.Equal(MeasurementResult.Found, measurements.Single(measurement => measurement.Probe == "emulator.files").Result);

        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.PreflightAsync(TestContext.Current.CancellationToken);
        EvidenceClaims claims = Assert.Single(backend.Evidence);
        Assert.Equal(4, claims.Measurements.Count);
        Assert.Equal(76, claims.Health["batteryLevelPercent"]);
        Assert.Equal(platform.Time.GetUtcNow(), claims.DeviceTime);
    }

    [Fact]
    [Requirement("ATT-18")]
    public void A_probe_that_throws_is_reported_as_unavailable_and_silences_no_other()
    {
        IProbe[] probes = [new ThrowingProbe(), new TestProbe("hook.maps", MeasurementResult.Found)];
        List<Measurement> measurements = EvidenceGatherer.Measure(probes, new byte[16]);
        Assert.Contains(new Measurement("root.throws", MeasurementResult.Unavailable, nameof(UnauthorizedAccessException)), measurements);
        Assert.Contains(measurements, measurement => measurement is { Probe: "hook.maps", Result: MeasurementResult.Found });
    }

    [Fact]
    [Requirement("ATT-18")]
    public void A_probe_cannot_answer_under_the_name_of_another()
    {
        Measurement measurement = Assert.Single(EvidenceGatherer.Measure([new LyingProbe()], new byte[16]));
        Assert.Equal("root.liar", measurement.Probe);
    }

    [Theory]
    [InlineData("abcdef", 3, "abc")]
    [InlineData("ab\U0001F600", 3, "ab")]
    [InlineData("", 3, "")]
    public void Text_of_the_phone_is_bounded_and_well_formed(string text, int most, string expected) =>
        Assert.Equal(expected, ClaimText.Bound(text, most));

    [Fact]
    public void Half_a_surrogate_pair_becomes_a_replacement_character() =>
        Assert.Equal("ab\ufffdcd", ClaimText.Bound(string.Concat("ab", ((char)0xD800).ToString(), "cd")));

    [Fact]
    public async Task Sequence_numbers_rise_over_restarts_and_are_durable_before_they_are_used()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using (SoftPosTerminal first = await Terminals.EnrolAsync(backend, platform))
        {
            await first.PreflightAsync(TestContext.Current.CancellationToken);

            // The evidence is lost on its way; its number is spent all the same.
            backend.Misdeeds.Enqueue(("/attestation", Misdeed.BreakAfterReading));
            TrustResult lost = await first.PreflightAsync(TestContext.Current.CancellationToken);
            Assert.Equal(ReasonCodes.BackendUnreachable, lost.Reason!.Code);
        }

        await using SoftPosTerminal second = await Terminals.OpenAsync(backend, platform);
        await second.PreflightAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], backend.Evidence.Select(claims => claims.Sequence));
    }

    [Fact]
    [Requirement("ATT-04", Partly = true)]
    public async Task Evidence_is_sent_every_five_minutes_while_the_app_is_open()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        platform.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Empty(backend.Evidence);
        platform.Time.Advance(TimeSpan.FromSeconds(1));
        while (backend.Evidence.IsEmpty)
        {
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Assert.Equal(ChallengePurpose.Heartbeat, backend.Evidence.Single().Purpose);
    }

    [Fact]
    [Requirement("ATT-10")]
    public async Task A_back_end_in_trouble_is_not_the_phones_fault()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.Misdeeds.Enqueue(("/attestation", Misdeed.InternalError));
        TrustResult result = await terminal.PreflightAsync(TestContext.Current.CancellationToken);
        Assert.False(result.CanPay);
        Assert.Equal(Owner.Us, result.Reason!.Owner);
        Assert.Equal(Verdict.Unknown, result.Verdict);
    }

    private sealed class ThrowingProbe : IProbe
    {
        public string Id => "root.throws";

        public Measurement Run() => throw new UnauthorizedAccessException("/data/adb");
    }

    private sealed class LyingProbe : IProbe
    {
        public string Id => "root.liar";

        public Measurement Run() => new("hook.maps", MeasurementResult.Clean);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public async Task A_phone_with_a_wrong_clock_finds_out_what_became_of_a_payment(int skewSeconds)
    {
        TestPlatform platform = new();
        Microsoft.Extensions.Time.Testing.FakeTimeProvider server = new(platform.Time.GetUtcNow().AddSeconds(-skewSeconds));
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(server);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.Trace.Clear();
        PaymentResult result = await terminal.StatusAsync(Guid.CreateVersion7(server.GetUtcNow()), TestContext.Current.CancellationToken);
        Assert.NotEqual("CLOCK_SKEW", result.Reason.Code);
        Assert.Equal(["status", "challenge Heartbeat", "status"], backend.Trace);
        backend.Trace.Clear();
        await terminal.StatusAsync(Guid.CreateVersion7(server.GetUtcNow()), TestContext.Current.CancellationToken);
        Assert.Equal(["status"], backend.Trace);
    }

    [Theory]
    [InlineData("zu", "zu")]
    [InlineData("not a language tag", "en")]
    public async Task The_terminal_says_its_language(string language, string sent)
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await SoftPosTerminal.CreateAsync(
            backend.Options(platform) with { Language = language }, TestContext.Current.CancellationToken);
        await terminal.ActivateAsync(ScriptedBackend.Code, TestContext.Current.CancellationToken);
        Assert.Equal(sent, backend.Language);
    }

    [Fact]
    [Requirement("SWP-07", Partly = true)]
    public async Task An_old_version_is_shown_with_its_date_and_then_pays_nothing_and_is_told_why()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        DateTimeOffset due = platform.Time.GetUtcNow().AddDays(30);
        backend.Findings = [Terminals.Finding(ReasonCodes.UpgradeRequired) with { Response = FindingResponse.Notice, Deadline = due }];
        TrustResult noticed = await terminal.PreflightAsync(TestContext.Current.CancellationToken);
        Assert.True(noticed.CanPay);
        Assert.Equal((ReasonCodes.UpgradeRequired, due), (noticed.Findings[0].Reason, noticed.Findings[0].Deadline));

        backend.Findings = [Terminals.Finding(ReasonCodes.UpgradeRequired)];
        backend.Verdict = Verdict.Denied;
        TrustResult refused = await terminal.PreflightAsync(TestContext.Current.CancellationToken);
        Assert.False(refused.CanPay);
        Assert.Equal((ReasonCodes.UpgradeRequired, Owner.Merchant, true), (refused.Reason!.Code, refused.Reason.Owner, refused.Reason.SelfFixable));
        Assert.Equal(ReasonCatalogue.Get(ReasonCodes.UpgradeRequired).FixIn("en"), refused.Reason.Fix);

        // With anything graver beside it, the graver is what counts.
        backend.Findings = [Terminals.Finding(ReasonCodes.UpgradeRequired), Terminals.Finding(ReasonCodes.Cloned)];
        Assert.Equal(ReasonCodes.AttestationDenied, (await terminal.PreflightAsync(TestContext.Current.CancellationToken)).Reason!.Code);
    }
}
