using System.Globalization;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What happened to a roll-out.</summary>
/// <param name="Seen">Good terminals that this run of it met.</param>
/// <param name="Refused">Those of them that it refused.</param>
public abstract record RolloutEvent(int Seen, int Refused)
{
    /// <summary>It is time to look.</summary>
    public sealed record Look(int Seen, int Refused) : RolloutEvent(Seen, Refused);

    /// <summary>A person halts it.</summary>
    public sealed record Halt(int Seen, int Refused, string By, string Note) : RolloutEvent(Seen, Refused);

    /// <summary>A person resumes it where it was halted.</summary>
    public sealed record Resume(string By, string Note) : RolloutEvent(0, 0);
}

/// <summary>What is to be done besides writing the roll-out down.</summary>
public enum RolloutEffect
{
    /// <summary>The version appraises the rings that it has reached.</summary>
    Roll,

    /// <summary>Every terminal is under the version before.</summary>
    GoBack,

    /// <summary>The version is the one in force.</summary>
    Promote,
}

/// <summary>What becomes of a roll-out.</summary>
/// <param name="Next">The roll-out afterwards.</param>
/// <param name="Kind">Kind of the journal entry.</param>
/// <param name="By">Who did it.</param>
/// <param name="Effect">What follows.</param>
public sealed record RolloutStep(PolicyRollout Next, string Kind, string By, RolloutEffect Effect);

/// <summary>Life of a roll-out. Pure.</summary>
public static class RolloutDecider
{
    /// <summary>Most rings: each is a step that a person must understand.</summary>
    public const int MaxRings = 8;

    /// <summary>Longest name of a ring.</summary>
    public const int MaxRingName = 32;

    /// <summary>Longest time in one ring.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromDays(30);

    /// <summary>Rings when nothing else is asked for.</summary>
    public static IReadOnlyList<RolloutRing> UsualRings { get; } =
    [
        new("canary", 1, TimeSpan.FromHours(24)), new("early", 10, TimeSpan.FromHours(24)), new("all", 100, TimeSpan.FromHours(24)),
    ];

    /// <summary>What is wrong with a roll-out that is to be started; null when nothing is.</summary>
    public static Refusal? FaultOf(IReadOnlyList<RolloutRing> rings, double maxRefusedPercent, int leastRefused, int leastSeen)
    {
        ArgumentNullException.ThrowIfNull(rings);
        if (rings.Count is 0 or > MaxRings || rings[^1].Percent != 100)
        {
            return Refusal.Malformed("rings", $"1 to {MaxRings} rings, the last of which is 100 percent");
        }

        double before = 0;
        foreach (RolloutRing ring in rings)
        {
            if (ring.Name.Length is 0 or > MaxRingName || !ring.Name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                return Refusal.Malformed("rings", $"names of 1 to {MaxRingName} lower-case letters, digits and '-'");
            }

            if (!(ring.Percent > before) || ring.Hold <= TimeSpan.Zero || ring.Hold > LongestHold)
            {
                return Refusal.Malformed("rings", $"rising percentages, and a time in each ring of at most {LongestHold.TotalDays:0} days");
            }

            before = ring.Percent;
        }

        return rings.DistinctBy(static ring => ring.Name).Count() != rings.Count ? Refusal.Malformed("rings", "each name once")
            : maxRefusedPercent is not (>= 0 and < 100) ? Refusal.Malformed("maxRefusedPercent", "0 to below 100")
            : leastRefused is < 1 or > 1_000_000 ? Refusal.Malformed("leastRefused", "at least 1")
            : leastSeen is < 0 or > 1_000_000 ? Refusal.Malformed("leastSeen", "at least 0")
            : null;
    }

    /// <summary>What an event does; null when nothing.</summary>
    public static RolloutStep? Decide(PolicyRollout rollout, RolloutEvent happened, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(happened);
        PolicyRollout counted = rollout with { Seen = happened.Seen, Refused = happened.Refused, ChangedAt = now };
        return (rollout.State, happened) switch
        {
            (RolloutState.Running, RolloutEvent.Halt halt) => HaltedBy(counted, halt.By, halt.Note),
            (RolloutState.Running, RolloutEvent.Look) when IsTooMany(rollout, happened) => HaltedBy(counted, AlarmDecider.Monitor, ReasonOf(counted)),
            (RolloutState.Running, RolloutEvent.Look) when now - rollout.RingSince >= rollout.Rings[rollout.Ring].Hold
                && happened.Seen >= rollout.LeastSeen => GoOn(counted, now),
            (RolloutState.Halted, RolloutEvent.Resume resume) => new RolloutStep(
                counted with { State = RolloutState.Running, Run = rollout.Run + 1, RingSince = now, HaltedBy = null, HaltReason = null },
                "policy.rollout-resumed", resume.By, RolloutEffect.Roll),
            _ => null,
        };
    }

    private static bool IsTooMany(PolicyRollout rollout, RolloutEvent happened) =>
        happened.Refused >= rollout.LeastRefused && happened.Refused * 100.0 > rollout.MaxRefusedPercent * happened.Seen;

    private static RolloutStep HaltedBy(PolicyRollout rollout, string by, string reason) => new(
        rollout with { State = RolloutState.Halted, HaltedBy = by, HaltReason = reason }, "policy.rollout-halted", by, RolloutEffect.GoBack);

    private static RolloutStep GoOn(PolicyRollout rollout, DateTimeOffset now) => rollout.Ring == rollout.Rings.Count - 1
        ? new RolloutStep(rollout with { State = RolloutState.Completed }, "policy.rollout-completed", AlarmDecider.Monitor, RolloutEffect.Promote)
        : new RolloutStep(
            rollout with { Ring = rollout.Ring + 1, RingSince = now }, "policy.rollout-advanced", AlarmDecider.Monitor, RolloutEffect.Roll);

    private static string ReasonOf(PolicyRollout rollout) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rollout.Refused} of {rollout.Seen} terminals that the version before trusts are refused, more than {rollout.MaxRefusedPercent:0.##} percent");
}
