namespace SoftPos.Terminal;

/// <summary>Machines that are no phones, and phones that are in a machine room.</summary>
internal static class VirtualProbes
{
    /// <summary>A real phone has a dozen; three is the poorest phone on sale.</summary>
    private const int FewestSensors = 3;

    public static IEnumerable<IProbe> Of(IPhoneSystem phone, AppRelease release) =>
    [
        new SystemProbe("virtual.emulator", () => Emulator(phone)),
        new SystemProbe("virtual.container", () => Container(phone, release)),
        new SystemProbe("virtual.cloud", () => Cloud(phone)),
    ];

    private static Sight Emulator(IPhoneSystem phone)
    {
        if (phone.Property("ro.kernel.qemu") == "1" || phone.Property("ro.boot.qemu") == "1")
        {
            return Sight.Found("qemu");
        }

        string? hardware = phone.Property("ro.hardware"), print = phone.Property("ro.build.fingerprint");
        if (Array.Find(Indicators.VirtualHardware, name => hardware == name) is { } known)
        {
            return Sight.Found(known);
        }

        if (print is not null && Array.Find(Indicators.VirtualFingerprints, mark => print.Contains(mark, StringComparison.Ordinal)) is { } found)
        {
            return Sight.Found(found);
        }

        string? file = Array.Find(Indicators.VirtualFiles, path => phone.Look(path, ReadWay.SystemCall) == FileSight.Present);
        return file is not null ? Sight.Found(file) : hardware is null && print is null ? Sight.Unavailable : Sight.Clean;
    }

    private static Sight Container(IPhoneSystem phone, AppRelease release)
    {
        if (phone.Own?.DataFolder is not { } folder || phone.ReadText("/proc/self/maps") is not { } maps)
        {
            return Sight.Unavailable;
        }

        // A data folder is /data/user/N/PACKAGE or /data/data/PACKAGE; below another package it is a container's.
        string[] parts = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        bool isOwn = parts is ["data", "data", var plain] && plain == release.Package
            || (parts is ["data", "user", _, var ofUser] && ofUser == release.Package);
        return isOwn
            ? Sight.Of(Array.Find(Indicators.ContainerMaps, mark => maps.Contains(mark, StringComparison.Ordinal)))
            : Sight.Found("host app");
    }

    private static Sight Cloud(IPhoneSystem phone)
    {
        string? groups = phone.ReadText("/proc/1/cgroup");
        if (groups is not null && (groups.Contains("docker", StringComparison.Ordinal) || groups.Contains("lxc", StringComparison.Ordinal)))
        {
            return Sight.Found("container host");
        }

        if (phone.Property("ro.boot.redroid_width") is { Length: > 0 })
        {
            return Sight.Found("redroid");
        }

        return phone.Sensors is not { } sensors ? Sight.Unavailable
            : Sight.Of(sensors.Count < FewestSensors || sensors.Virtual == sensors.Count ? "no sensors" : null);
    }
}
