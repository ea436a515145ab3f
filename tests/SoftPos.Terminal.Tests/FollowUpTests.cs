using SoftPos.Contract;

namespace SoftPos.Terminal;

public sealed class FollowUpTests
{
    private static readonly Guid Payment = new("0193a5b0-0000-7000-8000-000000000009");

    [Theory]
    [InlineData(FollowUpAction.Void, PaymentState.Voided, PaymentOutcome.Voided)]
    [InlineData(FollowUpAction.Void, PaymentState.Voiding, PaymentOutcome.Unknown)]
    [InlineData(FollowUpAction.Void, PaymentState.Approved, PaymentOutcome.Approved)]
    [InlineData(FollowUpAction.Complete, PaymentState.Completed, PaymentOutcome.Approved)]
    [InlineData(FollowUpAction.Complete, PaymentState.Completing, PaymentOutcome.Approved)]
    [InlineData(FollowUpAction.Adjust, PaymentState.Adjusting, PaymentOutcome.Approved)]
    [InlineData(FollowUpAction.Increase, PaymentState.Declined, PaymentOutcome.Declined)]
    public async Task A_change_is_attested_signed_and_sent_once(FollowUpAction action, PaymentState state, PaymentOutcome outcome)
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.PaymentState = state;
        backend.Trace.Clear();
        PaymentResult result = await RunAsync(terminal, action);
        Assert.Equal(outcome, result.Outcome);
        PaymentFollowUpRequest request = Assert.Single(backend.FollowUps);
        Assert.Equal((action, Payment, action == FollowUpAction.Void ? 0L : 1_250L), (request.Action, request.PaymentId, request.AmountMinor));
        Assert.Equal(action == FollowUpAction.Increase ? request.RequestId : Payment, result.PaymentId);
        Assert.Equal(["challenge Tap", "follow-up"], backend.Trace.Where(step => step is "challenge Tap" or "follow-up" or "status"));
    }

    [Fact]
    public async Task A_refusal_is_told_and_what_is_uncertain_is_asked_for()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.PaymentRefusal = ReasonCodes.FollowUpNotPossible;
        PaymentResult refused = await RunAsync(terminal, FollowUpAction.Void);
        Assert.Equal((PaymentOutcome.Refused, ReasonCodes.FollowUpNotPossible), (refused.Outcome, refused.Reason.Code));
        backend.PaymentRefusal = null;
        backend.PaymentState = PaymentState.Voided;
        backend.Misdeeds.Enqueue(("follow-up", Misdeed.BreakAfterReading));
        PaymentResult asked = await RunAsync(terminal, FollowUpAction.Void);
        Assert.Equal(PaymentOutcome.Voided, asked.Outcome);
        Assert.Equal(2, backend.FollowUps.Count);
        Assert.Contains("status", backend.Trace);
    }

    [Fact]
    [Requirement("PBE-03", Partly = true)]
    public async Task A_fault_of_the_back_end_is_no_refusal_of_what_was_sent()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.PaymentState = PaymentState.Voided;
        backend.Misdeeds.Enqueue(("follow-up", Misdeed.InternalError));
        Assert.Equal(PaymentOutcome.Voided, (await RunAsync(terminal, FollowUpAction.Void)).Outcome);

        // A question that is refused leaves the payment as open as it was.
        backend.Misdeeds.Enqueue(("status", Misdeed.InternalError));
        PaymentResult open = await terminal.StatusAsync(Payment, TestContext.Current.CancellationToken);
        Assert.Equal((PaymentOutcome.Unknown, ReasonCodes.ResultOutstanding), (open.Outcome, open.Reason.Code));
        Assert.Equal(PaymentOutcome.Voided, (await terminal.StatusAsync(Payment, TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    [Requirement("ATT-01", Partly = true)]
    public async Task Without_an_enrolment_or_with_an_untrusted_phone_nothing_is_sent()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal stranger = await Terminals.OpenAsync(backend, platform);
        Assert.Equal(ReasonCodes.NotActivated, (await RunAsync(stranger, FollowUpAction.Void)).Reason.Code);
        await stranger.ActivateAsync(ScriptedBackend.Code, TestContext.Current.CancellationToken);
        backend.Verdict = Verdict.Denied;
        backend.Findings = [Terminals.Finding("BOOT_UNLOCKED")];
        Assert.Equal(PaymentOutcome.Refused, (await RunAsync(stranger, FollowUpAction.Complete)).Outcome);
        Assert.Empty(backend.FollowUps);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stranger.CompleteAsync(Payment, 0, TestContext.Current.CancellationToken));
    }

    private static Task<PaymentResult> RunAsync(SoftPosTerminal terminal, FollowUpAction action)
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        return action switch
        {
            FollowUpAction.Void => terminal.VoidAsync(Payment, none),
            FollowUpAction.Complete => terminal.CompleteAsync(Payment, 1_250, none),
            FollowUpAction.Adjust => terminal.AdjustAsync(Payment, 1_250, none),
            _ => terminal.IncreaseAsync(Payment, 1_250, none),
        };
    }
}
