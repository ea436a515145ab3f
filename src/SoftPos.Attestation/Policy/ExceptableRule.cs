using System.Collections.Frozen;
using SoftPos.Contract;

namespace SoftPos.Attestation.Policy;

/// <summary>
/// Which rules an exception may be granted from. What is named here is about age, settings and health of a phone; everything else could
/// hide a phone that is rooted or hooked, or a key that is not in its hardware, and nobody can grant an exception from that.
/// </summary>
public static class ExceptableRule
{
    private static readonly FrozenSet<string> Reasons = FrozenSet.ToFrozenSet(
    [
        "PATCH_LEVEL_OLD", "PATCH_LEVEL_UNKNOWN", "OS_VERSION_OLD", "OS_SUPPORT_ENDED", "MODEL_SUPPORT_ENDED", "UPGRADE_REQUIRED",
        "INSTALLER_UNKNOWN", "CLOCK_SKEW", "DEVELOPER_OPTIONS", "ACCESSIBILITY_RISK", "LOCATION_MOCKED", "PLATFORM_UNKNOWN",
        "BATTERY_HOT", "BATTERY_LOW", "BATTERY_WORN", "STORAGE_LOW", "NO_CONTACTLESS", "NFC_DEGRADED", "APP_UNSTABLE",
        "PLAY_UPDATES_OLD", "PLAY_UNLICENSED",
    ]);

    /// <summary>
    /// Words of claims and probes that speak of root, hooks, cloning or keys: a rule that asks about them is what it asks about, whatever
    /// reason it gives.
    /// </summary>
    private static readonly FrozenSet<string> Compromise = FrozenSet.ToFrozenSet(
    [
        "root", "hook", "self", "repack", "clone", "virtual", "boot", "malware", "tracer", "debugger", "debuggable", "rootOfTrust", "key",
        "chain", "challenge", "securityLevel", "contradiction", "nonceMatches", "terminalMatches", "sequenceStep", "orderCorrect",
        "chainCorrect", "signer", "signers", "package", "packageName", "bootKeyChanged", "attestationSuspended", "missingProbes",
        "brandsOnAttestationKey", "terminalsOnAttestationKey", "firstUse", "requestMatches", "deviceVerdicts", "appRecognition",
    ]);

    /// <summary>Why there can be no exception from a rule; null when there can be one.</summary>
    public static string? WhyNot(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (!Reasons.Contains(rule.Reason))
        {
            return $"findings of {rule.Id} ({rule.Reason}) can mean a rooted or hooked phone, a changed app or a key outside its hardware: "
                + "no exception is possible; act on the terminals instead (softpos fleet)";
        }

        return Words(rule.Describe()).FirstOrDefault(Compromise.Contains) is { } word
            ? $"{rule.Id} asks about '{word}', which can tell of a compromised phone or key: no exception is possible"
            : null;
    }

    private static IEnumerable<string> Words(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool letter = i < text.Length && char.IsAsciiLetter(text[i]);
            if (letter && start < 0)
            {
                start = i;
            }
            else if (!letter && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }
        }
    }
}
