using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Cli.Storms;

/// <summary>How soon alarms came after what they are about.</summary>
/// <param name="What">What happened.</param>
/// <param name="Kind">Kind of the alarm.</param>
/// <param name="Affected">To how many it happened.</param>
/// <param name="Alarmed">For how many an alarm came.</param>
/// <param name="Median">Half of them came within.</param>
/// <param name="Longest">All of them came within.</param>
internal sealed record StormDetection(string What, string Kind, int Affected, int Alarmed, TimeSpan? Median, TimeSpan? Longest)
{
    public static StormDetection Of(string what, string kind, int affected, IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return new StormDetection(
            what, kind, affected, sorted.Length, sorted.Length == 0 ? null : sorted[sorted.Length / 2], sorted.Length == 0 ? null : sorted[^1]);
    }
}

/// <summary>What a storm came to: the same for the same seed. Holds no time of the machine.</summary>
internal sealed class StormSummary
{
    private StormSummary(Storm storm, List<AlarmRecord> alarms)
    {
        (Storm, Alarms) = (storm, alarms);
        foreach (AlarmRecord alarm in alarms)
        {
            storm.Tally.Count(alarm.RaisedAt, static hour => hour.Alarms++);
        }

        Dictionary<string, StormTerminal> byOriginator = storm.Terminals.ToDictionary(static one =>
            AlarmSignal.Terminal(one.Reporter.TerminalId.ToString()), StringComparer.Ordinal);
        IEnumerable<(StormTerminal Terminal, AlarmRecord Alarm)> Of(string kind) => alarms
            .Where(one => one.Kind == kind && byOriginator.ContainsKey(one.Originator)).Select(one => (byOriginator[one.Originator], one));
        StormDay day = storm.Day;
        DateTimeOffset? halt = storm.Steps.Where(static one => one.Step.Kind == "policy.rollout-halted").Select(static one => (DateTimeOffset?)one.At)
            .FirstOrDefault();
        DateTimeOffset Raised(string kind) => alarms.Where(one => one.Kind == kind).Min(static one => one.RaisedAt);
        bool Has(string kind) => alarms.Any(one => one.Kind == kind);
        Detections =
        [
            StormDetection.Of(
                "phone rooted by the new module", AlarmKinds.Attestation, storm.Terminals.Count(static one => one.AttackedAt is not null),
                Of(AlarmKinds.Attestation).Where(one => one.Terminal.AttackedAt <= one.Alarm.RaisedAt)
                    .Select(static one => one.Alarm.RaisedAt - one.Terminal.AttackedAt!.Value)),
            StormDetection.Of(
                "attack has a model in common", AlarmKinds.WhatChanged, 1,
                alarms.Where(static one => one is { Kind: AlarmKinds.WhatChanged, Originator: "model:" + StormDay.AttackedModel })
                    .Select(one => one.RaisedAt - day.Attack)),
            StormDetection.Of(
                "maker's patch against the new policy", AlarmKinds.Rollout, 1,
                Has(AlarmKinds.Rollout) ? [Raised(AlarmKinds.Rollout) - day.Patch] : []),
            StormDetection.Of(
                "phone in the sun", AlarmKinds.Health, storm.Terminals.Count(static one => one.IsWarm),
                Of(AlarmKinds.Health).Where(static one => one.Terminal.IsWarm).Select(one => one.Alarm.RaisedAt - WarmSince(day, one.Terminal))),
            StormDetection.Of(
                "network of a part of the fleet", AlarmKinds.MassSilence, 1,
                Has(AlarmKinds.MassSilence) ? [Raised(AlarmKinds.MassSilence) - day.Outage] : []),
            StormDetection.Of(
                "terminal cut off", AlarmKinds.Silence, storm.Terminals.Count(static one => one.IsCutOff),
                Of(AlarmKinds.Silence).Where(one => one.Terminal.IsCutOff && one.Alarm.RaisedAt >= day.Outage)
                    .Select(one => one.Alarm.RaisedAt - day.Outage)),
        ];
        Halt = halt;
    }

    public Storm Storm { get; }

    /// <summary>All alarms of the day.</summary>
    public IReadOnlyList<AlarmRecord> Alarms { get; }

    /// <summary>What was detected how soon.</summary>
    public IReadOnlyList<StormDetection> Detections { get; }

    /// <summary>When the roll-out was halted.</summary>
    public DateTimeOffset? Halt { get; }

    public static async Task<StormSummary> OfAsync(Storm storm, CancellationToken cancellation)
    {
        List<AlarmRecord> alarms = [];
        List<AlarmRecord> page;
        long before = long.MaxValue;
        do
        {
            page = await storm.Database.Alarms.PageAsync(null, before, AlarmStore.MaxPage, cancellation);
            alarms.AddRange(page);
            before = page.Count > 0 ? page[^1].Number : 0;
        }
        while (page.Count == AlarmStore.MaxPage);
        return new StormSummary(storm, alarms);
    }

