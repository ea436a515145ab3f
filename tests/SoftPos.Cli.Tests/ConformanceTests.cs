namespace SoftPos.Cli.Conformance;

public sealed class ConformanceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("softpos-conformance-");

    [Fact]
    public void A_row_is_what_its_tests_say_and_no_better()
    {
        RowTest[] tests =
        [
            new("ATT-01", "A.whole", false, TestEnd.Passed),
            new("ATT-02", "A.part", true, TestEnd.Passed),
            new("ATT-03", "A.whole", false, TestEnd.Passed),
            new("ATT-03", "A.other", true, TestEnd.Failed),
            new("ATT-04", "A.skipped", false, TestEnd.Skipped),
            new("ATT-05", "A.whole", false, TestEnd.Passed),
            new("ATT-05", "A.skipped", false, TestEnd.Skipped),
        ];
        ConformanceReport report = ConformanceReport.Make(RequirementCatalogue.Load(), tests);
        Assert.Equal(RowStatus.Demonstrated, Status(report, "ATT-01"));
        Assert.Equal(RowStatus.Partly, Status(report, "ATT-02"));
        Assert.Equal(RowStatus.Failed, Status(report, "ATT-03"));
        Assert.Equal(RowStatus.NotDemonstrated, Status(report, "ATT-04"));
        Assert.Equal(RowStatus.Partly, Status(report, "ATT-05"));
        Assert.Equal(RowStatus.NotDemonstrated, Status(report, "ATT-06"));
        Assert.Equal(RowStatus.Process, Status(report, "PRC-05"));
        Assert.Equal(RowStatus.Partly, report.StatusOf(["ATT-01", "ATT-06"]));
        Assert.Equal(RowStatus.Failed, report.StatusOf(["ATT-01", "ATT-03"]));
    }

    [Fact]
    public void A_row_that_the_catalogue_does_not_have_is_told()
    {
        ConformanceReport report = ConformanceReport.Make(RequirementCatalogue.Load(), [new RowTest("ATT-99", "A.b", false, TestEnd.Passed)]);
        Assert.Equal("ATT-99", Assert.Single(report.UnknownRows).Row);
    }

    [Fact]
    public void A_test_of_many_cases_counts_with_its_worst_one()
    {
        Write("""
            <assemblies><assembly><collection>
            <test type="T" method="M" result="Pass"><traits><trait name="Requirement" value="ATT-01" /></traits></test>
            <test type="T" method="M" result="Fail"><traits><trait name="Requirement" value="ATT-01" /></traits></test>
            <test type="T" method="N" result="Skip"><traits><trait name="RequirementPart" value="ATT-02" /></traits></test>
            <test type="T" method="O" result="Pass" />
            </collection></assembly></assemblies>
            """);
        Assert.Equal(
            [new RowTest("ATT-01", "T.M", false, TestEnd.Failed), new RowTest("ATT-02", "T.N", true, TestEnd.Skipped)],
            TestResults.Read(_folder.FullName));
    }

    [Fact]
    public void A_torn_result_file_is_named()
    {
        Write("<assemblies><assem");
        FormatException fault = Assert.Throws<FormatException>(() => TestResults.Read(_folder.FullName));
        Assert.Contains("a.xml", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_of_the_report_says_that_it_is_no_certification_and_shows_a_failure()
    {
        ConformanceReport report = ConformanceReport.Make(RequirementCatalogue.Load(), [new RowTest("KEY-07", "K.rejects", false, TestEnd.Failed)]);
        Assert.All([ConformanceText.Html(report), ConformanceText.Markdown(report), ConformanceText.Json(report)], text =>
        {
            Assert.Contains("no certification", text, StringComparison.Ordinal);
            Assert.Contains("K.rejects", text, StringComparison.Ordinal);
            Assert.Contains("failed", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_catalogue_has_every_row_once_and_the_lists_beside_it_name_only_its_rows()
    {
        RequirementCatalogue catalogue = RequirementCatalogue.Load();
        string[] ids = [.. catalogue.Requirements.Select(row => row.Id)];
        Assert.Equal(89, ids.Length);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Empty(catalogue.Masvs.SelectMany(row => row.Rows).Concat(catalogue.Emvco.SelectMany(row => row.Rows)).Except(ids));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static RowStatus Status(ConformanceReport report, string row) => report.Rows.Single(each => each.Row.Id == row).Status;

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.FullName, "a.xml"), text);
}
