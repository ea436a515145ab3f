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
        ["resumed"] = new PaymentEvent.ReversalResumed(),
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
        [(PaymentState.Unknown, "resumed")] = PaymentState.Unknown,
    };

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
    public void The_sealed_bytes_live_exactly_as_long_as_a_reversal_may_need_them()
    {
        foreach (((PaymentState state, string name), PaymentState next) in Table)
        {
            PaymentDecision decision = PaymentDecider.Step(Payment(state), Events[name], Now, Schedule)!;
            Assert.Equal(next is PaymentState.Sent or PaymentState.Unknown, decision.KeepSealed);
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
    public void After_the_last_attempt_it_is_parked()
    {
        PaymentDecision parked = PaymentDecider.Step(
            Payment(PaymentState.Unknown) with { ReversalAttempts = 3, ReversalDueAt = Now }, Events["reversal started"], Now, Schedule)!;
        Assert.Equal(("payment.reversal-parked", null, 3), (parked.Kind, parked.Next.ReversalDueAt, parked.Next.ReversalAttempts));
    }

    private static PaymentEvent.Answered Answered(AnswerClass meaning, string code) => new(new AuthorisationAnswer(meaning, code, null, null, null));

    private static PaymentRecord Payment(PaymentState state) => new()
    {
        PaymentId = Guid.Empty, TerminalId = Guid.Empty, MerchantId = "m1", State = state, Reason = ReasonCodes.Internal, RequestHash = [1], AmountMinor = 1,
        Currency = "978", MaskedPan = "476173******0119", CreatedAt = Now, ChangedAt = Now,
    };
}
