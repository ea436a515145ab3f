namespace SoftPos.Terminal;

/// <summary>Root, and a boot chain that somebody else holds.</summary>
internal static class RootProbes
{
    private static readonly string[] Paths =
        [.. Indicators.RootFolders.SelectMany(static folder => Indicators.RootNames.Select(name => folder + name)), .. Indicators.RootTraces];

    private static readonly ReadWay[] Ways = Enum.GetValues<ReadWay>();

    private static readonly (string Name, string Bad)[] Properties =
    [
        ("ro.debuggable", "1"), ("ro.secure", "0"), ("ro.adb.secure", "0"), ("service.adb.root", "1"), ("ro.build.type", "userdebug"),
        ("ro.build.type", "eng"), ("init.svc.su_daemon", "running"), ("init.svc.magisk_pfs", "running"),
    ];

    private static readonly (string Name, string Bad)[] Boot =
    [
        ("ro.boot.verifiedbootstate", "orange"), ("ro.boot.verifiedbootstate", "red"), ("ro.boot.flash.locked", "0"),
        ("ro.boot.vbmeta.device_state", "unlocked"), ("ro.boot.veritymode", "disabled"), ("ro.boot.veritymode", "logging"),
    ];

    public static IEnumerable<IProbe> Of(IPhoneSystem phone) =>
    [
        new SystemProbe("root.su-binary", () => Sight.Of(Array.Find(Paths, path => Ways.Any(way => phone.Look(path, way) == FileSight.Present)))),
        new SystemProbe("root.manager-package", () => Sight.Of(Array.Find(Indicators.RootManagers, name => phone.FindApp(name) is not null))),
        new SystemProbe("root.mount", () => Mounts(phone)),
        new SystemProbe("root.properties", () => Any(phone, Properties)),
        new SystemProbe("root.selinux", () => SeLinux(phone)),
        new SystemProbe("root.writable-system", () => Writable(phone)),
        new SystemProbe("root.read-paths", () => Sight.Of(Array.Find(Paths, path => Ways.Select(way => phone.Look(path, way)).Distinct().Count() > 1))),
        new SystemProbe("boot.properties", () => Any(phone, Boot)),
    ];

    private static Sight Mounts(IPhoneSystem phone) => phone.ReadText("/proc/self/mountinfo") is { } text
        ? Sight.Of(Array.Find(Indicators.RootMounts, mark => text.Contains(mark, StringComparison.Ordinal))?.Trim())
        : Sight.Unavailable;

    private static Sight SeLinux(IPhoneSystem phone)
    {
        // Since Android 8 the file is often unreadable; then the property has to do.
        string? enforce = phone.ReadText("/sys/fs/selinux/enforce")?.Trim();
        return enforce is not null ? Sight.Of(enforce == "0" ? "permissive" : null) : Any(phone, [("ro.boot.selinux", "permissive")]);
    }

    private static Sight Writable(IPhoneSystem phone)
    {
        if (phone.ReadText("/proc/self/mounts") is not { } text)
        {
            return Sight.Unavailable;
        }

        foreach (string line in text.Split('\n'))
        {
            string[] parts = line.Split(' ');
            if (parts.Length > 3 && Indicators.SystemMounts.Contains(parts[1]) && parts[3].Split(',').Contains("rw"))
            {
                return Sight.Found(parts[1]);
            }
        }

        return Sight.Clean;
    }

    /// <summary>Unavailable only when the system refuses every one: single properties are often hidden.</summary>
    private static Sight Any(IPhoneSystem phone, (string Name, string Bad)[] properties)
    {
        bool isAnswered = false;
        foreach ((string name, string bad) in properties)
        {
            string? value = phone.Property(name);
            isAnswered |= value is not null;
            if (value == bad)
            {
                return Sight.Found($"{name}={bad}");
            }
        }

        return isAnswered ? Sight.Clean : Sight.Unavailable;
    }
}
