using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SoftPos.Keys.Tests;

/// <summary>SoftHSM 2 with a token folder of this process alone; tests that need it skip, visibly, without it.</summary>
internal static partial class SoftHsm
{
    /// <summary>PKCS#11 is initialised once for a process, so tests over it take turns.</summary>
    public const string Collection = "token";

    private const string UserPin = "729113";

    private static readonly string[] Places =
    [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ];

    private static readonly Lazy<string> Configuration = new(Configure);
    private static int _tokens;

    /// <summary>Makes a fresh token.</summary>
    public static TokenOptions NewToken()
    {
        string? library = Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, "no SoftHSM 2: install softhsm2");
        string label = $"softpos-{Interlocked.Increment(ref _tokens)}";
        ProcessStartInfo start = new("softhsm2-util", ["--init-token", "--free", "--label", label, "--pin", UserPin, "--so-pin", "58204476"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["SOFTHSM2_CONF"] = Configuration.Value;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        return new TokenOptions { Library = library!, Token = label, UserPin = UserPin };
    }

    private static string Configure()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-softhsm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string path = Path.Combine(folder, "softhsm2.conf");
        Directory.CreateDirectory(Path.Combine(folder, "tokens"));
        File.WriteAllText(path, $"directories.tokendir = {Path.Combine(folder, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n");

        // The library reads the C environment, which Environment.SetEnvironmentVariable leaves alone; child processes get that one.
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", path);
        Assert.Equal(0, SetVariable("SOFTHSM2_CONF", path, 1));
        return path;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
