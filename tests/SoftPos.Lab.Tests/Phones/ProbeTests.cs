using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.Tests.Phones;

/// <summary>The SDK's own probes over forged phones: what each sees, what it leaves alone, and what it admits not to know.</summary>
public sealed class ProbeTests : IDisposable
{
    private static readonly byte[] Foreign = SHA256.HashData("a foreign signer"u8);

    private readonly RandomNumberGenerator _randomness = RandomNumberGenerator.Create();

    /// <summary>A probe, and a phone on which it must see something.</summary>
    public static TheoryData<string, string, ForgedFacts> Signs
    {
        get
        {
            TheoryData<string, string, ForgedFacts> signs = [];
            void Add(string probe, string what, ForgedFacts facts) => signs.Add(probe, what, facts);
            void Maps(string probe, string line) => Add(probe, line, new ForgedFacts { Lines = Line("/proc/self/maps", line) });
            void App(string probe, string package) => Add(probe, package, new ForgedFacts { Apps = [new ForgedApp { Package = package }] });
            void Set(string probe, string name, string value) => Add(probe, name, new ForgedFacts { Properties = Line(name, value) });
            Add("root.su-binary", "su in a local folder", new ForgedFacts { Files = ["/data/local/xbin/su"] });
            Add("root.su-binary", "KernelSU's daemon", new ForgedFacts { Files = ["/data/adb/ksud"] });
            App("root.manager-package", "me.weishu.kernelsu");
            App("root.manager-package", "me.bmax.apatch");
            Add("root.mount", "KernelSU", new ForgedFacts { Lines = Line("/proc/self/mountinfo", "60 21 0:60 / /system ro - overlay KSU ro") });
            Add("root.mount", "modules", new ForgedFacts { Lines = Line("/proc/self/mountinfo", "61 21 0:61 / /x ro - overlay o ro,lowerdir=/data/adb/modules/a") });
            Set("root.properties", "ro.debuggable", "1");
            Set("root.properties", "ro.build.type", "userdebug");
            Set("root.selinux", "ro.boot.selinux", "permissive");
            Add("root.selinux", "kernel says so", new ForgedFacts { Lines = Line("/sys/fs/selinux/enforce", "0") });
            Add("root.writable-system", "root file system", new ForgedFacts { Lines = Line("/proc/self/mounts", "/dev/root / ext4 rw,seclabel 0 0") });
            Add("root.read-paths", "one way is bent", new ForgedFacts { HiddenFiles = ["/data/adb/modules"] });
            Set("boot.properties", "ro.boot.veritymode", "disabled");
            Add("debug.tracer", "pid 1", new ForgedFacts { Tracer = 1 });
            Add("debug.debugger", "runtime", new ForgedFacts { Debugger = true });
            Add("debug.debuggable", "flag", new ForgedFacts { Debuggable = true });
            Add("debug.developer-options", "on", new ForgedFacts { Settings = new Dictionary<string, long> { ["development_settings_enabled"] = 1 } });
            Add("debug.adb", "on", new ForgedFacts { Settings = new Dictionary<string, long> { ["adb_enabled"] = 1 } });
            Add("debug.wireless-adb", "port", new ForgedFacts { Ports = [5555] });
            Set("debug.wireless-adb", "service.adb.tcp.port", "5555");
            Set("virtual.emulator", "ro.kernel.qemu", "1");
            Set("virtual.emulator", "ro.build.fingerprint", "google/sdk_gphone64_arm64/emu64a:16/x/1:user/release-keys");
            Add("virtual.emulator", "device node", new ForgedFacts { Files = ["/dev/qemu_pipe"] });
            Maps("virtual.container", "76000000-76001000 r-xp 00000000 fd:05 7 /data/app/host/lib/arm64/libva++.so");
            Add("virtual.cloud", "container host", new ForgedFacts { Lines = Line("/proc/1/cgroup", "1:name=systemd:/docker/abc") });
            Set("virtual.cloud", "ro.boot.redroid_width", "720");
            Add("hook.frida", "port", new ForgedFacts { Ports = [27042] });
            Add("hook.frida", "thread", new ForgedFacts { Threads = ["gum-js-loop"] });
            Add("hook.frida", "file", new ForgedFacts { Files = ["/data/local/tmp/frida-server"] });
            App("hook.xposed", "org.lsposed.manager");
            Maps("hook.xposed", "77000000-77001000 r-xp 00000000 fd:05 8 /data/misc/riru/libriru.so");
            Add("hook.inline", "own function", new ForgedFacts { PatchedFunctions = ["softpos_seal"] });
            Maps("hook.anonymous-code", "78000000-78001000 rwxp 00000000 00:00 0");
            Maps("hook.anonymous-code", "79000000-79001000 r-xp 00000000 00:01 12 /memfd:x (deleted)");
            Add("hook.canary", "decoy", new ForgedFacts { PatchedFunctions = ["softpos_root_ok"] });
            Add("repack.digest", "library", new ForgedFacts { ChangedFiles = ["libsoftpos.so"] });
            Add("repack.splits", "part", new ForgedFacts { ExtraParts = ["split_gadget"] });
            App("malware.known", "com.chelpus.luckypatcher");
            App("malware.remote-control", "com.carriez.flutter_hbb");
            Add("malware.remote-control", "VNC", new ForgedFacts { Ports = [5900] });
            Add("accessibility.service", "one", new ForgedFacts { AccessibilityServices = ["org.example.reader"] });
            Add("screen.capture", "mirror", new ForgedFacts { ForeignDisplays = 1 });
            Add("input.keyboard", "unknown", new ForgedFacts { Keyboard = "org.example.keys" });
            Add("clone.restored", "another phone", new ForgedFacts { Identity = "another phone" });
            Add("nfc.unavailable", "none", new ForgedFacts { Reader = null });
            return signs;
        }
    }

