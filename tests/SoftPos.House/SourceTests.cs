using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace SoftPos.House;

public partial class SourceTests
{
    /// <summary>A file beyond this has a reason that its first lines give with the words "This file is long".</summary>
    private const int MaxLines = 400;

    /// <summary>A line rarely passes this: at most one in fifty.</summary>
    private const int UsualLineLength = 140;
    private const double Rarely = 0.02;

    /// <summary>And never this.</summary>
    private const int MaxLineLength = 200;

    private static readonly string[] BannedSuffixes = ["Manager", "Helper", "Util", "Utils", "Common", "Service", "Base"];

    [Fact]
    public void Source_files_are_short()
    {
        string[] long_ = [.. Tree.Files(".cs", ".razor").Where(path => Tree.Lines(path) is { Length: > MaxLines } lines
            && !lines.Take(30).Any(line => line.Contains("This file is long", StringComparison.Ordinal)))
            .Select(path => $"{path} ({Tree.Lines(path).Length})")];
        Assert.True(long_.Length == 0, $"longer than {MaxLines} lines: {string.Join(", ", long_)}");
    }

    [Fact]
    public void Lines_are_readable()
    {
        (int Length, string At)[] lines = [.. Tree.Files(".cs").SelectMany(path => Tree.Lines(path)
            .Select((line, index) => (Length: HexLine().IsMatch(line) ? 0 : line.Length, At: $"{path}:{index + 1}")))];
        string[] wide = [.. lines.Where(line => line.Length > MaxLineLength).Select(line => line.At)];
        Assert.True(wide.Length == 0, $"wider than {MaxLineLength}: {string.Join(", ", wide.Take(40))} ({wide.Length})");
        int long_ = lines.Count(line => line.Length > UsualLineLength);
        Assert.True(long_ <= lines.Length * Rarely, $"{long_} of {lines.Length} lines are wider than {UsualLineLength}");
    }

    [Fact]
    public void Types_are_not_called_by_empty_words()
    {
        string[] named = [.. Tree.Files(".cs").Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(path => Tree.Lines(path).Select(line => TypeName().Match(line)).Where(match => match.Success)
                .Select(match => match.Groups["name"].Value)
                .Where(name => BannedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
                .Select(name => $"{path}: {name}"))];
        Assert.True(named.Length == 0, $"names that say nothing: {string.Join(", ", named)}");
    }

    [Fact]
    public void No_file_names_a_machine_path_or_a_registry()
    {
        Regex forbidden = MachinePath();
        string[] found = [.. Tree.Files(".cs", ".razor", ".md", ".json", ".props", ".csproj", ".slnx", ".sh", ".yml", ".yaml", ".js", ".css")
            .Concat(["softpos", "test", ".ci/run"])
            .Where(path => !path.EndsWith("packages.lock.json", StringComparison.Ordinal) && !path.EndsWith("SourceTests.cs", StringComparison.Ordinal))
            .Where(path => File.Exists(Path.Combine(Tree.Root, path)))
            .SelectMany(path => Tree.Lines(path).Where(line => forbidden.IsMatch(line)).Select(line => $"{path}: {line.Trim()}"))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    [Requirement("CRY-01", Partly = true)]
    [Requirement("CRY-02", Partly = true)]
    public void The_banned_calls_are_banned()
    {
        string banned = File.ReadAllText(Path.Combine(Tree.Root, "eng/BannedSymbols.txt"));
        string[] calls =
        [
            "System.DateTime.UtcNow", "System.DateTimeOffset.UtcNow", "System.Random", "System.Guid.NewGuid", "System.Threading.Thread.Sleep",
        ];
        foreach (string call in calls)
        {
            Assert.Contains(call, banned, StringComparison.Ordinal);
        }

        string[] waived = [.. Tree.Files(".cs").Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .Where(path => Tree.Lines(path).Any(line => line.Contains("RS0030", StringComparison.Ordinal)))];
        Assert.True(waived.Length == 0, $"the ban is lifted in {string.Join(", ", waived)}");
    }

    [Fact]
    public void Vectors_from_outside_are_not_copied_in()
    {
        string? root = Vectors.Root;
        Assert.SkipWhen(root is null, "no vectors beside the project to compare with");
        HashSet<string> hashes = [.. Directory.EnumerateFiles(root!, "*", SearchOption.AllDirectories)
            .Where(path => new FileInfo(path).Length > 512)
            .Select(HashOf)];
        string[] copied = [.. Tree.Files()
            .Where(path => !path.StartsWith("LICENSE", StringComparison.Ordinal))
            .Where(path => hashes.Contains(HashOf(Path.Combine(Tree.Root, path))))];
        Assert.True(copied.Length == 0, $"copied from the vectors: {string.Join(", ", copied)}");
    }

    private static string HashOf(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    [GeneratedRegex(@"(""[0-9A-Fa-f+/=\s]{60,}"")")]
    private static partial Regex HexLine();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+(struct\s+|class\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"/work/|/home/[a-z]|/root/|C:\\Users|api\.nuget\.org|registry\.npmjs|deb\.debian\.org|artifactory")]
    private static partial Regex MachinePath();
}
