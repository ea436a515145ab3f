using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>What an entry of the journal says of alarms. Pure; what needs several entries is in <see cref="AlarmWindows"/>.</summary>
internal static class AlarmRules
{
    private const string HealthRules = "health.";

    /// <summary>Signals of an entry, none for most.</summary>
    public static IEnumerable<AlarmSignal> Of(JournalEntry entry)
    {
        if (entry.Content is not { } bytes)
        {
            return [];
        }

        return entry.Kind switch
        {
            "evidence.appraised" => OfAppraisal(entry, Read(bytes)),
            "terminal.silent" => OfSilence(entry, Read(bytes)),
            "terminal.refused" => [OfEnrolment(entry, Read(bytes))],
            "terminal.key-revoked" =>
                [OfFindings(entry, AlarmKinds.Attestation, FindingsOf(entry, Read(bytes)), "its attestation key was revoked")],
            "terminal.suspended" => [OfSuspension(entry, Read(bytes))],
            "terminal.restored" => [Over(entry, AlarmKinds.Suspension), Over(entry, AlarmKinds.Attestation)],
            "terminal.retired" => Retired(entry),
            "evidence.refused" => OfRefusal(entry, Read(bytes)),
            "payment.refused" => OfPaymentRefusal(entry, Read(bytes)),
            "revocation.stale" => [OfStatusList(entry, Read(bytes))],
            "revocation.updated" => [new AlarmSignal("status-list", AlarmKinds.StatusList) { IsOver = true }],
            "watch.outage" => [OfOutage(entry, Read(bytes))],
            "policy.rollout-halted" => OfRolloutHalt(entry, Read(bytes)),
            "policy.rollout-started" or "policy.rollout-resumed" or "policy.activated" =>
                [new AlarmSignal("policy", AlarmKinds.Rollout) { IsOver = true }],
            "watch.mass-silence" => [OfMassSilence(entry, Read(bytes))],
            "payment.reversed" or "payment.voided" or "payment.completed" or "payment.adjusted" =>
                [new AlarmSignal("payment:" + entry.Subject, AlarmKinds.Parked) { IsOver = true }],
            _ when entry.Kind.StartsWith("payment.", StringComparison.Ordinal)
                && entry.Kind.EndsWith("-parked", StringComparison.Ordinal) => [OfParked(entry)],
            _ when entry.Kind.StartsWith("payment.", StringComparison.Ordinal)
                && entry.Kind.EndsWith("-resumed", StringComparison.Ordinal) =>
                [new AlarmSignal("payment:" + entry.Subject, AlarmKinds.Parked) { IsOver = true }],
            _ => [],
        };
    }

    /// <summary>Whether a finding is about the phone's health rather than its trust.</summary>
    public static bool IsHealth(string rule) => rule.StartsWith(HealthRules, StringComparison.Ordinal);

    public static JsonObject Read(byte[] content) => JsonNode.Parse(content)!.AsObject();

    /// <summary>One evidence of the entry itself.</summary>
    public static AlarmEvidence Plain(JournalEntry entry, string? value, string? detail = null) =>
        new() { At = entry.Time, What = entry.Kind, Value = value, Detail = detail, Entry = entry.Index };

    private static IEnumerable<AlarmSignal> OfAppraisal(JournalEntry entry, JsonObject content)
    {
        yield return Over(entry, AlarmKinds.Silence);
        List<(AlarmEvidence Evidence, FindingResponse Response, Severity Severity)> findings = FindingsOf(entry, content);
        var health = findings.Where(one => IsHealth(one.Evidence.What) && one.Response >= FindingResponse.Notice).ToList();
        yield return health.Count > 0
            ? OfFindings(entry, AlarmKinds.Health, health, "its phone is in bad health") : Over(entry, AlarmKinds.Health);

        // What is only noticed is for the merchant; an alarm is for what takes or limits trust, and for what does so on a day to come.
        var trust = findings.Where(static one => !IsHealth(one.Evidence.What)
            && (one.Response >= FindingResponse.Limit || one.Evidence.Deadline is not null)).ToList();
        yield return trust.Count > 0
            ? OfFindings(entry, AlarmKinds.Attestation, trust, $"its evidence is {Text(content, "verdict").ToLowerInvariant()}")
            : Over(entry, AlarmKinds.Attestation);
    }

