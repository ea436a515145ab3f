using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>The rules of PIN entry, event by event.</summary>
public sealed class PinMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(12, true)]
    [InlineData(13, true)]
    [Requirement("PIN-06")]
    public void Only_four_to_twelve_digits_make_a_pin(int touches, bool seals)
    {
        PinState state = Enter(touches);
        Assert.Equal(Math.Min(touches, 12), state.Count);
        PinStep step = PinMachine.Step(state, PinEvent.Enter, Start);
        Assert.Equal(seals ? PinEffect.Seal : PinEffect.None, step.Effect);
        Assert.Equal(seals ? PinCue.Ended : PinCue.TooShort, step.Cue);
    }

    [Fact]
    [Requirement("PIN-02")]
    public void A_digit_too_many_looks_like_any_other()
    {
        PinStep twelfth = PinMachine.Step(Enter(11), PinEvent.Digit, Start);
        PinStep thirteenth = PinMachine.Step(Enter(12), PinEvent.Digit, Start);
        Assert.Equal((twelfth.Cue, twelfth.State.Count), (thirteenth.Cue, thirteenth.State.Count));
        Assert.Equal(PinEffect.None, thirteenth.Effect);
    }

    [Theory]
    [InlineData(19_999, PinEnd.None)]
    [InlineData(20_000, PinEnd.TimedOut)]
    [Requirement("PIN-05")]
    public void A_pause_of_twenty_seconds_ends_the_entry(int milliseconds, object end)
    {
        PinStep step = PinMachine.Step(Enter(2), PinEvent.Digit, Start.AddMilliseconds(milliseconds));
        Assert.Equal(end, step.State.End);
        Assert.Equal(step.State.End == PinEnd.None ? PinEffect.Append : PinEffect.Wipe, step.Effect);
    }

    [Fact]
    [Requirement("PIN-05")]
    public void Sixty_seconds_end_the_entry_whatever_is_touched_in_between()
    {
        PinState state = PinState.Open(PinTimes.Standard, Start);
        for (int second = 10; second < 60; second += 10)
        {
            state = PinMachine.Step(state, PinEvent.Digit, Start.AddSeconds(second)).State;
        }

        Assert.Equal((5, PinEnd.None), (state.Count, state.End));
        PinStep late = PinMachine.Step(state, PinEvent.Enter, Start.AddSeconds(60));
        Assert.Equal((PinEffect.Wipe, PinEnd.TimedOut), (late.Effect, late.State.End));
    }

    [Fact]
    [Requirement("PIN-05")]
    public void A_clock_that_is_set_back_gives_no_more_time() =>
        Assert.Equal(PinEnd.TimedOut, PinMachine.Step(Enter(2), PinEvent.Digit, Start.AddSeconds(-1)).State.End);

    [Fact]
    [Requirement("PIN-05")]
    public void No_order_of_events_gives_a_block_after_an_end()
    {
        PinEvent[] all = Enum.GetValues<PinEvent>();
        int sealedOnes = 0;
        for (int run = 0; run < 20_000; run++)
        {
            PinState state = PinState.Open(PinTimes.Standard, Start);
            DateTimeOffset now = Start;
            bool isOver = false;
            for (int step = 0; step < 30; step++)
            {
                now = now.AddMilliseconds(RandomNumberGenerator.GetInt32(6000));
                // Mostly digits, else hardly any run gets far enough to be told apart.
                PinEvent what = RandomNumberGenerator.GetInt32(3) > 0 ? PinEvent.Digit : all[RandomNumberGenerator.GetInt32(all.Length)];
                PinStep next = PinMachine.Step(state, what, now);
                Assert.False(isOver && next.Effect != PinEffect.None, "an entry that ended did something");
                Assert.False(next.Effect == PinEffect.Seal && state.Count < PinMachine.Shortest, "a block of too few digits");
                sealedOnes += next.Effect == PinEffect.Seal ? 1 : 0;
                isOver |= next.State.End != PinEnd.None;
                state = next.State;
            }
        }

        Assert.NotEqual(0, sealedOnes);
    }

    private static PinState Enter(int digits)
    {
        PinState state = PinState.Open(PinTimes.Standard, Start);
        for (int i = 0; i < digits; i++)
        {
            state = PinMachine.Step(state, PinEvent.Digit, Start).State;
        }

        return state;
    }
}
