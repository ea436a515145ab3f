using System.Globalization;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// What no entry of the journal tells of: keys that end, an old list, receivers that do not listen, kinds of terminals in trouble.
/// </summary>
internal sealed class AlarmRound(
    Database database, MonitoringOptions monitoring, AlarmOptions options, AlarmBook book, FleetPulse fleet, TimeProvider clock)
{
    /// <summary>Terminals whose keys end that are named, each by an alarm of its own; the rest waits for the next look.</summary>
    private const int MaxTerminals = 500;

    /// <summary>Suspects that are told as evidence.</summary>
    private const int MaxSuspects = 5;

    /// <summary>Changes of ours in the time that are told as evidence.</summary>
    private const int MaxChanges = 5;

    /// <summary>A key of short life is due in its last fifth.</summary>
    private const int NoticePart = 5;

    private static readonly string[] ChangeAreas = ["policy", "response", "configuration", "revocation"];

    /// <summary>All of it.</summary>
    public async Task<List<AlarmSignal>> LookAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<AlarmSignal> signals = [.. StatusListSignals(now)];
        Hold(signals, AlarmKinds.KeyDue, [.. await KeySignalsAsync(now, cancellation), .. TerminalKeySignals(now)]);
        Hold(signals, AlarmKinds.FleetTrend, TrendSignals(now));
        Hold(signals, AlarmKinds.Delivery, await DeliverySignalsAsync(now, cancellation));
        signals.AddRange(await WhatChangedAsync(cancellation));
        signals.AddRange(await OverSignalsAsync(now, cancellation));
        return signals;
    }

    /// <summary>What newly refused terminals have in common.</summary>
    public async Task<List<AlarmSignal>> WhatChangedAsync(CancellationToken cancellation)
    {
        DateTimeOffset since = clock.GetUtcNow() - options.ChangeWindow;
        List<AlarmSignal> signals = [];
        if (fleet.IsPartial)
        {
            return signals;
        }

        List<FleetMember> refused = fleet.NewlyRefused(since);
        IReadOnlyList<ChangeSuspect> suspects = refused.Count < ChangeCorrelation.LeastRefused
            ? []
            : ChangeCorrelation.Of([.. refused.Select(static member => member.Properties)], fleet.Counts(), fleet.Count);
        AlarmSignal[] found = suspects.Count == 0 ? [] : [await SuspectedAsync(suspects, refused.Count, since, cancellation)];
        Hold(signals, AlarmKinds.WhatChanged, found);
        return signals;
    }

    /// <summary>Adds what is found, and says of every other alarm of the kind that it is over.</summary>
    private void Hold(List<AlarmSignal> signals, string kind, IReadOnlyList<AlarmSignal> found)
    {
        signals.AddRange(found);
        signals.AddRange(book.StandingOf(kind).Except(found.Select(static one => one.Originator))
            .Select(originator => new AlarmSignal(originator, kind) { IsOver = true }));
    }

    private async Task<AlarmSignal> SuspectedAsync(
        IReadOnlyList<ChangeSuspect> suspects, int refused, DateTimeOffset since, CancellationToken cancellation)
    {
        ChangeSuspect first = suspects[0];
        DateTimeOffset now = clock.GetUtcNow();
        List<AlarmEvidence> evidence =
        [
            .. suspects.Take(MaxSuspects).Select(one => new AlarmEvidence
            {
                At = now,
                What = one.Dimension,
                Value = one.Value,
                Detail = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{one.Refused} of {one.OfRefused} newly refused, {one.Fleet} of {one.OfFleet} in use: {one.Lift:0.0} times as often, {one.Deviations:0.0} deviations"),
            }),
        ];
        foreach (string area in ChangeAreas)
        {
            List<JournalEntry> entries = await database.Journal.NewestAsync(area, MaxChanges, cancellation: cancellation);
            evidence.AddRange(entries.Where(entry => entry.Time >= since && entry.Kind is not "policy.proposed").Select(static entry =>
                AlarmRules.Plain(entry, null, "changed by us in the same time")));
        }

        return new AlarmSignal($"{first.Dimension}:{first.Value}", AlarmKinds.WhatChanged)
        {
            Severity = Severity.Critical,
            Reason = ReasonCodes.FleetDegraded,
            Summary = $"{first.Refused} of {refused} terminals refused within the hour are {first.Dimension} {first.Value}, of {first.Fleet} such in use",
            Cause = string.Join(',', suspects.Take(MaxSuspects).Select(static one => $"{one.Dimension}:{one.Value}")),
            Evidence = evidence,
        };
    }

    private IEnumerable<AlarmSignal> StatusListSignals(DateTimeOffset now)
    {
        // No list at all is the policy's matter: in a sandbox without one it is nobody's alarm.
        StatusList? list = monitoring.StatusList();
        bool fresh = list?.FetchedAt is { } at && now - at < options.StatusListAge;
        return fresh ? [new AlarmSignal("status-list", AlarmKinds.StatusList) { IsOver = true }] : [];
    }

    private async Task<List<AlarmSignal>> KeySignalsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        List<AlarmSignal> due = [];
        foreach (KeyRecord key in await database.Keys.ListAsync(cancellation))
        {
            if (key is not { State: KeyState.Active, ExpiresAt: { } end })
            {
                continue;
            }

            TimeSpan part = (end - key.CreatedAt) / NoticePart;
            if (now >= end - (part < options.KeyNotice ? part : options.KeyNotice))
            {
                due.Add(new AlarmSignal("key:" + key.Name, AlarmKinds.KeyDue)
                {
                    Severity = now >= end ? Severity.Critical : Severity.Warning,
                    Reason = ReasonCodes.KeysExpired,
                    Summary = $"key {key.Name} ({key.Purpose}) {(now >= end ? "has ended" : "ends")} on {end:yyyy-MM-dd}; rotate it by a ceremony",
                    Evidence = [new AlarmEvidence { At = now, What = "key.expires", Value = end.ToString("u", CultureInfo.InvariantCulture),
                        Deadline = end }],
                });
            }
        }

        return due;
    }

    /// <summary>Terminals fetch new keys by themselves long before; whose end comes near does not.</summary>
    private List<AlarmSignal> TerminalKeySignals(DateTimeOffset now) =>
    [
        .. fleet.Members.Where(pair =>
            pair.Value.KeysAt is { } at && now >= at + KeyPeriod.Longest - options.KeyNotice).Take(MaxTerminals).Select(pair =>
        {
            DateTimeOffset end = pair.Value.KeysAt!.Value + KeyPeriod.Longest;
            return new AlarmSignal(AlarmSignal.Terminal(pair.Key.ToString()), AlarmKinds.KeyDue)
            {
                Severity = now >= end ? Severity.Serious : Severity.Warning,
                Reason = ReasonCodes.KeysExpired,
                Summary = $"its initial keys {(now >= end ? "ended" : "end")} on {end:yyyy-MM-dd}, and it has not fetched new ones",
                Evidence = [new AlarmEvidence { At = now, What = "terminal.keys", Value = end.ToString("u", CultureInfo.InvariantCulture),
                    Deadline = end }],
            };
        }),
    ];

    private List<AlarmSignal> TrendSignals(DateTimeOffset now)
    {
        if (fleet.IsPartial)
        {
            return [];
        }

        List<AlarmSignal> signals = [];
        AppraisalContext context = new() { Time = now, Ring = monitoring.Ring, EvidenceHash = string.Empty };
        foreach (FleetCohort cohort in fleet.Cohorts())
        {
            IReadOnlyList<Finding> findings = cohort.Appraise(monitoring.Policy.Current, context).Findings;
            if (findings.Count > 0)
            {
                signals.Add(new AlarmSignal($"{cohort.Dimension}:{cohort.Value}", AlarmKinds.FleetTrend)
                {
                    Severity = findings.Max(static finding => finding.Severity),
                    Reason = findings[0].Reason,
                    Summary = $"{cohort.Terminals} terminals of {cohort.Dimension} {cohort.Value}: {string.Join(", ", findings.Select(static one => $"{one.Claim} is {one.Value}"))}",
                    Cause = string.Join(',', findings.Select(static one => one.Rule)),
                    Evidence =
                    [
                        .. findings.Select(one => new AlarmEvidence
                        {
                            At = now, What = one.Rule, Value = $"{one.Claim} is {one.Value}", Detail = one.Detail, Reason = one.Reason,
                        }),
                    ],
                });
            }
        }

        return signals;
    }

    private async Task<List<AlarmSignal>> DeliverySignalsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        List<AlarmSignal> signals = [];
        foreach ((string sink, int owed, DateTimeOffset oldest, string? error) in await database.AlarmDeliveries.OwedAsync(cancellation))
        {
            if (now - oldest >= options.DeliveryAge)
            {
                signals.Add(new AlarmSignal("sink:" + sink, AlarmKinds.Delivery)
                {
                    Severity = Severity.Serious,
                    Reason = ReasonCodes.Internal,
                    Summary = $"{owed} events are owed to {sink}, the oldest since {oldest:u}: {error ?? "not tried yet"}",
                    Evidence = [new AlarmEvidence { At = now, What = "sink", Value = error }],
                });
            }
        }

        return signals;
    }

    /// <summary>An outage and a mass silence are over when the deadlines after it have passed and most are heard again.</summary>
    private async Task<List<AlarmSignal>> OverSignalsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        List<AlarmSignal> over = [];
        if (book.StandingOf(AlarmKinds.Outage).Count > 0
            && await database.Alarms.FindAsync("monitor", AlarmKinds.Outage, cancellation) is { } outage
            && now >= monitoring.DueAfter(outage.SeenAt))
        {
            over.Add(new AlarmSignal("monitor", AlarmKinds.Outage) { IsOver = true });
        }

        if (book.StandingOf(AlarmKinds.MassSilence).Count > 0)
        {
            int silent = fleet.Members.Count(static pair => pair.Value.Silent);
            if (silent * 10 < fleet.Count)
            {
                over.Add(new AlarmSignal("fleet", AlarmKinds.MassSilence) { IsOver = true });
            }
        }

        return over;
    }
}
