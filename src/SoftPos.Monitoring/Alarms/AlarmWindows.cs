using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>Counts over a sliding time: too many payments, too many refused ones, too many enrolments at once.</summary>
internal sealed class AlarmWindows(AlarmOptions options)
{
    /// <summary>Payments whose terminal is remembered, and subjects that are counted; beyond it the oldest are forgotten.</summary>
    private const int MaxRemembered = 100_000;

    private readonly Dictionary<(string Subject, string What), Queue<DateTimeOffset>> _counts = [];
    private readonly Queue<(DateTimeOffset At, string Payment)> _order = new();
    private readonly Dictionary<string, string> _terminalOf = new(StringComparer.Ordinal);

    /// <summary>Takes an entry in and says what follows.</summary>
    public IEnumerable<AlarmSignal> Of(JournalEntry entry)
    {
        if (entry.Content is not { } bytes)
        {
            return [];
        }

        switch (entry.Kind)
        {
            case "payment.received":
                JsonObject received = AlarmRules.Read(bytes);
                Remember(entry, AlarmRules.Text(received, "terminal"));
                return Count(entry, AlarmRules.Text(received, "terminal"), "payments", options.MaxPayments, AlarmKinds.Velocity,
                    "more payments than a person takes by hand");
            case "payment.declined":
                return _terminalOf.TryGetValue(entry.Subject, out string? terminal) ? CountDecline(entry, terminal) : [];
            case "payment.refused":
                return CountDecline(entry, AlarmRules.Text(AlarmRules.Read(bytes), "terminal"));
            case "terminal.enrolled":
                return Count(
                    entry, "merchant:" + AlarmRules.Text(AlarmRules.Read(bytes), "merchantId"), "enrolments", options.MaxEnrolments,
                    AlarmKinds.EnrolmentBurst,
                    "many terminals of one merchant were enrolled at once");
            default:
                return [];
        }
    }

    /// <summary>Which of these alarms are over: what they count is down to half of its bound.</summary>
    public IEnumerable<AlarmSignal> Calmed(IReadOnlyList<string> originators, string kind, DateTimeOffset now)
    {
        foreach ((string Subject, string What) idle in _counts.Where(pair => Trim(pair.Value, now) == 0).Select(static pair =>
            pair.Key).ToArray())
        {
            _counts.Remove(idle);
        }

        return originators
            .Where(originator =>
                !Bounds.Any(bound => _counts.TryGetValue((SubjectOf(originator), bound.What), out Queue<DateTimeOffset>? times)
                && times.Count * 2 > bound.Most))
            .Select(originator => new AlarmSignal(originator, kind) { IsOver = true });
    }

    private (string What, int Most)[] Bounds =>
        [("payments", options.MaxPayments), ("declines", options.MaxDeclines), ("enrolments", options.MaxEnrolments)];

    private static string SubjectOf(string originator) =>
        originator.StartsWith(AlarmRecord.OfTerminal, StringComparison.Ordinal) ? originator[AlarmRecord.OfTerminal.Length..] : originator;

    private IEnumerable<AlarmSignal> CountDecline(JournalEntry entry, string terminal) => Count(
        entry, terminal, "declines", options.MaxDeclines, AlarmKinds.Velocity,
        "so many payments in a row are declined or refused that somebody may be trying cards");

    private IEnumerable<AlarmSignal> Count(JournalEntry entry, string subject, string what, int most, string kind, string summary)
    {
        if (_counts.Count >= MaxRemembered)
        {
            _counts.Clear();
        }

        if (!_counts.TryGetValue((subject, what), out Queue<DateTimeOffset>? times))
        {
            _counts[(subject, what)] = times = new Queue<DateTimeOffset>();
        }

        times.Enqueue(entry.Time);
        int count = Trim(times, entry.Time);
        if (count <= most)
        {
            return [];
        }

        string originator = subject.Contains(':', StringComparison.Ordinal) ? subject : AlarmSignal.Terminal(subject);
        return
        [
            new AlarmSignal(originator, kind)
            {
                Severity = Severity.Serious,
                Reason = kind == AlarmKinds.Velocity ? "VELOCITY_EXCEEDED" : ReasonCodes.FleetDegraded,
                Summary = $"{summary}: {count} {what} within {options.Window.TotalMinutes:0} minutes",
                Cause = what,
                Evidence = [AlarmRules.Plain(entry, $"{count} {what}")],
            },
        ];
    }

    private int Trim(Queue<DateTimeOffset> times, DateTimeOffset now)
    {
        while (times.TryPeek(out DateTimeOffset first) && now - first > options.Window)
        {
            times.Dequeue();
        }

        return times.Count;
    }

    private void Remember(JournalEntry entry, string terminal)
    {
        _order.Enqueue((entry.Time, entry.Subject));
        _terminalOf[entry.Subject] = terminal;
        while (_order.TryPeek(out (DateTimeOffset At, string Payment) oldest)
            && (entry.Time - oldest.At > options.Window || _order.Count > MaxRemembered))
        {
            _terminalOf.Remove(_order.Dequeue().Payment);
        }
    }
}
