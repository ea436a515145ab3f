using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>When the contactless field may be on: after a good verdict of the back end, and never otherwise.</summary>
public sealed class PaymentFlowTests
{
    private const string FieldOn = "field on";

    private static readonly PaymentOrder Order = new() { AmountMinor = 1250 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("ATT-01")]
    public async Task Without_an_activation_the_field_is_never_on()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await OpenAsync(backend, platform);
        PaymentResult result = await terminal.PayAsync(Order, new NoScreen(), Cancel);
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.NotActivated), (result.Outcome, result.Reason.Code));
        Assert.DoesNotContain(FieldOn, backend.Trace);
    }

    [Theory]
    [InlineData(Verdict.Denied)]
    [InlineData(Verdict.Unknown)]
    [Requirement("ATT-01")]
    public async Task Without_a_good_verdict_the_field_is_never_on(Verdict verdict)
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await EnrolAsync(backend, platform);
        backend.Verdict = verdict;
        backend.Findings = [Terminals.Finding("BOOT_UNLOCKED")];
        PaymentResult result = await terminal.PayAsync(Order, new NoScreen(), Cancel);
        Assert.Equal(PaymentOutcome.Refused, result.Outcome);
        Assert.Equal("BOOT_UNLOCKED", Assert.Single(result.Findings).Reason);
        Assert.DoesNotContain(FieldOn, backend.Trace);
        Assert.Empty(backend.Payments);
    }

    [Fact]
    [Requirement("ATT-02")]
    public async Task The_field_is_on_only_after_the_verdict_has_come()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await EnrolAsync(backend, platform);
        backend.Trace.Clear();
        await terminal.PayAsync(Order, new NoScreen(), Cancel);
        Assert.Equal(["challenge Tap", "attested Tap", FieldOn], backend.Trace);
    }

    [Fact]
    [Requirement("ATT-02")]
    public async Task A_result_that_ran_out_before_a_card_came_is_asked_for_again()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await EnrolAsync(backend, platform, CardSessionEnd.AttestationExpired, CardSessionEnd.Cancelled);
        backend.Trace.Clear();
        PaymentResult result = await terminal.PayAsync(Order, new NoScreen(), Cancel);
        Assert.Equal(ReasonCodes.Cancelled, result.Reason.Code);
        Assert.Equal(["challenge Tap", "attested Tap", FieldOn, "challenge Tap", "attested Tap", FieldOn], backend.Trace);
        Assert.Equal(2, backend.Evidence.Select(evidence => Convert.ToHexString(evidence.Nonce)).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    [InlineData(-3600)]
    [Requirement("ATT-02", Partly = true)]
    public async Task A_result_lives_as_long_on_a_phone_with_a_wrong_clock(int skewSeconds)
    {
        TestPlatform platform = new();
        Microsoft.Extensions.Time.Testing.FakeTimeProvider server = new(platform.Time.GetUtcNow().AddSeconds(-skewSeconds));
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(server);
        List<CardDeadlines> deadlines = [];
        await using SoftPosTerminal terminal = await EnrolAsync(backend, platform, deadlines.Add);
        await terminal.PayAsync(Order, new NoScreen(), Cancel);
        TimeSpan life = Assert.Single(deadlines).AttestedUntil - platform.Time.GetUtcNow();
        Assert.InRange(life, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("challenge", nameof(Misdeed.BreakAfterReading))]
    [InlineData("challenge", nameof(Misdeed.Gibberish))]
    [InlineData("attestation", nameof(Misdeed.BreakAfterReading))]
    [InlineData("attestation", nameof(Misdeed.InternalError))]
    [InlineData("attestation", nameof(Misdeed.Gibberish))]
    [Requirement("ATT-10")]
    [Requirement("ATT-13")]
    public async Task With_the_way_to_attestation_blocked_there_is_no_payment(string path, string misdeed)
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await EnrolAsync(backend, platform);
        for (int i = 0; i < 8; i++)
        {
            backend.Misdeeds.Enqueue((path, Enum.Parse<Misdeed>(misdeed)));
        }

        backend.Trace.Clear();
        PaymentResult result = await terminal.PayAsync(Order, new NoScreen(), Cancel);
        Assert.Equal(PaymentOutcome.Refused, result.Outcome);
        Assert.NotEqual(Owner.Merchant, result.Reason.Owner);
        Assert.DoesNotContain(FieldOn, backend.Trace);
        Assert.Empty(backend.Payments);
    }

    private static Task<SoftPosTerminal> OpenAsync(
        ScriptedBackend backend, TestPlatform platform, Action<CardDeadlines>? see = null, params CardSessionEnd[] ends)
    {
        Queue<CardSessionEnd> script = new(ends);
        return SoftPosTerminal.CreateAsync(
            backend.Options(platform),
            (_, _) => new ScriptedSession(backend, see, script.Count > 0 ? script.Dequeue() : CardSessionEnd.Cancelled),
            Cancel);
    }

    private static async Task<SoftPosTerminal> EnrolAsync(ScriptedBackend backend, TestPlatform platform, params CardSessionEnd[] ends) =>
        await ActivatedAsync(await OpenAsync(backend, platform, null, ends));

    private static async Task<SoftPosTerminal> EnrolAsync(ScriptedBackend backend, TestPlatform platform, Action<CardDeadlines> see) =>
        await ActivatedAsync(await OpenAsync(backend, platform, see));

    private static async Task<SoftPosTerminal> ActivatedAsync(SoftPosTerminal terminal)
    {
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.True(result.CanPay, result.Reason?.Code);
        return terminal;
    }

    private sealed class ScriptedSession(ScriptedBackend backend, Action<CardDeadlines>? see, CardSessionEnd end) : ICardSession
    {
        public Task<CardSessionResult> RunAsync(CardDeadlines deadlines, Action<PaymentStage> show, CancellationToken cancellation)
        {
            backend.Trace.Enqueue(FieldOn);
            see?.Invoke(deadlines);
            return Task.FromResult<CardSessionResult>(end);
        }

        public Task DeliverAsync(bool isApproved, ReadOnlyMemory<byte> issuerData, DateTimeOffset until, Action<PaymentStage> show) =>
            Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private sealed class NoScreen : IPaymentUi
    {
        public void Show(PaymentScreen screen)
        {
        }
    }
}
