using System.Xml;
using System.Xml.Linq;

namespace SoftPos.Cli.Conformance;

/// <summary>One test that names a row, with how it ended.</summary>
internal sealed record RowTest(string Row, string Test, bool Partly, TestEnd End);

/// <summary>How a test ended.</summary>
internal enum TestEnd
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>Reads the results that <c>./test</c> leaves: xUnit.net XML, one file per test program.</summary>
internal static class TestResults
{
    private const string Whole = "Requirement";
    private const string Part = "RequirementPart";

    /// <summary>The tests that name rows. A test with many cases counts once, with its worst end.</summary>
    /// <exception cref="FormatException">A file is not what a test program writes; the message names it.</exception>
    public static IReadOnlyList<RowTest> Read(string folder)
    {
        List<RowTest> found = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal))
        {
            found.AddRange(ReadFile(file));
        }

        return
        [
            .. found.GroupBy(test => (test.Row, test.Test, test.Partly))
                .Select(cases => cases.First() with { End = Worst([.. cases.Select(test => test.End)]) })
                .OrderBy(test => test.Row, StringComparer.Ordinal).ThenBy(test => test.Test, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<RowTest> ReadFile(string file)
    {
        XDocument document;
        try
        {
            document = XDocument.Load(file);
        }
        catch (XmlException fault)
        {
            throw new FormatException($"{file}: not a result file of a test program: {fault.Message}", fault);
        }

        foreach (XElement test in document.Descendants("test"))
        {
            string name = $"{test.Attribute("type")?.Value}.{test.Attribute("method")?.Value}";
            foreach (XElement trait in test.Descendants("trait").Where(trait => trait.Attribute("name")?.Value is Whole or Part))
            {
                yield return new RowTest(
                    trait.Attribute("value")?.Value ?? string.Empty, name, trait.Attribute("name")!.Value == Part, EndOf(test));
            }
        }
    }

    private static TestEnd EndOf(XElement test) => test.Attribute("result")?.Value switch
    {
        "Pass" => TestEnd.Passed,
        "Fail" => TestEnd.Failed,
        _ => TestEnd.Skipped,
    };

    private static TestEnd Worst(TestEnd[] ends) =>
        ends.Contains(TestEnd.Failed) ? TestEnd.Failed
        : ends.Contains(TestEnd.Passed) ? TestEnd.Passed
        : TestEnd.Skipped;
}
