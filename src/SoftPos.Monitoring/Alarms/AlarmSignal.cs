using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>Something holds, or holds no more, of an originator.</summary>
/// <param name="Originator">Who or what it is about.</param>
/// <param name="Kind">What is the matter; a kind of <see cref="AlarmKinds"/>.</param>
public sealed record AlarmSignal(string Originator, string Kind)
{
    /// <summary>It holds no more.</summary>
    public bool IsOver { get; init; }

    /// <summary>How grave.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>Code in the reason catalogue.</summary>
    public string Reason { get; init; } = ReasonCodes.Internal;

    /// <summary>In one sentence.</summary>
    public string Summary { get; init; } = string.Empty;

    /// <summary>By what it is told whether the same thing is seen again.</summary>
    public string Cause { get; init; } = string.Empty;

    /// <summary>What it rests on.</summary>
    public IReadOnlyList<AlarmEvidence> Evidence { get; init; } = [];

    /// <summary>Originator of a terminal.</summary>
    public static string Terminal(string id) => AlarmRecord.OfTerminal + id;
}

/// <summary>Kinds of alarms.</summary>
public static class AlarmKinds
{
    /// <summary>A terminal does not report.</summary>
    public const string Silence = "silence";

    /// <summary>Its evidence is refused or limited.</summary>
    public const string Attestation = "attestation";

    /// <summary>A phone was refused at its enrolment.</summary>
    public const string Enrolment = "enrolment";

    /// <summary>It is suspended.</summary>
    public const string Suspension = "suspension";

    /// <summary>Its phone is in bad health.</summary>
    public const string Health = "health";

    /// <summary>Messages of it are replayed.</summary>
    public const string Replay = "replay";

    /// <summary>Too many, too high, or too many refused payments.</summary>
    public const string Velocity = "velocity";

    /// <summary>Many terminals of one merchant are enrolled at once.</summary>
    public const string EnrolmentBurst = "enrolment-burst";

    /// <summary>A payment's key serial number came twice or was wrong.</summary>
    public const string KeySerial = "key-serial";

    /// <summary>A reversal or another message to the acquirer needs a person.</summary>
    public const string Parked = "parked";

    /// <summary>The list of revoked attestation keys is old.</summary>
    public const string StatusList = "status-list";

    /// <summary>A key ends soon or has ended.</summary>
    public const string KeyDue = "key-due";

    /// <summary>Many newly refused terminals have something in common.</summary>
    public const string WhatChanged = "what-changed";

    /// <summary>A rule of the policy about terminals of a kind.</summary>
    public const string FleetTrend = "fleet-trend";

    /// <summary>The monitor was away.</summary>
    public const string Outage = "outage";

    /// <summary>Many terminals fell silent together.</summary>
    public const string MassSilence = "mass-silence";

    /// <summary>A roll-out of policy was halted because it refuses good terminals.</summary>
    public const string Rollout = "policy-rollout";

    /// <summary>A receiver of alarms does not take them.</summary>
    public const string Delivery = "delivery";
}
