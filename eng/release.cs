#!/usr/bin/env dotnet
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// What a release needs beside the code. From the root:
//   dotnet run eng/release.cs -- sbom FILE           CycloneDX list of every package that ships, with hash and licence
//   dotnet run eng/release.cs -- reproducible [ROOM] builds twice in two folders and compares every byte; all rooms unless one is named
//   dotnet run eng/release.cs -- evidence            what is missing before this commit may be released; ends with 1 if anything is
//   dotnet run eng/release.cs -- sign FOLDER --key PEM    SHA256SUMS of a folder, and its signature (ECDSA over P-256, DER)
//   dotnet run eng/release.cs -- verify FOLDER --key PEM  checks both
// --root FOLDER works on another copy of the project.
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

string[] mayShip = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MS-PL", "0BSD"];
List<string> words = [.. args];
string root = Path.GetFullPath(Option("--root") ?? Environment.CurrentDirectory);
string? keyFile = Option("--key");
try
{
    return words switch
    {
        ["sbom", string file] => WriteSbom(file),
        ["reproducible"] => CompareBuilds([]),
        ["reproducible", string room] => CompareBuilds([room]),
        ["evidence"] => Weigh(),
        ["sign", string folder] when keyFile is not null => Sign(folder, keyFile),
        ["verify", string folder] when keyFile is not null => Verify(folder, keyFile),
        _ => Fail("usage: sbom FILE | reproducible [ROOM] | evidence | sign FOLDER --key PEM | verify FOLDER --key PEM  [--root FOLDER]", 2),
    };
}
catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
{
    return Fail(fault.Message, 2);
}

string? Option(string name)
{
    int at = words.IndexOf(name);
    if (at < 0 || at + 1 == words.Count)
    {
        return null;
    }

    string value = words[at + 1];
    words.RemoveRange(at, 2);
    return value;
}

// ---- parts list

int WriteSbom(string file)
{
    JsonObject sbom = Sbom(out List<string> faults);
    File.WriteAllText(file, sbom.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    Console.Out.WriteLine($"{sbom["components"]!.AsArray().Count} components in {file}");
    return faults.Count == 0 ? 0 : Fail(string.Join('\n', faults), 1);
}

JsonObject Sbom(out List<string> faults)
{
    faults = [];
    SortedDictionary<string, (JsonObject Package, bool Ships)> packages = new(StringComparer.OrdinalIgnoreCase);
    SortedDictionary<string, SortedSet<string>> dependencies = new(StringComparer.Ordinal);
    foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "src"), "packages.lock.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    {
        JsonObject locked = JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!.AsObject();
        foreach ((string name, JsonNode? node) in locked.SelectMany(static framework => framework.Value!.AsObject()))
        {
            JsonObject entry = node!.AsObject();
            if (entry["contentHash"] is null)
            {
                continue;
            }

            // What only builds the code (analyzers) is named by the projects as private and does not ship.
            packages[name] = (entry, !name.Contains("Analyzers", StringComparison.Ordinal));
        }
    }

    JsonArray components = [];
    foreach ((string name, (JsonObject entry, bool ships)) in packages)
    {
        string version = entry["resolved"]!.GetValue<string>();
        string reference = Reference(name, version);
        string? licence = LicenceOf(name, version);
        if (ships && (licence is null || !licence.Split(" OR ").Any(mayShip.Contains)))
        {
            faults.Add($"{name} {version}: licence {licence ?? "unknown"} is not among those that may ship");
        }

        components.Add((JsonNode)new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = reference,
            ["name"] = name,
            ["version"] = version,
            ["scope"] = ships ? "required" : "excluded",
            ["hashes"] = new JsonArray(new JsonObject
            {
                ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(entry["contentHash"]!.GetValue<string>())),
            }),
            ["licenses"] = licence is null ? [] : new JsonArray(new JsonObject { ["expression"] = licence }),
            ["purl"] = reference,
        });
        dependencies[reference] = new SortedSet<string>(
            (entry["dependencies"]?.AsObject() ?? []).Where(one => packages.ContainsKey(one.Key))
                .Select(one => Reference(one.Key, packages[one.Key].Package["resolved"]!.GetValue<string>())),
            StringComparer.Ordinal);
    }

    string own = XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").First().Value;
    return new JsonObject
    {
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["version"] = 1,
        ["metadata"] = new JsonObject
        {
            ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = $"pkg:generic/opensoftpos@{own}", ["name"] = "OpenSoftPOS", ["version"] = own },
        },
        ["components"] = components,
        ["dependencies"] = new JsonArray([.. dependencies.Select(static one => (JsonNode)new JsonObject
        {
            ["ref"] = one.Key, ["dependsOn"] = new JsonArray([.. one.Value.Select(static to => (JsonNode)to)]),
        })]),
    };
}

