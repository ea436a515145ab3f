using MudBlazor;

namespace SoftPos.Backend.Console.Text;

/// <summary>What the kinds of journal entries are called. A kind that is not known is shown by its own name.</summary>
internal static class EntryWords
{
    private static readonly Dictionary<string, Tone> Known = new(StringComparer.Ordinal)
    {
        ["terminal.enrolled"] = new("good", Icons.Material.Filled.AddModerator, "Terminal enrolled"),
        ["terminal.refused"] = new("bad", Icons.Material.Filled.GppBad, "Enrolment refused"),
        ["terminal.suspended"] = new("bad", Icons.Material.Filled.PauseCircle, "Terminal suspended"),
        ["terminal.resumed"] = new("good", Icons.Material.Filled.PlayCircle, "Terminal resumed"),
        ["terminal.retired"] = new("calm", Icons.Material.Outlined.Inventory2, "Terminal retired"),
        ["terminal.key-revoked"] = new("bad", Icons.Material.Filled.GppBad, "Attestation key revoked"),
        ["terminal.silent"] = new("warn", Icons.Material.Outlined.SensorsOff, "Terminal fell silent"),
        ["alarm.raised"] = new("bad", Icons.Material.Filled.NotificationsActive, "Alarm raised"),
        ["alarm.reopened"] = new("bad", Icons.Material.Filled.NotificationAdd, "Alarm came back"),
        ["alarm.worsened"] = new("bad", Icons.Material.Filled.TrendingUp, "Alarm is graver"),
        ["alarm.acknowledged"] = new("warn", Icons.Material.Filled.Handyman, "Alarm acknowledged"),
        ["alarm.assigned"] = new("warn", Icons.Material.Filled.AssignmentInd, "Alarm assigned"),
        ["alarm.resolved"] = new("good", Icons.Material.Filled.CheckCircle, "Alarm resolved"),
        ["watch.outage"] = new("odd", Icons.Material.Filled.PowerOff, "Monitor was away"),
        ["watch.mass-silence"] = new("bad", Icons.Material.Outlined.SensorsOff, "Many terminals fell silent"),
        ["policy.proposed"] = new("calm", Icons.Material.Outlined.Policy, "Policy proposed"),
        ["policy.approved"] = new("calm", Icons.Material.Outlined.Policy, "Policy approved"),
        ["policy.activated"] = new("good", Icons.Material.Filled.Policy, "Policy in force"),
        ["policy.rollout-started"] = new("calm", Icons.Material.Outlined.Policy, "Policy roll-out started"),
        ["policy.rollout-advanced"] = new("calm", Icons.Material.Outlined.Policy, "Policy roll-out reached the next ring"),
        ["policy.rollout-halted"] = new("bad", Icons.Material.Filled.Report, "Policy roll-out halted"),
        ["policy.rollout-resumed"] = new("warn", Icons.Material.Outlined.Replay, "Policy roll-out resumed"),
        ["policy.rollout-completed"] = new("good", Icons.Material.Filled.Policy, "Policy rolled out, in force"),
        ["policy.ring-pinned"] = new("calm", Icons.Material.Outlined.Tune, "Terminal put into a ring"),
        ["policy.ring-released"] = new("calm", Icons.Material.Outlined.Tune, "Terminal left to its own ring"),
        ["policy.exception-proposed"] = new("calm", Icons.Material.Outlined.Policy, "Exception proposed"),
        ["policy.exception-approved"] = new("warn", Icons.Material.Outlined.Policy, "Exception holds"),
        ["policy.exception-lifted"] = new("calm", Icons.Material.Outlined.Policy, "Exception taken back"),
        ["policy.exception-ended"] = new("calm", Icons.Material.Outlined.Policy, "Exception ended"),
        ["appeal.received"] = new("warn", Icons.Material.Filled.Gavel, "Merchant appealed"),
        ["appeal.closed"] = new("calm", Icons.Material.Outlined.Gavel, "Appeal answered"),
        ["revocation.updated"] = new("calm", Icons.Material.Outlined.PlaylistRemove, "Revocation list updated"),
        ["revocation.stale"] = new("warn", Icons.Material.Filled.HourglassDisabled, "Revocation list is stale"),
        ["evidence.appraised"] = new("calm", Icons.Material.Outlined.Policy, "Evidence appraised"),
        ["payment.received"] = new("calm", Icons.Material.Outlined.MoveToInbox, "Payment received"),
        ["payment.sent"] = new("calm", Icons.Material.Outlined.Upload, "Sent to the acquirer"),
        ["payment.approved"] = new("good", Icons.Material.Filled.CheckCircle, "Approved"),
        ["payment.declined"] = new("bad", Icons.Material.Filled.Cancel, "Declined"),
        ["payment.unknown"] = new("odd", Icons.Material.Filled.QuestionMark, "No definite answer"),
        ["payment.abandoned"] = new("warn", Icons.Material.Filled.DoNotDisturbOn, "Abandoned, nothing was sent"),
        ["payment.refused"] = new("bad", Icons.Material.Filled.Block, "Payment refused"),
        ["payment.conflict"] = new("warn", Icons.Material.Outlined.ContentCopy, "Same identity, other payment"),
        ["payment.reversal-sent"] = new("warn", Icons.Material.Filled.Undo, "Reversal sent"),
        ["payment.reversal-not-sent"] = new("warn", Icons.Material.Outlined.CloudOff, "Reversal could not be sent"),
        ["payment.reversal-refused"] = new("bad", Icons.Material.Outlined.Report, "Reversal refused"),
        ["payment.reversal-parked"] = new("bad", Icons.Material.Filled.Report, "Reversal parked, needs a person"),
        ["payment.reversal-resumed"] = new("warn", Icons.Material.Outlined.Replay, "Reversal resumed"),
        ["payment.reversed"] = new("good", Icons.Material.Filled.Undo, "Reversed"),
        ["payment.late-answer"] = new("warn", Icons.Material.Outlined.Schedule, "Answer came late"),
        ["payment.void-asked"] = new("calm", Icons.Material.Outlined.TouchApp, "Void asked"),
        ["payment.void-sent"] = new("calm", Icons.Material.Outlined.Upload, "Void sent"),
        ["payment.void-not-sent"] = new("warn", Icons.Material.Outlined.CloudOff, "Void could not be sent"),
        ["payment.void-refused"] = new("bad", Icons.Material.Outlined.Report, "Void refused"),
        ["payment.void-parked"] = new("bad", Icons.Material.Filled.Report, "Void parked, needs a person"),
        ["payment.void-resumed"] = new("warn", Icons.Material.Outlined.Replay, "Void resumed"),
        ["payment.completion-asked"] = new("calm", Icons.Material.Outlined.TouchApp, "Completion asked"),
        ["payment.completion-sent"] = new("calm", Icons.Material.Outlined.Upload, "Completion sent"),
        ["payment.completion-not-sent"] = new("warn", Icons.Material.Outlined.CloudOff, "Completion could not be sent"),
        ["payment.completion-refused"] = new("bad", Icons.Material.Outlined.Report, "Completion refused"),
        ["payment.completion-parked"] = new("bad", Icons.Material.Filled.Report, "Completion parked, needs a person"),
        ["payment.completion-resumed"] = new("warn", Icons.Material.Outlined.Replay, "Completion resumed"),
        ["payment.adjustment-asked"] = new("calm", Icons.Material.Outlined.TouchApp, "Adjustment asked"),
        ["payment.adjustment-sent"] = new("calm", Icons.Material.Outlined.Upload, "Adjustment sent"),
        ["payment.adjustment-not-sent"] = new("warn", Icons.Material.Outlined.CloudOff, "Adjustment could not be sent"),
        ["payment.adjustment-refused"] = new("bad", Icons.Material.Outlined.Report, "Adjustment refused"),
        ["payment.adjustment-parked"] = new("bad", Icons.Material.Filled.Report, "Adjustment parked, needs a person"),
        ["payment.adjustment-resumed"] = new("warn", Icons.Material.Outlined.Replay, "Adjustment resumed"),
        ["payment.voided"] = new("good", Icons.Material.Filled.Undo, "Voided"),
        ["payment.completed"] = new("good", Icons.Material.Filled.CheckCircle, "Completed"),
        ["payment.adjusted"] = new("good", Icons.Material.Filled.CheckCircle, "Adjusted"),
        ["payment.expired"] = new("warn", Icons.Material.Outlined.Schedule, "Hold ended, being let go"),
        ["payment.offline-received"] = new("odd", Icons.Material.Outlined.CloudOff, "Taken offline, forwarded"),
        ["payment.offline-held"] = new("bad", Icons.Material.Filled.Report, "Taken offline, held for review"),
        ["payment.offline-released"] = new("warn", Icons.Material.Outlined.Replay, "Let go to the bank by an operator"),
        ["payment.deferred"] = new("warn", Icons.Material.Outlined.CloudOff, "Acquirer not reached, tried again"),
        ["offline.gap"] = new("bad", Icons.Material.Filled.Report, "Offline sales are missing"),
        ["offline.record-missing"] = new("bad", Icons.Material.Filled.Report, "Offline sale is missing on the phone"),
        ["offline.record-invalid"] = new("bad", Icons.Material.Filled.Report, "Offline sale was changed on the phone"),
        ["offline.rolled-back"] = new("bad", Icons.Material.Filled.Report, "Phone tells of fewer offline sales than before"),
        ["offline.forked"] = new("bad", Icons.Material.Filled.Report, "Offline sale was made anew"),
        ["offline.duplicate"] = new("warn", Icons.Material.Outlined.ContentCopy, "Offline sale of an identity that is there"),
        ["offline.reopened"] = new("calm", Icons.Material.Outlined.Replay, "Offline sales permitted again"),
        ["merchant.offline-set"] = new("calm", Icons.Material.Outlined.Tune, "Terms for offline sales set"),
        ["payment.follow-up-refused"] = new("bad", Icons.Material.Filled.Block, "Change refused"),
        ["settlement.closed"] = new("good", Icons.Material.Outlined.AccountBalance, "Batch closed"),
        ["settlement.reconciled"] = new("calm", Icons.Material.Outlined.Balance, "Reconciled"),
        ["configuration.published"] = new("calm", Icons.Material.Outlined.Tune, "Reader configuration published"),
        ["key.generated"] = new("calm", Icons.Material.Outlined.VpnKey, "Key generated"),
        ["console.signed-in"] = new("calm", Icons.Material.Outlined.Login, "Signed in"),
        ["console.link-made"] = new("calm", Icons.Material.Outlined.Link, "Sign-in link made"),
        ["activation.code-made"] = new("calm", Icons.Material.Outlined.Pin, "Activation code made"),
        ["installation.created"] = new("calm", Icons.Material.Outlined.Foundation, "Installation created"),
    };

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["aid"] = "AID", ["maskedPan"] = "Number, masked", ["stan"] = "STAN (DE 11)", ["amountMinor"] = "Amount, minor units", ["nfcErrors"] = "NFC errors",
        ["retrievalReference"] = "Retrieval reference (DE 37)", ["responseCode"] = "Response code (DE 39)", ["sdkVersion"] = "SDK version",
        ["authorisationCode"] = "Authorisation code (DE 38)", ["acquirerTerminalId"] = "Acquirer's terminal (DE 41)", ["osVersion"] = "System version",
        ["token"] = "Result token identity", ["dataKeyId"] = "Account data key", ["pinKeyId"] = "PIN key",
    };

    public static Tone Of(string kind) =>
        Known.TryGetValue(kind, out Tone? known) ? known : new("calm", Icons.Material.Outlined.Circle, kind);

    /// <summary>Page of the entry's subject, or null.</summary>
    public static string? AddressOf(string kind, string subject)
    {
        if (subject.StartsWith("alarm-", StringComparison.Ordinal))
        {
            return "/alarms/" + subject["alarm-".Length..];
        }

        if (!Guid.TryParse(subject, out Guid _))
        {
            return null;
        }

        string area = Live.Kinds.AreaOf(kind);
        return area switch
        {
            "payment" => kind is "payment.refused" ? null : $"/payments/{subject}",
            "terminal" or "evidence" => $"/terminals/{subject}",
            _ => null,
        };
    }

    /// <summary><c>batteryTemperatureCelsius</c> becomes <c>Battery temperature celsius</c>.</summary>
    public static string Name(string key)
    {
        if (Names.TryGetValue(key, out string? known))
        {
            return known;
        }

        System.Text.StringBuilder words = new(key.Length + 8);
        foreach (char c in key)
        {
            if (words.Length == 0)
            {
                words.Append(char.ToUpperInvariant(c));
            }
            else if (char.IsAsciiLetterUpper(c))
            {
                words.Append(' ').Append(char.ToLowerInvariant(c));
            }
            else
            {
                words.Append(c is '-' or '_' ? ' ' : c);
            }
        }

        return words.ToString();
    }
}
