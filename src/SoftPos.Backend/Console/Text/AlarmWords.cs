using System.Text.Json.Nodes;
using MudBlazor;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;
using Severity = SoftPos.Contract.Severity;

namespace SoftPos.Backend.Console.Text;

/// <summary>Alarms for people.</summary>
internal static class AlarmWords
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        [AlarmKinds.Silence] = "Terminal is silent",
        [AlarmKinds.Attestation] = "Evidence refused or limited",
        [AlarmKinds.Enrolment] = "Phone refused at its enrolment",
        [AlarmKinds.Suspension] = "Terminal suspended",
        [AlarmKinds.Health] = "Phone in bad health",
        [AlarmKinds.Replay] = "Message replayed",
        [AlarmKinds.Velocity] = "Unusual payments",
        [AlarmKinds.EnrolmentBurst] = "Many enrolments at once",
        [AlarmKinds.KeySerial] = "Key serial number refused",
        [AlarmKinds.Parked] = "Payment needs a person",
        [AlarmKinds.StatusList] = "Revocation list is old",
        [AlarmKinds.KeyDue] = "Key ends soon",
        [AlarmKinds.WhatChanged] = "What changed?",
        [AlarmKinds.FleetTrend] = "A kind of phone in trouble",
        [AlarmKinds.Outage] = "Monitor was away",
        [AlarmKinds.MassSilence] = "Many terminals silent at once",
        [AlarmKinds.Rollout] = "Policy roll-out halted",
        [AlarmKinds.Delivery] = "Alarms are not taken",
    };

    /// <summary>A kind in words.</summary>
    public static string Kind(string kind) => Kinds.GetValueOrDefault(kind, EntryWords.Name(kind));

    /// <summary>An originator, its identity cut to what tells it from others.</summary>
    public static string Originator(string originator)
    {
        int colon = originator.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? originator : originator[(colon + 1)..];
        string what = EntryWords.Name(colon < 0 ? originator : originator[..colon]);
        return colon < 0 ? what : Guid.TryParse(name, out Guid _) ? $"{what} {name[..8]}…{name[^4..]}" : $"{what} {name}";
    }

    /// <summary>The tone of a state.</summary>
    public static Tone Of(AlarmState state) => state switch
    {
        AlarmState.Raised => new("bad", Icons.Material.Filled.NotificationsActive, "Raised"),
        AlarmState.Acknowledged => new("warn", Icons.Material.Filled.Handyman, "Acknowledged"),
        _ => new("good", Icons.Material.Filled.CheckCircle, "Resolved"),
    };
}

/// <summary>One step of an alarm's life.</summary>
/// <param name="Entry">Index in the journal.</param>
/// <param name="Time">When.</param>
/// <param name="Tone">What happened.</param>
/// <param name="By">Who did it.</param>
/// <param name="Note">Why.</param>
internal sealed record AlarmLife(long Entry, DateTimeOffset Time, Tone Tone, string By, string? Note)
{
    public static IReadOnlyList<AlarmLife> Of(List<JournalEntry> entries) =>
    [
        .. entries.Select(static entry =>
        {
            JsonObject? content = entry.Content is { } bytes ? JsonNode.Parse(bytes) as JsonObject : null;
            string? assignee = entry.Kind is "alarm.acknowledged" or "alarm.assigned" ? content?["assignee"]?.ToString() : null;
            string? note = content?["note"]?.ToString();
            return new AlarmLife(
                entry.Index, entry.Time, EntryWords.Of(entry.Kind), content?["by"]?.ToString() ?? "unknown",
                assignee is null ? note : $"{note} (looked after by {assignee})");
        }),
    ];
}