static string Reference(string name, string version) => $"pkg:nuget/{name}@{version}";

// The package's own words, or the heading of the text that it brings; null when neither says it.
static string? LicenceOf(string name, string version)
{
    string folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    string lower = name.ToLowerInvariant();
    string file = Path.Combine(folder, lower, version, $"{lower}.nuspec");
    XElement? licence = File.Exists(file) ? XDocument.Load(file).Descendants().FirstOrDefault(static e => e.Name.LocalName == "license") : null;
    if (licence?.Attribute("type")?.Value == "file")
    {
        string text = File.ReadAllText(Path.Combine(folder, lower, version, licence.Value.Trim().Replace('\\', '/')))[..200];
        return text.Contains("Apache License", StringComparison.Ordinal) && text.Contains("Version 2.0", StringComparison.Ordinal) ? "Apache-2.0" : null;
    }

    return licence?.Value.Trim();
}

// ---- the same bytes twice

int CompareBuilds(string[] rooms)
{
    string[] projects = rooms.Length == 0
        ? [.. Directory.EnumerateDirectories(Path.Combine(root, "src")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : rooms;
    string work = Directory.CreateTempSubdirectory("softpos-release-").FullName;
    try
    {
        Dictionary<string, string>[] builds = [Build(Path.Combine(work, "one")), Build(Path.Combine(work, "another-folder"))];
        string[] names = [.. builds[0].Keys.Union(builds[1].Keys).Order(StringComparer.Ordinal)];
        string[] different = [.. names.Where(name => builds[0].GetValueOrDefault(name) != builds[1].GetValueOrDefault(name))];
        Console.Out.WriteLine($"{names.Length - different.Length} of {names.Length} files are the same in both builds");
        return names.Length > 0 && different.Length == 0 ? 0 : Fail($"different: {string.Join(", ", different)}", 1);
    }
    finally
    {
        Directory.Delete(work, recursive: true);
    }

    Dictionary<string, string> Build(string copy)
    {
        CopyTree(copy);
        foreach (string project in projects)
        {
            (int code, string output) = Run(
                copy, "dotnet", "build", $"src/{project}", "-c", "Release", "-v", "quiet", "--nologo", $"-p:PathMap={copy}/=/_/", "-p:ContinuousIntegrationBuild=true");
            if (code != 0)
            {
                throw new IOException($"{project} does not build:\n{output}");
            }
        }

        return Directory.EnumerateFiles(Path.Combine(copy, "src"), "SoftPos.*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(copy, "src"), "softpos.dll", SearchOption.AllDirectories))
            .Where(static path => path.Contains("/bin/Release/", StringComparison.Ordinal) && Path.GetExtension(path) is ".dll" or ".pdb" or ".xml")
            .ToDictionary(path => Path.GetRelativePath(copy, path), HashOf);
    }
}

// What git knows, as it stands in the folder, so that a test needs no commit.
void CopyTree(string copy)
{
    foreach (string name in Run(root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
    {
        string from = Path.Combine(root, name), to = Path.Combine(copy, name);
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
    }
}

// ---- evidence

int Weigh()
{
    List<string> missing = [];
    string head = Run(root, "git", "rev-parse", "HEAD").Output.Trim();
    Need(head.Length == 40 && Run(root, "git", "status", "--porcelain").Output.Length == 0, "the tree has changes that are in no commit");
    string results = Path.Combine(root, "artifacts", "results");
    string tested = File.Exists(Path.Combine(results, "commit")) ? File.ReadAllText(Path.Combine(results, "commit")).Trim() : "none";
    Need(tested == head, $"./test has not run on this commit (it ran on {tested})");
    foreach (string project in Directory.EnumerateDirectories(Path.Combine(root, "tests")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
    {
        string file = Path.Combine(results, $"{project}.xml");
        XElement[] assemblies = File.Exists(file) ? [.. XDocument.Load(file).Descendants("assembly")] : [];
        Need(assemblies.Length > 0, $"{project} has no results");
        Need(assemblies.All(static one => Count(one, "failed") + Count(one, "errors") == 0), $"{project} has failures");
        int skipped = assemblies.Sum(static one => Count(one, "skipped"));
        Need(skipped == 0, $"{project} skipped {skipped} tests");
    }

    foreach ((string document, string sign, string[] faults, string why) in ((string, string, string[], string)[])
    [
        ("docs/security/threat-model.md", "##", [], "the threat model"),
        ("docs/conformance/mutations.md", "| red |", ["| **green** |", "| not tried"], "the table of protections taken out (dotnet run eng/mutate.cs)"),
        ("docs/conformance/report.md", " 0 failed", [], "the conformance report"),
        ("CHANGELOG.md", "##", [], "the list of changes"),
        ("SECURITY.md", "Reporting", [], "the way to report a weakness"),
    ])
    {
        string path = Path.Combine(root, document);
        string text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        bool isGood = text.Contains(sign, StringComparison.Ordinal) && !faults.Any(fault => text.Contains(fault, StringComparison.Ordinal));
        Need(isGood, $"{why} is not there or shows a failure: {document}");
    }

    Sbom(out List<string> licences);
    missing.AddRange(licences);
    (int audited, string audit) = Run(root, "dotnet", "list", "OpenSoftPos.slnx", "package", "--vulnerable", "--include-transitive", "--format", "json");
    Need(audited == 0 && !audit.Contains("\"advisoryurl\"", StringComparison.OrdinalIgnoreCase), "the audit of packages found a known weakness, or could not be made");
    Console.Out.WriteLine(missing.Count == 0 ? $"{head} has its evidence" : $"{missing.Count} things are missing:\n- {string.Join("\n- ", missing)}");
    return missing.Count == 0 ? 0 : 1;

    void Need(bool holds, string what)
    {
        if (!holds)
        {
            missing.Add(what);
        }
    }

    static int Count(XElement assembly, string name) => int.TryParse(assembly.Attribute(name)?.Value, out int count) ? count : 0;
}

// ---- signatures

int Sign(string folder, string key)
{
    byte[] sums = SumsOf(folder);
    using ECDsa signer = ECDsa.Create();
    signer.ImportFromPem(File.ReadAllText(key));
    File.WriteAllBytes(Path.Combine(folder, "SHA256SUMS"), sums);
    File.WriteAllBytes(Path.Combine(folder, "SHA256SUMS.sig"), signer.SignData(sums, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    Console.Out.WriteLine($"signed {sums.Count(static octet => octet == '\n')} files");
    return 0;
}

int Verify(string folder, string key)
{
    byte[] sums = File.ReadAllBytes(Path.Combine(folder, "SHA256SUMS"));
    using ECDsa signer = ECDsa.Create();
    signer.ImportFromPem(File.ReadAllText(key));
    bool signed = signer.VerifyData(
        sums, File.ReadAllBytes(Path.Combine(folder, "SHA256SUMS.sig")), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    return !signed ? Fail("SHA256SUMS is not signed by that key", 1)
        : !SumsOf(folder).AsSpan().SequenceEqual(sums) ? Fail("the files are not those of SHA256SUMS", 1)
        : Done("signature and files are right");
}

static byte[] SumsOf(string folder) => Encoding.UTF8.GetBytes(string.Concat(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
    .Where(static path => !Path.GetFileName(path).StartsWith("SHA256SUMS", StringComparison.Ordinal))
    .Order(StringComparer.Ordinal).Select(path => $"{HashOf(path)}  {Path.GetRelativePath(folder, path)}\n")));

static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

static int Done(string message)
{
    Console.Out.WriteLine(message);
    return 0;
}

static int Fail(string message, int code)
{
    Console.Error.WriteLine(message);
    return code;
}

static (int Code, string Output) Run(string folder, string program, params string[] arguments)
{
    ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
    using Process process = Process.Start(start)!;
    process.ErrorDataReceived += static (_, _) => { };
    process.BeginErrorReadLine();
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output);
}
