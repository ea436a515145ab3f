using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SoftPos.House;

/// <summary>Rows of the requirement catalogue and the tests that show them stay together.</summary>
public sealed partial class RequirementTests
{
    [Fact]
    [Requirement("PRC-06")]
    public void Tests_name_only_rows_that_the_catalogue_has()
    {
        HashSet<string> known = [.. Catalogue()];
        string[] unknown = [.. Named().Where(name => !known.Contains(name.Row)).Select(name => $"{name.Path}: {name.Row}")];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    [Fact]
    [Requirement("PRC-06")]
    public void No_row_of_the_published_report_has_lost_its_test()
    {
        HashSet<string> whole = [.. Named().Where(name => name.Whole).Select(name => name.Row)];
        HashSet<string> any = [.. Named().Select(name => name.Row)];
        (string Row, string Status)[] published =
        [
            .. Tree.Lines("docs/conformance/report.md").Select(line => ReportRow().Match(line)).Where(match => match.Success)
                .Select(match => (match.Groups["row"].Value, match.Groups["status"].Value)),
        ];
        Assert.Equal(Catalogue().Count(), published.Length);
        string[] lost =
        [
            .. published.Where(row => (row.Status == "demonstrated" && !whole.Contains(row.Row)) || (row.Status == "partly" && !any.Contains(row.Row)))
                .Select(row => row.Row),
        ];
        Assert.True(lost.Length == 0, $"no test shows any more: {string.Join(", ", lost)}");
    }

    private static IEnumerable<string> Catalogue() =>
        JsonNode.Parse(string.Join('\n', Tree.Lines("docs/conformance/requirements.json")))!["requirements"]!.AsArray()
            .Select(row => row!["id"]!.GetValue<string>());

    private static IEnumerable<(string Path, string Row, bool Whole)> Named() =>
        Tree.Files(".cs").Where(path => path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(path => Tree.Lines(path).SelectMany(line => Attribute().Matches(line))
                .Select(match => (path, match.Groups["row"].Value, !match.Groups["partly"].Success)));

    [GeneratedRegex("""\[Requirement\("(?<row>[^"]+)"(?<partly>, Partly = true)?\)""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\| (?<row>[A-Z]{3}-\d\d) \| (?<status>[a-z ]+) \|")]
    private static partial Regex ReportRow();
}
