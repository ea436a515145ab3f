using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace SoftPos.Scenarios;

/// <summary>The packages that integrators take, packed from what was built with these tests.</summary>
public sealed class PackageScenarios
{
    private static readonly string[] Packages = ["SoftPos.Iso7816", "SoftPos.Cryptography", "SoftPos.Emv", "SoftPos.Contract", "SoftPos.Terminal"];

    [Fact]
    [Requirement("INT-01", Partly = true)]
    public async Task Packages_carry_their_readme_documentation_licence_and_symbols_and_need_only_each_other()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-packages-").FullName;
        HashSet<string> needed = [];
        foreach (string package in Packages)
        {
            string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            await RunAsync("pack", ProjectTree.PathOf("src", package), "--no-build", "-c", configuration, "-o", folder, "--nologo", "-v", "quiet");
            using ZipArchive main = ZipFile.OpenRead(Single(folder, $"{package}.?.*.nupkg"));
            string[] names = [.. main.Entries.Select(static entry => entry.FullName)];
            Assert.Contains("README.md", names);
            Assert.Contains($"lib/net10.0/{package}.dll", names);
            Assert.Contains($"lib/net10.0/{package}.xml", names);
            using ZipArchive symbols = ZipFile.OpenRead(Single(folder, $"{package}.?.*.snupkg"));
            Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{package}.pdb");
            XDocument manifest = XDocument.Load(main.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
            Assert.Equal("Apache-2.0", manifest.Descendants().Single(static node => node.Name.LocalName == "license").Value);
            needed.UnionWith(manifest.Descendants().Where(static node => node.Name.LocalName == "dependency").Select(static node => node.Attribute("id")!.Value));
        }

        // Nothing of the lab, of the back end or of an analyzer comes to an integrator.
        Assert.Empty(needed.Except([.. Packages, "BouncyCastle.Cryptography", "System.Formats.Cbor", "System.Security.Cryptography.Cose"]));
        Directory.Delete(folder, recursive: true);
    }

    private static string Single(string folder, string pattern) => Assert.Single(Directory.GetFiles(folder, pattern));

    private static async Task RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
    }
}
