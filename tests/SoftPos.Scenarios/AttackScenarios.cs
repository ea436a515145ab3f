using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>The whole catalogue of attacks, really tried against a whole back end.</summary>
public sealed class AttackScenarios
{
    [Fact]
    [Requirement("ATT-01", Partly = true)]
    [Requirement("ATT-08")]
    [Requirement("ATT-10", Partly = true)]
    [Requirement("ATT-11")]
    [Requirement("ATT-20", Partly = true)]
    [Requirement("CHN-05")]
    [Requirement("MON-02")]
    [Requirement("MON-06")]
    [Requirement("SWP-03", Partly = true)]
    public async Task Every_attack_that_must_be_seen_is_seen_by_the_right_layer_and_no_honest_phone_is_stopped()
    {
        string page = Path.Combine(Directory.CreateTempSubdirectory("softpos-attack-").FullName, "attacks.md");
        (int code, string output) = await SoftPosProcess.RunAsync("attack", "--all", "--json", "--markdown", page);
        int bracket = output.IndexOf('[', StringComparison.Ordinal);
        Assert.True(bracket >= 0, output);
        JsonArray reports = JsonNode.Parse(output[bracket..(output.LastIndexOf(']') + 1)])!.AsArray();
        string[] unexpected =
        [
            .. reports.Where(report => !report!["asExpected"]!.GetValue<bool>())
                .Select(report => $"{report!["name"]}: seen {report["seen"]} at {report["step"]} by {report["by"]}, lost {report["lost"]}"),
        ];
        Assert.True(unexpected.Length == 0 && code == 0, string.Join('\n', unexpected));
        Assert.True(reports.Count(report => report!["class"]!.GetValue<string>() != "Benign") >= 50, "at least fifty attacks");
        Assert.All(reports.Where(report => report!["class"]!.GetValue<string>() == "Benign"), report => Assert.False(report!["seen"]!.GetValue<bool>()));

        // The page of the documentation is this run's, but for which of several right reasons came first.
        string[] Names(string text) => [.. text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim())];
        Assert.Equal(Names(File.ReadAllText(ProjectTree.PathOf("docs", "security", "attacks.md"))), Names(File.ReadAllText(page)));
        Directory.Delete(Path.GetDirectoryName(page)!, recursive: true);
    }
}
