using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Terminal.Android;

/// <summary>
/// Compiles both Android projects against the public signatures of .NET for Android, with all analyzers and every warning an error. It shows
/// that what they call exists and is there from the lowest Android version on, and nothing about behaviour: nothing runs, no package is built.
/// The signatures are kept outside this project (<c>SOFTPOS_ANDROID_API</c>, or beside it); without them the test skips and says so.
/// </summary>
[Trait("Pace", "slow")]
public sealed class CompileCheckTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    [Fact]
    public async Task Both_android_projects_compile_without_a_warning()
    {
        string? signatures = Find();
        Assert.SkipWhen(signatures is null, "no Android signatures: set SOFTPOS_ANDROID_API or place them at ../shared/android-api");
        string reference = await ReferenceAsync(signatures!);
        string project = Path.Combine(AndroidTree.Root, AndroidTree.App, "Merchant.Android.csproj");
        (int code, string output) = await RunAsync(
            "dotnet", "build", project, "-c", "Release", "-m:1", "--nologo", "-v", "quiet", "-nodeReuse:false", $"-p:AndroidReference={reference}", "-p:NuGetAudit=false",
            "-p:UseSharedCompilation=false");
        Assert.True(code == 0 && !output.Contains(": warning ", StringComparison.OrdinalIgnoreCase), output.Length > 8000 ? output[..8000] : output);
        string built = Path.Combine(AndroidTree.Root, "artifacts/android-check/bin/Merchant.Android/Release/net10.0/SoftPos.Merchant.Android.dll");
        Assert.True(File.Exists(built), "the build said that it was good and left nothing");
    }

    private static string? Find()
    {
        string? configured = Environment.GetEnvironmentVariable("SOFTPOS_ANDROID_API");
        string folder = string.IsNullOrEmpty(configured) ? Path.Combine(AndroidTree.Root, "../shared/android-api") : configured;
        return File.Exists(Path.Combine(folder, "build-reference.sh")) ? Path.GetFullPath(folder) : null;
    }

    /// <summary>The reference assembly of these signatures, made once.</summary>
    private static async Task<string> ReferenceAsync(string signatures)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(signatures, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(signatures, file)));
            hash.AppendData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }

        string folder = Path.Combine(AndroidTree.Root, "artifacts/android-reference", Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
        if (!File.Exists(Path.Combine(folder, "Mono.Android.dll")))
        {
            (int code, string output) = await RunAsync("bash", Path.Combine(signatures, "build-reference.sh"), folder);
            Assert.True(code == 0, output);
        }

        return folder;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AndroidTree.Root };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(Patience);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync(end.Token), errors = process.StandardError.ReadToEndAsync(end.Token);
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