    [Theory]
    [MemberData(nameof(Signs))]
    [Requirement("ATT-20")]
    [Requirement("SWP-01")]
    public void A_probe_sees_its_sign_and_the_others_of_its_kind_stay_quiet(string probe, string what, ForgedFacts facts)
    {
        Dictionary<string, Measurement> seen = Run(facts);
        Assert.True(seen[probe].Result == MeasurementResult.Found, $"{probe} does not see: {what}");
        Assert.NotEmpty(seen[probe].Detail);
        string group = probe.Split('.')[0];
        Assert.DoesNotContain(seen.Values, other => other.Result == MeasurementResult.Found && other.Probe.Split('.')[0] != group);
    }

    [Fact]
    [Requirement("ATT-20")]
    public void On_a_phone_in_good_order_every_probe_is_clean() =>
        Assert.All(Run(new ForgedFacts()).Values, measurement => Assert.Equal(MeasurementResult.Clean, measurement.Result));

    private static ForgedApp Bubbles =>
        new() { Package = "com.example.bubbles", Installer = "com.android.vending", Permissions = ["SYSTEM_ALERT_WINDOW", "READ_SMS"] };

    public static TheoryData<string, ForgedFacts> Oddities => new()
    {
        { "a keyboard of the system", new ForgedFacts { Keyboard = "com.maker.keys", Apps = [new ForgedApp { Package = "com.maker.keys", IsSystem = true }] } },
        { "an app of the store that may draw over others", new ForgedFacts { Apps = [Bubbles] } },
        { "a side-loaded app with one risky permission", new ForgedFacts { Apps = [new ForgedApp { Package = "org.example.one", Permissions = ["READ_SMS"] }] } },
        { "a writable data partition", new ForgedFacts { Lines = Line("/proc/self/mounts", "/dev/block/dm-9 /data/media f2fs rw 0 0") } },
        { "a phone with three sensors", new ForgedFacts { Sensors = 3 } },
        { "test keys of a maker", new ForgedFacts { Properties = Line("ro.build.tags", "test-keys") } },
        { "a rebooted phone", new ForgedFacts { Boots = 900 } },
        { "a busy phone", new ForgedFacts { WatchdogSilenceSeconds = 2 } },
        { "a web server on the phone", new ForgedFacts { Ports = [8080] } },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    [Requirement("ATT-20", Partly = true)]
    public void What_is_odd_and_honest_is_left_alone(string what, ForgedFacts facts) =>
        Assert.True(
            Run(facts).Values.All(measurement => measurement.Result == MeasurementResult.Clean),
            $"{what}: {string.Join(", ", Run(facts).Values.Where(measurement => measurement.Result != MeasurementResult.Clean))}");

    [Theory]
    [InlineData("/proc/self/mountinfo", "root.mount")]
    [InlineData("/proc/self/mounts", "root.writable-system")]
    [InlineData("/proc/self/status", "debug.tracer")]
    [InlineData("/proc/self/maps", "hook.frida", "hook.xposed", "hook.anonymous-code", "virtual.container")]
    [Requirement("ATT-18", Partly = true)]
    public void What_cannot_be_read_is_not_clean(string path, params string[] probes)
    {
        Dictionary<string, Measurement> seen = Run(new ForgedFacts { Unreadable = [path] });
        Assert.All(probes, probe => Assert.Equal(MeasurementResult.Unavailable, seen[probe].Result));
    }

    [Fact]
    [Requirement("SWP-01", Partly = true)]
    public void Another_signer_than_the_releases_is_seen() =>
        Assert.Equal(MeasurementResult.Found, Run(new ForgedFacts(), Foreign)["repack.signer"].Result);

    [Fact]
    public void The_sdk_has_every_probe_that_the_policy_may_name() =>
        Assert.Equal(ProbeClaims.Probes.Order(StringComparer.Ordinal), Run(new ForgedFacts()).Keys.Order(StringComparer.Ordinal));

    [Fact]
    [Requirement("ATT-20")]
    public void The_page_tells_what_each_lab_phone_shows_to_which_probe()
    {
        string page = Page();
        string path = ProjectTree.PathOf("docs", "reference", "probes.md");
        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, $"docs/reference/probes.md should be:\n{page}");
    }