    private static IEnumerable<AlarmSignal> OfSilence(JournalEntry entry, JsonObject content)
    {
        // One alarm says it for all where many fell silent together.
        if (content["mass"]?.GetValue<bool>() is true)
        {
            return [];
        }

        return
        [
            new AlarmSignal(AlarmSignal.Terminal(entry.Subject), AlarmKinds.Silence)
            {
                Severity = Severity.Warning,
                Reason = ReasonCodes.TerminalSilent,
                Summary = $"it has not reported since {Text(content, "lastAttempt")}, and is not trusted until it does",
                Evidence = [Plain(entry, Text(content, "due"), "deadline that passed")],
            },
        ];
    }

    private static AlarmSignal OfEnrolment(JournalEntry entry, JsonObject content) =>
        OfFindings(entry, AlarmKinds.Enrolment, FindingsOf(entry, content), $"a {Text(content, "model")} was refused at its enrolment");

    private static AlarmSignal OfSuspension(JournalEntry entry, JsonObject content) =>
        new(AlarmSignal.Terminal(entry.Subject), AlarmKinds.Suspension)
    {
        Severity = Severity.Critical,
        Reason = Text(content, "reason"),
        Summary = $"it is suspended by {Text(content, "by")}, and a person must look at it",
        Cause = Text(content, "reason"),
        Evidence = [Plain(entry, Text(content, "reason"))],
    };

    private static IEnumerable<AlarmSignal> OfRefusal(JournalEntry entry, JsonObject content) =>
        Text(content, "cause") is "nonce.used" or "nonce.other-session"
        ?
        [
            new AlarmSignal(AlarmSignal.Terminal(entry.Subject), AlarmKinds.Replay)
            {
                Severity = Severity.Serious,
                Reason = Text(content, "reason"),
                Summary = "a message that its key signed came again, or in another session",
                Cause = Text(content, "cause"),
                Evidence = [Plain(entry, Text(content, "cause"))],
            },
        ]
        : [];

    private static IEnumerable<AlarmSignal> OfPaymentRefusal(JournalEntry entry, JsonObject content)
    {
        string reason = Text(content, "reason");
        string terminal = AlarmSignal.Terminal(Text(content, "terminal"));
        return reason switch
        {
            ReasonCodes.KsnRefused =>
            [
                new AlarmSignal(terminal, AlarmKinds.KeySerial)
                {
                    Severity = Severity.Serious, Reason = reason,
                    Summary = "a payment carried a key serial number that was used before, or is not its own",
                    Evidence = [Plain(entry, Text(content, "detail"))],
                },
            ],
            "VELOCITY_EXCEEDED" =>
            [
                new AlarmSignal(terminal, AlarmKinds.Velocity)
                {
                    Severity = Severity.Serious, Reason = reason, Summary = "it takes more, or higher, payments than its limit allows",
                    Cause = reason,
                    Evidence = [Plain(entry, Text(content, "detail"))],
                },
            ],
            _ => [],
        };
    }

    private static AlarmSignal OfStatusList(JournalEntry entry, JsonObject content) => new("status-list", AlarmKinds.StatusList)
    {
        Severity = Severity.Serious,
        Reason = "REVOCATION_UNCHECKED",
        Summary = $"the list of revoked attestation keys is {content["ageHours"]?.ToString() ?? "unknown"} hours old: {Text(content, "failure")}",
        Evidence = [Plain(entry, content["ageHours"]?.ToString(), Text(content, "failure"))],
    };

    private static AlarmSignal OfOutage(JournalEntry entry, JsonObject content) => new("monitor", AlarmKinds.Outage)
    {
        Severity = Severity.Serious,
        Reason = ReasonCodes.Internal,
        Summary = $"the monitor was away for {Text(content, "seconds")} seconds; no terminal is taken for silent before {Text(content, "deadlinesFrom")}",
        Evidence = [Plain(entry, Text(content, "from"), "away from then on")],
    };

