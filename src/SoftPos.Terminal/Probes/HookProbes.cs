namespace SoftPos.Terminal;

/// <summary>Strangers in the process.</summary>
internal static class HookProbes
{
    /// <summary>ARM64 trampolines: LDR X16 or X17, then BR to it.</summary>
    private static readonly byte[][] Trampolines =
    [
        [0x50, 0x00, 0x00, 0x58, 0x00, 0x02, 0x1F, 0xD6],
        [0x51, 0x00, 0x00, 0x58, 0x20, 0x02, 0x1F, 0xD6],
    ];

    public static IEnumerable<IProbe> Of(IPhoneSystem phone) =>
    [
        new SystemProbe("hook.frida", () => Frida(phone)),
        new SystemProbe("hook.xposed", () => Xposed(phone)),
        new SystemProbe("hook.inline", () => Inline(phone)),
        new SystemProbe("hook.anonymous-code", () => Anonymous(phone)),
        new SystemProbe("hook.canary", () => Sight.Of(phone.Code?.Any(static code => code.IsDecoy && IsChanged(code)), "changed")),
    ];

    private static Sight Frida(IPhoneSystem phone)
    {
        string? maps = phone.ReadText("/proc/self/maps");
        if (maps is not null && Array.Exists(Indicators.FridaMaps, mark => maps.Contains(mark, StringComparison.Ordinal)))
        {
            return Sight.Found("agent in maps");
        }

        if (phone.Threads is { } threads && threads.Any(static name => Array.Exists(Indicators.FridaThreads, mark => name.StartsWith(mark, StringComparison.Ordinal))))
        {
            return Sight.Found("agent's thread");
        }

        if (Array.Exists(Indicators.FridaPorts, port => phone.Listens(port) == true))
        {
            return Sight.Found("port");
        }

        bool hasFile = Array.Exists(Indicators.FridaFiles, path => phone.Look(path, ReadWay.SystemCall) == FileSight.Present);
        return hasFile ? Sight.Found("file") : maps is null ? Sight.Unavailable : Sight.Clean;
    }

    private static Sight Xposed(IPhoneSystem phone)
    {
        if (Array.Find(Indicators.HookManagers, name => phone.FindApp(name) is not null) is { } manager)
        {
            return Sight.Found(manager);
        }

        string? maps = phone.ReadText("/proc/self/maps");
        if (maps is not null && Array.Find(Indicators.HookMaps, mark => maps.Contains(mark, StringComparison.Ordinal)) is { } library)
        {
            return Sight.Found(library);
        }

        // A method of the runtime that is implemented elsewhere than in the runtime was hooked.
        string? moved = phone.MethodOrigins?.FirstOrDefault(static origin => !origin.Value.StartsWith("/apex/", StringComparison.Ordinal)
            && !origin.Value.StartsWith("/system/", StringComparison.Ordinal)).Key;
        return moved is not null ? Sight.Found("method origin") : maps is null ? Sight.Unavailable : Sight.Clean;
    }

    private static Sight Inline(IPhoneSystem phone) => Sight.Of(
        phone.Code?.Any(static code => !code.IsDecoy && (IsChanged(code) || Array.Exists(Trampolines, jump => code.Prologue.AsSpan().StartsWith(jump)))),
        "function changed");

    private static bool IsChanged(CodeSight code) => !code.Prologue.AsSpan().SequenceEqual(code.OnDisk);

    private static Sight Anonymous(IPhoneSystem phone)
    {
        if (phone.ReadText("/proc/self/maps") is not { } maps)
        {
            return Sight.Unavailable;
        }

        int regions = 0;
        foreach (string line in maps.Split('\n'))
        {
            // address perms offset device inode path; the JIT compiler's own regions have names.
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            bool isExecutable = parts.Length >= 5 && parts[1].Contains('x');
            string path = parts.Length == 6 ? parts[5].Trim() : string.Empty;
            bool isKnown = path.StartsWith('/') && !path.StartsWith("/memfd:", StringComparison.Ordinal) && !path.EndsWith("(deleted)", StringComparison.Ordinal);
            bool isJit = path.Contains("jit-cache", StringComparison.Ordinal) || path.Contains("dalvik-jit", StringComparison.Ordinal) || path == "[vdso]";
            regions += isExecutable && !isKnown && !isJit ? 1 : 0;
        }

        return Sight.Of(regions == 0 ? null : $"{regions} regions");
    }
}