    public void Dispose() => _randomness.Dispose();

    private static Dictionary<string, Measurement> Run(ForgedFacts facts, byte[]? signer = null) =>
        PhoneProbes.Of(new ForgedSystem(facts, signer ?? LabApp.SignerDigest.ToArray()), ForgedSystem.Release)
            .Select(static probe => probe.Run())
            .ToDictionary(static measurement => measurement.Probe, StringComparer.Ordinal);

    private string Page()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        LabAttestationAuthority authority = new();
        Dictionary<string, List<string>> phones = ProbeClaims.Probes.ToDictionary(static probe => probe, static _ => new List<string>(), StringComparer.Ordinal);
        foreach (LabPhoneDescription description in LabPhoneDescription.All)
        {
            foreach (Measurement found in new LabPhone(description, authority, clock, _randomness).Measurements
                .Where(static measurement => measurement.Result == MeasurementResult.Found))
            {
                phones[found.Probe].Add(description.Name);
            }
        }

        StringBuilder page = new();
        page.Append("""
            # Probes

            What the SDK looks for on a phone, and which phones of the lab show it. Each line comes from the SDK's own probe over the forged system of
            the lab phone; a test makes this page and holds it. What a finding leads to is the policy's: a probe judges nothing. On a real phone the
            platform layer answers the same questions.

            | probe | looks for | more signs in tests | lab phones |
            |---|---|---|---|

            """);
        foreach (string probe in ProbeClaims.Probes)
        {
            int signs = Signs.Count(row => row.Data.Item1 == probe);
            string looksFor = ClaimCatalogue.Find("measure." + probe)!.Description.Split(": ", 2)[^1];
            page.Append(CultureInfo.InvariantCulture, $"| {probe} | {looksFor} | {signs} | {(phones[probe].Count == 0 ? "-" : string.Join(", ", phones[probe]))} |\n");
        }

        return page.ToString();
    }

    private static Dictionary<string, string> Line(string name, string value) => new() { [name] = value };
}
