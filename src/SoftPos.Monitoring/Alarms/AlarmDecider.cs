using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What becomes of an alarm, and which step that is.</summary>
/// <param name="Next">The alarm afterwards.</param>
/// <param name="Step">Kind of the journal entry; null when nothing but its counts moved.</param>
public sealed record AlarmStep(AlarmRecord Next, string? Step);

/// <summary>Life of an alarm. Pure.</summary>
public static class AlarmDecider
{
    /// <summary>Who acts when no person does.</summary>
    public const string Monitor = "monitor";

    /// <summary>Newest evidence that an alarm keeps; the journal has all.</summary>
    public const int MaxEvidence = 20;

    /// <summary>What a signal does; null when nothing.</summary>
    public static AlarmStep? Decide(AlarmRecord? current, AlarmSignal signal, long number, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(signal);
        if (signal.IsOver)
        {
            return current switch
            {
                null => null,
                { State: AlarmState.Resolved, Standing: true } => new AlarmStep(current with { Standing = false }, null),
                { State: AlarmState.Resolved } => null,
                _ => new AlarmStep(current with { State = AlarmState.Resolved, Standing = false, ChangedAt = now, By = Monitor,
                    Note = null }, "alarm.resolved"),
            };
        }

        if (current is null)
        {
            return new AlarmStep(New(signal, number, now), "alarm.raised");
        }

        AlarmRecord seen = Seen(current, signal, now);
        return current switch
        {
            // Somebody resolved it while it still holds: the same thing again is no news.
            { State: AlarmState.Resolved, Standing: true } when current.Cause == signal.Cause => new AlarmStep(seen, null),
            { State: AlarmState.Resolved } => new AlarmStep(
                seen with
                {
                    State = AlarmState.Raised, Reopened = current.Reopened + 1, ChangedAt = now, By = Monitor, Note = null,
                    Severity = signal.Severity,
                },
                "alarm.reopened"),
            _ when signal.Severity > current.Severity => new AlarmStep(
                seen with { Severity = signal.Severity, ChangedAt = now, By = Monitor, Note = null }, "alarm.worsened"),
            _ => new AlarmStep(seen, null),
        };
    }

    /// <summary>Somebody takes it up.</summary>
    /// <returns>The step, or why not.</returns>
    public static (AlarmStep? Step, Refusal? Fault) Acknowledge(AlarmRecord alarm, string by, string? assignee, string note,
        DateTimeOffset now) =>
        Act(alarm, by, assignee ?? alarm.Assignee ?? by, note, now, AlarmState.Acknowledged, "alarm.acknowledged");

    /// <summary>It is given to somebody.</summary>
    public static (AlarmStep? Step, Refusal? Fault) Assign(AlarmRecord alarm, string by, string assignee, string note,
        DateTimeOffset now) =>
        Act(alarm, by, assignee, note, now, AlarmState.Acknowledged, "alarm.assigned");

    /// <summary>Somebody declares it over.</summary>
    public static (AlarmStep? Step, Refusal? Fault) Resolve(AlarmRecord alarm, string by, string note, DateTimeOffset now) =>
        Act(alarm, by, alarm.Assignee, note, now, AlarmState.Resolved, "alarm.resolved");

    private static (AlarmStep? Step, Refusal? Fault) Act(
        AlarmRecord alarm, string by, string? assignee, string note, DateTimeOffset now, AlarmState state, string step)
    {
        ArgumentNullException.ThrowIfNull(alarm);
        Refusal? fault = ResponseDecider.PersonFault(by, note)
            ?? (assignee is { Length: 0 or > ResponseDecider.MaxBy } || assignee?.Any(char.IsControl) == true
                ? Refusal.Malformed("assignee", $"who looks after it, 1 to {ResponseDecider.MaxBy} characters")
                : alarm.State is AlarmState.Resolved
                    ? Refusal.Malformed("number", "this alarm is resolved; it is raised again when what it is about comes back")
                : null);
        return fault is not null
            ? (null, fault)
            : (new AlarmStep(alarm with { State = state, Assignee = assignee, By = by, Note = note, ChangedAt = now }, step), null);
    }

    private static AlarmRecord New(AlarmSignal signal, long number, DateTimeOffset now) => new()
    {
        Number = number,
        Originator = signal.Originator,
        Kind = signal.Kind,
        State = AlarmState.Raised,
        Severity = signal.Severity,
        Reason = signal.Reason,
        Summary = signal.Summary,
        Cause = signal.Cause,
        RaisedAt = now,
        ChangedAt = now,
        SeenAt = now,
        By = Monitor,
        Evidence = [.. signal.Evidence.Take(MaxEvidence)],
    };

    private static AlarmRecord Seen(AlarmRecord alarm, AlarmSignal signal, DateTimeOffset now) => alarm with
    {
        Standing = true,
        Cause = signal.Cause,
        Reason = signal.Reason,
        Summary = signal.Summary,
        SeenAt = now,
        Occurrences = alarm.Occurrences + 1,
        Evidence = [.. signal.Evidence.Concat(alarm.Evidence).Take(MaxEvidence)],
    };
}
