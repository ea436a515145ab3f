using System.Text.RegularExpressions;

namespace SoftPos.Attestation.Tests;

public partial class RivalsTableTests
{
    [Fact]
    public void Every_cell_of_ours_names_a_test_that_exists()
    {
        string page = File.ReadAllText(ProjectTree.PathOf("docs", "reference", "attestation-rivals.md"));
        string[] rows = [.. page.Split('\n').Where(line => line.StartsWith('|')).SkipWhile(line => !line.Contains("ours, by test", StringComparison.Ordinal))
            .Skip(2).TakeWhile(line => line.StartsWith('|') && !line.StartsWith("| what", StringComparison.Ordinal))];
        Assert.True(rows.Length > 20);
        Dictionary<string, string> sources = Directory.EnumerateFiles(ProjectTree.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);
        foreach (string row in rows)
        {
            Match named = Named().Match(row.Split('|')[2]);
            Assert.True(named.Success, row);
            Assert.True(sources.TryGetValue(named.Groups["class"].Value, out string? source), row);
            Assert.Matches($@"public (async )?(void|Task) {named.Groups["method"].Value}\(", source);
        }
    }

    [GeneratedRegex("^ `(?<class>[A-Za-z0-9]+)\\.(?<method>[A-Za-z0-9_]+)` $")]
    private static partial Regex Named();
}
