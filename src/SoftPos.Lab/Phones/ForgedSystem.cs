using System.Security.Cryptography;
using System.Text;
using SoftPos.Terminal;

namespace SoftPos.Lab.Phones;

/// <summary>The system of a good phone, with forged facts over it, behind the port that real phones answer.</summary>
internal sealed class ForgedSystem(ForgedFacts facts, byte[] signer) : IPhoneSystem
{
    private const string StoredIdentity = "this phone";
    private const long StoredBoots = 41;

    private static readonly string[] AppFiles = ["base.apk", "classes.dex", "libsoftpos.so"];
    private static readonly string[] Functions = ["open", "read", "recv", "ptrace", "softpos_seal"];
    private const string Decoy = "softpos_root_ok";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["/proc/self/maps"] = """
            12c00000-32c00000 rw-p 00000000 00:00 0 [anon:dalvik-main space]
            70a1f000-70c52000 r-xp 00000000 fd:05 1024 /apex/com.android.art/lib64/libart.so
            70d00000-70e00000 r-xp 00000000 fd:05 1031 /apex/com.android.runtime/lib64/bionic/libc.so
            71000000-73000000 r-xp 00000000 00:01 4711 /memfd:jit-cache (deleted)
            7ffd1000-7ffd2000 r-xp 00000000 00:00 0 [vdso]

            """,
        ["/proc/self/mountinfo"] = """
            21 1 253:5 / / ro,relatime master:1 - ext4 /dev/block/dm-5 ro,seclabel
            30 21 253:6 / /vendor ro,relatime master:9 - ext4 /dev/block/dm-6 ro,seclabel
            41 21 253:20 / /data rw,nosuid,nodev,noatime master:24 - f2fs /dev/block/dm-20 rw,seclabel

            """,
        ["/proc/self/mounts"] = """
            /dev/block/dm-5 / ext4 ro,seclabel,relatime 0 0
            /dev/block/dm-6 /vendor ext4 ro,seclabel,relatime 0 0
            /dev/block/dm-20 /data f2fs rw,seclabel,nosuid,nodev,noatime 0 0

            """,
        ["/proc/1/cgroup"] = "0::/\n",
    };

    private static readonly Dictionary<string, string> GoodProperties = new(StringComparer.Ordinal)
    {
        ["ro.debuggable"] = "0", ["ro.secure"] = "1", ["ro.adb.secure"] = "1", ["ro.build.type"] = "user", ["ro.build.tags"] = "release-keys",
        ["ro.boot.verifiedbootstate"] = "green", ["ro.boot.flash.locked"] = "1", ["ro.boot.vbmeta.device_state"] = "locked",
        ["ro.boot.veritymode"] = "enforcing", ["ro.boot.selinux"] = "enforcing", ["ro.hardware"] = "labone",
        ["ro.build.fingerprint"] = "lab/one/one:16/LAB1/1:user/release-keys",
    };

    /// <summary>What the lab's release of the app is made of.</summary>
    public static AppRelease Release { get; } = new(
        LabApp.Package, LabApp.SignerDigest.ToArray(), AppFiles.ToDictionary(static file => file, Digest), ["split_config.arm64_v8a", "split_config.en"]);

    public string? ReadText(string path)
    {
        if (facts.Unreadable.Contains(path))
        {
            return null;
        }

        string? text = path == "/proc/self/status" ? $"Name:\tsoftpos\nTracerPid:\t{facts.Tracer}\n" : Texts.GetValueOrDefault(path);
        return facts.Lines.TryGetValue(path, out string? line) ? text + line + "\n" : text;
    }

    public FileSight Look(string path, ReadWay way) => facts.Files.Contains(path) ? FileSight.Present
        : facts.HiddenFiles.Contains(path) && way == ReadWay.SystemCall ? FileSight.Denied
        : FileSight.Missing;

    public string? Property(string name) =>
        facts.Properties.GetValueOrDefault(name) ?? GoodProperties.GetValueOrDefault(name, string.Empty);

    public long? GlobalSetting(string name) => facts.Settings.GetValueOrDefault(name);

    public InstalledApp? FindApp(string package) => Apps.FirstOrDefault(app => app.Package == package);

    public IReadOnlyList<InstalledApp> Apps =>
    [
        new InstalledApp("com.android.settings", string.Empty, IsSystem: true, ["SYSTEM_ALERT_WINDOW"]),
        new InstalledApp("com.example.chat", "com.android.vending", IsSystem: false, ["SYSTEM_ALERT_WINDOW", "PROJECT_MEDIA"]),
        .. facts.Apps.Select(static app => new InstalledApp(app.Package, app.Installer, app.IsSystem, app.Permissions)),
    ];

    public OwnApp Own => new(
        signer,
        facts.Debuggable,
        facts.DataFolder,
        AppFiles.ToDictionary(static file => file, file => facts.ChangedFiles.Contains(file) ? Digest("changed " + file) : Digest(file)),
        ["split_config.arm64_v8a", .. facts.ExtraParts]);

    public IReadOnlyList<string> Threads => ["main", "FinalizerDaemon", "Jit thread pool", "softpos-watch", .. facts.Threads];

    public bool? Listens(int port) => facts.Ports.Contains(port);

    public bool? HasDebugger => facts.Debugger;

    public IReadOnlyList<CodeSight>? Code =>
        facts.CodeUnreadable ? null : [.. Functions.Select(name => Sight(name, false)), Sight(Decoy, true)];

    public IReadOnlyDictionary<string, string> MethodOrigins => new Dictionary<string, string>(facts.MovedMethods, StringComparer.Ordinal)
    {
        ["android.app.Activity.onResume"] = "/apex/com.android.art/javalib/arm64/boot.oat",
    };

    public IReadOnlyList<AssistiveApp> AccessibilityServices =>
        [.. facts.AccessibilityServices.Select(static name => new AssistiveApp(name, IsSystem: false))];

    public string Keyboard => facts.Keyboard;

    public ScreenSight Screen => new(facts.ForeignDisplays, facts.Recorded, facts.ObscuredTouches);

    public NetworkSight Network => new(facts.Vpn, facts.Proxy, facts.UserCertificates);

    public bool? HasMockLocation => facts.MockLocation;

    public SensorSight Sensors => new(facts.Sensors, 0);

    public BindingSight Binding => new(StoredIdentity, facts.Identity, StoredBoots, facts.Boots);

    public ReaderSight Reader => new(facts.Reader is not null, facts.Reader == true);

    public GuardSight Guards => new(facts.Tripwire, TimeSpan.FromSeconds(facts.WatchdogSilenceSeconds));

    private CodeSight Sight(string name, bool isDecoy)
    {
        byte[] onDisk = SHA256.HashData(Encoding.ASCII.GetBytes("code of " + name))[..16];
        byte[] inMemory = facts.PatchedFunctions.Contains(name) ? [0x50, 0, 0, 0x58, 0, 0x02, 0x1F, 0xD6, .. onDisk[8..]] : onDisk;
        return new CodeSight(name, inMemory, onDisk, isDecoy);
    }

    private static string Digest(string file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("lab release " + file)));
}
