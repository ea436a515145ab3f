#!/usr/bin/env dotnet
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// Takes one protection out after the other, in a copy of the last commit, and asks that the test which is named for it goes red. A test that
// stays green shows nothing. Run from the root: dotnet run eng/mutate.cs [NAME …]; the rows are written to docs/conformance/mutations.md.
using System.Diagnostics;
using System.Text;
using System.Text.Json;

string root = Environment.CurrentDirectory;
string copy = Path.Combine(root, "artifacts", "mutations");
Mutation[] all = JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(root, "eng", "mutations.json")), MutationJson.Default.MutationArray)!;
Mutation[] chosen = args.Length == 0 ? all : [.. all.Where(one => args.Contains(one.Name, StringComparer.Ordinal))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine("no mutation of that name in eng/mutations.json");
    return 2;
}

// The copy lies deeper than the project, so the vectors are named.
Environment.SetEnvironmentVariable(
    "SOFTPOS_VECTORS", Environment.GetEnvironmentVariable("SOFTPOS_VECTORS") ?? Path.Combine(root, "..", "shared", "vectors"));
string head = Run(root, "git", "rev-parse", "HEAD").Output.Trim();
if (Directory.Exists(copy))
{
    Run(copy, "git", "checkout", "--quiet", "--force", "--detach", head);
}
else
{
    Run(root, "git", "worktree", "add", "--detach", "--quiet", copy, head);
}

StringBuilder table = new("""
    # Protections taken out

    Written by `dotnet run eng/mutate.cs`. Each row is one protection, taken out of the code in a copy of the last commit; the named test must fail then. That
    the same test passes with the protection in place is what `./test` shows.

    | protection | row | what is taken out | test | result |
    |---|---|---|---|---|

    """);
string page = Path.Combine(root, "docs", "conformance", "mutations.md");
Dictionary<string, string> rows = new(StringComparer.Ordinal);
foreach (string line in File.Exists(page) ? File.ReadLines(page) : [])
{
    if (line.Split('|') is [_, string name, ..])
    {
        rows[name.Trim()] = line;
    }
}

int green = 0;
foreach (Mutation one in chosen)
{
    string file = Path.Combine(copy, one.File);
    string before = File.ReadAllText(file);
    string result;
    if (before.Split(one.Find).Length != 2)
    {
        result = "not tried: the code is not there, or more than once";
    }
    else
    {
        File.WriteAllText(file, before.Replace(one.Find, one.Replace, StringComparison.Ordinal));
        result = Test(one) switch { "fails" => "red", "" => "**green**", { } other => other };
        File.WriteAllText(file, before);
    }

    green += result == "red" ? 0 : 1;
    Console.Out.WriteLine($"{result,-8} {one.Name}");
    rows[one.Name] = $"| {one.Name} | {one.Row} | `{one.File}`: {one.Story} | `{one.Test}` | {result} |";
}

// What was not chosen keeps the row of its last run; a protection that was never tried has none.
foreach (Mutation one in all.Where(one => rows.ContainsKey(one.Name)))
{
    table.AppendLine(rows[one.Name]);
}

File.WriteAllText(page, table.ToString());

Console.Out.WriteLine($"{chosen.Length - green} of {chosen.Length} tests went red");
return green == 0 ? 0 : 1;

// Nothing when the test passes, "fails" when it does not, else why it could not run.
string Test(Mutation one)
{
    string project = Path.Combine(copy, "tests", one.Project);
    if (Run(copy, "dotnet", "build", project, "-c", "Release", "-v", "quiet", "--nologo").Code != 0)
    {
        return "not tried: it does not build";
    }

    string program = Path.Combine(project, "bin", "Release", "net10.0", one.Project);
    (int code, string output) = Run(copy, program, "-noColor", "-method", one.Test);
    return !output.Contains("Total: ", StringComparison.Ordinal) || output.Contains("Total: 0,", StringComparison.Ordinal)
        ? "not tried: there is no such test"
        : !output.Contains("Skipped: 0,", StringComparison.Ordinal) ? "not tried: the test was skipped"
        : code == 0 ? string.Empty : "fails";
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

// One protection: where it stands, what it looks like, what it looks like when it is gone, and the test that must see it.
internal sealed record Mutation(string Name, string Row, string Story, string File, string Find, string Replace, string Project, string Test);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(Mutation[]))]
internal sealed partial class MutationJson : System.Text.Json.Serialization.JsonSerializerContext;
