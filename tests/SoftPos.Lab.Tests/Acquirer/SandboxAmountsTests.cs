using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

public sealed class SandboxAmountsTests
{
    /// <summary>SOFTPOS_WRITE_DOCS=1 writes the page anew instead.</summary>
    [Fact]
    public void The_page_in_the_documentation_is_the_table()
    {
        string path = ProjectTree.PathOf("docs", "reference", "sandbox-amounts.md");
        if (Environment.GetEnvironmentVariable("SOFTPOS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, SandboxAmounts.ToMarkdown());
        }

        Assert.Equal(SandboxAmounts.ToMarkdown(), File.ReadAllText(path));
    }

    [Fact]
    public void Each_ending_stands_once_and_in_order() =>
        Assert.Equal(SandboxAmounts.Table.Select(rule => rule.Cents).Distinct().Order(), SandboxAmounts.Table.Select(rule => rule.Cents));

    [Fact]
    public void Every_code_of_the_table_is_a_known_one_and_equals_its_ending()
    {
        foreach (SandboxRule rule in SandboxAmounts.Table)
        {
            Assert.NotEqual("unknown code", ResponseCode.Of(rule.Code).Meaning);
            Assert.True(rule.Code == "00" || rule.Code == $"{rule.Cents:D2}");
        }
    }
}
