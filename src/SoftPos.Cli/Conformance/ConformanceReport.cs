namespace SoftPos.Cli.Conformance;

/// <summary>How far a row is shown by the tests of this build.</summary>
internal enum RowStatus
{
    /// <summary>At least one test shows the whole row, and every test that names it passed.</summary>
    Demonstrated,

    /// <summary>Tests show a part of it, or some did not run.</summary>
    Partly,

    /// <summary>A test that names it failed.</summary>
    Failed,

    /// <summary>No test names it.</summary>
    NotDemonstrated,

    /// <summary>A matter of process that no test of a program can show.</summary>
    Process,
}

/// <summary>A row with its status and tests.</summary>
internal sealed record RowReport(RequirementRow Row, RowStatus Status, IReadOnlyList<RowTest> Tests);

/// <summary>The catalogue held against test results. Nothing in it is written by hand.</summary>
internal sealed record ConformanceReport(RequirementCatalogue Catalogue, IReadOnlyList<RowReport> Rows, IReadOnlyList<RowTest> UnknownRows)
{
    private static readonly string[] ProcessOnly = ["PROC"];

    public static ConformanceReport Make(RequirementCatalogue catalogue, IReadOnlyList<RowTest> tests)
    {
        ILookup<string, RowTest> byRow = tests.ToLookup(test => test.Row);
        HashSet<string> known = [.. catalogue.Requirements.Select(row => row.Id)];
        return new ConformanceReport(
            catalogue,
            [.. catalogue.Requirements.Select(row => new RowReport(row, StatusOf(row, [.. byRow[row.Id]]), [.. byRow[row.Id]]))],
            [.. tests.Where(test => !known.Contains(test.Row))]);
    }

    public int Count(RowStatus status) => Rows.Count(row => row.Status == status);

    /// <summary>The weakest of the rows that carry a control.</summary>
    public RowStatus StatusOf(IReadOnlyList<string> rows)
    {
        RowStatus[] statuses = [.. Rows.Where(row => rows.Contains(row.Row.Id)).Select(row => row.Status)];
        return statuses.Contains(RowStatus.Failed) ? RowStatus.Failed
            : statuses.All(status => status is RowStatus.Demonstrated) ? RowStatus.Demonstrated
            : statuses.Any(status => status is RowStatus.Demonstrated or RowStatus.Partly) ? RowStatus.Partly
            : RowStatus.NotDemonstrated;
    }

    public static string Words(RowStatus status) => status switch
    {
        RowStatus.Demonstrated => "demonstrated",
        RowStatus.Partly => "partly",
        RowStatus.Failed => "failed",
        RowStatus.Process => "process",
        _ => "not demonstrated",
    };

    private static RowStatus StatusOf(RequirementRow row, IReadOnlyList<RowTest> tests)
    {
        if (tests.Count == 0)
        {
            return row.Components.SequenceEqual(ProcessOnly) ? RowStatus.Process : RowStatus.NotDemonstrated;
        }

        return tests.Any(test => test.End is TestEnd.Failed) ? RowStatus.Failed
            : tests.All(test => test.End is TestEnd.Passed) && tests.Any(test => !test.Partly) ? RowStatus.Demonstrated
            : tests.Any(test => test.End is TestEnd.Passed) ? RowStatus.Partly
            : RowStatus.NotDemonstrated;
    }
}
