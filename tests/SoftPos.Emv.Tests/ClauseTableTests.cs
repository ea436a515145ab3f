using System.Text.RegularExpressions;

namespace SoftPos.Emv.Tests;

/// <summary>The table of clauses in the documentation names tests that are there, and a reason for every clause without one.</summary>
public sealed partial class ClauseTableTests
{
    private const string Document = "docs/reference/kernel-clauses.md";

    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        string[] rows = Rows();
        string[] named = [.. rows.SelectMany(row => NamePattern().Matches(Cells(row)[2]).Select(match => match.Groups[1].Value)).Distinct()];
        HashSet<string> existing = ExistingTests();

        Assert.InRange(named.Length, 80, 1000);
        Assert.Equal([], named.Except(existing));
    }

    [Fact]
    public void Every_clause_has_a_test_or_says_that_it_is_not_implemented()
    {
        string[] rows = Rows();

        Assert.InRange(rows.Length, 100, 1000);
        Assert.DoesNotContain(rows, row => Cells(row) is not [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 } last]
            || (!NamePattern().IsMatch(last) && !last.StartsWith("not implemented: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_clause_of_a_book_stands_there_twice()
    {
        string book = string.Empty;
        HashSet<string> seen = [];
        foreach (string line in File.ReadLines(ProjectTree.PathOf(Document)))
        {
            book = line.StartsWith("## ", StringComparison.Ordinal) ? line : book;
            if (IsRow(line))
            {
                Assert.True(seen.Add(book + Cells(line)[0]), line);
            }
        }
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:[ \t]*(?:\[[^\n]*|//[^\n]*)?\n)*[ \t]*public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex TestPattern();

    private static string[] Rows() => [.. File.ReadLines(ProjectTree.PathOf(Document)).Where(IsRow)];

    private static bool IsRow(string line) =>
        line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Clause", StringComparison.Ordinal) && !line.StartsWith("|---", StringComparison.Ordinal);

    private static string[] Cells(string row) => [.. row.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim())];

    private static HashSet<string> ExistingTests()
    {
        HashSet<string> tests = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(ProjectTree.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in TestPattern().Matches(File.ReadAllText(file)))
            {
                tests.Add($"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}");
            }
        }

        return tests;
    }
}
