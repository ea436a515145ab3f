using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class PaymentDeciderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);
    private static readonly ReversalSchedule Schedule = new() { MaxAttempts = 3 };

    private static readonly Dictionary<string, PaymentEvent> Events = new()
    {
        ["refused"] = new PaymentEvent.Refused(ReasonCodes.AccountDataInvalid),
        ["prepared"] = new PaymentEvent.Prepared("000001", "632808000001"),
        ["not sent"] = new PaymentEvent.NotSent(),
        ["no answer"] = new PaymentEvent.NoAnswer(),
        ["approved"] = Answered(AnswerClass.Approved, "00"),
        ["declined"] = Answered(AnswerClass.Declined, "05"),
        ["partly approved"] = Answered(AnswerClass.PartlyApproved, "10"),
        ["unclear"] = Answered(AnswerClass.Unknown, "22"),
        ["accepted"] = Answered(AnswerClass.Accepted, "40"),
        ["late"] = new PaymentEvent.AnsweredLate("00"),
        ["restarted"] = new PaymentEvent.Restarted(),
        ["reversal started"] = new PaymentEvent.ReversalStarted("000009", "1124080000"),
        ["reversal not sent"] = new PaymentEvent.ReversalNotSent(),
        ["reversal 00"] = new PaymentEvent.ReversalAnswered("00"),
        ["reversal 25"] = new PaymentEvent.ReversalAnswered("25"),
        ["reversal 96"] = new PaymentEvent.ReversalAnswered("96"),
        ["reversal 12"] = new PaymentEvent.ReversalAnswered("12"),
        ["resumed"] = new PaymentEvent.ReversalResumed(),
        ["void"] = new PaymentEvent.FollowedUp(Guid.Empty, [2], FollowUpAction.Void, 0),
        ["complete"] = new PaymentEvent.FollowedUp(Guid.Empty, [2], FollowUpAction.Complete, 7),
        ["adjust"] = new PaymentEvent.FollowedUp(Guid.Empty, [2], FollowUpAction.Adjust, 7),
        ["expired"] = new PaymentEvent.Expired(),
        ["released"] = new PaymentEvent.Released("operator"),
    };

    // The whole table: what is not here must do nothing.
    private static readonly Dictionary<(PaymentState, string), PaymentState> Table = new()
    {
        [(PaymentState.Received, "refused")] = PaymentState.Abandoned,
        [(PaymentState.Received, "prepared")] = PaymentState.Sent,
        [(PaymentState.Received, "restarted")] = PaymentState.Abandoned,
        [(PaymentState.Sent, "not sent")] = PaymentState.Abandoned,
        [(PaymentState.Sent, "no answer")] = PaymentState.Unknown,
        [(PaymentState.Sent, "approved")] = PaymentState.Approved,
        [(PaymentState.Sent, "declined")] = PaymentState.Declined,
        [(PaymentState.Sent, "partly approved")] = PaymentState.Unknown,
        [(PaymentState.Sent, "unclear")] = PaymentState.Unknown,
        [(PaymentState.Sent, "accepted")] = PaymentState.Declined,
        [(PaymentState.Sent, "restarted")] = PaymentState.Unknown,
        [(PaymentState.Sent, "late")] = PaymentState.Sent,
        [(PaymentState.Unknown, "late")] = PaymentState.Unknown,
        [(PaymentState.Abandoned, "late")] = PaymentState.Abandoned,
        [(PaymentState.Approved, "late")] = PaymentState.Approved,
        [(PaymentState.Declined, "late")] = PaymentState.Declined,
        [(PaymentState.Reversed, "late")] = PaymentState.Reversed,
        [(PaymentState.Unknown, "reversal started")] = PaymentState.Unknown,
        [(PaymentState.Unknown, "reversal not sent")] = PaymentState.Unknown,
        [(PaymentState.Unknown, "reversal 00")] = PaymentState.Reversed,
        [(PaymentState.Unknown, "reversal 25")] = PaymentState.Reversed,
        [(PaymentState.Unknown, "reversal 96")] = PaymentState.Unknown,
        [(PaymentState.Unknown, "reversal 12")] = PaymentState.Unknown,
        [(PaymentState.Unknown, "resumed")] = PaymentState.Unknown,
        [(PaymentState.Approved, "void")] = PaymentState.Voiding,
        [(PaymentState.Approved, "adjust")] = PaymentState.Adjusting,
        [(PaymentState.Voided, "late")] = PaymentState.Voided,
        [(PaymentState.Completed, "late")] = PaymentState.Completed,
        [(PaymentState.Voiding, "late")] = PaymentState.Voiding,
        [(PaymentState.Voiding, "reversal started")] = PaymentState.Voiding,
        [(PaymentState.Voiding, "reversal not sent")] = PaymentState.Voiding,
        [(PaymentState.Voiding, "reversal 00")] = PaymentState.Voided,
        [(PaymentState.Voiding, "reversal 25")] = PaymentState.Voided,
        [(PaymentState.Voiding, "reversal 96")] = PaymentState.Voiding,
        [(PaymentState.Voiding, "reversal 12")] = PaymentState.Approved,
        [(PaymentState.Voiding, "resumed")] = PaymentState.Voiding,
        [(PaymentState.Completing, "late")] = PaymentState.Completing,
        [(PaymentState.Completing, "reversal started")] = PaymentState.Completing,
        [(PaymentState.Completing, "reversal not sent")] = PaymentState.Completing,
        [(PaymentState.Completing, "reversal 00")] = PaymentState.Completed,
        [(PaymentState.Completing, "reversal 25")] = PaymentState.Approved,
        [(PaymentState.Completing, "reversal 96")] = PaymentState.Completing,
        [(PaymentState.Completing, "reversal 12")] = PaymentState.Approved,
        [(PaymentState.Completing, "resumed")] = PaymentState.Completing,
        [(PaymentState.Adjusting, "late")] = PaymentState.Adjusting,
        [(PaymentState.Adjusting, "reversal started")] = PaymentState.Adjusting,
        [(PaymentState.Adjusting, "reversal not sent")] = PaymentState.Adjusting,
        [(PaymentState.Adjusting, "reversal 00")] = PaymentState.Approved,
        [(PaymentState.Adjusting, "reversal 25")] = PaymentState.Approved,
        [(PaymentState.Adjusting, "reversal 96")] = PaymentState.Adjusting,
        [(PaymentState.Adjusting, "reversal 12")] = PaymentState.Approved,
        [(PaymentState.Adjusting, "resumed")] = PaymentState.Adjusting,
        [(PaymentState.Deferred, "refused")] = PaymentState.InReview,
        [(PaymentState.Deferred, "prepared")] = PaymentState.Sent,
        [(PaymentState.Deferred, "late")] = PaymentState.Deferred,
        [(PaymentState.InReview, "late")] = PaymentState.InReview,
        [(PaymentState.InReview, "released")] = PaymentState.Deferred,
    };

    private static readonly PaymentState[] Keeping =
    [
        PaymentState.Sent, PaymentState.Unknown, PaymentState.Approved, PaymentState.Voiding, PaymentState.Completing, PaymentState.Adjusting,
    ];

    [Fact]
    public void Every_state_and_event_leads_where_the_table_says_and_nowhere_else()
    {
        foreach (PaymentState state in Enum.GetValues<PaymentState>())
        {
            foreach ((string name, PaymentEvent what) in Events)
            {
                PaymentDecision? decision = PaymentDecider.Step(Payment(state), what, Now, Schedule);
                PaymentState? expected = Table.TryGetValue((state, name), out PaymentState next) ? next : null;
                Assert.True(expected == decision?.Next.State, $"{state} + {name} → {decision?.Next.State}, expected {expected}");
            }
        }
    }

    [Fact]
    [Requirement("ACC-03")]
    public void The_sealed_bytes_live_exactly_as_long_as_a_message_may_need_them()
    {
        foreach (((PaymentState state, string name), PaymentState next) in Table)
        {
            PaymentDecision decision = PaymentDecider.Step(Payment(state), Events[name], Now, Schedule)!;
            Assert.Equal(Keeping.Contains(next), decision.KeepSealed);
        }
    }

    [Fact]
    public void A_step_that_ends_the_wait_of_the_terminal_makes_its_answer_durable()
    {
        foreach (((PaymentState state, string name), PaymentState next) in Table)
        {
            PaymentDecision decision = PaymentDecider.Step(Payment(state), Events[name], Now, Schedule)!;
            bool ends = state is PaymentState.Received or PaymentState.Sent && next is not (PaymentState.Received or PaymentState.Sent);
            Assert.Equal(ends, decision.Answer);
        }
    }

    [Fact]
    public void A_sale_that_was_taken_offline_is_never_abandoned_and_never_told_as_reversed()
    {
        PaymentRecord sent = Payment(PaymentState.Sent) with { Offline = new OfflineFacts() };
        PaymentDecision away = PaymentDecider.Step(sent, Events["not sent"], Now, Schedule)!;
        Assert.Equal((PaymentState.Deferred, Now + Schedule.FirstPause, 1),
            (away.Next.State, away.Next.ReversalDueAt, away.Next.Offline!.Attempts));
        Assert.Null(PaymentDecider.Step(away.Next, Events["prepared"], Now, Schedule)!.Next.ReversalDueAt);
        PaymentRecord unknown = PaymentDecider.Step(sent, Events["no answer"], Now, Schedule)!.Next;
        PaymentDecision held = PaymentDecider.Step(unknown, Events["reversal 00"], Now, Schedule)!;
        Assert.Equal((PaymentState.InReview, OfflineFlag.NoAnswer, null),
            (held.Next.State, Assert.Single(held.Next.Offline!.Flags), held.Next.ReversalDueAt));
        Assert.Equal(ReasonCodes.OfflineDeclined, PaymentDecider.Step(sent, Events["declined"], Now, Schedule)!.Next.Reason);
    }

    [Fact]
    public void Reversal_messages_keep_their_number_and_time_and_come_with_growing_pauses()
    {
        PaymentRecord payment = Payment(PaymentState.Unknown);
        PaymentRecord first = PaymentDecider.Step(payment, new PaymentEvent.ReversalStarted("000009", "1124080000"), Now, Schedule)!.Next;
        PaymentRecord second = PaymentDecider.Step(first, new PaymentEvent.ReversalStarted("000010", "1124080015"), Now, Schedule)!.Next;
        Assert.Equal((1, "000009", "1124080000"), (first.ReversalAttempts, first.ReversalStan, first.ReversalTime));
        Assert.Equal((2, "000009", "1124080000"), (second.ReversalAttempts, second.ReversalStan, second.ReversalTime));
        Assert.Equal([15, 30, 60, 120, 240, 300, 300], Enumerable.Range(1, 7).Select(n => (int)Schedule.PauseAfter(n).TotalSeconds));
        Assert.Equal(Schedule.LongestPause, Schedule.PauseAfter(int.MaxValue));
        PaymentRecord unsent = PaymentDecider.Step(first, new PaymentEvent.ReversalNotSent(), Now, Schedule)!.Next;
        Assert.Equal(0, unsent.ReversalAttempts);
    }

    [Fact]
    public void Only_a_pre_authorisation_is_completed_and_a_sale_is_adjusted_once()
    {
        PaymentRecord held = Payment(PaymentState.Approved) with { Operation = PaymentOperation.PreAuthorisation };
        PaymentRecord completing = PaymentDecider.Step(held, Events["complete"], Now, Schedule)!.Next;
        Assert.Equal((PaymentState.Completing, 7L, 1L), (completing.State, completing.PendingMinor, completing.StandingMinor));
        PaymentRecord completed = PaymentDecider.Step(completing, Events["reversal 00"], Now, Schedule)!.Next;
        Assert.Equal((PaymentState.Completed, null, 7L), (completed.State, completed.PendingMinor, completed.StandingMinor));
        Assert.Null(PaymentDecider.Step(held, Events["adjust"], Now, Schedule));
        PaymentRecord adjusting = PaymentDecider.Step(Payment(PaymentState.Approved), Events["adjust"], Now, Schedule)!.Next;
        PaymentRecord adjusted = PaymentDecider.Step(adjusting, Events["reversal 00"], Now, Schedule)!.Next;
        Assert.Equal((PaymentState.Approved, 7L), (adjusted.State, adjusted.StandingMinor));
        Assert.Null(PaymentDecider.Step(adjusted, Events["adjust"], Now, Schedule));
        Assert.NotNull(PaymentDecider.Step(adjusted, Events["void"], Now, Schedule));
    }

    [Fact]
    public void A_refused_change_leaves_the_payment_as_it_was_and_says_so()
    {
        PaymentRecord voiding = PaymentDecider.Step(Payment(PaymentState.Approved), Events["void"], Now, Schedule)!.Next;
        PaymentRecord refused = PaymentDecider.Step(voiding, Events["reversal 12"], Now, Schedule)!.Next;
        Assert.Equal((PaymentState.Approved, ReasonCodes.FollowUpRefused, null), (refused.State, refused.Reason, refused.ReversalDueAt));
        Assert.Equal(PaymentDecider.CauseCancelled, voiding.ReversalCause);
    }

    [Fact]
    public void After_the_last_attempt_it_is_parked()
    {
        PaymentDecision parked = PaymentDecider.Step(
            Payment(PaymentState.Unknown) with { ReversalAttempts = 3, ReversalDueAt = Now }, Events["reversal started"], Now, Schedule)!;
        Assert.Equal(("payment.reversal-parked", null, 3), (parked.Kind, parked.Next.ReversalDueAt, parked.Next.ReversalAttempts));
    }

    private static PaymentEvent.Answered Answered(AnswerClass meaning, string code) =>
        new(new AuthorisationAnswer(meaning, code, null, null, null));

    private static PaymentRecord Payment(PaymentState state) => new()
    {
        PaymentId = Guid.Empty, TerminalId = Guid.Empty, MerchantId = "m1", State = state, Reason = ReasonCodes.Internal, RequestHash = [1], AmountMinor = 1,
        Currency = "978", MaskedPan = "476173******0119", CreatedAt = Now, ChangedAt = Now,
        Offline = state is PaymentState.Deferred or PaymentState.InReview ? new OfflineFacts() : null,
    };
}
