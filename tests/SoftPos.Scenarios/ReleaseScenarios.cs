using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>What goes out beside the code: the same bytes from two builds, the list of parts, signatures, and a gate that is shut without evidence.</summary>
public sealed class ReleaseScenarios
{
    private static readonly string[] Projects = ["SoftPos.One.Tests", "SoftPos.Two.Tests"];

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("PRC-02")]
    public async Task Two_builds_in_two_folders_give_the_same_bytes()
    {
        // The whole of it takes minutes: dotnet run eng/release.cs -- reproducible
        (int code, string output) = await RunAsync(ProjectTree.PathOf(), "reproducible", "SoftPos.Iso7816");
        Assert.True(code == 0, output);
        Assert.Matches("^([1-9][0-9]*) of \\1 files are the same", output);
    }

    [Fact]
    [Requirement("PRC-02")]
    public async Task The_list_of_parts_names_every_locked_package_with_its_hash_and_licence()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("softpos-sbom-");
        try
        {
            string file = Path.Combine(folder.FullName, "sbom.json");
            (int code, string output) = await RunAsync(ProjectTree.PathOf(), "sbom", file);
            Assert.True(code == 0, output);
            JsonObject sbom = JsonNode.Parse(await File.ReadAllTextAsync(file, Test))!.AsObject();
            Assert.Equal(("CycloneDX", "1.6"), (sbom["bomFormat"]!.GetValue<string>(), sbom["specVersion"]!.GetValue<string>()));
            Dictionary<string, JsonObject> parts = sbom["components"]!.AsArray().ToDictionary(
                static part => $"{part!["name"]} {part["version"]}", static part => part!.AsObject(), StringComparer.OrdinalIgnoreCase);
            Assert.All(parts.Values, static part =>
            {
                Assert.Equal(128, part["hashes"]![0]!["content"]!.GetValue<string>().Length);
                Assert.NotEmpty(part["licenses"]!.AsArray());
            });
            string locked = await File.ReadAllTextAsync(ProjectTree.PathOf("src", "SoftPos.Cli", "packages.lock.json"), Test);
            foreach ((string name, JsonNode? package) in JsonNode.Parse(locked)!["dependencies"]!["net10.0"]!.AsObject())
            {
                Assert.True(package!["contentHash"] is null || parts.ContainsKey($"{name} {package["resolved"]}"), $"{name} is not in the list");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    [Requirement("PRC-02")]
    public async Task A_signed_folder_verifies_and_any_change_of_it_does_not()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("softpos-signed-");
        try
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            string secret = Path.Combine(folder.FullName, "key.pem"), known = Path.Combine(folder.FullName, "public.pem");
            await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem(), Test);
            await File.WriteAllTextAsync(known, key.ExportSubjectPublicKeyInfoPem(), Test);
            string shipped = folder.CreateSubdirectory("out").FullName, part = Path.Combine(shipped, "part.nupkg");
            await File.WriteAllBytesAsync(part, [1, 2, 3], Test);
            Assert.Equal(0, (await RunAsync(shipped, "sign", shipped, "--key", secret)).Code);
            Assert.Equal(0, (await RunAsync(shipped, "verify", shipped, "--key", known)).Code);

            // Signed with the platform's own tools as well, so that nobody needs ours to check.
            using Process openssl = Process.Start(new ProcessStartInfo(
                "openssl", ["dgst", "-sha256", "-verify", known, "-signature", Path.Combine(shipped, "SHA256SUMS.sig"), Path.Combine(shipped, "SHA256SUMS")])
                { RedirectStandardOutput = true })!;
            await openssl.WaitForExitAsync(Test);
            Assert.Equal(0, openssl.ExitCode);

            await File.WriteAllBytesAsync(part, [1, 2, 4], Test);
            Assert.Contains("not those of SHA256SUMS", (await RunAsync(shipped, "verify", shipped, "--key", known)).Output, StringComparison.Ordinal);
            await File.WriteAllBytesAsync(part, [1, 2, 3], Test);
            await File.AppendAllTextAsync(Path.Combine(shipped, "SHA256SUMS"), "\n", Test);
            Assert.Contains("not signed", (await RunAsync(shipped, "verify", shipped, "--key", known)).Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    [Requirement("PRC-01")]
    public async Task Without_its_evidence_a_commit_is_not_released_and_each_missing_part_is_named()
    {
        string tree = Directory.CreateTempSubdirectory("softpos-evidence-").FullName;
        try
        {
            await WriteAsync(tree, "Directory.Build.props", "<Project><PropertyGroup><Version>1.0.0</Version></PropertyGroup></Project>");
            await WriteAsync(tree, "OpenSoftPos.slnx", "<Solution />");
            Directory.CreateDirectory(Path.Combine(tree, "src"));
            foreach (string project in Projects)
            {
                await WriteAsync(tree, $"tests/{project}/Tests.cs", "// a test");
            }

            await WriteAsync(tree, ".gitignore", "artifacts/\n");
            await WriteAsync(tree, "docs/security/threat-model.md", "## Threats");
            await WriteAsync(tree, "docs/conformance/report.md", "1 row, 0 failed");
            await WriteAsync(tree, "docs/conformance/mutations.md", "| one | red |");
            await WriteAsync(tree, "CHANGELOG.md", "## 1.0.0");
            await WriteAsync(tree, "SECURITY.md", "## Reporting");
            string head = await CommitAsync(tree);
            (int code, string output) = await RunAsync(ProjectTree.PathOf(), "evidence", "--root", tree);
            Assert.Equal(1, code);
            Assert.Contains("./test has not run on this commit", output, StringComparison.Ordinal);
            Assert.Contains("SoftPos.Two.Tests has no results", output, StringComparison.Ordinal);

            await WriteAsync(tree, "artifacts/results/commit", head);
            await WriteAsync(tree, "artifacts/results/SoftPos.One.Tests.xml", """<assemblies><assembly failed="0" errors="0" skipped="0" /></assemblies>""");
            await WriteAsync(tree, "artifacts/results/SoftPos.Two.Tests.xml", """<assemblies><assembly failed="0" errors="0" skipped="0" /></assemblies>""");
            (code, output) = await RunAsync(ProjectTree.PathOf(), "evidence", "--root", tree);
            Assert.True(code == 0, output);

            await WriteAsync(tree, "artifacts/results/SoftPos.Two.Tests.xml", """<assemblies><assembly failed="1" errors="0" skipped="2" /></assemblies>""");
            await WriteAsync(tree, "docs/security/threat-model.md", "nothing");
            (code, output) = await RunAsync(ProjectTree.PathOf(), "evidence", "--root", tree);
            Assert.Equal(1, code);
            foreach (string missing in (string[])["in no commit", "SoftPos.Two.Tests has failures", "skipped 2 tests", "the threat model"])
            {
                Assert.Contains(missing, output, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }

    private static async Task WriteAsync(string tree, string name, string text)
    {
        string path = Path.Combine(tree, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, Test);
    }

    private static async Task<string> CommitAsync(string tree)
    {
        await ProgramAsync(tree, "git", "init", "--quiet");
        await ProgramAsync(tree, "git", "add", "--all");
        await ProgramAsync(tree, "git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "--message", "A tree");
        return (await ProgramAsync(tree, "git", "rev-parse", "HEAD")).Output;
    }

    private static Task<(int Code, string Output)> RunAsync(string folder, params string[] arguments) =>
        ProgramAsync(folder, "dotnet", ["run", ProjectTree.PathOf("eng", "release.cs"), "--", .. arguments]);

    private static async Task<(int Code, string Output)> ProgramAsync(string folder, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Test), error = process.StandardError.ReadToEndAsync(Test);
        await process.WaitForExitAsync(Test);
        return (process.ExitCode, await output + await error);
    }
}