    public JsonObject ToJson() => new()
    {
        ["terminals"] = Storm.Terminals.Count,
        ["evidence"] = Storm.Tally.Evidence,
        ["hours"] = new JsonArray([.. Storm.Tally.Hours.Select(static pair => (JsonNode)new JsonObject
        {
            ["hour"] = pair.Key, ["openings"] = pair.Value.Openings, ["reports"] = pair.Value.Reports, ["sales"] = pair.Value.Sales,
            ["refusedTaps"] = pair.Value.RefusedTaps, ["updates"] = pair.Value.Updates, ["unheard"] = pair.Value.Unheard,
            ["refused"] = pair.Value.Refused, ["alarms"] = pair.Value.Alarms,
        })]),
        ["alarms"] = new JsonObject(Alarms.CountBy(static one => one.Kind).OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        ["openAlarms"] = Alarms.Count(static one => one.IsOpen),
        ["detection"] = new JsonArray([.. Detections.Select(static one => (JsonNode)new JsonObject
        {
            ["what"] = one.What, ["alarm"] = one.Kind, ["affected"] = one.Affected, ["alarmed"] = one.Alarmed,
            ["medianSeconds"] = one.Median?.TotalSeconds, ["longestSeconds"] = one.Longest?.TotalSeconds,
        })]),
        ["rollout"] = new JsonArray([.. Storm.Steps.Select(static one => (JsonNode)new JsonObject
        {
            ["at"] = one.At.ToString("HH:mm:ss", CultureInfo.InvariantCulture), ["step"] = one.Step.Kind,
            ["ring"] = one.Step.Next.Rings[one.Step.Next.Ring].Name, ["seen"] = one.Step.Next.Seen, ["refused"] = one.Step.Next.Refused,
        })]),
        ["refusals"] = new JsonObject(Storm.Tally.Reasons.Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        ["falseBlocks"] = Storm.Tally.FalseBlocks,
        ["falselyBlockedTerminals"] = Storm.Tally.FalselyBlocked,
        ["refusedAttackedTerminals"] = Storm.Tally.RefusedAttacked,
    };

    public string ToText()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"A day of {Storm.Terminals.Count} terminals: {Storm.Tally.Evidence} evidence appraised").AppendLine();
        text.AppendLine("  hour  openings  reports   sales  refused taps  updates  unheard  refused  alarms");
        foreach ((int hour, StormHour one) in Storm.Tally.Hours)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {hour,4:00}  {one.Openings,8}  {one.Reports,7}  {one.Sales,6}  {one.RefusedTaps,12}  {one.Updates,7}  {one.Unheard,7}  {one.Refused,7}  {one.Alarms,6}");
        }

        text.AppendLine().AppendLine("  alarms").AppendLine("    " + string.Join(", ", Alarms.CountBy(static one => one.Kind)
            .OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} {one.Value}")));
        text.AppendLine().AppendLine("  detected                               alarm             affected  alarmed    median   longest");
        foreach (StormDetection one in Detections)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"    {one.What,-36} {one.Kind,-16}  {one.Affected,8}  {one.Alarmed,7}  {Span(one.Median),8}  {Span(one.Longest),8}");
        }

        text.AppendLine().AppendLine("  roll-out");
        foreach ((DateTimeOffset at, RolloutStep step) in Storm.Steps)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"    {at:HH:mm:ss}  {step.Kind}  {step.Next.Rings[step.Next.Ring].Name}  {step.Next.Refused} of {step.Next.Seen} good terminals refused");
        }

        text.AppendLine().AppendLine("  refusals by reason").AppendLine("    "
            + string.Join(", ", Storm.Tally.Reasons.Select(static one => $"{one.Key} {one.Value}")));
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  false blocks: {Storm.Tally.FalseBlocks} evidence of {Storm.Tally.FalselyBlocked} terminals that nobody attacked; {Storm.Tally.RefusedAttacked} attacked ones refused");
        return text.ToString().TrimEnd();
    }

    /// <summary>When the battery of a phone passed the bound that its notice asks about: 45 degrees, or 50 for one that is hot.</summary>
    private static DateTimeOffset WarmSince(StormDay day, StormTerminal terminal)
    {
        (double bound, double peak) = terminal.IsHot ? (50, 52.0) : (45, 47.5);
        DateTimeOffset time = day.Noon - TimeSpan.FromHours(2.5);
        while (day.Temperature(time, peak) <= bound)
        {
            time += TimeSpan.FromSeconds(15);
        }

        return time;
    }

    private static string Span(TimeSpan? time) => time is { } span
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}") : "-";
}
