#!/usr/bin/env dotnet
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// The packages of integrators. From the root:
//   dotnet run eng/packages.cs -- surface       writes anew what SoftPos.Terminal and SoftPos.Contract show to the outside (PublicAPI.Unshipped.txt);
//                                               the difference is what a reviewer looks at
//   dotnet run eng/packages.cs -- pack FOLDER   packages with README and symbols, and the parts list (CycloneDX) beside them
using System.Diagnostics;
using System.Text.RegularExpressions;

string[] tracked = ["SoftPos.Contract", "SoftPos.Terminal"];
string[] packed = ["SoftPos.Iso7816", "SoftPos.Cryptography", "SoftPos.Emv", .. tracked];
return args switch
{
    ["surface"] => WriteSurface(),
    ["pack", string folder] => Pack(Path.GetFullPath(folder)),
    _ => Fail("usage: surface | pack FOLDER"),
};

int WriteSurface()
{
    foreach (string project in tracked)
    {
        string shipped = Path.Combine("src", project, "PublicAPI.Shipped.txt"), unshipped = Path.Combine("src", project, "PublicAPI.Unshipped.txt");
        HashSet<string> known = [.. File.ReadAllLines(shipped)];
        File.WriteAllText(unshipped, "#nullable enable\n");

        // The analyzer says what is missing; what was shipped and is gone (RS0017) it says too, and that stays a fault for a person.
        string output = Run("build", Path.Combine("src", project), "-c", "Release", "--nologo", "--no-incremental", "-p:TreatWarningsAsErrors=false", "-clp:NoSummary");
        SortedSet<string> found = new(StringComparer.Ordinal);
        foreach (Match match in Regex.Matches(output, @"RS0016: Symbol '(?<symbol>.*)' is not part of the declared public API"))
        {
            found.Add(match.Groups["symbol"].Value);
        }

        found.ExceptWith(known);
        File.WriteAllText(unshipped, string.Concat(found.Prepend("#nullable enable").Select(static line => line + "\n")));
        Console.Out.WriteLine($"{project}: {found.Count} of its own in {unshipped}");
    }

    return 0;
}

int Pack(string folder)
{
    Directory.CreateDirectory(folder);
    foreach (string project in packed)
    {
        Run("pack", Path.Combine("src", project), "-c", "Release", "--nologo", "-o", folder);
    }

    Run("run", "eng/release.cs", "--", "sbom", Path.Combine(folder, "parts.cdx.json"));
    foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
    {
        Console.Out.WriteLine(Path.GetFileName(file));
    }

    return 0;
}

string Run(params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{output}");
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
