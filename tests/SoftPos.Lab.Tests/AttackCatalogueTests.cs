using System.Text.RegularExpressions;
using SoftPos.Lab.Attacks;

namespace SoftPos.Lab;

public sealed partial class AttackCatalogueTests
{
    [Fact]
    public void There_are_at_least_fifty_attacks_with_a_name_of_their_own_and_everything_that_a_reader_asks()
    {
        Attack[] attacks = [.. AttackCatalogue.All.Where(attack => attack.Class is not AttackClass.Benign)];
        Assert.True(attacks.Length >= 50, $"{attacks.Length}");
        Assert.Equal(AttackCatalogue.All.Count, AttackCatalogue.All.Select(attack => attack.Name).Distinct().Count());
        Assert.All(attacks, attack =>
        {
            Assert.NotEmpty(attack.Story);
            Assert.NotEmpty(attack.Goal);
            Assert.NotEmpty(attack.Layer);
            Assert.True(attack.Cost is "low" or "moderate" or "high", attack.Cost);
            Assert.NotEmpty(attack.SeenAs);
        });
    }

    [Fact]
    [Requirement("PRC-01", Partly = true)]
    public void The_threat_model_names_only_attacks_that_exist_and_leaves_none_out()
    {
        string page = File.ReadAllText(ProjectTree.PathOf("docs", "security", "threat-model.md"));
        HashSet<string> named = [.. Name().Matches(page).Select(match => match.Groups["name"].Value)];
        string[] known = [.. AttackCatalogue.All.Select(attack => attack.Name)];
        Assert.Empty(named.Except(known));
        string[] exempt = ["blocked-card"];
        Assert.Empty(AttackCatalogue.All.Where(attack => attack.Class is not AttackClass.Benign).Select(attack => attack.Name).Except(named).Except(exempt));
    }

    [GeneratedRegex(@"`(?<name>[a-z]+(-[a-z]+)*)`")]
    private static partial Regex Name();
}
