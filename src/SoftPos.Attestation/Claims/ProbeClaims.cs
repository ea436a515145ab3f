using System.Collections.Frozen;
using SoftPos.Contract;

namespace SoftPos.Attestation.Claims;

/// <summary>Probes of the SDK and the claim that each makes: clean, found or unavailable.</summary>
public static class ProbeClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly FrozenDictionary<string, Claim> ByProbe = Define();

    /// <summary>In the order of definition.</summary>
    internal static IReadOnlyList<Claim> Catalogue => Defined;

    /// <summary>Identities of all probes that this release knows.</summary>
    public static IReadOnlyList<string> Probes { get; } = [.. Defined.Select(claim => claim.Name["measure.".Length..])];

    internal static FrozenSet<string> Names { get; } = Probes.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether this release knows the probe.</summary>
    public static bool IsKnown(string probe) => ByProbe.ContainsKey(probe);

    internal static void Fill(ClaimSet claims, IReadOnlyList<Measurement> measurements)
    {
        for (int i = 0; i < measurements.Count; i++)
        {
            Measurement measurement = measurements[i];
            if (ByProbe.TryGetValue(measurement.Probe, out Claim? claim))
            {
                claims.Set(claim, WordOf(measurement.Result));
            }
        }
    }

    /// <summary>Whether evidence reported the probe.</summary>
    internal static bool IsMeasured(ClaimSet claims, string probe) =>
        ByProbe.TryGetValue(probe, out Claim? claim) && claims[claim.Index].Kind is not ClaimKind.Missing;

    private static string WordOf(MeasurementResult result) => result switch
    {
        MeasurementResult.Clean => "clean",
        MeasurementResult.Found => "found",
        _ => "unavailable",
    };

    private static FrozenDictionary<string, Claim> Define()
    {
        Dictionary<string, Claim> probes = new(StringComparer.Ordinal);
        foreach ((string probe, string looksFor) in ((string, string)[])
        [
            ("root.su-binary", "a su binary or another root tool"),
            ("root.manager-package", "a root manager app"),
            ("root.mount", "mounts of a root framework"),
            ("root.properties", "system properties of a rooted system"),
            ("root.selinux", "SELinux is permissive"),
            ("root.writable-system", "a writable system partition"),
            ("root.read-paths", "three ways of reading the same file disagree"),
            ("boot.properties", "boot properties say unlocked or not verified"),
            ("debug.tracer", "a process traces this one"),
            ("debug.debugger", "a debugger is attached"),
            ("debug.debuggable", "the app is debuggable"),
            ("debug.developer-options", "developer options are on"),
            ("debug.adb", "USB debugging is on"),
            ("debug.wireless-adb", "wireless debugging is on"),
            ("virtual.emulator", "an emulator"),
            ("virtual.container", "an app container"),
            ("virtual.cloud", "a cloud phone"),
            ("hook.frida", "Frida"),
            ("hook.xposed", "Xposed or LSPosed"),
            ("hook.inline", "patched code in memory"),
            ("hook.anonymous-code", "executable memory of unknown origin"),
            ("hook.canary", "a decoy function was changed"),
            ("repack.signer", "the app has another signer than its release"),
            ("repack.digest", "files of the app differ from its release"),
            ("repack.splits", "a part of the app that its release does not have"),
            ("malware.known", "a known harmful app"),
            ("malware.remote-control", "a remote-control app"),
            ("malware.risky-permissions", "a side-loaded app with a risky combination of permissions"),
            ("accessibility.service", "an accessibility service that is no assistive tool"),
            ("screen.capture", "the screen is recorded or mirrored"),
            ("screen.overlay", "a window covers the screen"),
            ("input.keyboard", "an untrusted keyboard is selected"),
            ("network.proxy", "a proxy"),
            ("network.user-ca", "certificates that the user added"),
            ("network.vpn", "a VPN"),
            ("location.mock", "a mock location"),
            ("clone.restored", "data restored or copied from another phone"),
            ("nfc.unavailable", "the contactless reader is off or missing"),
            ("self.tripwire", "a tripwire of the SDK was touched"),
            ("self.watchdog", "a watchdog of the SDK did not run"),
        ])
        {
            probes[probe] = Claim.Define(Defined, "measure." + probe, ClaimKind.Text, $"clean, found or unavailable: {looksFor}");
        }

        return probes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
