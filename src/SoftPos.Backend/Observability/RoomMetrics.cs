using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Backend.Observability;

/// <summary>
/// Figures of the rooms. What happened is counted from the journal as it becomes durable, so a figure cannot say what the journal does
/// not; what stands is asked for when somebody looks. Labels are words of closed lists and addresses of acquirers: no terminal, merchant,
/// card, key or token.
/// </summary>
internal sealed class RoomMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "SoftPos";

    /// <summary>Entries that may wait to be counted; a burst beyond it is counted from the store.</summary>
    private const int Backlog = 8192;

    private const int Page = 500;

    /// <summary>Longest word that a label takes from the journal; what is longer is no word of our lists.</summary>
    private const int MaxWord = 40;

    /// <summary>How often what needs the store is read again.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly Meter _meter = new(Name);
    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _evidence;
    private readonly Counter<long> _findings;
    private readonly Counter<long> _refusedEvidence;
    private readonly Counter<long> _enrolments;
    private readonly Counter<long> _silences;
    private readonly Counter<long> _sales;
    private readonly Counter<long> _alarmSteps;
    private readonly Counter<long> _rolloutSteps;
    private long _next;
    private Standing _standing = new(new Dictionary<AlarmState, int>(), 0, 0, 0);

    public RoomMetrics(Database database, AcquirerRoutes routes, AlarmEngine alarms, PolicyRollouts rollouts, TimeProvider clock)
    {
        (_database, _clock, _next) = (database, clock, database.Journal.Head.Size);
        Rollouts = rollouts;
        _evidence = Counter("softpos.evidence.appraised", "{evidence}", "Evidence appraised, by verdict and purpose.");
        _findings = Counter("softpos.evidence.findings", "{finding}", "Findings, by reason and response.");
        _refusedEvidence = Counter("softpos.evidence.refused", "{message}", "Signed evidence refused before an appraisal, by reason.");
        _enrolments = Counter("softpos.enrolments", "{terminal}", "Phones enrolled or refused.");
        _silences = Counter("softpos.terminals.silenced", "{terminal}", "Terminals that lost their trust by silence.");
        _sales = Counter("softpos.payments", "{payment}", "Payments, by outcome.");
        _alarmSteps = Counter("softpos.alarms.steps", "{step}", "Steps in the lives of alarms.");
        _rolloutSteps = Counter("softpos.policy.rollout.steps", "{step}", "Steps of policy roll-outs.");
        _meter.CreateObservableCounter("softpos.journal.entries", () => database.Journal.Head.Size, "{entry}", "Entries of the journal.");
        _meter.CreateObservableCounter("softpos.storage.changes", () => database.Committed.Changes, "{change}", "Changes committed.");
        _meter.CreateObservableCounter(
            "softpos.storage.commits", () => database.Committed.Transactions, "{transaction}", "Transactions flushed to the disk.");
        _meter.CreateObservableGauge("softpos.storage.waiting", () => database.Waiting, "{change}", "Changes that wait for the writer.");
        _meter.CreateObservableGauge("softpos.alarms.behind", () => alarms.Behind, "{entry}", "Entries that alarms have not looked at.");
        _meter.CreateObservableGauge("softpos.alarms.open", OpenAlarms, "{alarm}", "Alarms that are not resolved, by state.");
        _meter.CreateObservableGauge("softpos.alarms.owed", () => _standing.Owed, "{event}", "Events owed to receivers of alarms.");
        _meter.CreateObservableGauge("softpos.terminals.expected", () => _standing.Expected, "{terminal}", "Terminals that must report.");
        _meter.CreateObservableGauge("softpos.terminals.overdue", () => _standing.Overdue, "{terminal}", "Terminals past their deadline.");
        _meter.CreateObservableGauge("softpos.policy.rollout.good", () => _standing.Rollout?.Seen ?? 0, "{terminal}",
            "Good terminals that the roll-out met.");
        _meter.CreateObservableGauge("softpos.policy.rollout.good.refused", () => _standing.Rollout?.Refused ?? 0, "{terminal}",
            "Good terminals that the roll-out refused.");
        _meter.CreateObservableGauge("softpos.acquirer.link.up", () => routes.States.Select(static one =>
            new Measurement<int>(one.Link.State is LinkState.Up ? 1 : 0, new KeyValuePair<string, object?>("link", one.Name))), null,
            "1 while a link to the acquirer takes messages.");
        _meter.CreateObservableGauge("softpos.acquirer.inflight", () => routes.States.Select(static one =>
            new Measurement<int>(one.InFlight, new KeyValuePair<string, object?>("link", one.Name))), "{message}",
            "Messages that wait for the acquirer's answer.");
    }

    private PolicyRollouts Rollouts { get; }

    /// <summary>Counts until cancelled.</summary>
    public async Task RunAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        try
        {
            using JournalSubscription journal = _database.Journal.Subscribe(Backlog);
            await Task.WhenAll(FollowAsync(journal, failed, cancellation), RefreshAsync(failed, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    public void Dispose() => _meter.Dispose();

    private async Task FollowAsync(JournalSubscription journal, Action<Exception> failed, CancellationToken cancellation)
    {
        await foreach (JournalEntry entry in journal.ReadAllAsync(cancellation))
        {
            try
            {
                while (_next < entry.Index)
                {
                    List<JournalEntry> missed = await _database.Journal.RangeAsync(_next, (int)Math.Min(Page, entry.Index - _next), cancellation);
                    missed.ForEach(Count);
                    _next = missed.Count == 0 ? entry.Index : missed[^1].Index + 1;
                }

                if (entry.Index == _next)
                {
                    Count(entry);
                    _next++;
                }
            }
            catch (StorageException fault)
            {
                failed(fault);
            }
        }
    }

    private async Task RefreshAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(Refresh, _clock);
        do
        {
            try
            {
                (int expected, int overdue) = await _database.Attendance.CountAsync(_clock.GetUtcNow(), cancellation);
                int owed = (await _database.AlarmDeliveries.OwedAsync(cancellation)).Sum(static one => one.Owed);
                _standing = new Standing(await _database.Alarms.CountAsync(cancellation), owed, expected, overdue)
                {
                    Rollout = await Rollouts.StatusAsync(cancellation) is { State: RolloutState.Running } running ? running : null,
                };
            }
            catch (StorageException fault)
            {
                failed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private void Count(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case "evidence.appraised":
                JsonObject appraised = Read(entry);
                _evidence.Add(1, Label("verdict", Word(appraised, "verdict")), Label("purpose", Word(appraised, "purpose")));
                foreach (JsonObject finding in (appraised["findings"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    _findings.Add(1, Label("reason", Reason(finding)), Label("response", Word(finding, "response")));
                }

                break;
            case "evidence.refused":
                _refusedEvidence.Add(1, Label("reason", Reason(Read(entry))));
                break;
            case "terminal.enrolled" or "terminal.refused":
                _enrolments.Add(1, Label("outcome", entry.Kind["terminal.".Length..]));
                break;
            case "terminal.silent":
                _silences.Add(1);
                break;
            case "payment.refused":
                _sales.Add(1, Label("outcome", "refused"), Label("reason", Reason(Read(entry))));
                break;
            case "payment.approved" or "payment.declined" or "payment.unknown" or "payment.reversed" or "payment.voided" or "payment.abandoned"
                or "payment.completed":
                _sales.Add(1, Label("outcome", entry.Kind["payment.".Length..]), Label("reason", "none"));
                break;
            case { } alarm when alarm.StartsWith("alarm.", StringComparison.Ordinal):
                _alarmSteps.Add(1, Label("step", alarm["alarm.".Length..]));
                break;
            case { } step when step.StartsWith("policy.rollout-", StringComparison.Ordinal):
                _rolloutSteps.Add(1, Label("step", step["policy.rollout-".Length..]));
                break;
            default:
                break;
        }
    }

    private IEnumerable<Measurement<int>> OpenAlarms() => ((AlarmState[])[AlarmState.Raised, AlarmState.Acknowledged]).Select(state =>
        new Measurement<int>(_standing.Alarms.GetValueOrDefault(state), Label("state", state.ToString())));

    private Counter<long> Counter(string name, string unit, string text) => _meter.CreateCounter<long>(name, unit, text);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private static JsonObject Read(JournalEntry entry) =>
        entry.Content is { } bytes && JsonNode.Parse(bytes) is JsonObject content ? content : [];

    /// <summary>A reason of the catalogue: whatever else might stand there is no label.</summary>
    private static string Reason(JsonObject content) =>
        content["reason"] is JsonValue value && value.TryGetValue(out string? reason) && ReasonCatalogue.Contains(reason) ? reason : "other";

    private static string Word(JsonObject content, string name) =>
        content[name] is JsonValue value && value.TryGetValue(out string? word) && word.Length is > 0 and <= MaxWord && word.All(char.IsAsciiLetter)
            ? word : "other";

    private sealed record Standing(IReadOnlyDictionary<AlarmState, int> Alarms, int Owed, int Expected, int Overdue)
    {
        public PolicyRollout? Rollout { get; init; }
    }
}
