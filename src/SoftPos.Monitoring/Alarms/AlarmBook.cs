using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Applies signals to alarms: what changes, its journal entries and what is owed to each receiver become durable in one commit. One caller
/// at a time for signals; persons may act at the same time, and whose change comes second is decided anew.
/// </summary>
/// <param name="database">Store.</param>
/// <param name="sinks">Names of the receivers.</param>
/// <param name="clock">Time.</param>
public sealed class AlarmBook(Database database, IReadOnlyList<string> sinks, TimeProvider clock)
{
    private const string Numbers = "alarm";
    private const int MaxTries = 5;

    private readonly HashSet<(string Originator, string Kind)> _standing = [];
    private readonly Lock _gate = new();
    private bool _open;

    /// <summary>Raised when something is owed to a receiver.</summary>
    public Action? Owed { get; set; }

    /// <summary>Reads which alarms stand.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        long before = long.MaxValue;
        List<AlarmRecord> page;
        do
        {
            page = await database.Alarms.PageAsync(null, before, AlarmStore.MaxPage, cancellation);
            page.ForEach(Note);
            before = page.Count > 0 ? page[^1].Number : 0;
        }
        while (page.Count == AlarmStore.MaxPage);
        _open = true;
    }

    /// <summary>Originators of alarms of a kind that stand.</summary>
    public List<string> StandingOf(string kind)
    {
        lock (_gate)
        {
            return [.. _standing.Where(one => one.Kind == kind).Select(static one => one.Originator)];
        }
    }

    /// <summary>Applies signals in their order, with what else becomes durable with them; true when anything was written.</summary>
    /// <param name="signals">The signals.</param>
    /// <param name="always">Writes that belong to them, such as the place in the journal; written only when an alarm is, unless
    /// told.</param>
    /// <param name="force">Write even when no alarm changes.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<bool> ApplyAsync(IReadOnlyList<AlarmSignal> signals, Action<Change>? always, bool force,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signals);
        if (!_open)
        {
            await OpenAsync(cancellation);
        }

        AlarmSignal[] wanted = [.. signals.Where(signal => !signal.IsOver || Stands(signal, signals))];
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            (Change change, List<AlarmRecord> alarms, bool steps) = await DecideAsync(wanted, cancellation);
            if (alarms.Count == 0 && !force)
            {
                return false;
            }

            always?.Invoke(change);
            if ((await database.CommitAsync(change, cancellation)).Done)
            {
                alarms.ForEach(Note);
                if (steps)
                {
                    Owed?.Invoke();
                }

                return true;
            }
        }

        throw new StorageException(StorageFailure.Busy, "alarms changed again and again while they were written");
    }

    /// <summary>Somebody takes an alarm up.</summary>
    public Task<(AlarmRecord? Alarm, Refusal? Refusal)> AcknowledgeAsync(
        long number, string by, string? assignee, string note, CancellationToken cancellation) =>
        ActAsync(number, (alarm, now) => AlarmDecider.Acknowledge(alarm, by, assignee, note, now), cancellation);

    /// <summary>An alarm is given to somebody.</summary>
    public Task<(AlarmRecord? Alarm, Refusal? Refusal)> AssignAsync(long number, string by, string assignee, string note,
        CancellationToken cancellation) =>
        ActAsync(number, (alarm, now) => AlarmDecider.Assign(alarm, by, assignee, note, now), cancellation);

    /// <summary>Somebody declares an alarm over.</summary>
    public Task<(AlarmRecord? Alarm, Refusal? Refusal)> ResolveAsync(long number, string by, string note, CancellationToken cancellation) =>
        ActAsync(number, (alarm, now) => AlarmDecider.Resolve(alarm, by, note, now), cancellation);

    /// <summary>Journal subject of an alarm.</summary>
    public static string SubjectOf(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"alarm-{number}");

    private async Task<(AlarmRecord? Alarm, Refusal? Refusal)> ActAsync(
        long number, Func<AlarmRecord, DateTimeOffset, (AlarmStep? Step, Refusal? Fault)> act, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await database.Alarms.FindAsync(number, cancellation) is not { } alarm)
            {
                return (null, Refusal.Malformed("number", "no alarm has that number"));
            }

            (AlarmStep? step, Refusal? fault) = act(alarm, clock.GetUtcNow());
            if (step is null)
            {
                return (null, fault);
            }

            Change change = new Change().Move(alarm, step.Next);
            Tell(change, step.Next, step.Step!);
            if ((await database.CommitAsync(change, cancellation)).Done)
            {
                Note(step.Next);
                Owed?.Invoke();
                return (step.Next, null);
            }
        }

        return (null, new Refusal(ReasonCodes.RateLimited, "the alarm changes at this moment; try again"));
    }

    private async Task<(Change Change, List<AlarmRecord> Alarms, bool Steps)> DecideAsync(AlarmSignal[] signals,
        CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Dictionary<(string, string), (AlarmRecord? Read, AlarmRecord? Now, List<(AlarmRecord Alarm, string Step)> Steps)> work = [];
        foreach (AlarmSignal signal in signals)
        {
            (string, string) key = (signal.Originator, signal.Kind);
            if (!work.TryGetValue(key, out (AlarmRecord? Read, AlarmRecord? Now, List<(AlarmRecord, string)> Steps) one))
            {
                AlarmRecord? read = await database.Alarms.FindAsync(signal.Originator, signal.Kind, cancellation);
                one = (read, read, []);
            }

            long number = one.Now?.Number ?? (signal.IsOver ? 0 : await database.Sequences.NextAsync(Numbers, cancellation));
            if (AlarmDecider.Decide(one.Now, signal, number, now) is { } step)
            {
                one.Now = step.Next;
                if (step.Step is not null)
                {
                    one.Steps.Add((step.Next, step.Step));
                }
            }

            work[key] = one;
        }

        Change change = new();
        List<AlarmRecord> changed = [];
        bool steps = false;
        foreach ((AlarmRecord? read, AlarmRecord? next, List<(AlarmRecord Alarm, string Step)> taken) in work.Values)
        {
            if (next is not null && !ReferenceEquals(read, next))
            {
                change.Move(read, next);
                taken.ForEach(one => Tell(change, one.Alarm, one.Step));
                changed.Add(next);
                steps |= taken.Count > 0;
            }
        }

        return (change, changed, steps);
    }

    private void Tell(Change change, AlarmRecord alarm, string step)
    {
        change.Append(step, SubjectOf(alarm.Number), AlarmEvent.EntryOf(alarm));
        AlarmEvent happened = AlarmEvent.Of(alarm, step);
        byte[] body = happened.ToJson();
        foreach (string sink in sinks)
        {
            change.Owe(sink, happened.Id, body, happened.Time);
        }
    }

    private bool Stands(AlarmSignal over, IReadOnlyList<AlarmSignal> signals)
    {
        lock (_gate)
        {
            if (_standing.Contains((over.Originator, over.Kind)))
            {
                return true;
            }
        }

        return signals.Any(one => !one.IsOver && one.Originator == over.Originator && one.Kind == over.Kind);
    }

    private void Note(AlarmRecord alarm)
    {
        lock (_gate)
        {
            if (alarm.IsOpen || alarm.Standing)
            {
                _standing.Add((alarm.Originator, alarm.Kind));
            }
            else
            {
                _standing.Remove((alarm.Originator, alarm.Kind));
            }
        }
    }
}
