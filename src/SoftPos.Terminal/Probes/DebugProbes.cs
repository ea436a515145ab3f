using System.Globalization;

namespace SoftPos.Terminal;

/// <summary>Debuggers, and doors for them.</summary>
internal static class DebugProbes
{
    private const string Tracer = "TracerPid:";

    private static readonly int[] AdbPorts = [5555];

    public static IEnumerable<IProbe> Of(IPhoneSystem phone) =>
    [
        new SystemProbe("debug.tracer", () => Traced(phone)),
        new SystemProbe("debug.debugger", () => Sight.Of(phone.HasDebugger, "attached")),
        new SystemProbe("debug.debuggable", () => Sight.Of(phone.Own?.IsDebuggable, "flag")),
        new SystemProbe("debug.developer-options", () => Setting(phone, "development_settings_enabled")),
        new SystemProbe("debug.adb", () => Setting(phone, "adb_enabled")),
        new SystemProbe("debug.wireless-adb", () => Wireless(phone)),
    ];

    private static Sight Traced(IPhoneSystem phone)
    {
        string? line = phone.ReadText("/proc/self/status")?.Split('\n').FirstOrDefault(static line => line.StartsWith(Tracer, StringComparison.Ordinal));
        return line is null || !int.TryParse(line.AsSpan(Tracer.Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int pid)
            ? Sight.Unavailable
            : Sight.Of(pid == 0 ? null : "tracer");
    }

    private static Sight Setting(IPhoneSystem phone, string name) =>
        Sight.Of(phone.GlobalSetting(name) is { } value ? value != 0 : null, "on");

    private static Sight Wireless(IPhoneSystem phone)
    {
        Sight setting = Setting(phone, "adb_wifi_enabled");
        bool listens = AdbPorts.Any(port => phone.Listens(port) == true);
        bool hasPort = phone.Property("service.adb.tcp.port") is { Length: > 0 } text && text is not ("0" or "-1");
        return listens || hasPort ? Sight.Found("port") : setting;
    }
}