    private static AlarmSignal OfMassSilence(JournalEntry entry, JsonObject content) => new("fleet", AlarmKinds.MassSilence)
    {
        Severity = Severity.Critical,
        Reason = ReasonCodes.TerminalSilent,
        Summary = $"{Text(content, "silent")} of {Text(content, "expected")} terminals fell silent together: look at the way to us before looking at them",
        Evidence = [Plain(entry, Text(content, "silent"))],
    };

    private static IEnumerable<AlarmSignal> OfRolloutHalt(JournalEntry entry, JsonObject content) =>
        Text(content, "by") != AlarmDecider.Monitor
        ? []
        :
        [
            new AlarmSignal("policy", AlarmKinds.Rollout)
            {
                Severity = Severity.Critical,
                Reason = ReasonCodes.FleetDegraded,
                Summary = $"roll-out of policy version {Text(content, "version")} halted in ring {Text(content, "ring")}: {Text(content, "note")}; "
                    + "all terminals are back under the version before",
                Cause = Text(content, "rollout"),
                Evidence = [Plain(entry, $"{Text(content, "refused")} of {Text(content, "seen")}", Text(content, "note"))],
            },
        ];

    private static AlarmSignal OfParked(JournalEntry entry) => new("payment:" + entry.Subject, AlarmKinds.Parked)
    {
        Severity = Severity.Critical,
        Reason = ReasonCodes.UnknownBeingReversed,
        Summary = "the acquirer does not take a message about this payment; a person must settle it",
        Cause = entry.Kind,
        Evidence = [Plain(entry, null)],
    };

    private static IEnumerable<AlarmSignal> Retired(JournalEntry entry) =>
    [
        Over(entry, AlarmKinds.Silence), Over(entry, AlarmKinds.Attestation), Over(entry, AlarmKinds.Health),
        Over(entry, AlarmKinds.Suspension),
        Over(entry, AlarmKinds.Enrolment), Over(entry, AlarmKinds.KeyDue),
    ];

    private static AlarmSignal OfFindings(
        JournalEntry entry, string kind, List<(AlarmEvidence Evidence, FindingResponse Response, Severity Severity)> findings, string what)
    {
        (AlarmEvidence worst, _, Severity severity) = findings.OrderByDescending(static one => one.Response).ThenByDescending(static one =>
            one.Severity)
            .FirstOrDefault((Plain(entry, null), FindingResponse.Deny, Severity.Serious));
        return new AlarmSignal(AlarmSignal.Terminal(entry.Subject), kind)
        {
            Severity = findings.Count == 0 ? severity : findings.Max(static one => one.Severity),
            Reason = worst.Reason ?? ReasonCodes.AttestationDenied,
            Summary = $"{what}: {string.Join(", ", findings.Select(static one => one.Evidence.What).Distinct().Take(5))}",
            Cause = string.Join(',', findings.Select(static one => one.Evidence.What).Distinct().Order(StringComparer.Ordinal)),
            Evidence = [.. findings.Select(static one => one.Evidence)],
        };
    }

    private static List<(AlarmEvidence Evidence, FindingResponse Response, Severity Severity)> FindingsOf(JournalEntry entry,
        JsonObject content) =>
    [
        .. (content["findings"] as JsonArray ?? []).OfType<JsonObject>().Select(finding => (
            new AlarmEvidence
            {
                At = entry.Time,
                What = Text(finding, "rule"),
                Value = finding["value"] is { } value ? $"{Text(finding, "claim")} is {value}" : Text(finding, "claim"),
                Detail = finding["detail"]?.ToString(),
                Reason = Text(finding, "reason"),
                Deadline = finding["deadline"]?.GetValue<DateTimeOffset>(),
                Entry = entry.Index,
            },
            Enum.TryParse(Text(finding, "response"), out FindingResponse response) ? response : FindingResponse.Report,
            Enum.TryParse(Text(finding, "severity"), out Severity severity) ? severity : Severity.Warning)),
    ];

    private static AlarmSignal Over(JournalEntry entry, string kind) => new(AlarmSignal.Terminal(entry.Subject), kind) { IsOver = true };

    public static string Text(JsonObject content, string name) =>
        content[name] is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty : string.Empty;
}
